"""The plain reader of YAML says what libyaml says, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dockwright.inputs import yamlplain, yamltext
from dockwright.source import Source

COMPOSE = """# services
services:
  web:
    build: .
    image: "a:b"  # a name
    ports:
    - "80:80"
    environment:
      - A=b
      - name: x
        value: 'y z'
    command: [uvicorn, "app:main", --reload]
    depends_on: []
volumes:
  db:
"""
PIECES = [
    "a: b", "- x", "  ", "\n", ":", " #c", "#", "'q'", '"q"', "[a, b]", "[]", "{}", "key:", "- k: v", "\n- ", "\n  ", "-", "?", "&a",
    "*a", "!t", "|", ">", "\t", "é", "~", "<<: ", "---\n", "...", "%", "'", '"', ",", "]", "[", "0", "=", "\r", "a:b", "\\",
]  # fmt: skip
DATA = Path(__file__).parents[1]


def same(text: str) -> bool:
    """Does the plain reader answer? Then libyaml answers the same."""
    found = yamlplain.read(text)
    if found is None:
        return False
    assert yamltext.full(Source("x.yaml", text)) == (found, ())
    return True


def test_a_usual_file_is_read() -> None:
    assert same(COMPOSE)


@pytest.mark.parametrize("path", sorted(DATA.glob("examples/*/compose*.yaml")), ids=lambda path: path.parent.name)
def test_the_examples_are_read_as_libyaml_reads_them(path: Path) -> None:
    same(path.read_text(encoding="utf-8"))


@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
@example("a: [b, c]\n")
@example("- a: b\n  c:\n  - d\n")
def test_any_text_is_read_as_libyaml_reads_it_or_not_at_all(text: str) -> None:
    same(text)


@given(st.integers(0, len(COMPOSE)), st.sampled_from(PIECES), st.integers(0, 4))
def test_a_slip_in_a_usual_file(at: int, piece: str, lost: int) -> None:
    same(COMPOSE[:at] + piece + COMPOSE[at + lost :])


@pytest.mark.parametrize(
    "text", ["", "a", "a: *b", "a: |\n  b", "a: b\n c", "? a", "a: b: c", '"a": b', "a: {b: c}", "%x"]
)
def test_what_is_unusual_is_left_to_libyaml(text: str) -> None:
    assert yamlplain.read(text) is None
