"""Offline: which pinned releases are known to have no wheel for a Python, by the facts on wheels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dockwright.finding import NO, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.python import Python, canonical
from dockwright.rehearse.requirements import Wanted

if TYPE_CHECKING:
    from dockwright.index.question import Question
    from dockwright.rehearse.compiling import Built

_IN_NAMES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


def _pinned(text: str) -> tuple[str, str] | None:
    """Normalised name and version of a line that is `name==version` or `name[extras]==version` and nothing else."""
    left, pinned, version = text.partition("==")
    name, bracket, extras = left.rstrip().partition("[")
    version = version.strip()
    if not pinned or not _IN_NAMES.issuperset(name) or not name[:1].isalnum():
        return None
    if bracket and extras.partition("]")[1:] != ("]", ""):
        return None
    plain = version.isascii() and version.replace(".", "0").isalnum() and version[0].isdigit()
    return (canonical(name), version) if plain else None


def foresee(call: Call, python: Python, question: Question, asked: Mapping[str, Evidence | None], tool: str) -> None:
    """State what compiling the pinned requirements needs. Nothing is said where another index has a part in it."""
    if question.default_index or question.extra_indexes or question.only_binary:
        return
    built = [*_built(question, asked, sure=not python.blind), *_unbinary(question, asked, sure=not python.blind)]
    if built:
        from dockwright.rehearse.compiling import state

        state(call, python, built, by=tool)


def clash(call: Call, python: Python, question: Question, asked: Mapping[str, Evidence | None]) -> None:
    """What pinned releases are known to ask of a distribution that the index's pip can't replace."""
    own = python.distributions.get("pip")
    fixed = {name: there for name, there in python.distributions.items() if there.installer == "distutils"}
    if not fixed or own is None or own.installer == "deb" or call.name == "uv" or question.outside or question.no_deps:
        return
    from dockwright.facts.demands import demands

    for text, proof in asked.items():
        pinned = _pinned(text)
        for name, specifier in demands(*pinned).items() if pinned is not None else ():
            there = fixed.get(name)
            if there is None or Wanted(name, specifier).allows(there.version) is not NO or _asked_for(name, asked):
                continue
            by = "==".join(pinned or ())
            says = Evidence(f"{by} asks for {name}{specifier}")
            need = needs.Distribution(name, specifier, "distutils", str(there.version), by)
            call.lacks(need, None, tuple(filter(None, (there.made, proof, says))))


def _asked_for(name: str, asked: Mapping[str, Evidence | None]) -> bool:
    """A requirement of the project's own on it is judged by itself."""
    return any(
        canonical(text.split("=")[0].split("[")[0].split("<")[0].split(">")[0].strip()) == name for text in asked
    )


def _built(question: Question, asked: Mapping[str, Evidence | None], *, sure: bool) -> Iterator[Built]:
    from dockwright.facts.wheels import has_wheel

    minor = ".".join(question.python.split(".")[:2])
    for text, proof in asked.items():
        pinned = _pinned(text)
        if pinned is None or "==".join(pinned) in question.installed:
            continue
        name, version = pinned
        if has_wheel(name, version, minor, question.platform, question.libc) is NO:
            from dockwright.rehearse.compiling import Built

            says = f"{name} {version} has no wheel for Python {minor} on {question.libc}: it is built from its sources"
            yield Built(name, version, True, sure, tuple(filter(None, (proof, Evidence(says)))))


def _unbinary(question: Question, asked: Mapping[str, Evidence | None], *, sure: bool) -> Iterator[Built]:
    """What --no-binary has built although there may be wheels."""
    if not question.no_binary:
        return
    from dockwright.rehearse.answered import bare
    from dockwright.rehearse.compiling import Built

    names = {canonical(name) for name in question.no_binary}
    there = {line.partition("==")[0] for line in question.installed}
    for text, proof in asked.items():
        name = bare(text)
        if name and (name in names or ":all:" in question.no_binary) and name not in there and ";" not in text:
            says = Evidence(f"--no-binary: {name} is built from its sources")
            yield Built(name, "", False, sure, tuple(filter(None, (proof, says))))
