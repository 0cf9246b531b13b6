"""setup.cfg of setuptools: `[metadata]` and `[options]`, read with their line numbers.

Rules: setuptools, "Configuring setuptools using setup.cfg files".
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from dockwright.finding import Place
from dockwright.inputs.ini import Entry, entries
from dockwright.inputs.manifests import Declared, LocalProject, Needed, declared
from dockwright.inputs.problem import Problem
from dockwright.source import Source


def from_setupcfg(project: LocalProject, source: Source) -> LocalProject:
    found: list[Problem] = []
    metadata: dict[str, str] = {}
    dependencies: list[Declared] = []
    extras: dict[str, tuple[Declared, ...]] = {}
    needs: list[Needed] = []
    requires_python = None
    lists_packages = False
    for entry in entries(source):
        if entry.section == "metadata":
            metadata[entry.name] = "\n".join(entry.values)
            needs += _files(entry, source)
        elif entry.section == "options" and entry.name == "install_requires":
            needs += _files(entry, source)
            dependencies += _requirements(entry, source, found)
        elif entry.section == "options" and entry.name in ("packages", "py_modules", "package_dir"):
            lists_packages = True
        elif entry.section == "options" and entry.name == "python_requires":
            requires_python = "".join(entry.values)
        elif entry.section == "options.extras_require":
            extras[entry.name] = tuple(_requirements(entry, source, found))
    version = metadata.get("version", "")
    return structs.replace(
        project,
        manifests=(*project.manifests, source.name),
        name=metadata.get("name"),
        version=None if version.startswith(("attr:", "file:")) else version or None,
        requires_python=requires_python,
        lists_packages=lists_packages,
        dependencies=tuple(dependencies),
        extras=extras,
        needs_files=(*project.needs_files, *needs),
        problems=(*project.problems, *found),
    )


def _files(entry: Entry, source: Source) -> Iterator[Needed]:
    """`long_description = file: README.md, CHANGES.md`: setuptools warns where one is missing and goes on."""
    value = " ".join(entry.values)
    if value.startswith("file:"):
        for path in value[5:].split(","):
            if path.strip():
                yield Needed((path.strip(),), f"{entry.name} is read from it", Place(source, entry.span), fatal=False)


def _requirements(entry: Entry, source: Source, problems: list[Problem]) -> Iterator[Declared]:
    for value in entry.values:
        if not value.startswith("file:"):
            one = declared(value.split(" #")[0].strip(), source, entry.span, problems)
            if one is not None:
                yield one
