"""Compose files: the services that are built, after includes, extends, overrides and variables.

Rules: compose specification (build, extends, include, merge, interpolation) and compose-go, which implements it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import structs

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.composeservice import Service, merge, service
from dockwright.inputs.discover import Read
from dockwright.inputs.interpolate import dotenv
from dockwright.inputs.problem import Problem, problem
from dockwright.inputs.targets import Target, is_file, join, parent, read_text
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

# in the order in which compose looks for them
DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
MAX_FILES = 50


def read(tree: Tree, path: str) -> Read:
    """Targets of the compose file at `path`, with the files that compose would read together with it."""
    folder, base = parent(path), posixpath.basename(path)
    default = _default(tree, folder)
    if base in DEFAULT_NAMES:
        if path != default:
            return Read(files=(path,))  # compose reads the first of its default names only
        override = _override(tree, folder, base)
        return _Reading(tree, folder).targets([path, *([override] if override else [])])
    if default is not None and path == _override(tree, folder, posixpath.basename(default)):
        return Read(files=(path,))
    if default is not None and _needs_another(tree, path):
        return _Reading(tree, folder).targets([default, path], of=path)
    return _Reading(tree, folder).targets([path])


def _default(tree: Tree, folder: str) -> str | None:
    return next((path for name in DEFAULT_NAMES if is_file(tree, path := join(folder, name))), None)


def _override(tree: Tree, folder: str, base: str) -> str | None:
    """`docker-compose.override.yml` beside `docker-compose.yml`."""
    stem = base.rpartition(".")[0]
    names = (f"{stem}.override.yml", f"{stem}.override.yaml")
    return next((path for name in names if is_file(tree, path := join(folder, name))), None)


def _needs_another(tree: Tree, path: str) -> bool:
    """A service with neither image nor build is no service: the file is laid over the default one with `-f`."""
    node = yaml.read(Source(path, read_text(tree, path) or ""))[0]
    services = [value for _, value in yaml.pairs(yaml.get(node, "services")) if isinstance(value, yaml.Mapping)]
    return any(not any(value.get(key) for key in ("image", "build", "extends")) for value in services)


class _Reading:
    """One project's compose files; collects problems instead of stopping at the first."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self.tree, self.folder = tree, folder
        self.problems: list[Problem] = []
        self.files: list[str] = []
        self.documents: dict[str, tuple[Source, yaml.Node | None]] = {}
        self.loaded: list[str] = []  # the files whose services are the project's; others are only extended

    def targets(self, paths: list[str], of: str | None = None) -> Read:
        """Targets of these files merged in order; with `of`, only those that this file speaks of."""
        services: dict[str, Service] = {}
        touched: set[str] = set()
        for path in paths:
            for name, read in self._services(path, self.folder, ()).items():
                services[name] = merge(services[name], read) if name in services else read
                if of in (None, path):
                    touched.add(name)
        self._judge(services, whole=posixpath.basename(paths[0]) in DEFAULT_NAMES and of is None)
        origin = of or paths[0]
        targets = tuple(target(services[name], origin) for name in services if name in touched and services[name].build)
        return Read(targets, tuple(self.problems), tuple(dict.fromkeys([*self.files, *self._env_files()])))

    def _judge(self, services: dict[str, Service], *, whole: bool) -> None:
        """What compose refuses in what it has read together. `whole`: no other file is laid over these."""
        from dockwright.inputs.composenames import judge_names
        from dockwright.inputs.composerules import judge_file, judge_surroundings

        told = {(each.place.source.name, each.place.span.start) for each in self.problems if each.place}
        loaded = [self.documents[path] for path in dict.fromkeys(self.loaded)]
        for source, node in loaded:
            found = judge_file(source, node)
            self.problems += [each for each in found if each.place and (source.name, each.place.span.start) not in told]
        if whole and loaded and not self.problems:
            self.problems += judge_names(loaded, services)
            self.problems += judge_surroundings(*loaded[0], self.values(self.folder), self._missing)

    def _missing(self, path: str) -> bool:
        inside = not join(self.folder, path).startswith(("..", "/"))
        return inside and self.tree.complete and self.tree.kind(join(self.folder, path)) is None

    def _env_files(self) -> list[str]:
        path = join(self.folder, ".env")
        return [path] if is_file(self.tree, path) else []

    def _document(self, path: str) -> tuple[Source, yaml.Node | None] | None:
        if path not in self.documents:
            text = read_text(self.tree, path) if len(self.documents) < MAX_FILES else None
            if text is None:
                return None
            source = Source(path, text)
            node, problems = yaml.read(source)
            if node is not None and not isinstance(node, yaml.Mapping):
                problems = (problem("compose-invalid", "a compose file is a mapping at its top", source, node.span),)
            self.problems += problems
            self.files.append(path)
            self.documents[path] = (source, node)
        return self.documents[path]

    def _services(self, path: str, folder: str, above: tuple[str, ...]) -> dict[str, Service]:
        """Services of one file, those of its includes first; paths in it are seen from `folder`."""
        document = self._document(path)
        if document is None or path in above:
            return {}
        source, node = document
        self.loaded.append(path)
        services: dict[str, Service] = {}
        for include in yaml.items(yaml.get(node, "include")):
            services |= self._included(source, include, folder, (*above, path))
        block = yaml.get(node, "services")
        if block is not None and not isinstance(block, yaml.Mapping) and not yaml.is_null(block):
            self.problems.append(problem("compose-invalid", "services must be a mapping", source, block.span))
        for key, value in yaml.pairs(block):
            read = self._service(source, key, value, folder, ())
            if read is not None:
                services[key.text] = read
        return services

    def _included(self, source: Source, node: yaml.Node, folder: str, above: tuple[str, ...]) -> dict[str, Service]:
        paths = yaml.get(node, "path") if isinstance(node, yaml.Mapping) else node
        home = yaml.text(yaml.get(node, "project_directory"))
        services: dict[str, Service] = {}
        for item in yaml.items(paths) or ((paths,) if paths is not None else ()):
            named = yaml.text(item)
            if named is None or "://" in named or "$" in named:
                continue
            path = join(folder, named)
            if self._document(path) is None:
                self.problems.append(
                    problem("compose-include-missing", f"includes {named}, which is not there", source, item.span)
                )
            services |= self._services(path, join(folder, home) if home else parent(path), above)
        return services

    def _service(
        self, source: Source, key: yaml.Scalar, node: yaml.Node, folder: str, above: tuple[tuple[str, str], ...]
    ) -> Service | None:
        if not isinstance(node, yaml.Mapping):
            self.problems.append(problem("compose-invalid", f"service {key.text} must be a mapping", source, key.span))
            return None
        own = service(source, key, node, folder, self.values(folder), self._env_file)
        self.problems += own.problems
        extends = node.get("extends")
        if extends is None:
            return own
        base = self._extended(source, extends, folder, (*above, (source.name, key.text)))
        return own if base is None else structs.replace(merge(base, own), profiles=own.profiles, place=own.place)

    def _extended(
        self, source: Source, node: yaml.Node, folder: str, above: tuple[tuple[str, str], ...]
    ) -> Service | None:
        """The service that `extends` names: by name in this file, or by file and service."""
        name = yaml.text(node) or yaml.text(yaml.get(node, "service"))
        file = yaml.text(yaml.get(node, "file"))
        path = join(folder, file) if file else source.name
        if name is None or "$" in path or ":" in path or len(above) > MAX_FILES:
            return None
        if (path, name) in above:
            self.problems.append(problem("compose-invalid", f"service {name} extends itself", source, node.span))
            return None
        document = self._document(path)
        block = yaml.get(document[1], "services") if document else None
        body = yaml.get(block, name)
        if document is None or body is None:
            missing = f"extends service {name} of {path}, which is not there"
            self.problems.append(problem("compose-extends-missing", missing, source, node.span))
            return None
        key = (yaml.mapping(block) or yaml.Mapping((), node.span)).key(name) or yaml.Scalar(name, node.span)
        return self._service(document[0], key, body, parent(path) if file else folder, above)

    def values(self, folder: str) -> Mapping[str, str]:
        """Variables of the `.env` file in a project folder."""
        return self._env_file(join(folder, ".env")) or {}

    def _env_file(self, path: str) -> dict[str, str] | None:
        text = read_text(self.tree, path)
        return None if text is None else dotenv(text)


def target(service: Service, origin: str) -> Target:
    """The build of a service, and how compose starts it."""
    build = service.build
    assert build is not None
    context = build.context if build.context is not None else "."
    file = build.dockerfile or "Dockerfile"
    dockerfile = file if file.startswith("/") or "://" in context else join(context, file)
    return Target(
        name=service.name,
        dockerfile=origin if build.inline is not None else dockerfile,
        context=context,
        origin=origin,
        origin_place=service.place,
        build_args=dict(build.args),
        stage=build.stage,
        platforms=build.platforms or ((service.platform,) if service.platform else ()),
        named_contexts=dict(build.contexts),
        secrets=build.secrets,
        ssh=build.ssh,
        network=build.network,
        image=service.image,
        inline=build.inline,
        environment=dict(service.environment),
        env_files=service.env_files,
        command=service.command,
        entrypoint=service.entrypoint,
        user=service.user,
        working_dir=service.working_dir,
        volumes=service.volumes,
        engine_volumes=service.engine_volumes,
        ports=service.ports,
        profiles=service.profiles,
        depends_on=service.depends_on,
        unsure=build.unsure,
        problems=service.problems,
    )
