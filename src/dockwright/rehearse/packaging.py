"""A local project as an installer sees it: its metadata must be there, and what the build reads must have been copied."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from dockwright.finding import UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.source import Span

METADATA = ("pyproject.toml", "setup.py")


def project(call: Call, folder: str, span: Span, *, editable: bool = False) -> str:
    """State what installing the project at `folder` needs; answers its name, empty when not known.

    pip wants pyproject.toml or setup.py there (pip 26: "does not appear to be a Python project").
    """
    answers = {name: call.image.find(posixpath.join(folder, name)).answer for name in METADATA}
    if YES not in answers.values() and UNKNOWN not in answers.values():
        no_metadata(call, folder, METADATA, span)
        return ""
    if YES not in answers.values():
        call.unsure(f"what is in {folder} is not known")
        return ""
    return _read(call, folder, span)


def no_metadata(call: Call, folder: str, names: Iterable[str], span: Span) -> Answer:
    """None of the files that describe a project is there: the lines that filled the folder are the evidence."""
    need = needs.File(folder, "project")
    evidence = tuple(filled(call, folder))
    gone = [look.gone for name in names if (look := call.image.find(posixpath.join(folder, name))).gone is not None]
    return call.lacks(need, span, (*filter(None, gone), *evidence))


def filled(call: Call, folder: str) -> Iterable[Evidence]:
    """The lines that put something into a folder: trees laid over it, and paths made in it."""
    covers = [cover.by for cover in call.image.covers if cover.folder == folder and cover.kind == "tree"]
    return dict.fromkeys(covers)


def _read(call: Call, folder: str, span: Span) -> str:
    """The name of the project, and what its metadata says the build reads."""
    return ""


def there(call: Call, folder: str, name: str) -> Answer:
    return call.image.find(posixpath.join(folder, name)).answer


