"""Instructions put into build stages, and what is wrong with the file as a whole."""

from __future__ import annotations

from msgspec import Struct

from dockwright.dockerfile.expand import ExpandError, expand
from dockwright.dockerfile.gotext import quote
from dockwright.dockerfile.instructions import KEYWORDS
from dockwright.dockerfile.nodes import Instruction, Node, ParseError, ParseWarning, Stage, Word
from dockwright.source import Source, Span


class Arranged(Struct, frozen=True):
    stages: tuple[Stage, ...]
    global_args: tuple[Instruction, ...]
    errors: tuple[ParseError, ...]
    warnings: tuple[ParseWarning, ...]


def arrange(nodes: list[Node], source: Source) -> Arranged:
    """Every FROM begins a stage, a malformed one too, so that what follows it is not out of place."""
    outside: list[Instruction] = []
    groups: list[list[Instruction]] = []
    for node in nodes:
        if not isinstance(node, Instruction):
            continue
        if node.keyword == "FROM":
            groups.append([node])
        else:
            (groups[-1] if groups else outside).append(node)
    stages = tuple(_stage(index, group) for index, group in enumerate(groups))
    errors = [*_outside(outside, stages, source), *_bases(stages)]
    global_args = tuple(node for node in outside if node.keyword == "ARG")
    return Arranged(stages, global_args, tuple(errors), tuple(_duplicates(stages)))


def _stage(index: int, group: list[Instruction]) -> Stage:
    first = group[0]
    words = first.words
    named = len(words) == 3 and words[1].text.lower() == "as"
    end = first.keyword_span.end
    return Stage(
        index=index,
        name=words[2].text.lower() if named else None,
        base=words[0] if words else Word("", Span(end, end)),
        platform=first.flag("platform"),
        instructions=tuple(group),
        span=first.span.cover(group[-1].span),
    )


def _outside(outside: list[Instruction], stages: tuple[Stage, ...], source: Source) -> list[ParseError]:
    """One error for all instructions before the first FROM; ARG may stand there."""
    for node in outside:
        if node.keyword != "ARG" and node.keyword in KEYWORDS:
            return [ParseError(node.span, "no build stage in current context", node.line, "stage")]
    if stages:
        return []
    if not outside:
        return [ParseError(Span(0, len(source.text)), "file with no instructions", 1, "parse")]
    return [ParseError(outside[0].span, "dockerfile contains no stages to build", outside[0].line, "build")]


def _bases(stages: tuple[Stage, ...]) -> list[ParseError]:
    found = []
    for stage in stages:
        text = stage.base.text
        if text and "$" not in text and not _expanded(text):
            message = f"base name ({text}) should not be blank"
            found.append(ParseError(stage.base.span, message, stage.instructions[0].line, "build"))
    return found


def _expanded(text: str) -> str:
    try:
        return expand(text, {})
    except ExpandError:
        return text


def _duplicates(stages: tuple[Stage, ...]) -> list[ParseWarning]:
    seen, found = set(), []
    for stage in stages:
        if stage.name is not None and stage.name in seen:
            message = f"Duplicate stage name {quote(stage.name)}, stage names should be unique"
            first = stage.instructions[0]
            found.append(ParseWarning(first.words[2].span, message, first.line, "DuplicateStageName"))
        seen.add(stage.name)
    return found
