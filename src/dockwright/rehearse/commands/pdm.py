"""pdm: install, sync, lock, export, build."""

from __future__ import annotations

import posixpath

from dockwright.finding import NO, UNKNOWN, Answer
from dockwright.rehearse import packaging
from dockwright.rehearse.call import Call


def run(call: Call) -> Answer:
    words = [word for word in call.rest if word.value is UNKNOWN or not str(word.value).startswith("-")]
    return _pdm(call, str(words[0].value) if words else "")


def _pdm(call: Call, action: str) -> Answer:
    """pdm needs pyproject.toml, and pdm.lock for `sync` and `install --frozen-lockfile`."""
    folder = call.path(".")
    if action not in ("install", "sync", "lock", "export", "build") or folder is UNKNOWN:
        return UNKNOWN
    if call.image.find(posixpath.join(str(folder), "pyproject.toml")).answer is NO:
        packaging.no_metadata(call, str(folder), ("pyproject.toml",), call.span)
    if action in ("install", "sync", "export"):
        from dockwright.rehearse.locked import note, repeated

        words = {str(word.value) for word in call.rest}
        groups = repeated(call, "-G", "--group", "--with")
        prod = bool(words & {"--prod", "--production", "--no-dev"})
        note(call, "pdm", str(folder), groups=groups, without=repeated(call, "--without"), development=not prod)
    call.image.blur(str(folder), call.says("pdm writes here"))
    return call.done(UNKNOWN)
