"""Variables without which a Python program does not start: read where its modules are imported, and without a default.

`os.environ["NAME"]` at the top level of a file (outside of functions, conditions and try), the fields of a pydantic settings class that
is made there, and what Django's settings read so. Whether a variable is given is only judged where compose starts the container: it
says there which there are.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dockwright.finding import NO, UNKNOWN, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.needs import Unmet
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.inputs.targets import Target
    from dockwright.rehearse.call import Call
    from dockwright.rehearse.imports import Process

# What may fill the environment from a file, wherever it is called.
FILLS = ("dotenv", "read_env", "environ.update", "putenv", "environs", "dynaconf", "hydra")
ALTERNATIVES = ("BoolOp", "IfExp", "Lambda", "ListComp", "SetComp", "DictComp", "GeneratorExp", "NamedExpr")


def notice(call: Call, process: Process, path: str, text: str, span: Span) -> None:
    """Take down what a file that is imported at the start demands."""
    recorder = call.shell.recorder
    if any(word in text for word in FILLS):
        recorder.filled = True
    if "environ" not in text and "BaseSettings" not in text:
        return
    from dockwright.rehearse.imports import statements

    body = statements(text) or []
    given = set(_given(body))
    for name in (*_read(body), *_fields(call, body)):
        variable = call.variable(name)
        if name not in given and variable is None and _other_case(call, name) is None:
            recorder.demands.append((name, path, span))
    if "_application()" in text:
        _django(call, process, body, span)


def _other_case(call: Call, name: str) -> object:
    return call.variable(name.lower()) if name.isupper() else call.variable(name.upper())


def unmet(target: Target, demands: list[tuple[str, str, Span]]) -> Iterator[Unmet]:
    """The variables that compose does not give to what it starts."""
    if "compose" not in posixpath.basename(target.origin):
        return
    for name, path, span in dict.fromkeys(demands):
        proof = (
            Evidence(f"{path} reads {name} when it is loaded"),
            Evidence(f"{target.origin} does not set it", target.origin_place),
        )
        yield Unmet(needs.Setting(name, path), span, posixpath.basename(path), proof, Certainty.LIKELY)


# -- what is read at the top level ---------------------------------------------------------------------------------------


def _read(body: list[Any]) -> Iterator[str]:
    for item in body:
        kind = type(item).__name__
        if kind in ("Assign", "AnnAssign", "Expr") and item.value is not None:
            yield from _subscripts(item.value)


def _subscripts(expression: Any) -> Iterator[str]:
    """`os.environ["NAME"]` in what is evaluated in any case."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        kind = type(node).__name__
        if kind in ALTERNATIVES:
            continue
        if kind == "Subscript" and _is_environ(node.value) and isinstance(getattr(node.slice, "value", None), str):
            yield node.slice.value
        for field in node._fields:
            value = getattr(node, field, None)
            waiting += [each for each in (value if isinstance(value, list) else [value]) if hasattr(each, "_fields")]


def _is_environ(node: Any) -> bool:
    if type(node).__name__ == "Name":
        return bool(node.id == "environ")
    return type(node).__name__ == "Attribute" and node.attr == "environ" and getattr(node.value, "id", "") == "os"


def _given(body: list[Any]) -> Iterator[str]:
    """`os.environ["NAME"] = …` and `os.environ.setdefault("NAME", …)`."""
    for item in body:
        if type(item).__name__ == "Assign":
            for target in item.targets:
                if type(target).__name__ == "Subscript" and _is_environ(target.value):
                    yield str(getattr(target.slice, "value", ""))
        name, _ = _setdefault(item)
        if name:
            yield name


def _setdefault(item: Any) -> tuple[str, str]:
    value: Any = item.value if type(item).__name__ == "Expr" else None
    if type(value).__name__ != "Call" or getattr(value.func, "attr", "") != "setdefault" or len(value.args) != 2:
        return "", ""
    if not _is_environ(value.func.value):
        return "", ""
    name, default = (getattr(argument, "value", None) for argument in value.args)
    return (name, default) if isinstance(name, str) and isinstance(default, str) else (str(name), "")


# -- pydantic ----------------------------------------------------------------------------------------------------------


def _fields(call: Call, body: list[Any]) -> Iterator[str]:
    """Required fields of the settings classes that the file itself makes one of: `settings = Settings()`."""
    made = {
        getattr(item.value.func, "id", "")
        for item in body
        if type(item).__name__ in ("Assign", "AnnAssign")
        and type(item.value).__name__ == "Call"
        and not item.value.args
        and not item.value.keywords
    }
    for item in body:
        bases = [getattr(base, "id", "") for base in item.bases] if type(item).__name__ == "ClassDef" else []
        if bases == ["BaseSettings"] and item.name in made and not item.decorator_list:
            yield from _required(call, item.body)


def _required(call: Call, body: list[Any]) -> Iterator[str]:
    prefix = _prefix(call, body)
    if prefix is None:
        return
    for item in body:
        if type(item).__name__ != "AnnAssign" or item.value is not None:
            continue
        name = getattr(item.target, "id", "_")
        if not name.startswith("_") and name != "model_config" and _plain(item.annotation):
            yield f"{prefix}{name}".upper()


def _plain(annotation: Any) -> bool:
    """A type of its own, which None is not a value of."""
    return type(annotation).__name__ == "Name" and annotation.id in TYPES


TYPES = ("str", "int", "float", "bool", "bytes", "SecretStr", "PostgresDsn", "AnyUrl")


def _prefix(call: Call, body: list[Any]) -> str | None:
    """`env_prefix` of the class; None where its values may come from elsewhere: a file that is there, a folder of secrets."""
    options: dict[str, Any] = {}
    for item in body:
        kind = type(item).__name__
        if kind in ("FunctionDef", "AsyncFunctionDef"):
            return None  # a validator or another source of values
        if kind == "Assign" and getattr(item.targets[0], "id", "") == "model_config":
            if type(item.value).__name__ != "Call":
                return None
            options |= {keyword.arg: getattr(keyword.value, "value", UNKNOWN) for keyword in item.value.keywords}
        elif kind == "ClassDef":
            for each in item.body:
                if type(each).__name__ == "Assign":
                    options[getattr(each.targets[0], "id", "")] = getattr(each.value, "value", UNKNOWN)
    file, prefix = options.get("env_file"), options.get("env_prefix", "")
    if "secrets_dir" in options or "alias_generator" in options or not isinstance(prefix, str) or file is UNKNOWN:
        return None
    path = None if file is None else call.path(str(file))
    there = path is not None and (path is UNKNOWN or call.image.find(str(path)).answer is not NO)
    return None if there else prefix


# -- Django ------------------------------------------------------------------------------------------------------------


def _django(call: Call, process: Process, body: list[Any], span: Span) -> None:
    """wsgi.py and asgi.py load the settings that they name."""
    from dockwright.rehearse.imports import find

    named = [default for item in body for name, default in [_setdefault(item)] if name == "DJANGO_SETTINGS_MODULE"]
    if len(named) != 1 or call.variable("DJANGO_SETTINGS_MODULE") is not None:
        return
    file = find(call, process, named[0]).file
    node = call.image.find(file).node if file else None
    if node is not None and isinstance(node.text, str) and "_application()" not in node.text:
        notice(call, process, file, node.text, span)
