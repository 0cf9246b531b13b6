"""Archives and other programs that lay many files: which, is not followed."""

from __future__ import annotations

from dockwright.finding import UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call


def run(call: Call) -> Answer:
    return _tar(call) if call.name == "tar" else _blurs(call)


def _tar(call: Call) -> Answer:
    """Extracting makes unknown paths under a folder; the archive must be there."""
    words = [str(argument.value) for argument in call.rest if argument.value is not UNKNOWN]
    flags = words[0].lstrip("-") if words and not words[0].startswith("--") else ""
    creating = "c" in flags.split("=")[0] and "x" not in flags
    options, _ = call.options({"-f", "-C", "--file", "--directory", "--strip-components", "-T"})
    into = options.get("-C") or options.get("--directory")
    folder = call.path(into.value) if into is not None else call.shell.cwd
    if creating:
        call.image.blur(str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", call.says("makes an archive"))
        return UNKNOWN
    if into is not None and folder is not UNKNOWN:
        call.wants(needs.File(str(folder), "directory"), into.span)
    call.image.blur("/" if folder is UNKNOWN else str(folder), call.says("unpacks an archive"))
    return UNKNOWN


def _blurs(call: Call) -> Answer:
    """Commands that make files somewhere below the working directory or the folders that they name."""
    says = call.says("may make files here")
    for argument in call.rest:
        path = call.path(argument.value)
        if path is not UNKNOWN and str(argument.value).startswith(("/", "./", "../")):
            call.image.blur(str(path), says)
    call.image.blur(str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", says)
    return UNKNOWN
