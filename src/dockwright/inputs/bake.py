"""Bake files: `docker-bake.hcl` and `docker-bake.json`, with their `.override` laid over.

Rules: "Bake file reference" and "Inheritance" of buildx. Which variables the builder's environment sets isn't known;
the default written in the file is taken.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import DecodeError, Struct, json

from dockwright.finding import Place
from dockwright.inputs import hcl
from dockwright.inputs.discover import Read
from dockwright.inputs.places import json_span
from dockwright.inputs.problem import Problem, problem
from dockwright.inputs.targets import Target, is_file, is_remote, join, parent, read_text
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

MAX_DEPTH = 30


class Definition(Struct):
    """A target's own values; those of several files are laid over each other."""

    values: dict[str, hcl.Value]
    place: Place | None


def read(tree: Tree, path: str) -> Read:
    base, extension = posixpath.splitext(path)
    paths = [path, *(more for more in (f"{base}.override{extension}",) if is_file(tree, more))]
    file = _File()
    for each in paths:
        text = read_text(tree, each)
        if text is not None:
            (file.add_hcl if extension == ".hcl" else file.add_json)(Source(each, text))
    return Read(tuple(file.targets(parent(path), path)), tuple(file.problems), tuple(paths))


class _File:
    def __init__(self) -> None:
        self.definitions: dict[str, Definition] = {}
        self.defaults: dict[str, hcl.Value] = {}
        self.expressions: dict[str, tuple[hcl.Token, ...]] = {}
        self.problems: list[Problem] = []
        self.grouped: set[str] = set()  # targets that a group builds: others may only be inherited from
        self.reading: set[str] = set()

    def add_hcl(self, source: Source) -> None:
        top, problems = hcl.read(source)
        self.problems += problems
        blocks = top.blocks if top else ()
        for block in blocks:
            if block.kind == "variable" and block.labels:
                default = block.attributes.get("default")
                self.expressions[block.labels[0]] = default.tokens if default else ()
        for name, attribute in (top.attributes if top else {}).items():
            self.expressions[name] = attribute.tokens
        for block in blocks:
            if block.kind == "group" and "targets" in block.attributes:
                self.grouped |= set(_texts(hcl.evaluate(block.attributes["targets"].tokens, self.variable)))
            if block.kind == "target" and block.labels:
                values = {name: hcl.evaluate(found.tokens, self.variable) for name, found in block.attributes.items()}
                self._define(block.labels[0], values, Place(source, block.span, f"target {block.labels[0]}"))

    def add_json(self, source: Source) -> None:
        try:
            data = json.decode(source.text.removeprefix("\ufeff"))
        except (DecodeError, RecursionError, UnicodeError) as error:
            self.problems.append(problem("json-syntax", f"not valid JSON: {error}", source))
            return
        for name, body in _mapping(_mapping(data).get("variable")).items():
            self.defaults[name] = (
                _value(_mapping(body).get("default"), self.variable) if "default" in body else hcl.UNKNOWN
            )
        for body in _mapping(_mapping(data).get("group")).values():
            self.grouped |= set(_texts(_value(_mapping(body).get("targets"), self.variable)))
        for name, body in _mapping(_mapping(data).get("target")).items():
            values = {key: _value(value, self.variable) for key, value in _mapping(body).items()}
            self._define(
                name, values, Place(source, json_span(source.text, ("target", name)) or Span(0, 1), f"target {name}")
            )

    def _define(self, name: str, values: dict[str, hcl.Value], place: Place) -> None:
        known = self.definitions.setdefault(name, Definition({}, place))
        known.values = _over(known.values, values)

    def variable(self, name: str) -> hcl.Value:
        """Value of a variable, which may use others; UNKNOWN for one without default, and for a circle."""
        if name in self.expressions and name not in self.reading and len(self.reading) < MAX_DEPTH:
            self.reading.add(name)
            self.defaults[name] = hcl.evaluate(self.expressions.pop(name), self.variable)
            self.reading.discard(name)
        return self.defaults.get(name, hcl.UNKNOWN)

    def targets(self, folder: str, origin: str) -> Iterator[Target]:
        bases = {base for found in self.definitions.values() for base in _texts(found.values.get("inherits"))}
        for name, definition in self.definitions.items():
            if name not in bases - self.grouped and not name.startswith("_"):
                yield _target(name, self._inherited(name, ()), definition.place, folder, origin)

    def _inherited(self, name: str, above: tuple[str, ...]) -> dict[str, hcl.Value]:
        """Later parents win over earlier ones, the target itself over all."""
        if name in above or len(above) > MAX_DEPTH or name not in self.definitions:
            return {}
        own = self.definitions[name].values
        values: dict[str, hcl.Value] = {}
        for base in _texts(own.get("inherits")):
            values = _over(values, self._inherited(base, (*above, name)))
        return _over(values, own)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _value(value: Any, variables: hcl.Variables) -> hcl.Value:
    """A JSON value; strings in a JSON bake file are templates too."""
    if isinstance(value, str):
        return hcl.template(value.replace("\\", "\\\\"), variables)
    if isinstance(value, list):
        return tuple(_value(item, variables) for item in value)
    if isinstance(value, dict):
        return {key: _value(item, variables) for key, item in value.items()}
    return value if value is None or isinstance(value, bool) else str(value)


def _over(base: Mapping[str, hcl.Value], over: Mapping[str, hcl.Value]) -> dict[str, hcl.Value]:
    """Maps (args, contexts) by key; everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _texts(value: hcl.Value) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, tuple) else ()


def _target(name: str, values: Mapping[str, hcl.Value], place: Place | None, folder: str, origin: str) -> Target:
    context = _known(values.get("context")) or "."
    contexts = _strings(values.get("contexts"))
    path = join(folder, context)
    file = _known(values.get("dockerfile")) or "Dockerfile"
    inline = _known(values.get("dockerfile-inline"))
    unsure = {field for field, key in _FIELDS if values.get(key) is hcl.UNKNOWN}
    return Target(
        name=name,
        dockerfile=origin if inline is not None else file if is_remote(path) else join(path, file),
        context=path,
        origin=origin,
        origin_place=place,
        build_args=_strings(values.get("args")),
        stage=_known(values.get("target")),
        platforms=_texts(values.get("platforms")),
        named_contexts={key: join(folder, value) for key, value in contexts.items() if value is not None},
        secrets=_ids(values.get("secret")),
        ssh=_texts(values.get("ssh")),
        network=_known(values.get("network")),
        image=next(iter(_texts(values.get("tags"))), None),
        inline=inline,
        unsure=frozenset(unsure),
    )


_FIELDS = (("context", "context"), ("dockerfile", "dockerfile"), ("stage", "target"))


def _known(value: hcl.Value) -> str | None:
    return value if isinstance(value, str) else None


def _strings(value: hcl.Value) -> dict[str, str | None]:
    return {key: _known(item) for key, item in value.items()} if isinstance(value, dict) else {}


def _ids(value: hcl.Value) -> tuple[str, ...]:
    """`id=NAME,src=…`, or a map with an id."""
    found = []
    for item in value if isinstance(value, tuple) else ():
        if isinstance(item, dict):
            item = item.get("id")
        elif isinstance(item, str):
            item = dict(part.partition("=")[::2] for part in item.split(",")).get("id")
        if isinstance(item, str):
            found.append(item)
    return tuple(found)
