"""From a joined line to an instruction (parser/line_parsers.go)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from dockwright.dockerfile import arguments
from dockwright.dockerfile.arguments import Malformed
from dockwright.dockerfile.gotext import SPACE
from dockwright.dockerfile.nodes import Flag, Instruction, Joined, Mount, Pair, Word
from dockwright.source import Span

_SHELL_OR_EXEC = frozenset({"RUN", "CMD", "ENTRYPOINT", "SHELL"})
_LIST_OR_EXEC = frozenset({"ADD", "COPY", "VOLUME"})
_LIST = frozenset({"EXPOSE", "FROM"})
_LINE = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
KEYWORDS = _SHELL_OR_EXEC | _LIST_OR_EXEC | _LIST | _LINE | {"ARG", "ENV", "LABEL", "HEALTHCHECK", "ONBUILD"}


class Arguments(Struct):
    words: tuple[Word, ...] = ()
    exec_form: tuple[Word, ...] | None = None
    pairs: tuple[Pair, ...] = ()
    onbuild: Instruction | None = None
    mounts: tuple[Mount, ...] = ()


class Problem(Struct, frozen=True):
    message: str
    span: Span


def read_instruction(line: Joined, escape: str, nested: int = 0) -> tuple[Instruction, Problem | None]:
    """An instruction that is not yet placed in its lines, and why BuildKit's parser refuses it, if it does."""
    word, rest = arguments.keyword(arguments.trimmed(line))
    flags, rest = arguments.flags(rest, escape)
    lower, problem, found = word.text.lower(), None, Arguments()
    name = lower.upper() if lower.isascii() else word.text
    try:
        found = _arguments(name, flags, rest, escape, nested)
    except Malformed as error:
        problem = Problem(str(error), rest.span(error.start, error.end))
    except Nested as error:
        problem, found = error.problem, Arguments(onbuild=error.instruction)
    instruction = Instruction(
        keyword=name,
        written=word.text,
        keyword_span=word.span,
        span=word.span,
        whole=word.span,
        text=word.text,
        line=0,
        end_line=0,
        flags=flags,
        rest=rest,
        words=found.words,
        exec_form=found.exec_form,
        pairs=found.pairs,
        onbuild=found.onbuild,
        mounts=found.mounts,
    )
    return instruction, problem


class Nested(Exception):
    """The trigger of an ONBUILD is malformed."""

    def __init__(self, instruction: Instruction, problem: Problem) -> None:
        super().__init__(problem.message)
        self.instruction, self.problem = instruction, problem


def _arguments(name: str, flags: tuple[Flag, ...], rest: Joined, escape: str, nested: int) -> Arguments:
    if name in _SHELL_OR_EXEC or name in _LIST_OR_EXEC:
        split = arguments.split if name in _LIST_OR_EXEC else arguments.whole
        found = _maybe_exec(rest, split)
        if name == "RUN" and flags:
            from dockwright.dockerfile.mounts import read_mount

            found.mounts = tuple(read_mount(flag) for flag in flags if flag.name == "mount" and flag.value is not None)
        return found
    if name in _LIST:
        return Arguments(arguments.split(rest))
    if name in _LINE:
        return Arguments(arguments.whole(rest))
    if name in ("ENV", "LABEL"):
        return _of_pairs(arguments.pairs(name, rest, escape))
    if name == "ARG":
        ranges = arguments.quoted_words(rest, escape)
        found = Arguments(tuple(rest.word(*at) for at in ranges))
        found.pairs = tuple(arguments.optional_pair(rest, *at) for at in ranges)
        return found
    if name == "HEALTHCHECK":
        return _healthcheck(rest)
    return _onbuild(rest, escape, nested) if name == "ONBUILD" else Arguments()


def _maybe_exec(rest: Joined, otherwise: Callable[[Joined], tuple[Word, ...]]) -> Arguments:
    items = arguments.exec_form(rest)
    return Arguments(otherwise(rest)) if items is None else Arguments(items, items)


def _of_pairs(pairs: tuple[Pair, ...]) -> Arguments:
    words = tuple(word for pair in pairs for word in (pair.key, pair.value) if word is not None)
    return Arguments(words, pairs=pairs)


def _healthcheck(rest: Joined) -> Arguments:
    """The type, then a command. BuildKit goes by bytes here: only ASCII white space ends the type."""
    kind = arguments.split(rest)[:1]
    if not kind:
        return Arguments()
    end = len(kind[0].text)
    behind = len(rest.text) - len(rest.text[end:].lstrip(SPACE))
    found = _maybe_exec(rest.slice(behind, len(rest.text)), arguments.whole)
    found.words = kind + found.words
    return found


def _onbuild(rest: Joined, escape: str, nested: int) -> Arguments:
    """The trigger is read as an instruction; one more level is enough to see that ONBUILD may not be chained."""
    if not rest.text or nested > 1:
        return Arguments()
    trigger, problem = read_instruction(rest, escape, nested + 1)
    if problem is not None:
        raise Nested(trigger, problem)
    return Arguments((Word(trigger.keyword, trigger.keyword_span), *trigger.words), onbuild=trigger)
