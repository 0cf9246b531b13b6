"""What compose refuses in its files: keys that it does not know, values of the wrong kind, names that nobody defined.

Rules: the compose specification and compose-go, which `docker compose` reads files with. Values with variables are not judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.composeformats import judge_texts, required, texts_of
from dockwright.inputs.composekeys import KEYS
from dockwright.inputs.composeparts import judge_parts
from dockwright.inputs.problem import Problem, problem
from dockwright.source import Source, Span

KINDS = {"s": "a text", "i": "an integer", "n": "a number", "b": "true or false", "l": "a list", "z": "nothing"}
NAME = re.compile(r"[a-zA-Z0-9._-]+")
NAMED = ("services", "volumes", "networks", "secrets", "configs", "models")  # blocks whose keys are names
MOST = 20  # problems of one file


def judge_file(source: Source, node: yaml.Node | None) -> list[Problem]:
    """What one file has wrong by itself."""
    if "!reset" in source.text or "!override" in source.text or not isinstance(node, yaml.Mapping):
        return []  # such values take others away, whatever their kind
    found: list[Problem] = []
    for message, span in chain(_mapping(node, "file", ""), judge_texts(node), _parts(node), judge_parts(node)):
        if span not in [each.place.span for each in found if each.place]:
            found.append(problem("compose-invalid", message, source, span))
        if len(found) >= MOST:
            break
    return found


def judge_surroundings(
    source: Source, node: yaml.Node | None, values: Mapping[str, str], missing: Callable[[str], bool]
) -> list[Problem]:
    """What is not in the project and may be given from outside: variables that are demanded, env files that are not there."""
    found: list[Problem] = []
    for key, body in yaml.pairs(yaml.get(node, "services")):
        for text in texts_of(body):
            name = required(text)
            if name and not values.get(name):
                message = f"required variable {name} is missing a value, and .env has none"
                found.append(problem("compose-invalid", message, source, text.span, unsure=True))
        if yaml.get(body, "profiles") is None:
            found += [
                problem(
                    "compose-invalid", f"service {key.text}: env file {path} is not there", source, span, unsure=True
                )
                for path, span in _env_files(yaml.get(body, "env_file"))
                if missing(path)
            ]
    return found[:MOST]


def _env_files(node: yaml.Node | None) -> Told:
    for item in yaml.items(node) if isinstance(node, yaml.Sequence) else (node,):
        named = yaml.get(item, "path") if isinstance(item, yaml.Mapping) else item
        text = yaml.text(named)
        if text and "$" not in text and named is not None and yaml.text(yaml.get(item, "required")) != "false":
            yield text, named.span


def _parts(node: yaml.Mapping) -> Told:
    """Parts that exclude each other, or of which one is needed."""
    for key, body in yaml.pairs(node.get("services")):
        build, test = yaml.get(body, "build"), yaml.get(yaml.get(body, "healthcheck"), "test")
        if yaml.get(body, "network_mode") is not None and yaml.get(body, "networks") is not None:
            yield f"service {key.text} has both network_mode and networks", key.span
        if yaml.get(build, "dockerfile") is not None and yaml.get(build, "dockerfile_inline") is not None:
            yield f"service {key.text} has both dockerfile and dockerfile_inline", key.span
        first = next(iter(yaml.items(test)), None)
        if first is not None and yaml.text(first) not in ("CMD", "CMD-SHELL", "NONE"):
            yield f"services.{key.text}.healthcheck.test must begin with CMD, CMD-SHELL or NONE", first.span
    for key, body in yaml.pairs(node.get("secrets")):
        if not any(yaml.get(body, name) is not None for name in ("file", "environment", "external", "driver")):
            yield f"secret {key.text} has neither a file nor an environment variable", key.span
    for key, body in yaml.pairs(node.get("volumes")):
        if yaml.truth(yaml.get(body, "external")) and yaml.get(body, "driver") is not None:
            yield f"volume {key.text} has both external and driver", key.span


Told = Iterator[tuple[str, Span]]


def _mapping(node: yaml.Mapping, name: str, path: str) -> Told:
    """A mapping with the keys that KEYS has under `name`."""
    keys = _keys(name)
    for key, value in node.pairs:
        at = f"{path}.{key.text}" if path else key.text
        kinds = keys.get(key.text, keys.get(key.text + "!"))
        if kinds is not None:
            yield from _value(value, kinds, at)
        elif not key.text.startswith("x-") and "*" not in keys:
            yield f"{path or 'the file'} may not have the key {key.text}", key.span
    for wanted in keys:
        if wanted.endswith("!") and node.get(wanted[:-1]) is None:
            yield f"{path} lacks the key {wanted[:-1]}", node.span


def _keys(name: str) -> dict[str, str]:
    keys: dict[str, str] = {}
    for word in KEYS[name].split():
        key, _, kinds = word.partition(":")
        keys[key] = kinds
    return keys


def _value(node: yaml.Node, kinds: str, path: str) -> Told:
    given = _alternatives(kinds, "|")
    if isinstance(node, yaml.Scalar):
        if not _scalar_fits(node, given):
            yield f"{path} must be {_said(given)}", node.span
        return
    if isinstance(node, yaml.Sequence):
        inner = next((kind for kind in given if kind == "l" or kind.startswith("[")), None)
        if inner is None:
            yield f"{path} must be {_said(given)}", node.span
        else:
            yield from _items(node, "s" if inner == "l" else inner[1:-1], path)
        return
    inner = next((kind for kind in given if kind[0] in "@{m"), None)
    if inner is None:
        yield f"{path} must be {_said(given)}", node.span
    elif inner.startswith("@"):
        yield from _mapping(node, inner[1:], path)
    elif inner.startswith("{"):
        yield from _named(node, inner[1:-1], path)


def _items(node: yaml.Sequence, kinds: str, path: str) -> Told:
    for at, item in enumerate(node.items):
        yield from _value(item, kinds.replace(",", "|") if "[" not in kinds else kinds, f"{path}.{at}")


def _named(node: yaml.Mapping, kinds: str, path: str) -> Told:
    for key, value in node.pairs:
        if path in NAMED and not NAME.fullmatch(key.text) and not key.text.startswith("x-"):
            yield f"{path} may not have the name {key.text}", key.span
        if path == "services" and key.text.startswith("x-"):
            continue
        yield from _value(value, "|".join(_alternatives(kinds, ",")), f"{path}.{key.text}")


def _alternatives(kinds: str, mark: str) -> list[str]:
    """Split at the marks outside of brackets."""
    parts, depth, start = [], 0, 0
    for at, letter in enumerate(kinds):
        depth += (letter in "[{") - (letter in "]}")
        if letter == mark and depth == 0:
            parts.append(kinds[start:at])
            start = at + 1
    return [*parts, kinds[start:]]


def _scalar_fits(node: yaml.Scalar, kinds: list[str]) -> bool:
    scalars = {kind for kind in kinds if kind in ("s", "i", "n", "b", "z")}
    if "$" in node.text:
        return bool(scalars)
    return bool(scalars & _kinds_of(node))


def _kinds_of(node: yaml.Scalar) -> set[str]:
    if not node.plain:
        return {"s"}
    if yaml.is_null(node):
        return {"z"}
    if node.text.lower() in ("true", "false"):
        return {"b"}
    if re.fullmatch(r"[-+]?(0o?)?[0-9_]+|0x[0-9a-fA-F_]+", node.text):
        return {"i", "n"}
    if re.fullmatch(
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", node.text
    ):
        return {"n"}
    if re.match(r"\d{4}-\d\d?-\d\d?", node.text):
        return {"s", "i", "n"}  # a date, which compose takes in its own way
    return {"s"}


def _said(kinds: list[str]) -> str:
    words = [KINDS.get(kind) or ("a list" if kind.startswith("[") else "a mapping") for kind in kinds if kind != "z"]
    return " or ".join(dict.fromkeys(words))
