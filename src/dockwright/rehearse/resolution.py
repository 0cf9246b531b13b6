"""What only the package index can say about an install.

The question goes to `call.world.index`, which knows answers or keeps the question; without an answer nothing is claimed
but what the facts on wheels tell offline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from dockwright.finding import NO, UNKNOWN, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.image import Image
from dockwright.rehearse.python import Python, canonical
from dockwright.rehearse.requirements import Wanted

if TYPE_CHECKING:
    from dockwright.index.question import Answer as Told
    from dockwright.index.question import Question
    from dockwright.inputs.manifests import Declared, LocalProject

ITEMS = 2_000
OLDEST = (3, 7)
TOOLS = ("uv", "poetry", "pdm", "pipenv")
LEGACY = (20, 3)  # older pips install what they can and only warn of a conflict


def judge(
    call: Call,
    python: Python,
    items: list[Wanted],
    *,
    no_index: bool = False,
    ignore_installed: bool = False,
    locked: str | None = None,
) -> Told | None:
    """State the needs that the index knows to be unmet; the answer, when there is one, tells what is installed.

    `locked`: they are a lock file's, without what they require; the index that it names, empty for the usual one.
    """
    for item in items:
        if item.path:
            _requires_python(call, python, item)
    if no_index or not items or len(items) > ITEMS:
        return None
    tool = call.name if call.name in TOOLS else "pip"
    sure = _sure(python)
    asked = dict(_asked(call, items))
    question = ask(call, python, asked, [item for item in items if not _plain(item)], tool)
    if question is not None and locked is not None:
        question = structs.replace(question, default_index=locked, no_deps=True)
    if question is None:
        return None
    index = getattr(call.world, "index", None)
    answer: Told | None = index.ask(question) if index is not None else None
    if answer is None or not (answer.releases or answer.troubles):
        call.unsure("what the package index has is not known")
        from dockwright.rehearse.wheels import clash, foresee

        foresee(call, python, question, asked, tool)
        if not ignore_installed:
            clash(call, python, question, asked)
        return answer
    from dockwright.rehearse.answered import state_builds, state_clashes, state_trouble

    for trouble in answer.troubles:
        state_trouble(call, python, trouble, asked, tool, sure)
    state_builds(call, python, answer, question, asked, tool, sure)
    if not ignore_installed:
        state_clashes(call, python, answer, asked)
    return answer


def _requires_python(call: Call, python: Python, item: Wanted) -> None:
    """`ERROR: Package 'shop' requires a different Python: 3.12.1 not in '>=3.14'`, of pip 9 and later, and of uv."""
    from dockwright.rehearse.packaging import read
    from dockwright.rehearse.requirespython import admits, exact

    local = read(call, item.path)
    wants = local.requires_python if local is not None else None
    if (
        not wants
        or admits(wants, python.version) is not NO
        or call.variable("PIP_IGNORE_REQUIRES_PYTHON") not in (None, "")
    ):
        return
    if any(word.value == "--ignore-requires-python" for word in call.arguments):
        return
    need = needs.Distribution(item.name or "the project", problem="python", installed=exact(python), wants=wants)
    call.lacks(need, None, (Evidence(f"its metadata ask for Python {wants}"),))


# -- the question -----------------------------------------------------------------------------------------------------


def _plain(item: Wanted) -> bool:
    return bool(item.name) and not item.path and "://" not in item.text and not item.editable


def _asked(call: Call, items: Iterable[Wanted]) -> Iterator[tuple[str, Evidence | None]]:
    """Requirement lines with the place that asks for each; of a local project, what its metadata ask for."""
    for item in items:
        if _plain(item):
            yield line(item.name, item.specifier, item.extras, item.marker), item.proof
        elif item.path:
            yield from _of_project(call, item.path, item.extras)


def line(name: str, specifier: str, extras: tuple[str, ...] = (), marker: str = "") -> str:
    inside = f"[{','.join(extras)}]" if extras else ""
    return f"{name}{inside}{specifier}" + (f" ; {marker}" if marker else "")


def _of_project(call: Call, folder: str, extras: tuple[str, ...]) -> Iterator[tuple[str, Evidence | None]]:
    from dockwright.inputs.caret import specifier
    from dockwright.rehearse.packaging import read

    local = read(call, folder)
    for declared in _declared(local, extras) if local is not None else ():
        wants = specifier(declared.constraint)
        if declared.url or declared.path or wants is None:
            continue
        text = declared.place.source.line_text(declared.place.line).strip()
        proof = Evidence(f"asks for {declared.name}{wants}", declared.place, text=text)
        yield line(declared.name, wants, declared.extras, declared.marker or ""), proof


def _declared(local: LocalProject, extras: tuple[str, ...]) -> Iterator[Declared]:
    """The dependencies and those of the extras, which may ask for others of the project itself: `all = ["shop[dev]"]`."""
    yield from (one for one in local.dependencies if not one.optional)
    named = {canonical(name): listed for name, listed in local.extras.items()}
    seen: set[str] = set()
    todo = [canonical(extra) for extra in extras]
    while todo:
        extra = todo.pop()
        for one in named.get(extra, ()) if extra not in seen else ():
            if local.name is not None and one.key == canonical(local.name):
                todo += [canonical(each) for each in one.extras]
            else:
                yield one
        seen.add(extra)


def ask(
    call: Call, python: Python, asked: dict[str, Evidence | None], others: list[Wanted], tool: str
) -> Question | None:
    """The question that this install comes to; None when the image or the options are not known well enough."""
    from dockwright.rehearse.indexes import DEFAULT, EXTRA, NO_BINARY, ONLY_BINARY, told

    libc, version = c_library(call.image)
    if python.minor is None or python.minor < OLDEST or not version or not asked:
        return None
    if tool == "pip" and _legacy(call.image, python):
        return None
    given = told(call, tool)
    if given.doubt:
        call.shell.recorder.unknown.append(
            f"the package index was not asked: {given.doubt}"
        ) if call.world.index else None
        return None
    from dockwright.index.question import Question

    default = given.all(DEFAULT)
    return Question(
        str(python.version),
        call.world.target.built_for,
        libc,
        version,
        tuple(asked),
        given.constraints,
        tuple(sorted(_installed(python))),
        tuple(sorted({_name(item) for item in others})),
        default[-1] if default else "",
        given.all(EXTRA),
        _names(given.all(NO_BINARY)),
        (":all:",) if "--no-build" in given.flags else _names(given.all(ONLY_BINARY)),
        bool(given.flags & {"--pre"}) or "allow" in given.values.get("--prerelease", ()),
        "--no-deps" in given.flags,
        "uv" if tool == "uv" else "pip",
    )


def _names(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for value in values for part in value.split(",") if part and part != ":none:")


def _installed(python: Python) -> Iterator[str]:
    """What the installer keeps when it fits; versions that are not exact are left out."""
    for name, there in python.distributions.items():
        version = "" if there.version is UNKNOWN else str(there.version)
        if version[:1].isdecimal() and all(char.isalnum() or char in "_.+!-" for char in version) and not there.path:
            yield f"{name}=={version}"


def _name(item: Wanted) -> str:
    """The distribution of a requirement from elsewhere, as far as its address tells."""
    if item.name:
        return canonical(item.name)
    tail = item.text.partition("#")[0].partition("@")[0].rstrip("/").rpartition("/")[2]
    return (
        canonical(tail.removesuffix(".git").partition("-")[0] if tail.endswith(".whl") else tail.removesuffix(".git"))
        or "?"
    )


def c_library(image: Image) -> tuple[str, str]:
    """(glibc, 2.36): of the distribution's release; empty texts when it is not known."""
    from dockwright.index.libc import GLIBC

    os = image.base.os if image.base is not None else None
    if os is None:
        return "", ""
    if os.libc == "musl":
        return "musl", "1.2"
    return os.libc, GLIBC.get(os.id, {}).get(os.version, "")


def _legacy(image: Image, python: Python) -> bool:
    """pip before 20.3, as Debian 10 and Ubuntu 20.04 package it, resolves in another way."""
    pip = python.distributions.get("pip")
    if pip is not None and pip.version is not UNKNOWN:
        parts = str(pip.version).split(".")
        return tuple(int(part) for part in parts[:2] if part.isdigit()) < LEGACY
    if pip is not None and pip.installer == "pip":
        return False
    os = image.base.os if image.base is not None else None
    packaged = python.prefix == "/usr" or (python.venv and "/usr" in image.pythons)
    return packaged and os is not None and os.number < {"debian": 11.0, "ubuntu": 22.0}.get(os.id, 0.0)


def _sure(python: Python) -> Certainty:
    """An unknown command may have installed what a requirement asks for."""
    return Certainty.LIKELY if python.blind else Certainty.CERTAIN
