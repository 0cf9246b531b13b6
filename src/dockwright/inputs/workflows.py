"""Build targets in GitHub workflows: docker/build-push-action and `docker build` lines of `run:` scripts.

`${{ matrix.x }}` and `${{ env.x }}` are replaced where the workflow writes them out; any other expression is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING

from dockwright.finding import Place
from dockwright.inputs import yamltext as yaml
from dockwright.inputs.discover import Read
from dockwright.inputs.scripts import script_targets
from dockwright.inputs.targets import Target, is_remote, join, read_text
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

MAX_COMBINATIONS = 64
_TELLING = ("docker/build-push-action", "docker build", "buildx", "podman build", "buildah")


def read(tree: Tree, path: str) -> Read:
    text = read_text(tree, path)
    if text is None or not any(word in text for word in _TELLING):
        return Read(files=(path,))
    source = Source(path, text)
    node, problems = yaml.read(source)
    top = path.partition(".github/workflows/")[0].rstrip("/") or "."
    targets: list[Target] = []
    for key, job in yaml.pairs(yaml.get(node, "jobs")):
        for values in combinations(job):
            known = {**_env(node, values), **values}
            known |= _env(job, known)
            for step in yaml.items(yaml.get(job, "steps")):
                targets += _step(source, key.text, step, {**known, **_env(step, known)}, top)
    return Read(tuple(targets), problems, (path,))


def combinations(job: yaml.Node) -> Iterator[dict[str, str]]:
    """The values of a job's matrix: `{"matrix.service": "api"}`; one empty set without a matrix."""
    matrix = yaml.get(yaml.get(job, "strategy"), "matrix")
    axes = [
        (f"matrix.{key.text}", list(yaml.items(value)))
        for key, value in yaml.pairs(matrix)
        if key.text not in ("include", "exclude") and yaml.items(value)
    ]
    includes = [dict(_flat("matrix", item)) for item in yaml.items(yaml.get(matrix, "include"))]
    made = [dict(_axes(axes, chosen)) for chosen in islice(product(*(items for _, items in axes)), MAX_COMBINATIONS)]
    if not axes:
        yield from islice(includes, MAX_COMBINATIONS) if includes else ({},)
        return
    extra: list[dict[str, str]] = []
    names = {name for name, _ in axes}
    for include in includes[:MAX_COMBINATIONS]:
        fitting = [
            one for one in made if all(one.get(name) == value for name, value in include.items() if name in names)
        ]
        for one in fitting:
            one.update(include)
        if not fitting:
            extra.append(include)
    yield from [*made, *extra]


def _axes(axes: list[tuple[str, list[yaml.Node]]], chosen: tuple[yaml.Node, ...]) -> Iterator[tuple[str, str]]:
    for (name, _), node in zip(axes, chosen, strict=True):
        yield from _flat(name, node)


def _flat(name: str, node: yaml.Node, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(node, yaml.Scalar):
        yield name, node.text
    elif isinstance(node, yaml.Mapping) and depth < 3:
        for key, value in node.pairs:
            yield from _flat(f"{name}.{key.text}", value, depth + 1)


def _env(node: yaml.Node | None, values: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in yaml.pairs(yaml.get(node, "env")):
        text = filled(yaml.text(value), values)
        if text is not None:
            found[f"env.{key.text}"] = text
    return found


def filled(text: str | None, values: Mapping[str, str]) -> str | None:
    """The text with its expressions replaced; None when one of them is not known."""
    if text is None or "${{" not in text:
        return text
    head, *rest = text.split("${{")
    pieces = [head]
    for part in rest:
        expression, closed, after = part.partition("}}")
        name = expression.strip()
        value = "." if name == "github.workspace" else values.get(name)
        if not closed or value is None:
            return None
        pieces += [value, after]
    return "".join(pieces)


def _step(source: Source, job: str, step: yaml.Node, values: Mapping[str, str], top: str) -> Iterator[Target]:
    uses, run = yaml.text(yaml.get(step, "uses")), yaml.get(step, "run")
    if uses is not None and uses.startswith("docker/build-push-action@"):
        yield from _action(source, job, step, values, top)
    elif isinstance(run, yaml.Scalar):
        folder = filled(yaml.text(yaml.get(step, "working-directory")), values)
        place = _line(source, run)
        script = filled_lines(run.text, values)
        yield from script_targets(
            script, job, join(top, folder or "."), source.name, lambda line: place, one_shell=True
        )


def filled_lines(text: str, values: Mapping[str, str]) -> str:
    """A script in which the lines with unknown expressions keep a `$`, so that they are not taken literally."""
    return "\n".join(filled(line, values) or line for line in text.split("\n"))


def _line(source: Source, node: yaml.Scalar) -> Place:
    return Place(source, Span(node.span.start, max(node.span.start, min(node.span.end, len(source.text)))))


def _action(source: Source, job: str, step: yaml.Node, values: Mapping[str, str], top: str) -> Iterator[Target]:
    """Without `context` the action builds the repository itself; `file` is seen from the repository's root."""
    given = yaml.get(step, "with")
    context, file = (filled(yaml.text(yaml.get(given, key)), values) for key in ("context", "file"))
    if _unknown(given, "context", context) or _unknown(given, "file", file):
        return
    context = (context or ".").removeprefix("{{defaultContext}}").removeprefix(":") or "."
    path = join(top, context)
    default = "Dockerfile" if is_remote(path) else join(path, "Dockerfile")
    stage = filled(yaml.text(yaml.get(given, "target")), values)
    mapping = yaml.mapping(step)
    key = mapping.key("uses") if mapping else None
    yield Target(
        name=job,
        dockerfile=join(top, file) if file else default,
        context=path,
        origin=source.name,
        origin_place=Place(source, key.span if key else step.span),
        build_args=dict(_arguments(given, values)),
        stage=stage,
        platforms=tuple(
            p.strip() for p in (filled(yaml.text(yaml.get(given, "platforms")), values) or "").split(",") if p
        ),
        named_contexts=_contexts(given, values, top),
        secrets=tuple(line.partition("=")[0] for line in _lines(given, "secrets")),
        ssh=tuple(line.partition("=")[0] for line in _lines(given, "ssh")),
        network=filled(yaml.text(yaml.get(given, "network")), values),
        unsure=frozenset({"stage"} if _unknown(given, "target", stage) else ()),
    )


def _unknown(given: yaml.Node | None, key: str, value: str | None) -> bool:
    return value is None and yaml.text(yaml.get(given, key)) is not None


def _lines(given: yaml.Node | None, key: str) -> list[str]:
    return [line.strip() for line in (yaml.text(yaml.get(given, key)) or "").splitlines() if line.strip()]


def _arguments(given: yaml.Node | None, values: Mapping[str, str]) -> Iterator[tuple[str, str | None]]:
    for line in _lines(given, "build-args"):
        name, equals, _ = line.partition("=")
        text = filled(line, values) if equals else None
        yield name.strip(), None if text is None else text.partition("=")[2]


def _contexts(given: yaml.Node | None, values: Mapping[str, str], top: str) -> dict[str, str]:
    lines = (filled(line, values) for line in _lines(given, "build-contexts"))
    pairs = (line.partition("=") for line in lines if line)
    return {name: join(top, path) for name, _, path in pairs if path}
