"""What a COPY or ADD brings into an image: a few moves, looked into only where somebody asks."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from dockwright.finding import NO, YES, Answer
from dockwright.inputs.context import Presence
from dockwright.inputs.files import UNKNOWN, WALK_LIMIT, Files, Kind, Unknown, join, walk

MoveKind: TypeAlias = 'Literal["file", "dir", "archive", "url", "git", "inline"]'
ProblemKind: TypeAlias = """Literal[
    "missing",  # the source is not there
    "ignored",  # .dockerignore keeps it out: `presence.rule` is the line
    "outside",  # not there, and named with `..` or by a link that leads out of the context
    "case",  # not there in this spelling; `presence.nearest` begins with the other
    "link-loop",
    "pattern-empty",  # nothing matches; that alone is no error
    "pattern-invalid",
    "folder-over-file",  # "cannot copy to non-directory"
    "file-over-folder",  # "cannot replace to directory … with file"
    "destination-not-folder",  # "mkdir …: not a directory"
    "overwrites",  # several files become one: the last one stays
    "remote-in-copy",  # COPY takes no URL and no git repository
]"""


class Problem(Struct, frozen=True):
    """`fails`: whether the build stops. `path` is where in the image a conflict is, or the source cleaned."""

    kind: ProblemKind
    source: str
    path: str
    fails: Answer = YES
    presence: Presence | None = None


class Move(Struct, frozen=True):
    """`dest` becomes `source`; for a folder, what `files` shows of it becomes the contents of `dest`.

    `certain` is UNKNOWN when `dest` may be a folder that takes the file in under its `name`, or when what is brought
    may be a file or a folder. An archive's `files` are its members; `files` is None where what is brought is not known.
    """

    source: str
    dest: str
    kind: MoveKind
    files: Files | None = None
    certain: Answer = YES
    name: str = ""

    def below(self, path: str) -> str | None:
        """`path` relative to `dest`; None when it is not in there."""
        if path == self.dest:
            return ""
        prefix = self.dest if self.dest == "/" else self.dest + "/"
        return path[len(prefix) :] if path.startswith(prefix) else None

    @property
    def is_folder(self) -> bool:
        return self.kind in ("dir", "archive", "git")

    def brings(self, path: str) -> Brought | None:
        inside = self.below(path)
        if inside is None:
            above = path == "/" or self.dest.startswith(path + "/")
            return Brought("dir", self) if above else None
        if not self.is_folder:
            return self._brings_file(inside)
        if not inside:
            return Brought("dir" if self.certain is YES else UNKNOWN, self, self.source)
        kind = UNKNOWN if self.files is None else self.files.kind(inside)
        return None if kind is None else Brought(kind, self, join(self.source, inside) if self.kind == "dir" else "")

    def _brings_file(self, inside: str) -> Brought | None:
        if self.certain is YES:
            return None if inside else Brought("file", self, self.source)
        return Brought(UNKNOWN, self, self.source) if inside in ("", self.name) else None

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        inside = self.below(path)
        if inside is None:
            lead = path if path == "/" else path + "/"
            return (self.dest[len(lead) :].partition("/")[0],) if self.dest.startswith(lead) else ()
        if not self.is_folder:
            return () if self.certain is YES or inside else UNKNOWN
        return UNKNOWN if self.files is None else self.files.names(inside)


class Brought(Struct, frozen=True):
    """What is at a path for sure, or may be (`kind` UNKNOWN). `source` is empty for a folder made on the way."""

    kind: Kind | Unknown
    move: Move
    source: str = ""


class CopyPlan(Struct, frozen=True):
    moves: tuple[Move, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def fails(self) -> Answer:
        """Whether the build stops here."""
        answers = [problem.fails for problem in self.problems]
        return YES if YES in answers else UNKNOWN if UNKNOWN in answers else NO

    def brings(self, path: str) -> Brought | None:
        """What is at an absolute path of the image because of this instruction; the last move wins."""
        found = (move.brings(path) for move in reversed(self.moves))
        return next((brought for brought in found if brought is not None), None)

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        """Names that this instruction puts into a folder of the image."""
        names: set[str] = set()
        for move in self.moves:
            found = move.names(path)
            if found is UNKNOWN:
                return UNKNOWN
            names.update(found)
        return tuple(sorted(names))

    def count(self, limit: int = WALK_LIMIT) -> int | Unknown:
        """How many files are copied; UNKNOWN when some are not known, or when there are more than `limit` entries."""
        files, left = 0, limit
        for move in self.moves:
            if move.is_folder and move.files is None:
                return UNKNOWN
            entries = walk(move.files, "", left + 1) if move.is_folder and move.files is not None else [("", "file")]
            for _, kind in entries:
                left -= 1
                files += kind != "dir"
                if kind is UNKNOWN or left < 0:
                    return UNKNOWN
        return files
