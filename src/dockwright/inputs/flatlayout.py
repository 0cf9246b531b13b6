"""What setuptools finds by itself where no packages are listed (setuptools/discovery.py, since version 61).

A `src` folder is taken as it is. Else every importable folder beside setup.py or pyproject.toml counts, with or without
`__init__.py`, and more than one stops the build: "Multiple top-level packages discovered in a flat-layout".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.finding import UNKNOWN
from dockwright.inputs.targets import in_tree, join

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

# names that some version of setuptools passes over: a folder that only older ones count is not reported
_FOLDERS = frozenset({
    "ci", "bin", "debian", "doc", "docs", "documentation", "manpages", "news", "newsfragments", "changelog", "test",
    "tests", "unit_test", "unit_tests", "example", "examples", "scripts", "tools", "util", "utils", "python", "build",
    "dist", "venv", "env", "requirements", "tasks", "fabfile", "site_scons", "benchmark", "benchmarks", "exercise",
    "exercises", "htmlcov", "__pycache__", "ez_setup",
})  # fmt: skip
_MODULES = frozenset({
    "setup", "conftest", "test", "tests", "example", "examples", "build", "toxfile", "noxfile", "pavement", "dodo",
    "tasks", "fabfile", "conanfile", "manage", "benchmark", "benchmarks", "exercise", "exercises",
})  # fmt: skip


def too_many(tree: Tree, folder: str) -> tuple[str, ...]:
    """The packages, or else the modules, that setuptools would refuse to choose from; empty where all is well."""
    names = tree.names(in_tree(folder))
    if names is UNKNOWN or not tree.complete:
        return ()
    kinds = {name: tree.kind(in_tree(join(folder, name))) for name in names}
    if kinds.get("src") == "dir":
        return ()
    packages = [name for name, kind in kinds.items() if kind == "dir" and _counts(name, _FOLDERS)]
    if packages:
        return tuple(sorted(packages)) if len(packages) > 1 else ()
    files = [name[:-3] for name, kind in kinds.items() if kind == "file" and name.endswith(".py")]
    modules = [name for name in files if _counts(name, _MODULES) and name.lower() != "sconstruct"]
    return tuple(sorted(modules)) if len(modules) > 1 else ()


def _counts(name: str, passed_over: frozenset[str]) -> bool:
    return name.isidentifier() and not name.startswith("_") and name not in passed_over
