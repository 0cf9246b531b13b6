"""A target as the engine takes it: the Dockerfile that is sent, its ignore file, paths on this disk, images of siblings."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping

from msgspec import Struct

from dockwright.build.needs import sibling
from dockwright.build.secrets import secrets
from dockwright.engine.argv import BuildRequest
from dockwright.inputs.targets import Target, is_remote
from dockwright.project import Project

OURS = re.compile(r"--mount=(?=\S*dockwright)\S+ (?:\\\n\s*)?")


class Settings(Struct, frozen=True):
    """What the user wants of every build."""

    builder: str | None = None
    no_cache: bool = False
    pull: bool = False
    push: bool = False
    secrets: tuple[str, ...] = ()
    ssh: tuple[str, ...] = ()


def request(
    project: Project,
    target: Target,
    tags: Mapping[str, tuple[str, ...]],
    settings: Settings,
    folder: str,
    text: str | None = None,
    contexts: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> BuildRequest:
    """`text`: the Dockerfile to be sent, where it isn't the one on disk; `texts`: of more secrets, by their names.

    They are written into `folder`.
    """
    return BuildRequest(
        dockerfile=_dockerfile(project, target, folder, text if text is not None else target.inline),
        context=_path(project, target.context),
        tag=tags[target.name][0],
        stage=target.stage,
        arguments=dict(target.build_args),
        platform=",".join(target.platforms) or None,
        named_contexts={**_contexts(project, target, tags), **(contexts or {})},
        network=target.network,
        secrets=(*secrets(project, target, settings.secrets), *_secrets(texts or {}, folder)),
        ssh=tuple(dict.fromkeys((*settings.ssh, *target.ssh))),
        builder=settings.builder,
        no_cache=settings.no_cache,
        pull=settings.pull,
        output="type=registry" if settings.push else "",
    )


def _path(project: Project, path: str) -> str:
    return path if is_remote(path) else os.path.normpath(os.path.join(project.root, path))


def _contexts(project: Project, target: Target, tags: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """`service:base` and `target:base` are images by now."""
    found = {}
    for name, value in target.named_contexts.items():
        other = sibling(value)
        found[name] = f"docker-image://{tags[other][0]}" if other in tags else _path(project, value)
    return found


def _dockerfile(project: Project, target: Target, folder: str, text: str | None) -> str:
    if text is None:
        return target.dockerfile if target.remote else _path(project, target.dockerfile)
    path = os.path.join(folder, "Dockerfile")
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(text)
    # an ignore file goes with the name of its Dockerfile
    beside = target.ignore_file or f"{target.dockerfile}.dockerignore"
    source = _path(project, beside)
    if not target.remote and os.path.isfile(source):
        shutil.copyfile(source, f"{path}.dockerignore")
    return path


def _secrets(texts: Mapping[str, str], folder: str) -> Iterator[str]:
    for name, text in texts.items():
        path = os.path.join(folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        yield f"id={name},src={path}"


def as_written(text: str) -> str:
    """A log without the mounts that dockwright added: the user's own instructions."""
    return OURS.sub("", text) if "dockwright" in text else text
