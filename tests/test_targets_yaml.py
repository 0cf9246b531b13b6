"""The YAML tree: spans, merge keys, limits."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dockwright.inputs import yamltext as yaml
from dockwright.inputs.interpolate import dotenv, interpolate
from dockwright.source import Source


def spans(node: yaml.Node) -> list[tuple[int, int]]:
    found = [(node.span.start, node.span.end)]
    for child in node.items if isinstance(node, yaml.Sequence) else ():
        found += spans(child)
    for key, value in yaml.pairs(node):
        found += [*spans(key), *spans(value)]
    return found


def test_spans_are_offsets_of_characters() -> None:
    source = Source("x", "\ufeffä: ü\nb:\n  - 'c'\nd: 1\n")
    node, problems = yaml.read(source)
    assert problems == ()
    (a, u), (b, items), (d, one) = yaml.pairs(node)
    assert [source[span] for span in (a.span, u.span, b.span, d.span, one.span)] == ["ä", "ü", "b", "d", "1"]
    assert source[yaml.items(items)[0].span] == "'c'"
    assert source[items.span] == "- 'c'"


def test_plain_data() -> None:
    node, _ = yaml.read(Source("x", "a: 1\nb: '1'\nc: [true, ~, x]\nd: {<<: {e: 2, f: 3}, f: 4}\n"))
    assert yaml.plain(node) == {"a": 1, "b": "1", "c": [True, None, "x"], "d": {"e": 2, "f": 4}}


def test_expansion_is_bounded() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    node, _ = yaml.read(Source("x", "\n".join(lines)))
    yaml.plain(node)


def test_hostile_texts_are_problems() -> None:
    for text in ("[" * 3000, "a: &a [*a]", "\udc80", "a: \x00", "&a : *b"):
        node, problems = yaml.read(Source("x", text))
        assert node is None and len(problems) == 1, text


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@, \n\t~<ü\ufeff", max_size=60))
def test_any_text_is_read(text: str) -> None:
    node, problems = yaml.read(Source("x", text))
    assert node is None or not problems
    for start, end in spans(node) if node is not None else ():
        assert 0 <= start <= end <= len(text)


@given(st.text(alphabet="${}:-+?AB_ 1", max_size=60))
def test_any_text_is_interpolated(text: str) -> None:
    interpolate(text, {"A": "1", "B": ""})


def test_interpolation() -> None:
    values = {"A": "1", "EMPTY": ""}
    for text, expected in {
        "$A-${A}": "1-1",
        "$$A": "$A",
        "${EMPTY:-x}": "x",
        "${EMPTY-x}": "",
        "${A:+y}${U:+y}${EMPTY+z}": "yz",
        "${U:-${V:-deep}}": "deep",
        "100$": "100$",
    }.items():
        assert interpolate(text, values).text == expected, text
    assert interpolate("${U:?must be set}$V", values).unset == ("U", "V")


def test_values_do_not_grow_without_end() -> None:
    names = [f"A{n}" for n in range(30)]
    lines = ["A0=xxxxxxxxxx"] + [f"{new}=" + f"${{{old}}}" * 10 for old, new in pairwise(names)]
    assert max(map(len, dotenv("\n".join(lines)).values())) <= 1_000_000
