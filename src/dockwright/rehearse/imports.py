"""Whether a module can be imported: the process's own folders, PYTHONPATH, the standard library, what is installed.

NO is said only of a module that is plainly the project's own (it lies elsewhere in the context or the image), or of a
known distribution's module in an environment of which everything is known.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.journal import Value, normal
from dockwright.rehearse.python import Python, canonical
from dockwright.source import Span

FILES = 24  # files of the project whose imports are followed
SIZE = 100_000  # characters of one
# Modules that the standard library no longer has, by the version without them (PEP 632, PEP 594).
GONE = {
    "distutils": (3, 12), "imp": (3, 12), "asynchat": (3, 12), "asyncore": (3, 12), "smtpd": (3, 12),
    **dict.fromkeys(
        ["aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "mailcap", "msilib", "nis", "nntplib",
        "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"], (3, 13)
    ),
}  # fmt: skip
# Import names of popular distributions, where the two differ (their published metadata).
BROUGHT_BY = {
    "yaml": ("pyyaml",), "PIL": ("pillow",), "cv2": ("opencv-python", "opencv-python-headless",
    "opencv-contrib-python", "opencv-contrib-python-headless"),
    "bs4": ("beautifulsoup4",), "sklearn": ("scikit-learn",), "dotenv": ("python-dotenv",), "jwt": ("pyjwt",), "jose": ("python-jose",),
    "dateutil": ("python-dateutil",), "psycopg2": ("psycopg2", "psycopg2-binary"), "MySQLdb": ("mysqlclient",), "Crypto": ("pycryptodome",),
    "rest_framework": ("djangorestframework",), "corsheaders": ("django-cors-headers",),
    "environ": ("django-environ",), "git": ("gitpython",),
    "flask_sqlalchemy": ("flask-sqlalchemy",), "pkg_resources": ("setuptools",), "setuptools": ("setuptools",),
    "serial": ("pyserial",), "magic": ("python-magic",),
    "django": ("django",), "flask": ("flask",), "fastapi": ("fastapi",), "uvicorn": ("uvicorn",),
    "gunicorn": ("gunicorn",), "celery": ("celery",),
    "numpy": ("numpy",), "pandas": ("pandas",), "requests": ("requests",), "sqlalchemy": ("sqlalchemy",),
    "redis": ("redis",), "pydantic": ("pydantic",),
}  # fmt: skip


class Process(Struct, frozen=True):
    """A Python process about to import: its environment and the folders in front of sys.path."""

    python: Python | None
    folders: tuple[Value, ...]


class Seen(Struct, frozen=True):
    """`file`: where the module's text is; `lies`: where the project keeps it, when it is not importable; `within`: the
    package that is importable and lacks it.

    `installed`: an installed distribution brings it.
    """

    answer: Answer
    file: str = ""
    lies: str = ""
    within: str = ""
    installed: bool = False
    certainty: Certainty = Certainty.CERTAIN


def wants_module(call: Call, process: Process, name: str, span: Span, *, by: str = "", follow: bool = True) -> Answer:
    """State that a module must be importable, and what it imports at its top in turn."""
    queue, seen, answer = [name], set[str](), YES
    while queue and len(seen) < FILES:
        module = queue.pop(0)
        if module in seen:
            continue
        seen.add(module)
        found = find(call, process, module)
        answer = answer & found.answer
        if found.answer is NO:
            lack(call, process, module, found, span, by)
        elif found.installed and process.python is not None:
            from dockwright.rehearse.loading import wants_libraries

            top = module.partition(".")[0]
            wants_libraries(call, process.python, (canonical(top), *BROUGHT_BY.get(top, ())), span)
        elif found.file and follow:
            notice(call, process, found.file, span)
            queue += [
                each for each in imports(call, found.file) if each.partition(".")[0] not in sys.stdlib_module_names
            ]
    return answer


def notice(call: Call, process: Process, path: str, span: Span) -> None:
    """What the file demands of the environment, where it is loaded at the start of the container."""
    node = call.image.find(path).node if call.shell.started == "start" and not call.shell.conditional else None
    text = None if node is None else node.text
    if isinstance(text, str) and len(text) <= SIZE:
        from dockwright.rehearse import demanded

        demanded.notice(call, process, path, text, span)


def lack(call: Call, process: Process, module: str, found: Seen, span: Span, by: str = "") -> None:
    proof = [Evidence(f"{found.lies} is not on sys.path")] if found.lies else []
    proof += [Evidence(f"no {module.rpartition('.')[2]} in the package {found.within}")] if found.within else []
    need = needs.Module(module, process.python.prefix if process.python is not None else "python3")
    call.lacks(need, span, tuple(proof), certainty=found.certainty, by=by)


def find(call: Call, process: Process, name: str) -> Seen:
    """Where `import name` gets it from."""
    top, *rest = name.split(".")
    answer = NO
    for folder in (*process.folders, *search_path(call)):
        if folder is UNKNOWN:
            answer = UNKNOWN
            continue
        seen = _in_folder(call, str(folder), top, rest)
        if seen.answer is YES or (seen.answer is NO and seen.within):
            return seen
        answer = answer | seen.answer
    if answer is UNKNOWN:
        return Seen(UNKNOWN)
    python = process.python
    if top in GONE:
        return Seen(_kept(python, GONE[top]))
    if top in sys.stdlib_module_names:
        return Seen(YES if python is None else _standard(python, top))
    return UNSURE if python is None else _installed(call, python, top, rest)


def _kept(python: Python | None, gone: tuple[int, int]) -> Answer:
    """A module that the standard library lost; setuptools brings a distutils of its own."""
    if python is None or python.minor is None:
        return UNKNOWN
    if python.minor < gone:
        return YES
    return UNKNOWN if python.has("setuptools") is not NO else NO


def _standard(python: Python, top: str) -> Answer:
    from dockwright.facts.python import in_stdlib

    if python.minor is None:
        return YES
    known = in_stdlib(top, f"{python.minor[0]}.{python.minor[1]}")
    return YES if known is YES else UNKNOWN


UNSURE = Seen(UNKNOWN)


def search_path(call: Call) -> Iterator[Value]:
    value = call.variable("PYTHONPATH")
    if value is UNKNOWN:
        yield UNKNOWN
    elif value:
        yield from (call.path(folder or ".") for folder in str(value).split(":"))


def _in_folder(call: Call, folder: str, top: str, rest: list[str]) -> Seen:
    """A package's folder comes before a module's file; of the rest of a dotted name each part must be there."""
    at, answer = posixpath.join(folder, top), NO
    package, module = call.image.find(at), call.image.find(at + ".py")
    if package.answer is YES and package.node is not None and package.node.kind != "file":
        return _inside(call, at, rest)
    if module.answer is YES:
        return Seen(YES, at + ".py")
    answer = package.answer | module.answer
    return Seen(UNKNOWN if answer is not NO else NO)


def _inside(call: Call, at: str, rest: list[str]) -> Seen:
    if not rest:
        start = at + "/__init__.py"
        return Seen(YES, start if call.image.find(start).answer is YES else "")
    below = _in_folder(call, at, rest[0], rest[1:])
    if below.answer is NO and not below.within:
        # a name defined in __init__.py can't be imported as a module, but compiled modules and lazy loaders exist
        return Seen(NO, within=at, certainty=Certainty.LIKELY)
    return below


def _installed(call: Call, python: Python, top: str, rest: list[str]) -> Seen:
    environments = [
        python,
        *(each for each in call.image.pythons.values() if each.sees == python.prefix or python.sees == each.prefix),
    ]
    for each in environments:
        for dist in each.distributions.values():
            if dist.path:
                seen = _of_project(call, dist.path, top, rest)
                if seen.answer is not NO:
                    return seen
        if any(name in each.distributions for name in (canonical(top), *BROUGHT_BY.get(top, ()))):
            return Seen(YES, installed=True)
    if any(each.blind for each in environments):
        return UNSURE
    lies = own(call, top)
    if lies:
        sure = all(not each.blind for each in environments)
        return Seen(NO, lies=lies, certainty=Certainty.CERTAIN if sure else Certainty.LIKELY)
    known = top in BROUGHT_BY and all(each.complete for each in environments) and call.image.opaque is None
    return Seen(NO if known else UNKNOWN)


def _of_project(call: Call, path: str, top: str, rest: list[str]) -> Seen:
    from dockwright.rehearse.packaging import roots

    answer = NO
    for root in roots(call, path):
        seen = _in_folder(call, root, top, rest)
        if seen.answer is YES:
            return seen
        answer = answer | seen.answer
    return Seen(answer)


def own(call: Call, top: str) -> str:
    """Where the project keeps a package or module of this name: in the image around the process, or in the context."""
    cwd = call.shell.cwd
    if cwd is not UNKNOWN:
        for folder in (str(cwd), posixpath.join(str(cwd), "src"), posixpath.dirname(str(cwd))):
            for path in (posixpath.join(folder, top, "__init__.py"), posixpath.join(folder, top + ".py")):
                if call.image.find(path).answer is YES and folder != "/":
                    return posixpath.dirname(path) if path.endswith("__init__.py") else path
    return _in_context(call, top)


def _in_context(call: Call, top: str) -> str:
    tree = call.world.context
    for folder in ("", "src/", "app/", "backend/", "server/"):
        for path in (f"{folder}{top}/__init__.py", f"{folder}{top}.py"):
            kind = tree.kind(path)
            if kind is not None and kind is not UNKNOWN:
                return f"{path} of the build context"
    return ""


def imports(call: Call, path: str) -> Iterable[str]:
    """Absolute names that a file of the image imports at its top level, outside of try and if."""
    node = call.image.find(path).node
    text = UNKNOWN if node is None else node.text
    if text is UNKNOWN or len(str(text)) > SIZE:
        return ()
    return imported(str(text))


def statements(text: str) -> list[Any] | None:
    """By Python's own parser, without the module `ast` around it, whose import takes longer than to read most files."""
    import warnings
    from _ast import PyCF_ONLY_AST

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree: Any = compile(text, "", "exec", PyCF_ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return list(tree.body)


def imported(text: str) -> tuple[str, ...]:
    from _ast import Import, ImportFrom

    names: list[str] = []
    for item in statements(text) or ():
        if isinstance(item, Import):
            names += [alias.name for alias in item.names]
        elif isinstance(item, ImportFrom) and item.module and not item.level and item.module != "__future__":
            names.append(item.module)
    return tuple(dict.fromkeys(names))


def folder_of(path: Value) -> Value:
    return UNKNOWN if path is UNKNOWN else normal(posixpath.dirname(str(path)))
