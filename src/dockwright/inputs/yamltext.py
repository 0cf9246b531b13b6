"""YAML as a tree with spans, from libyaml's event stream.

Only the structure is read: no tag makes an object, a scalar stays text and its reader decides what it means. An alias
is the node it names (shared, not copied), so a "billion laughs" file costs no more than its own length to read;
`plain`, which does expand, counts what it makes.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, TypeAlias

from msgspec import Struct

from dockwright.inputs.problem import Problem, problem
from dockwright.source import Source, Span

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 200
MAX_EXPANDED = 200_000


class Scalar(Struct, frozen=True):
    """`plain` is true for an unquoted scalar: only then can `yes`, `12` or `~` be anything but text."""

    text: str
    span: Span
    plain: bool = False


class Sequence(Struct, frozen=True):
    items: tuple[Node, ...]
    span: Span


class Mapping(Struct, frozen=True, dict=True):
    """Pairs in file order, merge keys (`<<`) already merged; `doubled` are keys that the mapping has twice, the second time."""

    pairs: tuple[tuple[Scalar, Node], ...]
    span: Span
    doubled: tuple[Scalar, ...] = ()

    def get(self, name: str) -> Node | None:
        return self._index().get(name)

    def key(self, name: str) -> Scalar | None:
        return next((key for key, _ in self.pairs if key.text == name), None)

    def _index(self) -> dict[str, Node]:
        index: dict[str, Node] | None = self.__dict__.get("_by_name")
        if index is None:
            index = self.__dict__["_by_name"] = {key.text: node for key, node in self.pairs}
        return index


Node: TypeAlias = Scalar | Sequence | Mapping
Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"

_NULL = ("", "~", "null", "Null", "NULL")
_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")


def read(source: Source) -> tuple[Node | None, tuple[Problem, ...]]:
    """First document of the source; (None, problems) when it does not parse."""
    if len(source.text) > MAX_CHARACTERS:
        return None, (problem("yaml-too-large", f"{source.name} is larger than {MAX_CHARACTERS} characters", source),)
    from dockwright.inputs import yamlplain

    node = yamlplain.read(source.text)
    return (node, ()) if node is not None else full(source)


def full(source: Source) -> tuple[Node | None, tuple[Problem, ...]]:
    """With libyaml."""
    yaml: Any = import_module("yaml")
    try:
        return _Builder(source, yaml).build(), ()
    except yaml.MarkedYAMLError as error:
        return None, (_syntax(source, str(error.problem or error.context), error.problem_mark or error.context_mark),)
    except (yaml.YAMLError, UnicodeError) as error:
        return None, (_syntax(source, str(error).splitlines()[0], None),)
    except _Refused as error:
        return None, (problem("yaml-syntax", error.message, source, error.span),)


def _syntax(source: Source, message: str, mark: Any) -> Problem:
    at = min(mark.index if mark else 0, max(0, len(source.text.rstrip()) - 1))
    return problem("yaml-syntax", f"not valid YAML: {message}", source, Span(at, min(at + 1, len(source.text))))


class _Refused(Exception):
    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.message, self.span = message, span


class _Open(Struct):
    """A collection whose end has not been read yet."""

    start: int
    anchor: str | None
    mapping: bool
    nodes: list[Node]


class _Builder:
    def __init__(self, source: Source, yaml: Any) -> None:
        self.length = len(source.text)
        # a byte order mark is not counted by libyaml's marks
        self.offset = 1 if source.text.startswith("\ufeff") else 0
        parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self.parser: Any = parser(source.text)
        self.anchors: dict[str, Node] = {}
        self.stack: list[_Open] = []
        self.merges = MAX_EXPANDED

    def build(self) -> Node | None:
        while True:
            event = self.parser.get_event()
            if event is None:
                return None
            kind = type(event).__name__
            if kind in ("DocumentEndEvent", "StreamEndEvent"):
                return None
            node = self._take(kind, event)
            if node is not None:
                if not self.stack:
                    return node
                self.stack[-1].nodes.append(node)

    def _take(self, kind: str, event: Any) -> Node | None:
        """The node that this event completes."""
        span = self._span(event)
        if kind == "ScalarEvent":
            return self._named(event.anchor, Scalar(event.value, span, bool(event.implicit[0])))
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                raise _Refused(f"not valid YAML: alias *{event.anchor} names no anchor before it", span)
            return self.anchors[event.anchor]
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            if len(self.stack) >= MAX_DEPTH:
                raise _Refused(f"nested deeper than {MAX_DEPTH} levels", span)
            self.stack.append(_Open(span.start, event.anchor, kind == "MappingStartEvent", []))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            return self._close(span.end)
        return None

    def _close(self, end: int) -> Node:
        done = self.stack.pop()
        last = done.nodes[-1].span.end if done.nodes else 0
        # the end mark of a block collection lies on the next token, lines further down
        span = Span(done.start, max(done.start, last if done.start < last <= end else end))
        node = self._mapping(done.nodes, span) if done.mapping else Sequence(tuple(done.nodes), span)
        return self._named(done.anchor, node)

    def _mapping(self, nodes: list[Node], span: Span) -> Mapping:
        """A key that is not a scalar has no name that any reader here asks for; it is left out."""
        merged: dict[str, tuple[Scalar, Node]] = {}
        own: dict[str, tuple[Scalar, Node]] = {}
        doubled: list[Scalar] = []
        for key, value in zip(nodes[::2], nodes[1::2], strict=False):
            if isinstance(key, Scalar) and key.text == "<<" and key.plain:
                self._merge(merged, key, value)
            elif isinstance(key, Scalar):
                doubled += [key] if key.text in own else []
                own[key.text] = (key, value)
        return Mapping(tuple({**merged, **own}.values()), span, tuple(doubled))

    def _merge(self, into: dict[str, tuple[Scalar, Node]], key: Scalar, value: Node) -> None:
        for other in _merge_sources(value):
            self.merges -= len(other.pairs) + 1
            if self.merges < 0:
                raise _Refused("merge keys make too many entries", key.span)
            for pair in other.pairs:
                into.setdefault(pair[0].text, pair)

    def _named(self, anchor: str | None, node: Node) -> Node:
        if anchor is not None:
            self.anchors[anchor] = node
        return node

    def _span(self, event: Any) -> Span:
        start = min(event.start_mark.index + self.offset, self.length)
        return Span(start, max(start, min(event.end_mark.index + self.offset, self.length)))


def _merge_sources(value: Node) -> Iterator[Mapping]:
    for node in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(node, Mapping):
            yield node


def is_null(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and node.plain and node.text in _NULL)


def text(node: Node | None) -> str | None:
    """Text of a scalar that is not null."""
    return None if is_null(node) or not isinstance(node, Scalar) else node.text


def truth(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.text in _TRUE


def mapping(node: Node | None) -> Mapping | None:
    return node if isinstance(node, Mapping) else None


def get(node: Node | None, name: str) -> Node | None:
    """The value of a key, if the node is a mapping that has it."""
    return node.get(name) if isinstance(node, Mapping) else None


def pairs(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.pairs if isinstance(node, Mapping) else ()


def items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def plain(node: Node | None) -> Plain:
    """Ordinary Python data (YAML 1.2 core schema); None when aliases would make it too large."""
    budget = [MAX_EXPANDED]
    return _plain(node, budget) if budget[0] > 0 else None


def _plain(node: Node | None, budget: list[int]) -> Plain:
    budget[0] -= 1
    if budget[0] < 0 or node is None:
        return None
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Sequence):
        return [_plain(item, budget) for item in node.items if budget[0] > 0]
    return {key.text: _plain(value, budget) for key, value in node.pairs if budget[0] > 0}


def _scalar(node: Scalar) -> str | int | bool | None:
    if not node.plain:
        return node.text
    if node.text in _NULL:
        return None
    if node.text in _TRUE or node.text in _FALSE:
        return node.text in _TRUE
    try:
        return int(node.text) if len(node.text) < 20 else node.text
    except ValueError:
        return node.text
