"""Build targets in the files of hosting platforms: Render, Fly, Railway, Heroku, Cloud Build, development containers.

Each function reads one kind of file; where each platform resolves a path from is said beside it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dockwright.finding import Place
from dockwright.inputs import yamltext as yaml
from dockwright.inputs.discover import Read
from dockwright.inputs.dockercli import build_command
from dockwright.inputs.dockerfiles import default_context
from dockwright.inputs.documents import load_json, load_toml
from dockwright.inputs.places import key_place
from dockwright.inputs.targets import Target, is_file, join, parent, read_text
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree


def read(tree: Tree, path: str) -> Read:
    text = read_text(tree, path)
    if text is None:
        return Read()
    source = Source(path, text)
    base = posixpath.basename(path)
    if base.endswith((".yaml", ".yml")):
        node, problems = yaml.read(source)
        return Read(tuple(_YAML[posixpath.splitext(base)[0]](tree, source, node)), problems, (path,))
    data, problems = load_toml(source) if base.endswith(".toml") else load_json(source)
    return Read(tuple(_DATA[base](tree, source, data)), problems, (path,))


def _render(tree: Tree, source: Source, node: yaml.Node | None) -> Iterator[Target]:
    """`dockerContext` and `dockerfilePath` are seen from `rootDir` (by default the repository's root)."""
    for item in yaml.items(yaml.get(node, "services")):
        runtime = yaml.text(yaml.get(item, "runtime")) or yaml.text(yaml.get(item, "env"))
        file, context = yaml.text(yaml.get(item, "dockerfilePath")), yaml.text(yaml.get(item, "dockerContext"))
        if runtime != "docker" and file is None and context is None:
            continue
        top = parent(source.name)
        home = join(top, yaml.text(yaml.get(item, "rootDir")) or ".")
        if file is not None and is_file(tree, join(top, file)) and not is_file(tree, join(home, file)):
            home = top
        variables: dict[str, str | None] = {}
        for entry in yaml.items(yaml.get(item, "envVars")):
            name = yaml.text(yaml.get(entry, "key"))
            if name:
                variables[name] = yaml.text(yaml.get(entry, "value"))
        mapping = yaml.mapping(item)
        key = mapping and (mapping.key("dockerContext") or mapping.key("dockerfilePath") or mapping.key("runtime"))
        yield Target(
            name=yaml.text(yaml.get(item, "name")) or "render",
            dockerfile=join(home, file or "Dockerfile"),
            context=join(home, context or "."),
            origin=source.name,
            origin_place=Place(source, (key or item).span),
            build_args=variables,  # Render hands every variable to the build as an argument as well
            environment={"PORT": "10000", **variables},
            command=yaml.text(yaml.get(item, "dockerCommand")),
        )


def _heroku(tree: Tree, source: Source, node: yaml.Node | None) -> Iterator[Target]:
    """`build.docker.web: Dockerfile`; the context is the Dockerfile's folder."""
    docker = yaml.get(yaml.get(node, "build"), "docker")
    config = yaml.plain(yaml.get(yaml.get(node, "build"), "config"))
    for key, value in yaml.pairs(docker):
        file = yaml.text(value) or yaml.text(yaml.get(value, "dockerfile"))
        if file is None:
            continue
        path = join(parent(source.name), file)
        yield Target(
            name=key.text,
            dockerfile=path,
            context=parent(path),
            origin=source.name,
            origin_place=Place(source, key.span),
            build_args=_strings(config),
            stage=yaml.text(yaml.get(value, "target")),
            command=yaml.text(yaml.get(yaml.get(node, "run"), key.text)),
            environment={"PORT": None},
        )


def _cloudbuild(tree: Tree, source: Source, node: yaml.Node | None) -> Iterator[Target]:
    """Steps whose builder is docker or kaniko; the source is the folder from which the build was submitted."""
    for item in yaml.items(yaml.get(node, "steps")):
        words = tuple(yaml.text(word) or "" for word in yaml.items(yaml.get(item, "args")))
        builder = yaml.text(yaml.get(item, "name")) or ""
        if "docker" in builder and "build" in words[:2]:
            folder = join(parent(source.name), yaml.text(yaml.get(item, "dir")) or ".")
            name = yaml.text(yaml.get(item, "id")) or "cloudbuild"
            yield from build_command(("docker", *words), name, folder, source.name, Place(source, item.span))


def _cloudbuild_json(tree: Tree, source: Source, data: Mapping[str, Any]) -> Iterator[Target]:
    return _cloudbuild(tree, source, yaml.read(source)[0])  # JSON is YAML


def _fly(tree: Tree, source: Source, data: Mapping[str, Any]) -> Iterator[Target]:
    """`[build] dockerfile` is seen from fly.toml's folder; the context is the folder in which `fly deploy` runs."""
    build = _mapping(data.get("build"))
    folder = parent(source.name)
    file = build.get("dockerfile")
    if "image" in build or "builder" in build or "buildpacks" in build:
        return
    if file is None and not is_file(tree, join(folder, "Dockerfile")):
        return
    ignore = build.get("ignorefile")
    yield Target(
        name=_text(data.get("app")) or "fly",
        dockerfile=join(folder, _text(file) or "Dockerfile"),
        context=folder,
        origin=source.name,
        origin_place=key_place(source, ("build",), "dockerfile"),
        build_args=_strings(build.get("args")),
        stage=_text(build.get("build-target") or build.get("build_target")),
        ignore_file=join(folder, ignore) if isinstance(ignore, str) else None,
        environment=_strings(data.get("env")),
        command=_text(_mapping(data.get("processes")).get("app")),
    )


def _railway(tree: Tree, source: Source, data: Mapping[str, Any]) -> Iterator[Target]:
    """Railway builds from the folder that holds railway.json; `startCommand` replaces the command, in exec form."""
    build, deploy = _mapping(data.get("build")), _mapping(data.get("deploy"))
    builder, file = _text(build.get("builder")), _text(build.get("dockerfilePath"))
    folder = parent(source.name)
    if builder not in (None, "DOCKERFILE") or not (file or is_file(tree, join(folder, "Dockerfile"))):
        return
    yield Target(
        name="railway",
        dockerfile=join(folder, (file or "Dockerfile").lstrip("/")),
        context=folder,
        origin=source.name,
        origin_place=key_place(source, ("build",), "dockerfilePath"),
        environment={"PORT": None},
        command=_text(deploy.get("startCommand")),
    )


def _devcontainer(tree: Tree, source: Source, data: Mapping[str, Any]) -> Iterator[Target]:
    """`build.dockerfile` and `build.context` are seen from the folder of devcontainer.json."""
    build = _mapping(data.get("build"))
    file = _text(build.get("dockerfile") or data.get("dockerFile"))
    if file is None:
        return
    folder = parent(source.name)
    yield Target(
        name="devcontainer",
        dockerfile=join(folder, file),
        context=join(folder, _text(build.get("context") or data.get("context")) or "."),
        origin=source.name,
        origin_place=key_place(source, ("build",), "dockerfile" if "dockerfile" in build else "dockerFile"),
        build_args=_strings(build.get("args")),
        stage=_text(build.get("target")),
    )


def _app_json(tree: Tree, source: Source, data: Mapping[str, Any]) -> Iterator[Target]:
    """Heroku's app.json names no Dockerfile; with `"stack": "container"` the one beside it is built."""
    path = join(parent(source.name), "Dockerfile")
    if data.get("stack") == "container" and is_file(tree, path):
        yield Target(
            name=_text(data.get("name")) or "heroku",
            dockerfile=path,
            context=default_context(tree, path),
            origin=source.name,
            origin_place=key_place(source, (), "stack"),
            environment={name: _text(_mapping(body).get("value")) for name, body in _mapping(data.get("env")).items()},
        )


_YAML: dict[str, Callable[[Tree, Source, yaml.Node | None], Iterator[Target]]] = {
    "render": _render,
    "heroku": _heroku,
    "cloudbuild": _cloudbuild,
}
_DATA: dict[str, Callable[[Tree, Source, Mapping[str, Any]], Iterator[Target]]] = {
    "fly.toml": _fly,
    "railway.toml": _railway,
    "railway.json": _railway,
    "devcontainer.json": _devcontainer,
    "app.json": _app_json,
    "cloudbuild.json": _cloudbuild_json,
}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _strings(value: object) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, item in _mapping(value).items():
        if isinstance(item, bool):
            found[name] = "true" if item else "false"
        else:
            found[name] = None if item is None or isinstance(item, dict | list) else str(item)
    return found
