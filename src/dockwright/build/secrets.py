"""Where compose finds a build's secrets: `secrets:` at the top of its file names a file or a variable for each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.interpolate import interpolate
from dockwright.inputs.targets import Target, join, parent, read_text
from dockwright.project import Project
from dockwright.source import Source


def secrets(project: Project, target: Target, given: Iterable[str]) -> Iterator[str]:
    """As `--secret` takes them. What the command line gives wins; one without a source is left to the engine, which looks
    for a variable and then a file of its name (docker buildx build --secret)."""
    yield from given
    known = {part[3:] for each in given for part in each.split(",") if part.startswith("id=")}
    written = _written(project, target)
    for name in target.secrets:
        if name not in known:
            yield ",".join((f"id={name}", *written.get(name, ())))


def _written(project: Project, target: Target) -> dict[str, tuple[str, ...]]:
    text = read_text(project.tree, target.origin) if target.origin.endswith((".yml", ".yaml")) else None
    top = yaml.read(Source(target.origin, text))[0] if text is not None else None
    found: dict[str, tuple[str, ...]] = {}
    for key, value in yaml.pairs(yaml.get(top, "secrets")):
        file, variable = yaml.text(yaml.get(value, "file")), yaml.text(yaml.get(value, "environment"))
        if file:
            path = interpolate(file, os.environ).text
            found[key.text] = (f"src={os.path.join(project.root, join(parent(target.origin), path))}",)
        elif variable:
            found[key.text] = (f"env={variable}",)
    return found
