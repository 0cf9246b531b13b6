"""Remedies that several failures of an installation share: tools and releases that the image's Python takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dockwright.facts.dropped import below
from dockwright.finding import Finding, Place, Remedy
from dockwright.project import Project
from dockwright.remedy import advice, risky
from dockwright.remedy_packages import Around, reference_of
from dockwright.remedy_pip import (
    Call,
    asks,
    before,
    bounded,
    calls,
    calls_above,
    failing,
    install_before,
    interpreter,
    plain,
    quoted,
    rewritten,
    spot_of,
    written,
)
from dockwright.remedy_python import TAG
from dockwright.remedy_seen import Asked, Seen
from dockwright.source import Edit, Source, Span

TOOLS = ("pip", "setuptools", "wheel", "virtualenv")
# CPython of the distribution's own python and python3 packages, by release (each release's package index).
SYSTEM = {
    ("ubuntu", "12.04"): ("2.7", "3.2"), ("ubuntu", "14.04"): ("2.7", "3.4"), ("ubuntu", "16.04"): ("2.7", "3.5"),
    ("ubuntu", "18.04"): ("2.7", "3.6"), ("ubuntu", "20.04"): ("2.7", "3.8"), ("ubuntu", "22.04"): ("", "3.10"),
    ("ubuntu", "24.04"): ("", "3.12"),
    ("debian", "7"): ("2.7", "3.2"), ("debian", "8"): ("2.7", "3.4"), ("debian", "9"): ("2.7", "3.5"), ("debian", "10"): ("2.7", "3.7"),
    ("debian", "11"): ("2.7", "3.9"), ("debian", "12"): ("", "3.11"), ("debian", "13"): ("", "3.13"), ("centos", "6"): ("2.6", ""),
    ("centos", "7"): ("2.7", "3.6"),
}  # fmt: skip


class Site:
    """The pip call that failed, with all that is known of where it runs."""

    def __init__(self, place: Place, spot: Around, call: Call, known: Seen) -> None:
        self.place, self.spot, self.call, self.known = place, spot, call, known
        self.python = python_of(spot, call.installer, known)

    def assume(self, python: str) -> None:
        """What a finding says of the Python, where nothing else tells it."""
        self.python = self.python or ".".join(python.split(".")[:2])


def site(place: Place | None, known: Seen, name: str = "") -> Site | None:
    """None where the instruction calls no pip that is known to be there."""
    spot = spot_of(place)
    call = failing(calls(spot), known, name)
    if place is None or spot is None or call is None or (not call.is_pip and not _has_pip(spot, call)):
        return None
    return Site(place, spot, call, known)


def python_call(place: Place) -> str:
    """How pip is called for the Python that the instruction runs, where there is one: `python3 -m pip`; else empty."""
    spot = spot_of(place)
    match = (
        re.match(r"(?:RUN|CMD|ENTRYPOINT)\s+(?P<python>python[\d.]*)\s", place.source[place.span])
        if spot is not None
        else None
    )
    if spot is None or match is None:
        return ""
    used = [above.installer for above in calls_above(spot) if interpreter(above.installer) == match["python"]]
    return used[0] if used else ""


def _has_pip(spot: Around, call: Call) -> bool:
    """Is there a pip beside the Python of a `setup.py install`: an official image's, an installed one, one used above."""
    if (
        (reference_of(spot.dockerfile, spot.stage) or "")
        .removeprefix("docker.io/")
        .removeprefix("library/")
        .startswith("python:")
    ):
        return True
    if any(above.is_pip and interpreter(above.installer) == interpreter(call.installer) for above in calls_above(spot)):
        return True
    package = "python3-pip" if interpreter(call.installer).endswith("3") else "python-pip"
    named = {package, package.replace("python3-", "py3-").replace("python-", "py-")}
    above = [each.text for each in spot.stage.instructions if each.span.start <= spot.instruction.span.start]
    return any(named & set(re.split(r"[\s;&\\]+", text)) for text in above)


def python_of(spot: Around | None, installer: str, known: Seen) -> str:
    """The version of the Python that the pip belongs to: as its name says, as the output tells, as the base image has it."""
    named = interpreter(installer).rpartition("python")[2]
    if "." in named:
        return named
    if known.python and known.python.startswith(named):
        return known.python
    reference = (reference_of(spot.dockerfile, spot.stage) or "") if spot is not None else ""
    match = TAG.match(reference)
    if match is not None:
        return f"3.{match['minor']}"
    if reference.split("@")[0].partition(":")[2].startswith("2") and reference.startswith("python:"):
        return "2.7"
    os = spot.base.os if spot is not None and spot.base is not None else None
    two, three = SYSTEM.get((os.id, os.version), ("", "")) if os is not None else ("", "")
    return two if two and named != "3" else three


def tools_for(python: str, *names: str) -> tuple[str, ...]:
    """What to ask for so that the newest pip or setuptools that this Python takes is installed."""
    return tuple(below(name, python) or name for name in names)


def newer_tools(here: Site, why: str, *names: str) -> Iterator[Remedy]:
    """The newest pip and setuptools that this Python takes: bounds where the call asks for nothing else, else before it."""
    wanted = tools_for(here.python, *names) if here.python else ()
    asked = [plain(word.literal) for word in here.call.names]
    if wanted and asked and set(asked) <= set(TOOLS) and not here.call.files:
        bounds = [
            below(name, here.python) for name in asked if asks(here.call, name) == "" and below(name, here.python)
        ]
        if bounds:
            edits = [bounded(here.place, here.call, bound) for bound in bounds]
            yield risky(f"Ask for `{' '.join(map(quoted, bounds))}`, the last for Python {here.python}", *edits)
            return
    if wanted:
        edit = install_before(here.place, here.spot, here.call, *wanted, upgrade=True)
        line = f"{here.call.installer} install --upgrade {' '.join(map(quoted, wanted))}"
        yield risky(f"`{line}` first: {why}", edit)


def bound_above(here: Site, name: str) -> Iterator[Remedy]:
    """The line above that installed a release which is not for this Python."""
    bound = below(name, here.python)
    for call in calls_above(here.spot):
        if bound and asks(call, name) == "":
            yield risky(
                f"Ask for `{bound}` above: later ones are not for Python {here.python}",
                bounded(here.place, call, bound),
            )
            return


def bound_for(here: Site, project: Project, requirement: str, why: str, asked: Asked | None = None) -> Iterator[Remedy]:
    """Ask for `requirement`: where the call names it, else where a file asks for it, else as one more word of the call."""
    own = asks(here.call, requirement)
    if own is None and not (asked is not None and (asked.file or asked.by)):
        asked = in_files(here, project, requirement) or asked
    if here.known.egg and plain(here.known.egg) == plain(requirement):
        yield first(here, f"a setup.py brings it in without looking at Requires-Python; {why}", requirement)
    elif own is not None:
        edit = bounded(here.place, here.call, requirement)
        yield risky(f"Ask for `{requirement}`: {why}", edit)
    elif asked is not None and asked.file:
        yield from rewritten(project, here.place, asked, requirement, why)
    elif (asked is not None and asked.by) or not (here.call.files or here.call.local):
        yield risky(f"Ask for `{requirement}` as well: {why}", bounded(here.place, here.call, requirement))
    else:
        yield from _unseen(here, requirement, why, asked)


def in_files(here: Site, project: Project, requirement: str) -> Asked | None:
    """The line of the call's own requirements files that asks for the name, where the project has them."""
    name = re.split(r"[<>=!~\[]", requirement)[0]
    for file in here.call.files:
        found = written(project, here.place, Asked(name, file=file))
        if found is not None:
            source, span = found
            return Asked(name, source[span][len(name) :], file, source.line(span.start))
    return None


def _unseen(here: Site, requirement: str, why: str, asked: Asked | None) -> Iterator[Remedy]:
    """A file that can't be read asks for it, or something that the file brings along.

    A constraint binds both, where the log shows that nobody pins it; a pin must itself be written anew.
    """
    if asked is not None and not asked.specifier.startswith("==") and "==" not in requirement and here.call.is_pip:
        yield constrained(here, requirement, why)
        return
    files = f" in {' and '.join(here.call.files)}" if here.call.files else ""
    old = f" for {asked.text}" if asked is not None and asked.specifier else ""
    name = re.split(r"[<>=!~]", requirement)[0]
    yield advice(f"Where {name} is asked for{files}, write `{requirement}`{old}: {why}.")


def constrained(here: Site, requirement: str, why: str) -> Remedy:
    """A bound on the command line's own constraints file, which holds for what comes along as well."""
    file = "/tmp/constraints.txt"
    write = before(here.place, here.spot, here.call, f"echo '{requirement}' > {file}")
    end = here.call.command.words[here.call.action].span.end
    option = Edit(here.place.source.name, Span(end, end), f" -c {file}")
    return risky(f"Constrain it to `{requirement}`: {why}", write, option)


def first(here: Site, why: str, *wanted: str) -> Remedy:
    """Install something before the failing call."""
    line = f"{here.call.installer} install {' '.join(map(quoted, wanted))}"
    return risky(f"`{line}` first: {why}", install_before(here.place, here.spot, here.call, *wanted))


def exact(command: str, why: str) -> Remedy:
    return advice(f"`{command}`: {why}.")


def requirement_of(finding: Finding, name: str) -> tuple[Source, Span] | None:
    """The requirement that a finding quotes from a file, when it is one of this name."""
    for proof in finding.evidence:
        place = proof.place
        if place is None or not name:
            continue
        text = place.source[place.span]
        if plain(text) == plain(name) and "--hash" not in place.source.line_text(place.line):
            return place.source, Span(place.span.start, place.span.start + len(re.split(r"\s*(?:;|#|$)", text)[0]))
    return None


def older_setuptools(here: Site, wanted: str, why: str) -> Iterator[Remedy]:
    """A setup.py is run with the setuptools that is installed, unless pip builds in an environment of its own."""
    if here.known.legacy:
        yield first(here, why, wanted)
    else:
        yield from build_constraint(here, wanted, why)


def build_constraint(here: Site, wanted: str, why: str) -> Iterator[Remedy]:
    """A bound on what pip brings into the environments in which it builds.

    Until pip 25.2 these obey PIP_CONSTRAINT, from 25.3 on PIP_BUILD_CONSTRAINT alone (pip's NEWS).
    """
    if here.call.command.assignments:
        return
    if here.call.installer == "uv pip":
        yield _of_uv(here, wanted, why)
        return
    start = here.call.command.span.start
    file = "/tmp/build-constraints.txt"
    names = f"PIP_CONSTRAINT={file} PIP_BUILD_CONSTRAINT={file} "
    write = before(here.place, here.spot, here.call, f"echo '{wanted}' > {file}")
    edits = [write, Edit(here.place.source.name, Span(start, start), names)]
    if write.span.start == start:
        edits = [Edit(write.file, write.span, write.text + names)]
    yield risky(f"Build with `{wanted}`: {why}", *edits)


def _of_uv(here: Site, wanted: str, why: str) -> Remedy:
    file = "/tmp/build-constraints.txt"
    write = before(here.place, here.spot, here.call, f"echo '{wanted}' > {file}")
    end = here.call.command.words[here.call.action].span.end
    return risky(
        f"Build with `{wanted}`: {why}",
        write,
        Edit(here.place.source.name, Span(end, end), f" --build-constraints {file}"),
    )


def isolated(here: Site, name: str, why: str) -> Iterator[Remedy]:
    """What a build imports installed first, and the build run with what is installed."""
    wanted = tuple(dict.fromkeys((name, "setuptools", "wheel")))
    end = here.call.command.words[here.call.action].span.end
    option = Edit(here.place.source.name, Span(end, end), " --no-build-isolation")
    line = f"{here.call.installer} install {' '.join(wanted)}"
    edits = (install_before(here.place, here.spot, here.call, *wanted), option)
    yield risky(f"`{line}` first, and `--no-build-isolation`: {why}", *edits)
