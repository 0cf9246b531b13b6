"""Sources of COPY and ADD that are not there: why, and whether the build stops for it."""

from __future__ import annotations

from collections.abc import Sequence

from dockwright.finding import NO, YES, Answer
from dockwright.inputs.context import Context, Presence, Status, follow, rooted
from dockwright.inputs.copyplan import Problem, ProblemKind
from dockwright.inputs.files import UNKNOWN, Files
from dockwright.inputs.globs import has_wildcards

_KINDS: dict[Status, ProblemKind] = {"ignored": "ignored", "outside": "outside"}


def absent(source: Files, word: str, path: str) -> Problem | None:
    """Why there is nothing at a path; None when there may be something."""
    if not isinstance(source, Context):
        kind: ProblemKind = "missing" if follow(source, path) is not None else "link-loop"
        return Problem(kind, word, path)
    seen = source.look(word if rooted(word) == path else path)
    if seen.status == "unknown":
        return None
    return Problem(_why(source, seen, path), word, path, YES, seen)


def _why(context: Context, seen: Presence, path: str) -> ProblemKind:
    if follow(context.tree, path) is None:
        return "link-loop"
    if seen.nearest and seen.nearest[0].casefold() == path.casefold():
        return "case"
    return _KINDS.get(seen.status, "missing")


def unsent(source: Files, others: Sequence[str] | None, base: str) -> Answer:
    """A folder that only a pattern without a match names is not sent: `lstat /b: no such file or directory`."""
    if not base or not isinstance(source, Context):
        return NO
    named = [rooted(other) for other in others or ()]
    if any(not has_wildcards(other) and _related(other, base) for other in named):
        return NO
    unsure = others is None or any(has_wildcards(other) for other in named)
    return UNKNOWN if unsure else YES


def _related(other: str, base: str) -> bool:
    """Whether sending `other` sends something of the folder `base`."""
    return not other or other == base or other.startswith(base + "/") or base.startswith(other + "/")
