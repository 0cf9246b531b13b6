"""One service of a compose file, and what laying another over it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from msgspec import Struct, structs

from dockwright.finding import Place
from dockwright.inputs import yamltext as yaml
from dockwright.inputs.interpolate import Text, interpolate
from dockwright.inputs.problem import Problem, problem
from dockwright.inputs.targets import Variables, join
from dockwright.source import Source, Span

EnvFile = Callable[[str], "dict[str, str] | None"]


class Build(Struct, frozen=True, kw_only=True):
    context: str | None = None
    dockerfile: str | None = None
    inline: str | None = None
    stage: str | None = None
    args: Variables = {}
    contexts: Mapping[str, str] = {}
    platforms: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()
    network: str | None = None
    unsure: frozenset[str] = frozenset()


class Service(Struct, frozen=True, kw_only=True):
    name: str
    place: Place | None = None
    build: Build | None = None
    image: str | None = None
    platform: str | None = None
    environment: Variables = {}
    env_files: tuple[str, ...] = ()
    command: tuple[str, ...] | str | None = None
    entrypoint: tuple[str, ...] | str | None = None
    user: str | None = None
    working_dir: str | None = None
    volumes: tuple[tuple[str, str], ...] = ()
    engine_volumes: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def merge(base: Service, over: Service) -> Service:
    """Compose's merge: mappings by key, lists joined, everything else (command too) replaced."""
    build = base.build
    if over.build is not None:
        build = over.build if build is None else _merged(build, over.build)
    merged = _merged(structs.replace(base, build=None), structs.replace(over, build=None))
    return structs.replace(merged, build=build, place=base.place if base.build else over.place)


_REPLACED = frozenset({"command", "entrypoint", "platforms"})


_T = TypeVar("_T", bound=Struct)


def _merged(base: _T, over: _T) -> _T:
    values: dict[str, object] = {}
    for field in type(base).__struct_fields__:
        old, new = getattr(base, field), getattr(over, field)
        if isinstance(old, Mapping):
            values[field] = {**old, **new}
        elif isinstance(old, tuple) and isinstance(new, tuple) and field not in _REPLACED:
            values[field] = tuple(dict.fromkeys((*old, *new)))
        elif isinstance(old, frozenset):
            values[field] = old | new
        else:
            values[field] = old if new is None or new == () else new
    return structs.replace(base, **values)


def service(
    source: Source, key: yaml.Scalar, node: yaml.Mapping, folder: str, values: Mapping[str, str], env_file: EnvFile
) -> Service:
    """A service as written, without what it extends; its paths become relative to the root."""
    build = node.get("build")
    place = Place(source, _line_of(key, build, node), f"services.{key.text}")
    reader = _Reader(source, folder, values)
    env_files = tuple(join(folder, path) for path in reader.env_files(node.get("env_file")))
    environment: dict[str, str | None] = {}
    for path in env_files:
        environment |= env_file(path) or {}
    environment |= reader.variables(node.get("environment"))
    return Service(
        name=key.text,
        place=place,
        build=reader.build(build),
        image=reader.text(node.get("image")),
        platform=reader.text(node.get("platform")),
        environment=environment,
        env_files=env_files,
        command=reader.command(node.get("command")),
        entrypoint=reader.command(node.get("entrypoint")),
        user=reader.text(node.get("user")),
        working_dir=reader.text(node.get("working_dir")),
        volumes=tuple(reader.volumes(node.get("volumes"))),
        engine_volumes=(
            *reader.engine_volumes(node.get("volumes")),
            *(each.partition(":")[0] for each in reader.texts(node.get("tmpfs"))),
        ),
        ports=reader.ports(node.get("ports")),
        profiles=reader.texts(node.get("profiles")),
        depends_on=reader.names(node.get("depends_on")),
        problems=tuple(reader.problems),
    )


def _line_of(key: yaml.Scalar, build: yaml.Node | None, node: yaml.Mapping) -> Span:
    """The `build:` key where there is one: that line says what is built."""
    named = node.key("build") if build is not None else None
    return (named or key).span


class _Reader:
    """Reads values of one service, with the variables of its project."""

    def __init__(self, source: Source, folder: str, values: Mapping[str, str]) -> None:
        self.source, self.folder, self.values = source, folder, values
        self.problems: list[Problem] = []

    def _interpolated(self, node: yaml.Node | None) -> Text | None:
        text = yaml.text(node)
        return None if text is None else interpolate(text, self.values)

    def text(self, node: yaml.Node | None) -> str | None:
        """The value, or None where there is none or a variable in it is not known."""
        read = self._interpolated(node)
        return read.text if read is not None and read.known else None

    def texts(self, node: yaml.Node | None) -> tuple[str, ...]:
        nodes = node.items if isinstance(node, yaml.Sequence) else (node,)
        return tuple(text for item in nodes if (text := self.text(item)) is not None)

    def names(self, node: yaml.Node | None) -> tuple[str, ...]:
        """A list of names, or a mapping whose keys they are."""
        return tuple(key.text for key, _ in node.pairs) if isinstance(node, yaml.Mapping) else self.texts(node)

    def variables(self, node: yaml.Node | None) -> dict[str, str | None]:
        """`NAME: value` or `- NAME=value`; a name alone takes its value from the surroundings."""
        if isinstance(node, yaml.Mapping):
            return {key.text: self._value(value) for key, value in node.pairs}
        found: dict[str, str | None] = {}
        for item in yaml.items(node):
            name, equals, _ = (yaml.text(item) or "").partition("=")
            read = self._interpolated(item)
            if name and read is not None:
                found[name] = read.text.partition("=")[2] if equals and read.known else self.values.get(name)
        return found

    def _value(self, node: yaml.Node) -> str | None:
        if isinstance(node, yaml.Scalar) and not yaml.is_null(node):
            return self.text(node)
        return None

    def command(self, node: yaml.Node | None) -> tuple[str, ...] | str | None:
        if isinstance(node, yaml.Sequence):
            words = tuple(self.text(item) for item in node.items)
            return tuple(word for word in words if word is not None) if None not in words else None
        return self.text(node)

    def env_files(self, node: yaml.Node | None) -> Iterator[str]:
        for item in yaml.items(node) or ((node,) if node is not None else ()):
            path = self.text(yaml.get(item, "path") if isinstance(item, yaml.Mapping) else item)
            if path is not None:
                yield path

    def ports(self, node: yaml.Node | None) -> tuple[str, ...]:
        found = []
        for item in yaml.items(node):
            if isinstance(item, yaml.Mapping):
                ends = (self.text(item.get("published")), self.text(item.get("target")))
                found.append(":".join(end for end in ends if end))
            elif (text := self.text(item)) is not None:
                found.append(text)
        return tuple(found)

    def volumes(self, node: yaml.Node | None) -> Iterator[tuple[str, str]]:
        """Folders and files of the host that hide what the image has at that path."""
        for item in yaml.items(node):
            if isinstance(item, yaml.Mapping):
                host, inside = self.text(item.get("source")), self.text(item.get("target"))
                host = host if yaml.text(item.get("type")) == "bind" else None
            else:
                host, _, rest = (self.text(item) or "").partition(":")
                inside = rest.partition(":")[0]
            if host and inside and host.startswith((".", "/", "~")):
                yield join(self.folder, host), inside

    def engine_volumes(self, node: yaml.Node | None) -> Iterator[str]:
        """Where named and anonymous volumes are mounted, and memory file systems."""
        for item in yaml.items(node):
            if isinstance(item, yaml.Mapping):
                inside = None if yaml.text(item.get("type")) == "bind" else self.text(item.get("target"))
            else:
                host, colon, rest = (self.text(item) or "").partition(":")
                named = not host.startswith((".", "/", "~"))
                inside = (rest.partition(":")[0] if named else None) if colon else host
            if inside and inside.startswith("/"):
                yield inside

    def build(self, node: yaml.Node | None) -> Build | None:
        if node is None or yaml.is_null(node):
            return None
        if isinstance(node, yaml.Scalar):
            context, unsure = self._path(node, "context")
            return Build(context=context, unsure=unsure)
        if not isinstance(node, yaml.Mapping):
            self.problems.append(
                problem("compose-invalid", "build must be a path or a mapping", self.source, node.span)
            )
            return None
        return self._build(node)

    def _build(self, node: yaml.Mapping) -> Build:
        context, no_context = self._path(node.get("context"), "context")
        dockerfile, no_dockerfile = self._known(node.get("dockerfile"), "dockerfile")
        stage, no_stage = self._known(node.get("target"), "stage")
        return Build(
            context=context,
            dockerfile=dockerfile,
            inline=self.text(node.get("dockerfile_inline")),
            stage=stage,
            args=self.variables(node.get("args")),
            contexts=self._contexts(node.get("additional_contexts")),
            platforms=self.texts(node.get("platforms")),
            secrets=self._ids(node.get("secrets")),
            ssh=self.names(node.get("ssh")),
            network=self.text(node.get("network")),
            unsure=no_context | no_dockerfile | no_stage,
        )

    def _path(self, node: yaml.Node | None, field: str) -> tuple[str | None, frozenset[str]]:
        text, unsure = self._known(node, field)
        return (None if text is None else join(self.folder, text)), unsure

    def _known(self, node: yaml.Node | None, field: str) -> tuple[str | None, frozenset[str]]:
        """The text with unset variables left empty, as compose does it, and whether that may be wrong."""
        read = self._interpolated(node)
        if read is None:
            return None, frozenset()
        return read.text or None, frozenset() if read.known else frozenset({field})

    def _contexts(self, node: yaml.Node | None) -> dict[str, str]:
        found = self.variables(node)
        return {name: join(self.folder, value) for name, value in found.items() if value is not None}

    def _ids(self, node: yaml.Node | None) -> tuple[str, ...]:
        ids = [
            self.text(yaml.get(item, "source") if isinstance(item, yaml.Mapping) else item) for item in yaml.items(node)
        ]
        return tuple(name for name in ids if name is not None)
