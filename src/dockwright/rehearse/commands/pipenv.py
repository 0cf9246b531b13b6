"""pipenv: install, sync, lock. It reads Pipfile and Pipfile.lock and changes the system's environment or one of its own."""

from __future__ import annotations

import posixpath

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs.lockfiles import staleness
from dockwright.rehearse import installation, needs, packaging
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.installation import version_of
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.requirements import Wanted
from dockwright.rehearse.toolversions import check_option

VALUES = frozenset(
    [
        "--python",
        "--pypi-mirror",
        "--extra-pip-args",
        "--categories",
        "-r",
        "--requirements",
        "-e",
        "--editable",
        "-i",
        "--index",
        "--extra-index-url",
    ]
)


def run(call: Call) -> Answer:
    options, operands = call.options(VALUES)
    action = str(operands[0].value) if operands else ""
    if action not in ("install", "sync", "lock", "requirements", "verify"):
        return UNKNOWN
    tool = python_of(call, "pipenv")
    check_option(call, "pipenv", action, call.rest, version_of(tool, "pipenv"), tool)
    folder = call.path(".")
    if folder is UNKNOWN:
        return call.done(UNKNOWN)
    named = action == "install" and len(operands) > 1
    if not named and not options.get("-r"):
        _files(call, action, str(folder), options)
    if options.keys() & {"--system"} and tool is not None:
        installation.refuses(call, tool, by="pipenv")
        installation.add(call, tool, [Wanted(text="?")], says=call.says("pipenv installs it"))
    return call.done(UNKNOWN)


def _files(call: Call, action: str, folder: str, options: object) -> None:
    """Pipfile, here or above; Pipfile.lock for --deploy, --ignore-pipfile and sync."""
    given = options if isinstance(options, dict) else {}
    pipfile, lock = posixpath.join(folder, "Pipfile"), posixpath.join(folder, "Pipfile.lock")
    if call.variable("PIPENV_PIPFILE") not in (None, ""):
        return
    if call.image.find(pipfile).answer is NO:
        if all(call.image.find(posixpath.join(above, "Pipfile")).answer is NO for above in _above(folder)):
            packaging.no_metadata(call, folder, ("Pipfile",), call.span)
        return
    if action == "lock":
        call.make(lock, why="pipenv writes the lock file")
        return
    if action != "verify":
        from dockwright.rehearse.locked import note, repeated

        groups = [*repeated(call, "--categories"), *(["develop"] if given.keys() & {"--dev", "-d"} else [])]
        note(call, "pipenv", folder, groups=groups)
    locked = action in ("sync", "requirements") or given.keys() & {"--deploy", "--ignore-pipfile"}
    if not locked or call.wants(needs.File(lock, "lock"), call.span) is not YES:
        return
    found = staleness(ImageTree(call.image, folder), "Pipfile", "Pipfile.lock")
    if found.answer is YES and "--deploy" in given:
        call.lacks(needs.Manifest(lock, "stale", against=pipfile, asked_by="pipenv"), call.span, found.evidence)


def _above(folder: str) -> list[str]:
    found: list[str] = []
    while folder != "/" and len(found) < 3:  # PIPENV_MAX_DEPTH
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found
