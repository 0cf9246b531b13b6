"""Words that BuildKit cannot expand, whatever the values of their variables: a quote left open, a bad substitution."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.dockerfile.expand import ExpandError, Value, expand_heredoc, expand_partial, plain
from dockwright.dockerfile.nodes import Flag, Instruction, Word
from dockwright.finding import UNKNOWN, Answer

_WORDS = frozenset({"ARG", "ENV", "LABEL", "ADD", "COPY", "EXPOSE", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
_FLAGS = ("chown", "chmod", "checksum", "exclude")
_FROM = "variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope"


def problems(instruction: Instruction, escape: str) -> Iterator[tuple[Word | Flag, str]]:
    if instruction.keyword == "FROM":
        yield from _of_from(instruction, escape)
    elif instruction.keyword in _WORDS:
        yield from _of_flags(instruction, escape)
        words = [word for pair in instruction.pairs for word in (pair.key, pair.value) if word is not None]
        for word in words or instruction.words:
            if problem := _problem(word.text, escape):
                yield word, problem
        if instruction.heredocs:
            yield from _of_heredocs(instruction)


def _of_from(instruction: Instruction, escape: str) -> Iterator[tuple[Word | Flag, str]]:
    for word in instruction.words[:1]:
        if problem := _problem(word.text, escape):
            yield word, problem
    for flag in instruction.flags:
        if problem := _problem(flag.value or "", escape):
            yield flag, f"failed to process arguments for platform : {problem}"


def _of_flags(instruction: Instruction, escape: str) -> Iterator[tuple[Word | Flag, str]]:
    for flag in instruction.flags:
        value = flag.value or ""
        if flag.name == "from" and instruction.keyword == "COPY" and _uses_variables(value, escape):
            yield flag, f"{_FROM} as a workaround"
        if flag.name in _FLAGS and (problem := _problem(value, escape)):
            yield flag, problem


def _of_heredocs(instruction: Instruction) -> Iterator[tuple[Word | Flag, str]]:
    for heredoc in instruction.heredocs:
        if heredoc.expand and not plain(heredoc.body):
            try:
                expand_heredoc(heredoc.content, _unknown)
            except ExpandError as error:
                yield Word(heredoc.name, heredoc.span), str(error)


def _unknown(name: str) -> Answer:
    return UNKNOWN


def _problem(text: str, escape: str) -> str | None:
    if not plain(text):
        try:
            expand_partial(text, _unknown, escape)
        except ExpandError as error:
            return str(error)
    return None


def literal(text: str, escape: str) -> Value:
    """The word's value where no variable has a part in it."""
    if plain(text):
        return text
    try:
        return expand_partial(text, _unknown, escape).value
    except ExpandError:
        return UNKNOWN


def _uses_variables(text: str, escape: str) -> bool:
    try:
        return bool(expand_partial(text, _unknown, escape).used)
    except ExpandError:
        return True
