"""mend --verify build: build, diagnose, patch a copy, rebuild, until it builds or the same cause persists."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from dockwright.checking import check
from dockwright.diagnose import Diagnosed, diagnose
from dockwright.engine.argv import BuildRequest
from dockwright.engine.events import Watch
from dockwright.engine.run import Engine, build
from dockwright.errors import ToolError
from dockwright.finding import Finding, Remedy, Report, Safety
from dockwright.inputs.targets import Target
from dockwright.log import read
from dockwright.mending import Attempt, changed_files, failures, key, mend
from dockwright.project import Project
from dockwright.source import unified

TRIES = 10
RETRIES = 2  # of a build that failed for a transient cause


class BuildAttempt(Struct, frozen=True):
    """One build. `cause` of its failure, `remedy` that was then taken; both empty when it built."""

    target: str
    number: int
    seconds: float
    built: bool
    cause: str = ""
    title: str = ""
    remedy: str = ""
    where: str = ""


class Proven(Struct, frozen=True):
    """`outcome`: built, persists, no-remedy, too-many, transient. `files`: new texts by path."""

    files: dict[str, str]
    rehearsed: tuple[Attempt, ...]
    attempts: tuple[BuildAttempt, ...]
    outcome: str
    diff: str
    left: tuple[Diagnosed, ...] = ()


def prove(
    project: Project,
    engine: Engine,
    allowed: tuple[Safety, ...],
    tag: str = "dockwright-mend",
    watch: Watch | None = None,
) -> Proven:
    """Mend by rehearsal first, then build every target; what a build still says is mended from its log."""
    first = mend(project, allowed)
    work = _Work(project, dict(first.files), engine, allowed, watch)
    outcome = "built"
    left: tuple[Diagnosed, ...] = ()
    for place, target in enumerate(project.targets):
        outcome, left = work.target(target, f"{tag}-{place}")
        if outcome != "built":
            break
    return Proven(work.files, first.attempts, tuple(work.attempts), outcome, diff(project, work.files), left)


class _Work:
    def __init__(
        self, project: Project, files: dict[str, str], engine: Engine, allowed: tuple[Safety, ...], watch: Watch | None
    ) -> None:
        self.original = project
        self.files = files
        self.engine = engine
        self.allowed = allowed
        self.watch = watch
        self.attempts: list[BuildAttempt] = []

    @property
    def project(self) -> Project:
        return self.original.patched(self.files) if self.files else self.original

    def target(self, target: Target, tag: str) -> tuple[str, tuple[Diagnosed, ...]]:
        """Build one target until it builds, the same cause comes back, or nothing is left to try."""
        seen: set[object] = set()
        retries = 0
        for number in range(1, TRIES + 1):
            target = _same_target(self.project, target)
            code, log, seconds = self._build(target, tag)
            if code == 0:
                self.attempts.append(BuildAttempt(target.name, number, seconds, True))
                return "built", ()
            found = diagnose(read(log), self.project)
            top = found.ranked[0] if found.ranked else None
            if top is not None and top.transient and retries < RETRIES:
                retries += 1
                self._record(target, number, seconds, top, "tried again")
                continue
            remedy = self._remedy(found.ranked)
            self._record(target, number, seconds, top, remedy.title if remedy else "")
            if top is None or remedy is None:
                return ("transient" if top is not None and top.transient else "no-remedy"), found.ranked
            if key(top.finding) in seen:
                return "persists", found.ranked
            seen.add(key(top.finding))
        return "too-many", ()

    def _record(self, target: Target, number: int, seconds: float, top: Diagnosed | None, remedy: str) -> None:
        if top is None:
            self.attempts.append(BuildAttempt(target.name, number, seconds, False))
            return
        finding = top.finding
        where = f"{finding.where.source.name}:{finding.where.line}" if finding.where else ""
        self.attempts.append(
            BuildAttempt(target.name, number, seconds, False, finding.cause, finding.title, remedy, where)
        )

    def _remedy(self, ranked: tuple[Diagnosed, ...]) -> Remedy | None:
        """The first remedy that may be applied and brings no new failure to the rehearsal; it is applied."""
        for item in ranked[:1]:
            for remedy in item.finding.remedies:
                if remedy.safety in self.allowed and remedy.patch and self._apply(item.finding, remedy):
                    return remedy
        return None

    def _apply(self, finding: Finding, remedy: Remedy) -> bool:
        project = self.project
        changed = changed_files(project, remedy)
        if changed is None:
            return False
        known = {key(item) for item in failures(check(project))}
        after: Report = check(project.patched(changed))
        if any(key(item) not in known and item.cause != finding.cause for item in failures(after)):
            return False
        self.files |= changed
        return True

    def _build(self, target: Target, tag: str) -> tuple[int, str, float]:
        with laid_out(self.original, self.files, target) as (dockerfile, context):
            request = BuildRequest(
                dockerfile=dockerfile,
                context=context,
                tag=tag,
                stage=target.stage,
                arguments=target.build_args,
                platform=target.platform,
                network=target.network,
            )
            ran = build(self.engine, request, self.watch)
        return ran.code, ran.output, ran.seconds


def _same_target(project: Project, target: Target) -> Target:
    """The target as the patched project has it: a mend may have changed its context."""
    for other in project.targets:
        if other.name == target.name and other.dockerfile == target.dockerfile and other.origin == target.origin:
            return other
    return target


@contextmanager
def laid_out(project: Project, files: dict[str, str], target: Target) -> Iterator[tuple[str, str]]:
    """The target's Dockerfile and context on disk, with the new texts; the project itself is not touched."""
    if not project.root:
        raise ToolError("not-on-disk", "this project is not on disk", hint="use --verify rehearse")
    with tempfile.TemporaryDirectory(prefix="dockwright-") as folder:
        root = Path(project.root)
        if any(name != target.dockerfile for name in files):
            root = Path(folder) / "project"
            shutil.copytree(project.root, root, symlinks=True, copy_function=_link, ignore=_special)
            for name, patched in files.items():
                _replace(root / name, patched)
        dockerfile = root / target.dockerfile
        text = files.get(target.dockerfile, target.inline)
        if text is not None:
            dockerfile = Path(folder) / "Dockerfile"
            _replace(dockerfile, text)
            _ignore_file(root, target, folder)
        yield str(dockerfile), str(os.path.normpath(root / target.context)) if not target.remote else target.context


def _link(source: str, target: str) -> None:
    """A hard link where the file system allows it: a large context costs no time; the copy's files are only ever replaced."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _special(folder: str, names: list[str]) -> list[str]:
    """Sockets, pipes and devices are no part of a context."""
    paths = {name: Path(folder) / name for name in names}
    return [name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())]


def _replace(path: Path, text: str) -> None:
    """Write a text as a new file: what was linked there before stays as it is in the project."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    path.unlink(missing_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(mode)


def _ignore_file(root: Path, target: Target, folder: str) -> None:
    """NAME.dockerignore goes with the Dockerfile."""
    beside = root / f"{target.dockerfile}.dockerignore"
    if beside.is_file():
        shutil.copyfile(beside, Path(folder) / "Dockerfile.dockerignore")


def diff(project: Project, files: dict[str, str]) -> str:
    pieces = []
    for name in sorted(files):
        source = project.source(name)
        pieces.append(unified(name, source.text if source else None, files[name]))
    return "".join(pieces)
