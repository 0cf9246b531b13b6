"""pdm: install, sync, lock, export, build."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs.lockfiles import staleness
from dockwright.rehearse import needs, packaging
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.packaging import ImageTree

if TYPE_CHECKING:
    from dockwright.inputs.manifests import LocalProject


QUIET = frozenset(["", "config", "info", "list", "show", "cache", "self", "venv"])


def run(call: Call) -> Answer:
    words = [word for word in call.rest if word.value is UNKNOWN or not str(word.value).startswith("-")]
    return _pdm(call, str(words[0].value) if words else "")


def _pdm(call: Call, action: str) -> Answer:
    """pdm needs pyproject.toml, and pdm.lock for `sync` and `install --frozen-lockfile`."""
    at = call.path(".")
    if action not in ("install", "sync", "lock", "export", "build") or at is UNKNOWN:
        if action not in QUIET:  # a plugin's command (`dockerize`), a script of the project
            call.somewhere(call.span, "pdm may write here")
        return UNKNOWN
    folder = str(at)
    if call.image.find(posixpath.join(folder, "pyproject.toml")).answer is NO:
        packaging.no_metadata(call, folder, ("pyproject.toml",), call.span)
    local = packaging.read(call, folder)
    words = {str(word.value) for word in call.rest}
    if action in ("install", "sync"):
        _lock(call, folder, action, words)
        if local is not None:
            _itself(call, local, folder, words)
    if action in ("install", "sync", "export"):
        _install(call, folder, action, words, local)
    call.image.blur(folder, call.says("pdm writes here"))
    return call.done(UNKNOWN)


def _lock(call: Call, folder: str, action: str, words: set[str]) -> None:
    """`[ProjectError]: Lockfile does not exist, nothing to install`; `install --check` wants one that is up to date."""
    path = posixpath.join(folder, "pdm.lock")
    if action == "sync" and call.wants(needs.File(path, "lock")) is not YES:
        return
    if action == "install" and "--check" in words and call.image.find(path).answer is YES:
        found = staleness(ImageTree(call.image, folder), "pyproject.toml", "pdm.lock")
        if found.answer is YES:
            against = posixpath.join(folder, "pyproject.toml")
            call.lacks(needs.Manifest(path, "stale", against, asked_by="pdm"), None, found.evidence)


def _itself(call: Call, local: LocalProject, folder: str, words: set[str]) -> None:
    """A project with a build system is installed too, unless something says otherwise."""
    packaging.invalid(call, local, folder, call.span)
    text = ImageTree(call.image, folder).read("pyproject.toml")
    spared = words & {"--no-self", "--no-default", "--prod-only", "--group", "-G"} or call.text("PDM_NO_SELF")
    if spared or not local.build_requires or not isinstance(text, str) or "distribution = false" in text:
        return
    if "distribution = true" in text or "package-type" not in text:
        packaging.build(call, local, folder, call.span, editable="--no-editable" not in words)


def _install(call: Call, folder: str, action: str, words: set[str], local: LocalProject | None) -> None:
    """pdm fetches a Python of its own where the image's is not the right one: then nothing is known of it."""
    from dockwright.rehearse.locked import Selection, install, repeated
    from dockwright.rehearse.requirespython import admits

    python = python_of(call, "python3")
    wants = (local.requires_python if local is not None else None) or ""
    fits = python is not None and admits(wants, python.version) is YES
    groups = repeated(call, "-G", "--group", "--with")
    if local is not None and action != "export":
        _groups(call, folder, groups, local)
    chosen = Selection(
        tuple(groups),
        tuple(repeated(call, "--without")),
        extras=("*",) if ":all" in groups else (),
        development=not words & {"--prod", "--production", "--no-dev"},
        installs=action != "export",
    )
    install(call, "pdm", folder, python if fits else None, call.span, chosen)


def _groups(call: Call, folder: str, groups: list[str], local: LocalProject) -> None:
    """`[PdmUsageError]: Requested groups not in lockfile: web`; what the project does not define either is passed over."""
    lock = ImageTree(call.image, folder).read("pdm.lock")
    match = re.search(r"^groups = \[([^\]]*)\]", lock, re.M) if isinstance(lock, str) else None
    known = re.findall(r'"([^"]+)"', match[1]) if match is not None else None
    for name in groups if known is not None else ():
        if name in (*local.groups, *local.extras) and name not in (known or ()):
            path = posixpath.join(folder, "pdm.lock")
            call.lacks(needs.Manifest(path, "group", name=name, asked_by="pdm"), None)
