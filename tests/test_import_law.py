"""Who may import whom (docs/design.md). The law keeps the parts apart: a lower layer never knows a higher one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "dockwright"
EXAMPLES = Path(__file__).parents[1] / "examples"

# Each part of the package and what it may import besides itself.
BASE = {"source", "errors", "finding", "patterns"}
INPUTS = BASE | {"dockerfile", "facts", "inputs"}
LAW: dict[str, set[str]] = {
    "errors": set(),
    "patterns": set(),
    "source": {"errors"},
    "finding": {"source"},
    "dockerfile": BASE,
    "facts": BASE | {"inputs"},  # of inputs only how versions compare
    "inputs": BASE,
    "log": BASE,
    "engine": {"errors"},
    "project": BASE | {"inputs"},
    "index": INPUTS | {"rehearse"},  # of rehearse only the requirements that a question is made of
    "rehearse": INPUTS | {"index", "project"},
    "remedy": BASE,
    "remedy_packages": INPUTS | {"remedy"},
    "remedy_python": INPUTS | {"project", "rehearse", "remedy_packages"},
    "remedy_users": INPUTS | {"remedy", "remedy_packages"},
    "remedy_require": INPUTS | {"project", "remedy", "remedy_packages"},
    "remedy_seen": BASE | {"project"},
    "remedy_base": INPUTS | {"project", "remedy", "remedy_packages"},
    "remedy_pip": INPUTS | {"project", "remedy", "remedy_packages", "remedy_seen"},
    "remedy_release": INPUTS | {"project", "remedy", "remedy_base", "remedy_install", "remedy_pip", "remedy_seen"},
    "remedy_trust": INPUTS | {"project", "remedy", "remedy_packages"},
    "remedy_told": INPUTS | {"remedy", "remedy_packages", "project", "log"},
    "remedy_install": INPUTS | {"project", "remedy", "remedy_packages", "remedy_pip", "remedy_python", "remedy_seen"},
    "causes": INPUTS
    | {
        "rehearse",
        "remedy",
        "remedy_base",
        "remedy_install",
        "remedy_packages",
        "remedy_pip",
        "remedy_python",
        "remedy_release",
        "remedy_require",
        "remedy_seen",
        "remedy_trust",
        "remedy_users",
        "project",
    },
    "checking": INPUTS | {"causes", "index", "project", "rehearse"},
    "matching": {"causes", "log"},
    "diagnose": INPUTS | {"causes", "checking", "log", "matching", "project", "rehearse", "remedy_told"},
    "mending": INPUTS | {"checking", "project"},
    "planning": INPUTS | {"index", "project", "rehearse"},
    "verify_build": INPUTS
    | {"checking", "diagnose", "engine", "history", "log", "mending", "project", "verify_start", "workcopy"},
    "verify_start": INPUTS | {"checking", "diagnose", "log", "project"},
    "workcopy": BASE | {"inputs", "project"},
    "api": INPUTS | {"checking", "diagnose", "log", "mending", "planning", "project"},
    "history": {"errors", "__version__", "engine"},
    "wheels": INPUTS | {"index", "planning", "project", "rehearse"},
    "build": INPUTS
    | {"checking", "diagnose", "engine", "history", "index", "log", "planning", "project", "rehearse", "wheels"},
    "report": BASE
    | {
        "__version__",
        "build",
        "causes",
        "diagnose",
        "history",
        "mending",
        "planning",
        "project",
        "verify_build",
        "wheels",
    },
    "cli": {"*"},
    "__main__": {"cli"},
    "__init__": {"api"},
}
# What a cause may import from the rest of dockwright.
CAUSE = (
    "dockwright.causes.shape",
    "dockwright.causes.edits",
    "dockwright.dockerfile",
    "dockwright.facts",
    "dockwright.finding",
    "dockwright.inputs",
    "dockwright.project",
    "dockwright.rehearse",
    "dockwright.remedy",
    "dockwright.remedy_base",
    "dockwright.remedy_install",
    "dockwright.remedy_packages",
    "dockwright.remedy_pip",
    "dockwright.remedy_python",
    "dockwright.remedy_release",
    "dockwright.remedy_require",
    "dockwright.remedy_seen",
    "dockwright.remedy_trust",
    "dockwright.remedy_users",
    "dockwright.source",
)
SLOW = {
    "asyncio", "click", "dataclasses", "difflib", "email", "hashlib", "http", "importlib.metadata", "inspect", "json",
    "logging", "packaging", "pathlib", "platform", "rich", "ruamel", "sqlite3", "subprocess", "tempfile", "tomlkit",
    "tomllib", "urllib", "uuid",
}  # fmt: skip
# Parts that `check` does not import, or only where it needs them.
LONG = {
    "build",
    "engine",
    "history",
    "index",
    "log",
    "planning",
    "report",
    "verify_build",
    "verify_start",
    "wheels",
    "workcopy",
}
MODULES = sorted(PACKAGE.rglob("*.py"))
CAUSES = [path for path in MODULES if path.parent.parent.name == "causes" and path.name != "__init__.py"]


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def part(module: str) -> str:
    """`dockwright.inputs.tree` -> `inputs`."""
    return [*module.split("."), "__init__"][1]


def imports(path: Path, top: bool = False) -> Iterator[tuple[str, str]]:
    """(module, name) of every import; those for type checkers alone are left out. `top`: those at import time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            continue
        if top and isinstance(node, ast.FunctionDef):
            continue
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        todo += ast.iter_child_nodes(node)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_layers(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    allowed = LAW[own] | {own}
    for module, what in imports(path):
        if module.split(".")[0] == "dockwright":
            other = what if module == "dockwright" else part(module)
            assert "*" in allowed or other in allowed, f"{own} imports {module} {what}"


@pytest.mark.parametrize("path", CAUSES, ids=name)
def test_a_cause_imports_only_what_it_is_made_of(path: Path) -> None:
    for module, what in imports(path):
        if module.startswith("dockwright."):
            # a neighbour of the same group may share its texts
            neighbour = module.startswith(f"dockwright.causes.{path.parent.name}.")
            assert neighbour or module.startswith(CAUSE), f"{module} {what}"


@pytest.mark.parametrize("path", [path for path in MODULES if path not in CAUSES], ids=name)
def test_no_stage_names_a_cause(path: Path) -> None:
    """A cause is found by walking the package: no other file may depend on one."""
    names = {f"{cause.parent.name}/{cause.stem.replace('_', '-')}" for cause in CAUSES}
    texts = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
    assert not names & {text for text in texts if isinstance(text, str)}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_example_is_named(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for example in EXAMPLES.iterdir():
        if example.is_dir():
            assert example.name not in text


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_what_check_imports_is_light(path: Path) -> None:
    """A check may take 100 ms more than Python's own start; slow modules are imported where they are used."""
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    lock = path.name.startswith("lock_")  # read only where such a file is
    if own in LONG or lock or path.name == "root.py":
        return
    if path in CAUSES:
        return  # imported when a step has something to say to it
    for module, _ in imports(path, top=True):
        assert module not in SLOW and module.split(".")[0] not in SLOW, module
