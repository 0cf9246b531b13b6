"""Groups and extras that Poetry is asked for and the project does not define."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from dockwright.finding import Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.locked import given
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import canonical

if TYPE_CHECKING:
    from dockwright.inputs.manifests import LocalProject


def groups(call: Call, folder: str, local: LocalProject, certainty: Certainty) -> None:
    """Group(s) not found: NAME (via --only)."""
    text = ImageTree(call.image, folder).read("pyproject.toml")
    for argument in given(call, "--only", "--with", "--without"):
        for name in str(argument.value).split(","):
            name = name.strip()
            if name and name not in (*local.groups, "main") and isinstance(text, str) and not _defined(text, name):
                need = needs.Manifest(posixpath.join(folder, "pyproject.toml"), "group", name=name, asked_by="poetry")
                call.lacks(need, argument.span, certainty=certainty)


def _defined(text: str, name: str) -> bool:
    """A group without dependencies is one too, in whichever of the two tables."""
    escaped = re.escape(name)
    defined = rf"group\.[\"']?{escaped}\b(?!-)|^\s*[\"']?{escaped}[\"']?\s*=|\bdev-dependencies"
    return re.search(defined, text, re.M) is not None


def extras(call: Call, folder: str, local: LocalProject) -> None:
    """Extra [nothere] is not specified."""
    for argument in given(call, "-E", "--extras"):
        for name in str(argument.value).replace(",", " ").split():
            if canonical(name) not in map(canonical, local.extras) and not local.dynamic:
                path = posixpath.join(folder, "pyproject.toml")
                call.lacks(needs.Manifest(path, "group", name=name, asked_by="poetry"), argument.span)
