"""python, python3.11, pypy: a module, a script or a text is run. Nothing is executed here: texts are read, never run."""

from __future__ import annotations

import posixpath

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.dispatch import unfollowed
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.imports import Process, folder_of, imported, imports, notice, statements, wants_module
from dockwright.rehearse.journal import Value
from dockwright.rehearse.python import Installed

WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")
# Modules of the standard library that make or change nothing but what they are told to.
HARMLESS = frozenset(
    [
        "http.server",
        "json.tool",
        "site",
        "sysconfig",
        "platform",
        "this",
        "timeit",
        "tokenize",
        "ast",
        "dis",
        "calendar",
        "pydoc",
        "trace",
        "pdb",
    ]
)


def run(call: Call) -> Answer:
    at = 1
    while at < len(call.arguments):
        word = call.arguments[at]
        text = str(word.value)
        if word.value is UNKNOWN:
            return unfollowed(call.shell, "what Python runs is not known", call.span)
        if text == "-" or not text.startswith("-"):
            break
        if text in ("--version", "-V", "-VV", "-h", "--help"):
            return YES
        if not text.startswith("--") and (text[-1] in "mc" and len(text) <= 4):
            return _module(call, at + 1) if text[-1] == "m" else _text(call, at + 1)
        if text.startswith("-m") and len(text) > 2:
            call.arguments[at] = Argument(text[2:], word.span)
            return _module(call, at)
        at += 2 if text in WITH_VALUE else 1
    if at < len(call.arguments) and call.arguments[at].value != "-":
        return _script(call, at)
    if isinstance(call.stdin, str) and call.stdin.startswith("#!/bin/sh"):  # a known installer, as its effect
        from dockwright.rehearse.commands.scripts import run_text

        return run_text(call, call.stdin)
    return _code(call, call.stdin) if call.stdin is not None else UNKNOWN


# -- python -m ----------------------------------------------------------------------------------------------------------


def _module(call: Call, at: int) -> Answer:
    if at >= len(call.arguments) or call.arguments[at].value is UNKNOWN:
        return UNKNOWN
    name = str(call.arguments[at].value)
    span = call.arguments[at].span
    if name == "pip":
        if _has(call, "pip", span) is NO:
            return NO
        from dockwright.rehearse.commands.pip import pip

        return pip(call, at + 1)
    if name in ("venv", "virtualenv"):
        from dockwright.rehearse.commands.venv import make

        if name == "virtualenv" and _has(call, name, span) is NO:
            return NO
        return make(call, at + 1, name)
    if name == "ensurepip":
        return _ensurepip(call)
    if name == "compileall":
        return UNKNOWN
    if name in HARMLESS:
        return YES
    return _other(call, name, at)


def _other(call: Call, name: str, at: int) -> Answer:
    """A tool's module works as its command does; any other is imported and may do anything."""
    from dockwright.rehearse import commands

    process = Process(python_of(call, str(call.arguments[0].value)), (call.shell.cwd,))
    wants_module(call, process, name, call.arguments[at].span, by="python")
    family = commands.family(name) if "." not in name else None
    if family is not None and family.__name__.rpartition(".")[2] in ("serve", "poetry", "uv", "pipenv", "build"):
        inner = Call(call.shell, call.arguments[at:], call.span, call.stdin)
        answer: Answer = family.run(inner)
        call.failed = call.failed | inner.failed
        return answer
    return call.done(_strange(call, f"python -m {name} is not known"))


def _has(call: Call, name: str, span: object) -> Answer:
    """Is a tool's module there: `python -m pip` where no pip is."""
    python = python_of(call, str(call.arguments[0].value))
    answer = UNKNOWN if python is None else python.has(name)
    if answer is NO and python is not None and call.image.opaque is None:
        return call.lacks(needs.Module(name, python.prefix), by="python")
    return UNKNOWN if answer is NO else answer


def _ensurepip(call: Call) -> Answer:
    python = python_of(call, str(call.arguments[0].value))
    if python is None:
        return UNKNOWN
    call.image.pythons[python.prefix] = python.with_({"pip": Installed(made=call.says("brings pip"))}, closed=True)
    for name in ("pip3",):
        call.make(f"{python.bin}/{name}", mode=0o755, why="brings pip")
    return UNKNOWN


# -- python file --------------------------------------------------------------------------------------------------------


def _script(call: Call, at: int) -> Answer:
    argument = call.arguments[at]
    path = call.path(argument.value)
    if path is UNKNOWN:
        return unfollowed(call.shell, "the script's name is not known", call.span)
    if posixpath.basename(str(path)) == "setup.py":
        return _setup(call, str(path), at)
    there = call.wants(needs.File(str(path), "script"), argument.span)
    if there is YES:
        _imports(call, str(path), argument)
    return call.done(_strange(call, f"{path} is a script that is not followed"))


def _imports(call: Call, path: str, argument: Argument) -> None:
    """The script's own folder comes first on sys.path, not the working directory."""
    process = Process(python_of(call, str(call.arguments[0].value)), (folder_of(path),))
    notice(call, process, path, argument.span)
    for name in imports(call, path):
        wants_module(call, process, name, argument.span, by="python")


def _setup(call: Call, path: str, at: int) -> Answer:
    """`python setup.py install|develop|…`: setuptools, and what the file reads and imports."""
    from dockwright.rehearse import installation, packaging

    folder, span = posixpath.dirname(path), call.arguments[at].span
    if call.image.find(path).answer is NO:
        packaging.no_metadata(call, folder, ("setup.py",), span)
        return NO
    python = python_of(call, str(call.arguments[0].value))
    local = packaging.read(call, folder)
    if local is None:
        return call.done(_strange(call, f"{path} is not known"))
    if python is not None and any(
        each.module.partition(".")[0] == "setuptools" and not each.guarded for each in local.imports
    ):
        _setuptools(call, python, span)
    packaging.build(call, local, folder, span)
    actions = {str(word.value) for word in call.arguments[at + 1 :]}
    if python is not None and actions & {"install", "develop"}:
        from dockwright.rehearse.requirements import Wanted

        items = [Wanted(name=local.name or "", path=folder, editable="develop" in actions, text=folder)]
        installation.add(call, python, items)
    call.image.blur(folder, call.says("setup.py writes here"))
    return call.done(UNKNOWN)


def _setuptools(call: Call, python: object, span: object) -> None:
    from dockwright.rehearse.python import Python

    if isinstance(python, Python) and python.has("setuptools") is NO and call.image.opaque is None:
        call.lacks(needs.Module("setuptools", python.prefix), call.span, by="setup.py")


# -- python -c ----------------------------------------------------------------------------------------------------------


def _text(call: Call, at: int) -> Answer:
    return UNKNOWN if at >= len(call.arguments) else _code(call, call.arguments[at].value, call.arguments[at])


def _code(call: Call, text: Value, argument: Argument | None = None) -> Answer:
    """A text: its plain imports must work; what else it does is not known."""
    if text is UNKNOWN or text is None:
        return call.done(_strange(call, "the text is not known"))
    process = Process(python_of(call, str(call.arguments[0].value)), (call.shell.cwd,))
    span = argument.span if argument is not None else call.span
    answer = YES
    for name in imported(str(text)):
        answer = answer & wants_module(call, process, name, span, by="python")
    if not only_imports(str(text)):
        answer = answer & _strange(call, "what the text does is not followed")
    return call.done(answer & UNKNOWN if answer is YES else answer)


def only_imports(text: str) -> bool:
    """Nothing but imports, asserts and prints: such a text changes no file."""
    from _ast import Assert, Import, ImportFrom

    body = statements(text)
    return body is not None and all(isinstance(item, Import | ImportFrom | Assert) or _prints(item) for item in body)


def _prints(item: object) -> bool:
    import _ast

    if not isinstance(item, _ast.Expr) or not isinstance(item.value, _ast.Call):
        return False
    return isinstance(item.value.func, _ast.Name) and item.value.func.id == "print"


def _strange(call: Call, why: str) -> Answer:
    """A program of the project may do anything; at the start it does so after all that matters here."""
    if call.shell.started:
        return UNKNOWN
    return unfollowed(call.shell, why, call.span)
