"""What the package index answered, stated as needs: what there is none of, what must compile, what can't be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.python import Python, canonical
from dockwright.rehearse.requirements import Wanted

if TYPE_CHECKING:
    from dockwright.index.question import Answer as Told
    from dockwright.index.question import Question, Release, Trouble


def state_trouble(
    call: Call, python: Python, trouble: Trouble, asked: dict[str, Evidence | None], tool: str, sure: Certainty
) -> None:
    there = python.distributions.get(trouble.name)
    if trouble.problem != "conflict" and there is not None and _satisfied(trouble, there.version):
        return
    names = trouble.involved or (trouble.name,)
    lines = [proof for text, proof in asked.items() if proof is not None and bare(text) in names]
    says = [trouble.says] if trouble.says else []
    if trouble.relax:
        says.append("it resolves with " + " or with ".join(" and ".join(each) for each in trouble.relax))
    elif trouble.near:
        says.append(f"versions that would do: {', '.join(trouble.near)}")
    there_now = "" if there is None or there.version is UNKNOWN else str(there.version)
    need = needs.Distribution(
        trouble.name,
        trouble.specifier,
        trouble.problem,
        there_now,
        trouble.asked_by,
        trouble.near,
        trouble.relax,
        trouble.says,
    )
    certainty = sure if trouble.sure else Certainty.LIKELY
    call.lacks(need, None, (*lines, *(Evidence(text) for text in says)), certainty=certainty, by=tool)


def _satisfied(trouble: Trouble, version: object) -> bool:
    """Is what the requirement asks for there already, so that the installer does not look for it?"""
    return version is UNKNOWN or Wanted(trouble.name, trouble.specifier).allows(version) is not NO  # type: ignore[arg-type]


def bare(text: str) -> str:
    end = next((at for at, letter in enumerate(text) if not (letter.isalnum() or letter in "._-")), len(text))
    return canonical(text[:end]) if end else ""


def state_builds(
    call: Call,
    python: Python,
    answer: Told,
    question: Question,
    asked: dict[str, Evidence | None],
    tool: str,
    sure: Certainty,
) -> None:
    """Releases that the installer has to compile, and what the image lacks for that."""
    from dockwright.rehearse import compiling

    version = ".".join(question.python.split(".")[:2])
    libc = question.libc
    lines = {bare(text): proof for text, proof in asked.items()}
    resolves = not any(
        trouble.problem == "conflict" for trouble in answer.troubles
    )  # else other versions come in the end
    built = []
    for release in answer.releases:
        if release.kind != "sdist" or release.name in question.outside:
            continue
        origin = _origin(release, answer, set(lines))
        direct = release.name in lines
        proofs = compiling.proofs(release, version, libc, lines.get(origin))
        exact = direct and resolves and sure is Certainty.CERTAIN and _pinned(asked, release.name)
        built.append(compiling.Built(release.name, release.version, release.native, exact, proofs))
    compiling.state(call, python, built, by=tool)


def _pinned(asked: dict[str, Evidence | None], name: str) -> bool:
    return any(bare(text) == name and "==" in text for text in asked)


def _origin(release: Release, answer: Told, direct: set[str]) -> str:
    """The requirement of the project that brings a release along."""
    seen, todo = set(), [release.name]
    while todo:
        name = todo.pop()
        if name in direct:
            return name
        if name not in seen:
            seen.add(name)
            found = answer.release(name)
            todo += found.via if found is not None else ()
    return ""


def state_clashes(call: Call, python: Python, answer: Told, asked: dict[str, Evidence | None]) -> None:
    """A newer pip can't replace what the system's packages put there, and something here asks for another version."""
    own = python.distributions.get("pip")
    if own is None or own.installer == "deb" or call.name == "uv":
        return
    lines = {bare(text): proof for text, proof in asked.items()}
    for release in answer.releases:
        there = python.distributions.get(release.name)
        if not release.replaces or there is None or there.installer != "distutils" or release.name in lines:
            continue
        demand = next((each for each in release.demands if _excludes(each.specifier, there.version)), None)
        if demand is None:
            continue
        proof = tuple(filter(None, (there.made, lines.get(_origin(release, answer, set(lines))))))
        need = needs.Distribution(release.name, demand.specifier, "distutils", str(there.version), demand.by)
        says = Evidence(f"{demand.by or 'the project'} asks for {release.name}{demand.specifier}")
        call.lacks(need, None, (*proof, says))


def _excludes(specifier: str, version: object) -> bool:
    return Wanted("x", specifier).allows(version) is NO  # type: ignore[arg-type]
