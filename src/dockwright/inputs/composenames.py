"""Names in compose files that nobody defined: networks, volumes, secrets, configs, services; services that wait for each other.

Rules: compose-go's consistency check, on the services that no profile keeps from starting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.composeservice import Service
from dockwright.inputs.problem import Problem, problem
from dockwright.source import Source, Span

Told = Iterator[tuple[str, Span]]
Body = tuple[Source, str, yaml.Mapping]  # a file, the name of a service, and what the file says of it


def judge_names(loaded: list[tuple[Source, yaml.Node | None]], services: Mapping[str, Service]) -> list[Problem]:
    """What services name and nobody defines, in the files that compose reads together."""
    bodies = [
        (source, key.text, body)
        for source, node in loaded
        for key, body in yaml.pairs(yaml.get(node, "services"))
        if isinstance(body, yaml.Mapping) and body.get("profiles") is None  # what is not started is not looked at
    ]
    defined = {
        block: {key.text for _, node in loaded for key, _ in yaml.pairs(yaml.get(node, block))}
        for block in ("volumes", "networks", "secrets", "configs", "models")
    }
    defined["networks"].add("default")
    found: list[Problem] = []
    for source, name, body in bodies:
        for message, span in _undefined(name, body, defined, services):
            found.append(problem("compose-invalid", message, source, span))
    return found + _sourceless(services, bodies) + _cycles(bodies)


def _undefined(name: str, body: yaml.Mapping, defined: Mapping[str, set[str]], services: Mapping[str, Service]) -> Told:
    named = [(block, body.get(block)) for block in ("networks", "secrets", "configs", "models")]
    for block, node in [*named, ("secrets", yaml.get(body.get("build"), "secrets"))]:
        for text, span in _names(node, "source"):
            if text not in defined[block]:
                yield f"service {name} refers to undefined {block[:-1]} {text}", span
    for text, span in _volumes(body.get("volumes")):
        if text not in defined["volumes"]:
            yield f"service {name} refers to undefined volume {text}", span
    for text, span in _needed(body):
        if text not in services:
            yield f"service {name} depends on undefined service {text}", span


def _needed(body: yaml.Mapping) -> Told:
    """Other services that this one can't do without."""
    depends = body.get("depends_on")
    for key, _ in yaml.pairs(depends):
        if "$" not in key.text:
            yield key.text, key.span
    yield from _names(depends if isinstance(depends, yaml.Sequence) else None, "")
    for text, span in _names(body.get("links"), ""):
        yield text.partition(":")[0], span
    for text, span in _names(body.get("volumes_from"), ""):
        if not text.startswith("container:"):
            yield text.partition(":")[0], span
    for mode in ("network_mode", "ipc", "pid"):
        node = body.get(mode)
        text = yaml.text(node) or ""
        if text.startswith("service:") and "$" not in text and node is not None:
            yield text.partition(":")[2], node.span


def _names(node: yaml.Node | None, field: str) -> Told:
    """Names in a list, or as the keys of a mapping."""
    for key, _ in yaml.pairs(node):
        yield key.text, key.span
    for item in yaml.items(node):
        named = yaml.get(item, field) if isinstance(item, yaml.Mapping) else item
        text = yaml.text(named)
        if text and "$" not in text and named is not None:
            yield text, named.span


def _volumes(node: yaml.Node | None) -> Told:
    for item in yaml.items(node):
        if isinstance(item, yaml.Mapping):
            named = item.get("source")
            text = yaml.text(named) or ""
            if yaml.text(item.get("type")) == "volume" and text and "$" not in text and named is not None:
                yield text, named.span
            continue
        text = yaml.text(item) or ""
        name, colon, _ = text.partition(":")
        if colon and "$" not in text and re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_./-]+", name):
            yield name, item.span


def _sourceless(services: Mapping[str, Service], bodies: list[Body]) -> list[Problem]:
    """Services with neither an image nor a build."""
    named: dict[str, tuple[Source, yaml.Mapping]] = {}
    having: set[str] = set()
    for source, name, body in bodies:
        named.setdefault(name, (source, body))
        if any(not yaml.is_null(body.get(key)) for key in ("image", "build", "extends", "provider")):
            having.add(name)
    return [
        problem(
            "compose-invalid",
            f"service {name} has neither an image nor a build context specified",
            source,
            Span(body.span.start, min(body.span.start + 1, len(source.text))),
        )
        for name, (source, body) in named.items()
        if name not in having and name in services and not services[name].image and not services[name].build
    ]


def _cycles(bodies: list[Body]) -> list[Problem]:
    """Services that wait for each other."""
    graph: dict[str, dict[str, Span]] = {}
    sources: dict[str, Source] = {}
    for source, name, body in bodies:
        graph.setdefault(name, {}).update(dict(_needed(body)))
        sources[name] = source
    done: set[str] = set()
    for first in graph:
        trail = _cycle(first, graph, done)
        if trail:
            span = graph[trail[-2]][trail[-1]]
            return [problem("compose-invalid", f"dependency cycle: {' -> '.join(trail)}", sources[trail[-2]], span)]
    return []


def _cycle(first: str, graph: Mapping[str, Mapping[str, Span]], done: set[str]) -> list[str]:
    """A way from a service back to itself; without recursion, since a file may hold thousands."""
    trail: list[tuple[str, Iterator[str]]] = [(first, iter(graph.get(first, ())))]
    open_ = {first}
    while trail:
        name, rest = trail[-1]
        after = next(rest, None)
        if after is None:
            trail.pop()
            open_.discard(name)
            done.add(name)
        elif after in open_:
            names = [each for each, _ in trail]
            return [*names[names.index(after) :], after]
        elif after not in done:
            trail.append((after, iter(graph.get(after, ()))))
            open_.add(after)
    return []
