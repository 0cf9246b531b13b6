"""pipenv: install, sync, lock. It reads Pipfile and Pipfile.lock and changes the system's environment or one of its own."""

from __future__ import annotations

import posixpath

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs.lockfiles import staleness
from dockwright.rehearse import installation, needs, packaging
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.installation import version_of
from dockwright.rehearse.meet import meet
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import Python
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
    if not options.keys() & {"--system"} and action in ("install", "sync"):
        _own(call, str(folder))
    if options.keys() & {"--system"} and tool is not None:
        installation.refuses(call, tool, by="pipenv")
        installation.add(call, tool, [Wanted(text="?")], says=call.says("pipenv installs it"))
    return call.done(UNKNOWN)


def _own(call: Call, folder: str) -> None:
    """An environment of its own, where none is active and none lies beside the Pipfile."""
    from dockwright.rehearse.caches import made, wanted

    if (
        call.variable("VIRTUAL_ENV") not in (None, "")
        or call.image.find(posixpath.join(folder, ".venv")).answer is not NO
    ):
        return
    if call.text("PIPENV_VENV_IN_PROJECT", "0").lower() in ("0", "false", "no"):
        wanted(call, "pipenv")
    else:
        made(call, posixpath.join(folder, ".venv"), "pipenv")


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
        _install(call, action, folder, given)
    locked = action in ("sync", "requirements") or given.keys() & {"--deploy", "--ignore-pipfile"}
    if not locked or call.wants(needs.File(lock, "lock"), call.span) is not YES:
        return
    found = staleness(ImageTree(call.image, folder), "Pipfile", "Pipfile.lock")
    if found.answer is YES and "--deploy" in given:
        call.lacks(needs.Manifest(lock, "stale", against=pipfile, asked_by="pipenv"), call.span, found.evidence)


def _install(call: Call, action: str, folder: str, given: dict[str, object]) -> None:
    from dockwright.rehearse.locked import Selection, install, repeated

    categories = repeated(call, "--categories")
    development = ["develop"] if given.keys() & {"--dev", "-d"} else []
    chosen = Selection(
        tuple(development), only=tuple(NAMED.get(name, name) for name in categories), installs=action != "requirements"
    )
    python = _interpreter(call, action, folder, given)
    install(call, "pipenv", folder, python, call.span, chosen)


NAMED = {"packages": "default", "dev-packages": "develop"}


def _interpreter(call: Call, action: str, folder: str, given: dict[str, object]) -> Python | None:
    """What the Pipfile requires: without --system `Warning: Python 3.13 was not found on your system...` ends it, with
    --deploy any other Python does; else pipenv only warns.
    """
    from dockwright.inputs.pipfile import pipfile
    from dockwright.rehearse.locked import unfit_python
    from dockwright.rehearse.requirespython import admits
    from dockwright.source import Source

    python = python_of(call, "python3") or python_of(call, "python")
    text = ImageTree(call.image, folder).read("Pipfile")
    if text is UNKNOWN:
        call.unsure("the Pipfile is not known")
    if not isinstance(text, str) or given.get("--python") or call.text("PIPENV_PYTHON") or python is None:
        return None if given.get("--python") else python
    version = pipfile(Source("Pipfile", text)).python or ""
    wants = f"=={version}" + (".*" if version.count(".") == 1 else "") if version and version != "*" else ""
    if admits(wants, python.version) is not NO:
        return python
    system = "--system" in given
    if system and (action != "install" or "--deploy" not in given or "--ignore-pipfile" in given):
        return python
    if not any(meet(needs.Command(name), call.view()).answer is YES for name in ("pyenv", "asdf")):
        unfit_python(call, "pipenv", wants, python, call.span)
    return None


def _above(folder: str) -> list[str]:
    found: list[str] = []
    while folder != "/" and len(found) < 3:  # PIPENV_MAX_DEPTH
        folder = posixpath.dirname(folder)
        found.append(folder)
    return found
