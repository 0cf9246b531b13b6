"""What a build will download and install: every distribution of every install that the rehearsal sees."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from msgspec import Struct, structs

from dockwright.index.question import Answer, Known, Locked, Question, Release, Trouble
from dockwright.index.weight import payload
from dockwright.inputs.targets import Target, in_tree
from dockwright.project import Project
from dockwright.rehearse.image import Image
from dockwright.rehearse.run import Rehearsal, rehearse

ROUNDS = 4
ROOTS = ("requirements.txt", "requirements/base.txt", "requirements/prod.txt", "requirements/production.txt")


class Line(Struct, frozen=True):
    """One distribution. `compiles` names what building it takes, where it has no wheel that fits."""

    name: str
    version: str
    form: str  # wheel, sdist, installed
    size: int | None = None
    file: str = ""
    sha256: str = ""
    compiles: tuple[str, ...] = ()
    cuda: bool = False
    yanked: str | None = None
    asked_by: tuple[str, ...] = ()
    url: str = ""  # may hold credentials of the index


class TargetPlan(Struct, frozen=True):
    """`read_from`: `build`, or the lock file or manifest that was read since the build installs nothing known."""

    name: str
    dockerfile: str
    context: str
    python: str
    platform: str
    libc: str
    read_from: str
    lines: tuple[Line, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    unknown: tuple[str, ...] = ()
    gpu_base: bool = False  # the base image carries CUDA
    unreached: bool = False  # the index did not answer some of it

    @property
    def total(self) -> int:
        return sum(line.size or 0 for line in self.lines if line.form != "installed")

    @property
    def cuda(self) -> int:
        return sum(line.size or 0 for line in self.lines if line.cuda)

    def seconds(self, bandwidth: float) -> float:
        """How long the download takes at so many bits a second."""
        return self.total * 8 / bandwidth


class Plan(Struct, frozen=True):
    targets: tuple[TargetPlan, ...]

    @property
    def fails(self) -> bool:
        return any(target.troubles for target in self.targets)


def plan(project: Project) -> Plan:
    """Plan every target of a project that installs Python distributions, as far as it can be known."""
    known = Known()
    return Plan(tuple(_target(project, target, known) for target in project.targets))


def _target(project: Project, target: Target, known: Known) -> TargetPlan:
    rehearsal = _rehearsed(project, target, known)
    questions, locks, read_from = list(known.asked), list(known.locked), "build"
    unplanned = list(known.unplanned)
    if not questions and not locks:
        questions, locks, read_from = _from_files(project, target, rehearsal, known)
    answers = [known.answers[question] for question in questions if question in known.answers]
    answers += [_unlocked(project, lock) for lock in locks]
    first = next(iter((*questions, *(lock.image for lock in locks))), None)
    return TargetPlan(
        target.name,
        target.dockerfile,
        target.context,
        first.python if first is not None else "",
        first.platform if first is not None else "",
        f"{first.libc} {first.libc_version}" if first is not None else "",
        read_from,
        tuple(_lines(answers)),
        tuple(dict.fromkeys(trouble for answer in answers for trouble in answer.troubles)),
        tuple(
            dict.fromkeys([*_unknown(rehearsal), *unplanned, *(why for answer in answers for why in answer.unknown)])
        ),
        any(
            "nvidia" in image.base.family or "cuda" in image.base.family
            for image in rehearsal.images.values()
            if image.base
        ),
        any(answer.unreached for answer in answers),
    )


def _rehearsed(project: Project, target: Target, known: Known) -> Rehearsal:
    """Rehearse until no question is new; only this target's questions are left in `asked`."""
    known.clear()
    rehearsal = rehearse(project, target, known)
    for _ in range(ROUNDS):
        if not known.open:
            break
        _answer(project, known)
        known.clear()
        rehearsal = rehearse(project, target, known)
    return rehearsal


def _unlocked(project: Project, locked: Locked) -> Answer:
    from dockwright.index.ask import opened
    from dockwright.index.locked import answer

    return answer(opened(project.offline, project.as_of).index, locked)


def _answer(project: Project, known: Known) -> None:
    from dockwright.index.ask import fill

    fill(known, offline=project.offline, as_of=project.as_of)


def _unknown(rehearsal: Rehearsal) -> Iterator[str]:
    for step in rehearsal.steps:
        yield from (why for why in step.unknown if "index" in why)


def _lines(answers: Iterable[Answer]) -> Iterator[Line]:
    """Each release once, however many installs bring it, in the order of its name."""
    found: dict[tuple[str, str], Release] = {}
    for answer in answers:
        for release in answer.releases:
            if release.kind != "installed" or (release.name, release.version) not in found:
                found.setdefault((release.name, release.version), release)
    for name, version in sorted(found):
        each = found[name, version]
        compiles = tuple(_compiles(each)) if each.kind == "sdist" else ()
        yield Line(
            name, version, each.kind, each.size, each.file, each.sha256, compiles, each.cuda, each.yanked, each.via,
            each.url,
        )  # fmt: skip


def _compiles(release: Release) -> Iterator[str]:
    from dockwright.facts.python import build_needs

    known = build_needs(release.name)
    if known is not None:
        yield from (*known.commands, *known.headers)
    elif release.native:
        yield "gcc"


# -- from files -------------------------------------------------------------------------------------------------------


def _from_files(
    project: Project, target: Target, rehearsal: Rehearsal, known: Known
) -> tuple[list[Question], list[Locked], str]:
    """The lock file, manifest or requirements of the context, for the image's Python."""
    from dockwright.rehearse.resolution import c_library

    image = next(reversed(rehearsal.images.values()), None)
    python = (
        next((each.version for each in image.pythons.values() if isinstance(each.version, str)), "") if image else ""
    )
    libc, version = c_library(image) if isinstance(image, Image) else ("", "")
    if not python or not version:
        return [], [], ""
    question = Question(python, target.built_for, libc, version)
    folder = in_tree(target.context)
    for locked in _locks(project, folder, question):
        return [], [locked], locked.path
    for path, lines in _files(project, folder):
        if lines:
            question = structs.replace(question, requirements=tuple(lines))
            known.ask(question)
            _answer(project, known)
            return [question], [], path
    return [], [], ""


def _locks(project: Project, folder: str, image: Question) -> Iterator[Locked]:
    """Lock files of the context; what is for development only is left out."""
    from dockwright.inputs.lockfiles import format_of, locks_in

    for path in locks_in(project.tree, folder):
        source, kind = project.source(path), format_of(path)
        if source is not None and kind is not None and kind.manifest != "package.json":
            manifest = project.source(posixpath.join(posixpath.dirname(path), kind.manifest))
            yield Locked(kind.tool, path, source.text, manifest.text if manifest else "", image, development=False)


def _files(project: Project, folder: str) -> Iterator[tuple[str, list[str]]]:
    """Path and requirement lines."""
    from dockwright.inputs.manifests import read_project
    from dockwright.inputs.requirements import read_all

    tree = project.tree
    for name in ROOTS:
        path = posixpath.normpath(posixpath.join(folder, name))
        found = [each for each in read_all(tree, path) if each.file is not None and not each.constraint]
        lines = [line for each in found if each.file for line in each.file.requirements if line.name and not line.url]
        yield path, [line.text for line in lines]
    local = read_project(tree, folder)
    declared = getattr(local, "dependencies", ())
    texts = [each.requirement.text for each in declared if each.requirement is not None and not each.optional]
    yield posixpath.join(folder, "pyproject.toml"), texts


def weight(target: TargetPlan) -> tuple[int, tuple[str, ...]]:
    """CUDA payload: bytes, and the distributions that make it."""
    releases = tuple(Release(line.name, line.version, size=line.size, cuda=line.cuda) for line in target.lines)
    return payload(releases)
