"""setup.py read as a syntax tree: what is written out in it. It is never executed.

Known are constants, names bound once to them, lists, dictionaries, sums and `os.path.join`; the rest is unknown.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator
from typing import Any

from msgspec import structs

from dockwright.finding import UNKNOWN, Place
from dockwright.inputs.manifests import Declared, Imported, LocalProject, Needed, declared_all
from dockwright.inputs.problem import Problem, problem
from dockwright.source import Source, Span

MAX_CHARACTERS = 300_000
MAX_DEPTH = 50
MAX_STEPS = 50_000  # `b = a + a`, `c = b + b`, … would take for ever


def from_setuppy(project: LocalProject, source: Source) -> LocalProject:
    tree, problems = _parsed(source)
    if tree is None:
        return structs.replace(
            project,
            manifests=(*project.manifests, source.name),
            complete=False,
            problems=(*project.problems, *problems),
        )
    values = _Values(tree)
    call = _setup_call(tree)
    keywords = {word.arg: word.value for word in call.keywords if word.arg} if call else {}
    found: list[Problem] = []
    needs = tuple(_opened(tree, values, source))
    project = structs.replace(
        project,
        manifests=(*project.manifests, source.name),
        needs_files=(*project.needs_files, *needs),
        imports=tuple(_imports(tree, source)),
        complete=project.complete and not (call and any(word.arg is None for word in call.keywords)),
    )
    return structs.replace(
        _with_keywords(project, keywords, values, source, found), problems=(*project.problems, *problems, *found)
    )


def _parsed(source: Source) -> tuple[ast.Module | None, tuple[Problem, ...]]:
    if len(source.text) > MAX_CHARACTERS:
        return None, (problem("setup-py-too-large", "larger than is read", source),)
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in the user's file is not our warning
            return ast.parse(source.text.removeprefix("\ufeff")), ()
    except SyntaxError as error:
        line = min(max(1, error.lineno or 1), len(source.line_starts))
        message = f"not valid Python 3: {error.msg}"
        return None, (problem("setup-py-syntax", message, source, source.line_span(line)),)
    except (ValueError, RecursionError, MemoryError) as error:
        return None, (problem("setup-py-syntax", f"can't be read as Python: {error}", source),)


def _with_keywords(
    project: LocalProject, keywords: dict[str, ast.expr], values: _Values, source: Source, problems: list[Problem]
) -> LocalProject:
    listing = ("packages", "py_modules", "ext_modules", "package_dir", "configuration")
    # without a call that can be seen, setup() may be given anything
    chosen = not keywords or not project.complete or any(name in keywords for name in listing)
    changes: dict[str, Any] = {"lists_packages": project.lists_packages or chosen}
    for keyword, field in (("name", "name"), ("version", "version"), ("python_requires", "requires_python")):
        if keyword in keywords:
            value = values.of(keywords[keyword])
            changes[field] = value if isinstance(value, str) else None
    if "install_requires" in keywords:
        found = _requirements(keywords["install_requires"], values, source, problems)
        changes["dependencies"] = found or ()
        changes["complete"] = project.complete and found is not None
    extras = values.of(keywords["extras_require"]) if "extras_require" in keywords else {}
    if isinstance(extras, dict) and extras:
        near = _span(source, keywords["extras_require"])
        changes["extras"] = {
            name: declared_all([text for text in _listed(texts) if isinstance(text, str)], source, near, problems)
            for name, texts in extras.items()
            if isinstance(name, str)
        }
    return structs.replace(project, **changes)


def _requirements(
    node: ast.expr, values: _Values, source: Source, problems: list[Problem]
) -> tuple[Declared, ...] | None:
    """None: computed."""
    value = values.of(node)
    texts = value.splitlines() if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        return None
    written = values.bound.get(node.id) if isinstance(node, ast.Name) else node
    near = _span(source, written or node)
    return declared_all([text.strip() for text in texts if text.strip()], source, near, problems)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _setup_call(tree: ast.Module) -> ast.Call | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in ("setup", "setuptools.setup", "distutils.core.setup"):
            return node
    return None


def _called(node: ast.Call) -> str:
    return _dotted(node.func)


def _dotted(node: ast.expr) -> str:
    names: list[str] = []
    while isinstance(node, ast.Attribute) and len(names) < 10:
        names.append(node.attr)
        node = node.value
    return ".".join(reversed([*names, node.id])) if isinstance(node, ast.Name) else ""


def _span(source: Source, node: ast.AST) -> Span:
    """The lines of a node: ast counts columns in bytes."""
    first: int = getattr(node, "lineno", 1)
    last: int = getattr(node, "end_lineno", None) or first
    count = len(source.line_starts)
    return Span(source.line_span(min(first, count)).start, source.line_span(min(last, count)).end)


_CHANGING = ("append", "extend", "insert", "update", "remove")
_HERE = object()  # the folder of setup.py


class _Values:
    """Values of expressions, as far as they are written out."""

    def __init__(self, tree: ast.Module) -> None:
        self.bound: dict[str, ast.expr | None] = {}
        self.budget = MAX_STEPS
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value)
            elif isinstance(node, ast.AugAssign | ast.AnnAssign):
                self._bind(node.target, None if isinstance(node, ast.AugAssign) else node.value)
            elif isinstance(node, ast.For | ast.withitem):
                bound = node.target if isinstance(node, ast.For) else node.optional_vars
                if bound is not None:
                    self._bind(bound, None)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
                self._bind(node.func.value, None)

    def _bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """A name that is bound twice may be either."""
        if isinstance(target, ast.Name):
            self.bound[target.id] = None if target.id in self.bound else value

    def of(self, node: ast.expr | None, depth: int = 0) -> Any:
        self.budget -= 1
        if node is None or depth > MAX_DEPTH or self.budget < 0:
            return UNKNOWN
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.of(self.bound.get(node.id), depth + 1)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return [self.of(item, depth + 1) for item in node.elts]
        if isinstance(node, ast.Dict):
            return {
                key.value: self.of(value, depth + 1)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant)
            }
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.of(node.left, depth + 1), self.of(node.right, depth + 1)
            if type(left) is type(right) and isinstance(left, str | list) and len(left) + len(right) < MAX_CHARACTERS:
                return left + right
        return UNKNOWN

    def path(self, node: ast.expr | None, depth: int = 0) -> Any:
        """A path seen from setup.py's folder, _HERE for that folder itself, or UNKNOWN."""
        self.budget -= 1
        if node is None or depth > MAX_DEPTH or self.budget < 0:
            return UNKNOWN
        if isinstance(node, ast.Name) and node.id in self.bound:
            return self.path(self.bound[node.id], depth + 1)
        if isinstance(node, ast.Call):
            return self._path_call(node, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
            return _joined([self.path(node.left, depth + 1), self.path(node.right, depth + 1)])
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return _HERE if _mentions_file(node) else UNKNOWN
        value = self.of(node, depth)
        return value if isinstance(value, str) else UNKNOWN

    def _path_call(self, node: ast.Call, depth: int) -> Any:
        called = _called(node).rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
        if called == "join":
            return _joined([self.path(argument, depth + 1) for argument in node.args])
        if called in ("Path", "abspath", "realpath", "resolve", "str") and node.args and not _mentions_file(node):
            return self.path(node.args[0], depth + 1)
        if _mentions_file(node) and called in ("dirname", "abspath", "realpath", "Path", "resolve"):
            return _HERE
        return UNKNOWN


def _mentions_file(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "__file__" for part in ast.walk(node))


def _joined(parts: list[Any]) -> Any:
    if not parts or any(part is UNKNOWN for part in parts):
        return UNKNOWN
    return posixpath.normpath("/".join("." if part is _HERE else part for part in parts))


def _opened(tree: ast.Module, values: _Values, source: Source) -> Iterator[Needed]:
    """Files that `open("…")` and the like read, directly or through a function that opens its argument."""
    openers = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and _opens_argument(node)}
    for node, guarded in _calls(tree):
        called = _called(node).rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
        path: Any = UNKNOWN
        if called == "open" and node.args and _reads(node, values):
            path = values.path(node.args[0])
        elif called in ("read_text", "read_bytes") and isinstance(node.func, ast.Attribute):
            path = values.path(node.func.value)
        elif called in openers and node.args:
            path = _joined([values.path(argument) for argument in node.args if not isinstance(argument, ast.Starred)])
        if isinstance(path, str) and path not in (".", "") and not path.startswith("/"):
            yield Needed((path,), "setup.py reads it", Place(source, _span(source, node)), fatal=not guarded)


def _reads(node: ast.Call, values: _Values) -> bool:
    mode = node.args[1] if len(node.args) > 1 else next((w.value for w in node.keywords if w.arg == "mode"), None)
    value = values.of(mode) if mode is not None else "r"
    return not isinstance(value, str) or not set(value) & set("wax")


def _opens_argument(function: ast.FunctionDef) -> bool:
    names = {argument.arg for argument in function.args.args}
    names |= {function.args.vararg.arg} if function.args.vararg else set()
    return any(
        isinstance(node, ast.Call)
        and (_called(node).rpartition(".")[2] == "open" or "read_text" in ast.dump(node.func))
        and any(isinstance(part, ast.Name) and part.id in names for part in ast.walk(node))
        for node in ast.walk(function)
    )


def _calls(tree: ast.Module) -> Iterator[tuple[ast.Call, bool]]:
    """Calls made while setup.py runs from top to bottom, and whether a `try` or `if` may keep them from failing."""
    stack: list[tuple[ast.AST, bool]] = [(node, False) for node in reversed(tree.body)]
    while stack:
        node, guarded = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Call):
            yield node, guarded
        inside = guarded or isinstance(node, ast.Try | ast.If | ast.IfExp)
        stack += [(child, inside and not _is_main(node)) for child in reversed(list(ast.iter_child_nodes(node)))]


def _is_main(node: ast.AST) -> bool:
    """`if __name__ == "__main__":` is no guard: setup.py is run as the main program."""
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)


def _imports(tree: ast.Module, source: Source) -> Iterator[Imported]:
    """Modules imported at the top level of setup.py."""
    stack: list[tuple[ast.AST, bool]] = [(node, False) for node in reversed(tree.body)]
    while stack:
        node, guarded = stack.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Imported(alias.name, Place(source, _span(source, node)), guarded)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield Imported(node.module, Place(source, _span(source, node)), guarded)
        elif isinstance(node, ast.Try | ast.If | ast.With):
            stack += [(child, not isinstance(node, ast.With)) for child in reversed(list(ast.iter_child_nodes(node)))]
