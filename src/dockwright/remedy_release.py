"""Remedies that ask for another release or another name: of the Python's time, nearest to a missing one, of the right name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockwright.finding import Remedy
from dockwright.project import Project
from dockwright.remedy import advice, risky, swap_span, without_lines
from dockwright.remedy_install import Site, bound_for, in_files
from dockwright.remedy_pip import asks, plain, quoted, rewritten, written
from dockwright.remedy_seen import Asked
from dockwright.source import Span


def for_newer_python(here: Site, project: Project, name: str) -> Iterator[Remedy]:
    """A release that is too old for the Python: the first that suits it, or the newest Python that the old one suits."""
    from dockwright.facts.python import broken, key
    from dockwright.facts.wheels import first_wheel
    from dockwright.remedy_base import python_image, with_python

    python, wanted = here.python, plain(name)
    rows = broken(name, python) if python else ()
    asked = here.known.requirement(name)
    after = asked.specifier[2:] if asked is not None and asked.specifier.startswith("==") else ""
    libc = "musl" if "alpine" in (python_image(here.place) or ("", "", ""))[2] else "glibc"
    good = next((each.good for each in rows if each.good), "") or (
        first_wheel(wanted, python, "linux/amd64", libc, after) if after else ""
    )
    if good and good != after and (not after or _older(after, good)):
        yield from bound_for(here, project, f"{name}=={good}", f"the first for Python {python}", asked)
    if rows:
        older = f"3.{key(rows[0].python)[1] - 1}"
        other = with_python(here.place, older, f"{name}{asked.specifier if asked is not None else ''} was made for it")
        if other is not None:
            yield other


def _older(one: str, two: str) -> bool:
    from dockwright.inputs import versions

    try:
        return versions.older(one, two)
    except versions.InvalidVersion:
        return False


def renamed(here: Site | None, project: Project, old: str, new: str, asked: Asked | None) -> Iterator[Remedy]:
    """The distribution's own name in the place of another one: a wrong name, or one that was given up."""
    why = f"{old} is not the name of the distribution"
    if here is not None and asks(here.call, old) is not None:
        word = next(word for word in here.call.names if plain(word.literal) == plain(old))
        text = (word.literal or "").replace(old, new, 1)
        yield risky(f"Ask for `{text}`: {why}", swap_span(here.place.source, word.span, quoted(text)))
    elif asked is not None and asked.file:
        yield from rewritten(project, here.place if here is not None else None, asked, new, why)
    else:
        yield advice(f"Ask for `{new}`: {why}.")


def removed(here: Site | None, project: Project, asked: Asked, why: str) -> Iterator[Remedy]:
    """Take a requirement out that asks for nothing."""
    if here is not None and len(here.call.names) > 1 and asks(here.call, asked.name) is not None:
        word = next(word for word in here.call.names if plain(word.literal) == plain(asked.name))
        start = word.span.start - (1 if here.place.source.text[word.span.start - 1] in " \t" else 0)
        yield risky(f"Leave `{asked.name}` out: {why}", swap_span(here.place.source, Span(start, word.span.end), ""))
        return
    found = written(project, here.place if here is not None else None, asked)
    if found is not None:
        source, span = found
        yield risky(f"Leave `{asked.name}` out: {why}", without_lines(source, span))
    elif asked.file:
        yield advice(f"Take the line `{asked.text}` out of {asked.file}, line {asked.line}: {why}.")
    else:
        yield advice(f"Take `{asked.name}` out: {why}.")


# Distributions that publish wheels for Windows and nothing else (their files on the index).
WINDOWS_ALONE = frozenset(("pywin32", "windows-curses"))


def for_windows(here: Site | None, project: Project, name: str, asked: Asked | None) -> Iterator[Remedy]:
    """`pip freeze` on Windows lists what no other system has: a marker leaves it to Windows."""
    if plain(name) not in WINDOWS_ALONE:
        return
    if here is not None and (asked is None or not asked.file):
        asked = in_files(here, project, name) or asked
    found = written(project, here.place, asked) if here is not None and asked is not None else None
    marker = '; sys_platform == "win32"'
    if found is not None and not re.match(r"[ \t]*;", found[0].text[found[1].end :]):
        source, span = found
        yield risky(
            f"Ask for {name} on Windows alone: there is nothing of it for other systems",
            swap_span(source, Span(span.end, span.end), marker),
        )
    yield advice(f"Write `{name}{marker}`, or take it out: there is nothing of it for other systems than Windows.")


def nearest(specifier: str, offered: tuple[str, ...]) -> str:
    """The offered final release nearest above the one asked for, in its series where there is one; else the last below."""
    from dockwright.inputs import versions

    if not specifier.startswith("==") or not offered:
        return ""
    try:
        wanted = versions.version(specifier[2:].rstrip(".*"))
        known = [(versions.version(text), text) for text in offered if re.fullmatch(r"\d[\w.+!]*", text)]
    except versions.InvalidVersion:
        return ""
    finals = [(each, text) for each, text in known if not each.early]
    above = [(each.key, text) for each, text in finals if each.key > wanted.key]
    below_it = [(each.key, text) for each, text in finals if each.key < wanted.key]
    series = [row for row in above if row[1].split(".")[0] == specifier[2:].split(".")[0]]
    if series:
        return min(series)[1]
    if below_it and (not above or max(below_it)[1].split(".")[0] == specifier[2:].split(".")[0]):
        return max(below_it)[1]
    return min(above)[1] if above else ""
