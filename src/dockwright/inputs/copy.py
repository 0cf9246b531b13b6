"""What COPY and ADD do under BuildKit.

Sources of the rules: the Dockerfile reference; moby/buildkit dockerfile2llb/convert.go (dispatchCopy) and
solver/llbsolver/file/backend.go; tonistiigi/fsutil copy/copy.go. tests/test_copy_recorded.py holds it to an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from dockwright.finding import NO, YES, Answer
from dockwright.inputs import remote
from dockwright.inputs.context import Context, follow, rooted
from dockwright.inputs.copydest import Destination, Shared, under
from dockwright.inputs.copyplan import Brought, CopyPlan, Move, MoveKind, Problem, ProblemKind
from dockwright.inputs.files import UNKNOWN, Files, Kind, Unknown, join, walk
from dockwright.inputs.filtered import Filtered
from dockwright.inputs.globs import PatternError, check, has_wildcards
from dockwright.inputs.globs import matcher as tester
from dockwright.inputs.tree import ListTree

if TYPE_CHECKING:
    from dockwright.inputs.dockerignore import Matcher

__all__ = ["Brought", "CopyPlan", "Move", "Problem", "plan"]

CONFLICTS = 5000  # entries of a folder that are compared with what the image has


def plan(
    source: Files,
    sources: Sequence[str],
    dest: str,
    *,
    workdir: str = "/",
    add: bool = False,
    parents: bool = False,
    exclude: Sequence[str] = (),
    dest_kind: Kind | Unknown | None = UNKNOWN,
    image: Files | None = None,
    inline: Sequence[str] = (),
    link: bool = False,
    others: Sequence[str] | None = None,
) -> CopyPlan:
    """The words are expanded already. `source` is a Context, or another stage's files (paths without leading slash).

    `image` is what the instruction finds; without one, `dest_kind` tells what is at the destination. `inline` names the
    here-documents. `others` are all sources that this build takes from the context: BuildKit sends only what some
    instruction names, so a pattern below a folder that nothing else names fails when it matches nothing.
    """
    copying = _Copying(source, Destination(dest, workdir, image, dest_kind), others)
    if exclude:
        copying.without = copying.patterns(exclude)
    if copying.problems:
        return CopyPlan((), tuple(copying.problems))
    for word in sources:
        copying.word(word, add, parents)
    for name in inline:
        copying.file(name, name, "inline")
    problems = [_softened(problem) if link else problem for problem in copying.problems]
    return CopyPlan(tuple(copying.to.moves), (*problems, *_overwritten(copying.to.moves)))


def _softened(problem: Problem) -> Problem:
    """COPY --link copies into an empty layer where the engine can merge layers: then nothing is in the way."""
    if problem.kind in ("folder-over-file", "file-over-folder", "destination-not-folder"):
        return Problem(problem.kind, problem.source, problem.path, UNKNOWN, problem.presence)
    return problem


def _overwritten(moves: Sequence[Move]) -> Iterator[Problem]:
    files = [move for move in moves if not move.is_folder and move.certain is YES]
    last = {move.dest: move for move in files}
    for move in files:
        if last[move.dest] is not move and last[move.dest].source != move.source:
            yield Problem("overwrites", move.source, move.dest, NO)


class _Copying:
    """One instruction at work: the sources in order, each seeing what those before it have put in place."""

    def __init__(self, source: Files, to: Destination, others: Sequence[str] | None) -> None:
        self.source = source
        self.to = to
        self.others = others
        self.without: Matcher | None = None
        self.problems: list[Problem] = []

    def problem(self, kind: ProblemKind, source: str, path: str, fails: Answer = YES) -> None:
        self.problems.append(Problem(kind, source, path, fails))

    def patterns(self, patterns: Sequence[str]) -> Matcher | None:
        from dockwright.inputs.dockerignore import Matcher

        try:
            matcher = Matcher(patterns)
            matcher.compile()
            return matcher
        except PatternError as error:
            self.problem("pattern-invalid", error.pattern, error.pattern)
            return None

    def word(self, word: str, add: bool, parents: bool) -> None:
        kind = remote.kind(word)
        if kind is not None and not add:
            self.problem("remote-in-copy", word, word)
        elif kind == "git":
            self.folder(word, word, "git", None)
        elif kind == "url":
            self.file(word, remote.file_name(word), "url", word)
        elif parents:
            self._with_parents(word)
        else:
            for path in self._matching(word):
                self._one(word, path, add)

    def _matching(self, word: str) -> Iterator[str]:
        """Paths that a source stands for, as they are named: links at the end are not followed yet."""
        path = rooted(word)
        parts = path.split("/")
        first = next((place for place, part in enumerate(parts) if has_wildcards(part)), None)
        if first is None:
            yield path
            return
        try:
            check(path)
            tests = [tester(part) for part in parts[first:]]
        except PatternError:
            self.problem("pattern-invalid", word, path)
            return
        base = follow(self.source, "/".join(parts[:first]))
        kind = base if base is None or base is UNKNOWN else self.source.kind(base)
        if kind is None:
            self._absent(word, "/".join(parts[:first]))
        elif base is None or base is UNKNOWN or kind is UNKNOWN:
            self._unsure(path)
        else:
            yield from self._expanded(word, base, tests)

    def _expanded(self, word: str, base: str, tests: Sequence[Callable[[str], bool]]) -> Iterator[str]:
        found, known = [base], True
        for test in tests:
            listings = [(folder, self.source.names(folder)) for folder in found]
            known = known and all(names is not UNKNOWN for _, names in listings)
            found = [
                join(folder, name) for folder, names in listings if names is not UNKNOWN for name in names if test(name)
            ]
        yield from found
        if not known:
            self._unsure(rooted(word))
        elif not found:
            from dockwright.inputs.absent import unsent

            self.problem("pattern-empty", word, rooted(word), unsent(self.source, self.others, base))

    def _one(self, word: str, path: str, add: bool) -> None:
        found = follow(self.source, path)
        kind = self.source.kind(found) if isinstance(found, str) else found
        if found is None or kind is None:
            self._absent(word, path)
        elif found is UNKNOWN or kind is UNKNOWN:
            self._unsure(path)
        elif kind == "dir":
            self.folder(word, found, "dir", Filtered(self.source, without=self.without, below=found))
        elif add and (members := _members(self.source, found)) is not None:
            self.folder(word, found, "archive", None if members is UNKNOWN else ListTree(members))
        else:
            self.file(word, path, "file", found)

    def _absent(self, word: str, path: str) -> None:
        from dockwright.inputs.absent import absent

        problem = absent(self.source, word, path)
        if problem is None:
            self._unsure(path)
        else:
            self.problems.append(problem)

    def _unsure(self, path: str) -> None:
        """A source of unknown kind: its contents, or itself, are somewhere at the destination."""
        self.to.moves.append(Move(path, self.to.path, "dir", None, UNKNOWN))

    def _with_parents(self, word: str) -> None:
        """COPY --parents: `/./` marks the folder that the kept part of the path begins in."""
        before, pivot, after = word.partition("/./")
        base, pattern = (before, rooted(after)) if pivot else ("/", rooted(word))
        only = self.patterns([pattern]) if pattern else None
        for path in self._matching(base):
            found = follow(self.source, path)
            kind = self.source.kind(found) if isinstance(found, str) else found
            if found is None or kind is None:
                self._absent(word, path)
            elif found is UNKNOWN or kind is UNKNOWN:
                self._unsure(path)
            else:
                files = Filtered(self.source, without=self.without, only=only, below=found)
                if pattern and not has_wildcards(pattern) and files.kind(pattern) is None:
                    self.problem("missing", word, join(found, pattern), UNKNOWN)
                self.folder(word, found, "dir", files)

    def folder(self, word: str, source: str, kind: MoveKind, files: Files | None) -> None:
        to = self.to
        blocked = to.blocked(to.path)
        if blocked is not None:
            over = blocked == to.path and not to.slash and kind != "archive"
            self.problem("folder-over-file" if over else "destination-not-folder", word, blocked)
            return
        if files is not None:
            self._compare(word, files)
        to.moves.append(Move(source, to.path, kind, files))

    def _compare(self, word: str, files: Files) -> None:
        """Files where the image has folders, and the other way round, anywhere below the destination."""
        if self.to.image is None and not self.to.moves:
            return
        for entry, kind in walk(Shared(files, self.to), "", CONFLICTS):
            there = self.to.kind(under(self.to.path, entry))
            if kind == "dir" and there in ("file", "link"):
                self.problem("folder-over-file", word, under(self.to.path, entry))
            elif kind in ("file", "link") and there == "dir":
                self.problem("file-over-folder", word, under(self.to.path, entry))

    def file(self, word: str, name: str, kind: MoveKind, source: str | None = None) -> None:
        """`name` gives the last part of the path where the destination is a folder."""
        to, base = self.to, name.rpartition("/")[2]
        blocked = to.blocked(to.path if to.slash else to.path.rpartition("/")[0])
        if blocked is not None:
            self.problem("destination-not-folder", word, blocked)
            return
        there = to.kind(to.path)
        dest = under(to.path, base) if to.slash or there == "dir" else to.path
        if dest != to.path and to.kind(dest) == "dir":
            self.problem("file-over-folder", word, dest)
            return
        certain = UNKNOWN if there is UNKNOWN and not to.slash else YES
        to.moves.append(Move(name if source is None else source, dest, kind, None, certain, base))


def _members(source: Files, path: str) -> tuple[str, ...] | Unknown | None:
    """What ADD would unpack. None: no archive, it is copied as it is."""
    if not isinstance(source, Context):
        return UNKNOWN
    from dockwright.inputs import archive

    tree = source.tree
    return archive.listed(path, lambda length: tree.head(path, length))
