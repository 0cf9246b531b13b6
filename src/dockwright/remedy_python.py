"""Edits that change which Python or which releases a build gets: the base image's tag, pins of requirements."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator

from dockwright.dockerfile import parse
from dockwright.finding import Evidence, Place
from dockwright.patterns import pattern
from dockwright.project import Project
from dockwright.rehearse.python import canonical
from dockwright.source import Edit, Source, Span

OLDEST = 9
# python:3.13-slim, docker.io/library/python:3.13.1-slim-bookworm
TAG = pattern(r"(?:docker\.io/)?(?:library/)?python:3\.(?P<minor>\d+)(?P<patch>\.\d+)?(?![\w.])")
PIN = pattern(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*==\s*([0-9][0-9A-Za-z.]*)")
# A requirement on a line of its own, or quoted in a command or a list: name, extras, then the specifier.
ASKED = r"(?<![\w./-]){name}(?:\[[^\]\n]*\])?\s*(?P<specifier>(?:[<>=!~]=?=?\s*[\w.*+!-]+\s*,?\s*)+)(?![\w./-])"


def releases_of(evidence: Iterable[Evidence]) -> tuple[tuple[str, str], ...]:
    """(name, version) of the requirement lines that a finding quotes."""
    found = [PIN.match(proof.text) for proof in evidence if proof.place is not None]
    return tuple(dict.fromkeys((canonical(match[1]), match[2]) for match in found if match is not None))


def older_python(place: Place, releases: Iterable[tuple[str, str]]) -> tuple[str, tuple[Edit, ...]] | None:
    """The nearest older Python for which these releases have wheels, and the edits of the tags that name the newer one.

    An sdist that is older than the interpreter often does not compile on it, whatever headers are there. A release that
    the facts do not cover is no reason against it: the rehearsal asks the index.
    """
    from dockwright.facts.wheels import has_wheel
    from dockwright.finding import NO, YES
    from dockwright.remedy_packages import around, reference_of

    pins, spot = tuple(releases), around(place)
    if spot is None or TAG.match(reference_of(spot.dockerfile, spot.stage) or "") is None:
        return None
    tags = list(_tags(place.source))
    minors = {int(match["minor"]) for match, _ in tags}
    if not pins or len(minors) != 1:
        return None
    libc = "musl" if any("alpine" in match.string for match, _ in tags) else "glibc"
    for minor in range(minors.pop() - 1, OLDEST - 1, -1):
        known = {has_wheel(name, version, f"3.{minor}", "linux/amd64", libc) for name, version in pins}
        if YES in known and NO not in known:
            return f"3.{minor}", tuple(Edit(place.source.name, span, f"3.{minor}") for _, span in tags)
    return None


def _tags(source: Source) -> Iterator[tuple[re.Match[str], Span]]:
    """Official Python images that FROM names, with the span of the version in the tag."""
    for stage in parse(source.text, source.name).stages:
        text = source[stage.base.span]
        match = TAG.match(text)
        if match is not None:
            start = stage.base.span.start + match.start("minor") - 2
            yield match, Span(start, stage.base.span.start + match.end())


def repinned(evidence: Iterable[Evidence], place: Place, project: Project, pins: Iterable[str]) -> tuple[Edit, ...]:
    """Edits that make requirements ask for `name==version`; none at all when one of them is nowhere to be found."""
    sources = list(_sources(evidence, place, project))
    edits: list[Edit] = []
    for pin in pins:
        name, _, version = pin.partition("==")
        found = [edit for source, span in sources for edit in _pinned(source, span, name, version)]
        if not found:
            return ()
        edits += found
    return tuple(edits)


def _sources(evidence: Iterable[Evidence], place: Place, project: Project) -> Iterator[tuple[Source, Span]]:
    """The files that ask for requirements: those that the finding quotes, what they include, the instruction itself."""
    from dockwright.remedy_packages import around

    names = list(dict.fromkeys(proof.place.source.name for proof in evidence if proof.place is not None))
    for name in names:
        source = project.source(name)
        if source is None or name == place.source.name:
            continue
        yield source, Span(0, len(source.text))
        for match in re.finditer(r"(?m)^\s*(?:-r|-c|--requirement|--constraint)[ =]\s*(\S+)", source.text):
            included = posixpath.normpath(posixpath.join(posixpath.dirname(name), match[1]))
            if included not in names and not included.startswith(".."):
                names.append(included)
    spot = around(place)
    if spot is not None:
        yield place.source, spot.instruction.span


def _pinned(source: Source, span: Span, name: str, version: str) -> Iterator[Edit]:
    pattern = ASKED.replace("{name}", "[-_.]".join(re.escape(part) for part in re.split(r"[-_.]+", name)))
    for match in re.finditer(pattern, source.text[span.start : span.end], re.IGNORECASE):
        line = source.line_text(source.line(span.start + match.start()))
        if "--hash" in line or line.lstrip().startswith("#") or line.endswith("\\"):
            continue
        written = match["specifier"].rstrip()
        start = span.start + match.start("specifier")
        if written != f"=={version}":
            yield Edit(source.name, Span(start, start + len(written)), f"=={version}")
