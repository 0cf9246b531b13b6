"""What the produced images are called: as compose would name them, as bake's tags say, or after the folder."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.composefile import read as read_compose
from dockwright.inputs.interpolate import dotenv, interpolate
from dockwright.inputs.targets import Target, join, parent, read_text
from dockwright.project import Project
from dockwright.source import Source

NOT_IN_NAME = re.compile(r"[^-_a-z0-9]")


def tags(project: Project, target: Target, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Every name that the file gives this build; where it gives none, one after the folder."""
    found: dict[str, None] = {}
    if _is_compose(target.origin):
        names = [target.name, *(other.key for other in target.also if other.file == target.origin)]
        found = dict.fromkeys(_compose_tags(project, target.origin, names, environment))
    if not found and target.image:
        found[target.image] = None
    return tuple(found) or (_after_folder(project, target),)


def _is_compose(path: str) -> bool:
    return path.endswith((".yml", ".yaml")) and "compose" in posixpath.basename(path).lower()


def _compose_tags(project: Project, origin: str, names: list[str], environment: Mapping[str, str]) -> list[str]:
    """Services of one file that are this build: `image:`, else PROJECT-SERVICE."""
    plain = {name.rpartition(".")[2].partition(" (")[0] for name in names}
    services = [each for each in read_compose(project.tree, origin).targets if each.name in plain]
    return [each.image or f"{compose_project(project, origin, environment)}-{each.name}" for each in services]


def compose_project(project: Project, origin: str, environment: Mapping[str, str]) -> str:
    """COMPOSE_PROJECT_NAME (also in .env), `name:`, the folder of the file: the first that is there.

    https://docs.docker.com/compose/how-tos/project-name/
    """
    folder = parent(origin)
    values = {**(dotenv(read_text(project.tree, join(folder, ".env")) or "") or {}), **environment}
    top = yaml.read(Source(origin, read_text(project.tree, origin) or ""))[0]
    written = yaml.text(yaml.get(top, "name"))
    name = values.get("COMPOSE_PROJECT_NAME") or (interpolate(written, values).text if written else "")
    return normal(name or posixpath.basename(posixpath.normpath(posixpath.join(project.root or "/project", folder))))


def normal(name: str) -> str:
    """Lower case letters, digits, `-` and `_`, beginning with a letter or digit (compose-go's NormalizeProjectName)."""
    return NOT_IN_NAME.sub("", name.lower()).lstrip("-_") or "project"


def _after_folder(project: Project, target: Target) -> str:
    name = normal(project.name)
    own = normal(target.name)
    return name if own == name or len(project.targets) == 1 else f"{name}-{own}"


def canonical(reference: str) -> str:
    """Two references are the same image when these are equal: `web`, `web:latest`, `docker.io/library/web`."""
    name = reference.removeprefix("docker-image://").partition("@")[0]
    first, slash, rest = name.partition("/")
    if slash and first in ("docker.io", "index.docker.io"):
        name = rest
    name = name.removeprefix("library/")
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"
