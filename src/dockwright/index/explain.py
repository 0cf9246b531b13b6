"""uv's explanation of a conflict, condensed to one sentence: who wants what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, structs

_NAME = r"(?<![\w.-])[A-Za-z0-9][A-Za-z0-9._-]{0,100}(?![\w.-])(?:\[[^\]\s]{0,200}\])?"
_SPECIFIER = r"(?:[<>=!~]=?[^\s,]{1,100}(?:,[<>=!~]=?[^\s,]{1,100}){0,20}|\*)?"
_DEPENDS = re.compile(rf"({_NAME})({_SPECIFIER}) depends? on (?:one of: )?({_NAME})({_SPECIFIER})")
_REQUIRE = re.compile(rf"you require ({_NAME})({_SPECIFIER})(?: and ({_NAME})({_SPECIFIER}))?")
_ONLY = re.compile(rf"only ({_NAME})({_SPECIFIER}) is available")

MOST = 50_000  # characters of an explanation that are read


class Want(Struct, frozen=True):
    """`by` is empty for the project's own requirements."""

    by: str
    name: str
    specifier: str

    @property
    def text(self) -> str:
        return f"{self.name}{'' if self.specifier == '*' else self.specifier}"


def wants(error: str, pins: Mapping[str, str] | None = None) -> list[Want]:
    """`pins`: what the project asks for, by name; uv may say `web<=1.0` where `web==1.0` is asked for."""
    flat = " ".join(error[:MOST].split())
    found = [
        Want(f"{one}{'' if spec == '*' else spec}", name, asked.rstrip(",."))
        for one, spec, name, asked in _DEPENDS.findall(flat)
    ]
    concluded = set(re.findall(rf"conclude that you require ({_NAME}{_SPECIFIER})", flat))
    for one, first, two, second in _REQUIRE.findall(flat):
        for name, specifier in ((one, first), (two, second)):
            if name and name + specifier not in concluded:
                found.append(Want("", name, specifier.rstrip(",.")))
    named = [structs.replace(want, by=(pins or {}).get(_head(want.by), want.by)) for want in found]
    return list(dict.fromkeys(named))


def _head(text: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", text)
    return match[0].lower() if match else ""


def contested(error: str, pins: Mapping[str, str] | None = None) -> tuple[str, list[Want]]:
    """The project that two sides want differently, and what each wants; empty when the text tells no such thing."""
    groups: dict[str, list[Want]] = {}
    for want in wants(error, pins):
        groups.setdefault(want.name.split("[")[0], []).append(want)
    rivals = {
        name: group
        for name, group in groups.items()
        if len({want.specifier for want in group}) > 1 and any(w.specifier for w in group)
    }
    if not rivals:
        return "", []
    name = max(rivals, key=lambda each: (len({want.specifier for want in rivals[each]}) > 1, error.rfind(each)))
    return name, rivals[name]


def sentence(error: str, pins: Mapping[str, str] | None = None) -> str:
    """`fastapi==0.95.0 needs starlette>=0.26.1,<0.27.0, but starlette==0.40.0 is asked for`"""
    _, rivals = contested(error, pins)
    if len(rivals) < 2:
        return _shortened(error)
    theirs = [want for want in rivals if want.by]
    own = [want for want in rivals if not want.by]
    if own and theirs:
        return f"{_needs(theirs[:2])}, but {own[0].text} is asked for"
    first, second = rivals[0], next(want for want in rivals[1:] if want.specifier != rivals[0].specifier)
    return f"{_need(first)}, but {_need(second)}"


def _needs(wanting: list[Want]) -> str:
    return " and ".join(_need(want) for want in wanting)


def _need(want: Want) -> str:
    return f"{want.by} needs {want.text}" if want.by else f"{want.text} is asked for"


def _shortened(error: str) -> str:
    """The last step of uv's proof, without its conclusion."""
    steps = list(_steps(error))
    text = steps[-1] if steps else " ".join(error[:MOST].split())
    text = re.sub(r"^(And )?[Bb]ecause ", "", text).partition(", we can conclude")[0]
    return text if len(text) <= 300 else text[:299] + "…"


def _steps(error: str) -> Iterator[str]:
    flat = " ".join(error[:MOST].partition("hint:")[0].split())
    for step in re.split(r"(?<=\.) (?=And because|Because)", flat.partition("cause: ")[2] or flat):
        if "ecause" in step:
            yield step.rstrip(".")


def named(error: str) -> set[str]:
    """All projects that the explanation speaks of."""
    found = wants(error)
    return {_head(want.name) for want in found} | {_head(want.by) for want in found if want.by}
