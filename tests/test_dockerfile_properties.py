"""What holds for the tree of any text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Dockerfile, Instruction, Joined
from dockwright.source import Span

PIECES = st.sampled_from(
    (
        *"\n\n\n \t\\`\"'$#,=[]{}<>-\r\v\f\0\u00a0\u2003\ufeff\udc80é😀",
        *(
            "FROM a",
            "FROM b AS c",
            "RUN ",
            "COPY ",
            "ADD ",
            "ENV ",
            "ARG ",
            "LABEL ",
            "CMD ",
            "SHELL ",
            "ONBUILD ",
            "USER x",
        ),
        *(
            "HEALTHCHECK ",
            "VOLUME ",
            "EXPOSE 80",
            "WORKDIR /x",
            "STOPSIGNAL x",
            "MAINTAINER x",
            "ENTRYPOINT ",
            "nonsense",
        ),
        *(
            "\\\n",
            "\\  \n",
            "\n# c\n",
            "# escape=`\n",
            "# syntax=x\n",
            "`\n",
            "\r\n",
            "a=b ",
            "a b",
            '["a", "b"]',
            '["a", 1]',
        ),
        *(
            "<<A",
            "<<-A",
            "<<'A B'",
            "<< A",
            "\nA\n",
            "\n\tA\n",
            "A B\n",
            "--mount=type=cache,target=/x ",
            "--from=c ",
            "--",
        ),
        *("--chown=a:b ", "${a:-b}", "${a", "'x y'", '"x y"', "\\ "),
    )
)
TEXTS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=80))


@settings(max_examples=300)
@given(TEXTS)
def test_the_tree_is_the_text(text: str) -> None:
    dockerfile = parse(text)
    assert str(dockerfile) == text
    at = 0
    for node in dockerfile.nodes:
        assert node.whole.start == at < node.whole.end
        at = node.whole.end
    assert at == len(text)
    for instruction in dockerfile.instructions:
        check_parts(instruction)
        check_joined(dockerfile, instruction.rest)
        check_spans(dockerfile, instruction, instruction.whole)


def check_parts(instruction: Instruction) -> None:
    at = instruction.whole.start
    for part in instruction.parts:
        assert part.span.start == at < part.span.end
        at = part.span.end
    assert at == instruction.whole.end


def check_joined(dockerfile: Dockerfile, joined: Joined) -> None:
    for at, char in enumerate(joined.text):
        assert dockerfile.source.text[joined.offset(at)] == char


def check_spans(dockerfile: Dockerfile, instruction: Instruction, outer: Span) -> None:
    assert outer.holds(instruction.span) and instruction.span.holds(instruction.keyword_span)
    assert instruction.text == dockerfile.source[instruction.span]
    spans = [flag.span for flag in instruction.flags] + [word.span for word in instruction.words]
    assert all(instruction.span.holds(span) for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    for heredoc in instruction.heredocs:
        assert instruction.span.holds(heredoc.span)
        assert dockerfile.source[heredoc.body_span] == heredoc.body
    if instruction.onbuild is not None:
        check_spans(dockerfile, instruction.onbuild, instruction.span)


@given(TEXTS)
def test_lines_and_stages(text: str) -> None:
    dockerfile = parse(text)
    for instruction in dockerfile.instructions:
        assert dockerfile.source.line(instruction.whole.start) == instruction.line
        assert instruction.line <= instruction.end_line
    staged = [node for stage in dockerfile.stages for node in stage.instructions]
    before = len(dockerfile.instructions) - len(staged)
    assert list(dockerfile.instructions[before:]) == staged
    assert all(node.keyword != "FROM" for node in dockerfile.instructions[:before])


@given(TEXTS)
def test_errors_are_in_the_text_and_in_order(text: str) -> None:
    dockerfile = parse(text)
    starts = [error.span.start for error in dockerfile.errors]
    assert starts == sorted(starts)
    assert all(Span(0, len(text)).holds(error.span) for error in dockerfile.errors)
    assert bool(dockerfile.errors) == (dockerfile.first_error is not None)


@given(TEXTS)
def test_text_parts_make_the_joined_line(text: str) -> None:
    dockerfile = parse(text)
    for instruction in dockerfile.instructions:
        parts = [part for part in instruction.parts if part.kind == "text"]
        assert "".join(dockerfile.source[part.span] for part in parts).find(instruction.rest.text) >= 0


def hostile() -> Iterator[str]:
    """Each is 200 kB of something that a careless reader takes quadratic time or a deep stack for."""
    size = 200_000
    yield "FROM a\nRUN a \\\n" + "b \\\n" * (size // 4)
    yield "FROM a\nRUN a \\\n" + "\n" * size
    yield "FROM a\n" + "RUN <<A\n" * (size // 8)
    yield "FROM a\n" + "RUN <<A\nA\n" * (size // 10)
    yield "FROM a\nRUN " + "<<A " * (size // 4)
    yield "FROM a\nRUN <<" + " " * size + "<"
    yield "FROM a\nENV a=" + "\"'" * (size // 2)
    yield "FROM a\nENV " + 'a="b" ' * (size // 6)
    yield "FROM a\nENV a=" + "\\" * size
    yield "FROM a\nENV a=" + "${a:-" * (size // 5)
    yield "FROM a\nRUN " + "--a " * (size // 4)
    yield "FROM a\nRUN --mount=" + "a=b," * (size // 4)
    yield "FROM a\nRUN [" + "[" * size
    yield "FROM a\nRUN [" + '"a",' * (size // 4)
    yield "FROM a\nRUN [" + " " * size + "x"
    yield "FROM a\nHEALTHCHECK --interval=" + "1h" * (size // 2) + " CMD x"
    yield "FROM a\n" + "ONBUILD " * (size // 8)
    yield "# escape=a" + " " * size + "b\nFROM a"
    yield "FROM a AS " + "a" * size + "!"


@pytest.mark.parametrize("text", list(hostile()), ids=lambda text: repr(text[-12:]))
def test_hostile_texts_are_read_to_the_end(text: str) -> None:
    assert str(parse(text)) == text
