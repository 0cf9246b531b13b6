"""Offline: which pinned releases are known to have no wheel for a Python, by the facts on wheels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from dockwright.finding import NO, Evidence
from dockwright.rehearse import compiling
from dockwright.rehearse.call import Call
from dockwright.rehearse.python import Python, canonical

if TYPE_CHECKING:
    from dockwright.index.question import Question

_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([0-9][0-9A-Za-z.]*)\s*")


def foresee(call: Call, python: Python, question: Question, asked: Mapping[str, Evidence | None], tool: str) -> None:
    """State what compiling the pinned requirements needs. Nothing is said where another index has a part in it."""
    if question.default_index or question.extra_indexes or question.only_binary:
        return
    built = list(_built(question, asked, sure=not python.blind))
    if built:
        compiling.state(call, python, built, by=tool)


def _built(question: Question, asked: Mapping[str, Evidence | None], *, sure: bool) -> Iterator[compiling.Built]:
    from dockwright.facts.wheels import has_wheel

    minor = ".".join(question.python.split(".")[:2])
    for text, proof in asked.items():
        match = _PINNED.fullmatch(text)
        if match is None or f"{canonical(match[1])}=={match[2]}" in question.installed:
            continue
        name, version = canonical(match[1]), match[2]
        if has_wheel(name, version, minor, question.platform, question.libc) is NO:
            says = f"{name} {version} has no wheel for Python {minor} on {question.libc}: it is built from its sources"
            yield compiling.Built(name, version, True, sure, tuple(filter(None, (proof, Evidence(says)))))
