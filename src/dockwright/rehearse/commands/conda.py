"""conda, mamba and micromamba: the files that they read, and activation, which is a shell's function and no program.

`conda activate` works after `conda init` in shells that read a start-up file (interactive or login shells), or after a line
that sources conda.sh or evaluates `conda shell.bash hook`. RUN starts neither kind (conda, "Managing environments").
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.finding import UNKNOWN, YES, Answer, Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.dispatch import unfollowed
from dockwright.rehearse.expansion import Argument

VALUES = frozenset(
    "-n --name -p --prefix -f --file -c --channel --solver --platform -r --root-prefix --log-level".split()
)
CHANGING = frozenset("install create update upgrade remove uninstall env".split())
QUIET = frozenset("clean config info list search init doctor notices shell --version --help -V -h".split())
FOLDERS = ("/opt", "/root", "/home", "/usr/local", "/tmp")  # where environments and package caches are


def run(call: Call) -> Answer:
    options, operands = call.options(VALUES)
    action = str(operands[0].value) if operands else ""
    if action in ("activate", "deactivate"):
        return _activated(call)
    if action in CHANGING:
        for word in _files(call):
            _read(call, word)
        if (
            action == "env"
            and len(operands) == 2
            and operands[1].value == "create"
            and not {"-f", "--file"} & set(options)
        ):
            _read(call, Argument("environment.yml", call.span))
        return _changed(call)
    if action in QUIET or not action:
        return YES
    return unfollowed(call.shell, f"{call.name} {action} is not followed", call.span)


def _files(call: Call) -> Iterator[Argument]:
    words = call.rest
    for at, word in enumerate(words):
        text = str(word.value)
        if text in ("-f", "--file") and at + 1 < len(words):
            yield words[at + 1]
        elif text.startswith("--file="):
            yield Argument(text[7:], word.span)


def _read(call: Call, word: Argument) -> None:
    path = call.path(word.value)
    if path is not UNKNOWN and "://" not in str(word.value) and posixpath.basename(str(path)):
        call.wants(needs.File(str(path), "requirements"), word.span)


def _changed(call: Call) -> Answer:
    """Packages of conda hold anything but the operating system's; so do the wheels that an environment file names."""
    says = call.says(f"{call.name} installs it")
    for folder in FOLDERS:
        call.image.blur(folder, says)
    if isinstance(call.shell.cwd, str):
        call.image.blur(call.shell.cwd, says)
    for prefix, python in call.image.pythons.items():
        call.image.pythons[prefix] = python.clouded()
    return call.done(UNKNOWN)


def _activated(call: Call) -> Answer:
    """Activation changes PATH; without the function that `conda init` defines the program refuses."""
    if not _may_be_a_function(call):
        call.lacks(needs.Command(f"{call.name} activate"), call.span, certainty=Certainty.LIKELY)
    call.shell.variables["PATH"] = UNKNOWN
    call.shell.strange = True
    return call.done(UNKNOWN)


def _may_be_a_function(call: Call) -> bool:
    image, shell = call.image, call.shell
    base = image.base
    if base is None or not base.shell_known or shell.started or call.name == "micromamba":
        return True
    words = [word for word in image.shell[1:] if word.startswith("-")]
    reads_startup = (
        any("l" in word.lstrip("-")[:5] or "i" in word.lstrip("-")[:1] for word in words) or len(image.shell) > 3
    )
    given = any(image.env.get(name) is not None for name in ("BASH_ENV", "ENV"))
    before = {str(done.arguments[0].value) for done in shell.recorder.executed if done.arguments}
    inner = any(
        str(word.value).startswith("-") and str(word.value)[1:2] in "li"
        for done in shell.recorder.executed
        if str(done.arguments[0].value).rpartition("/")[2] in ("bash", "sh", "zsh")
        for word in done.arguments[1:]
    )
    return reads_startup or given or inner or bool(before & {"source", ".", "eval"})
