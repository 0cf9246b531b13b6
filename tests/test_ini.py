"""INI files: what the standard library's reader makes of them, and the same on texts that nobody wrote by hand."""

from __future__ import annotations

from configparser import ConfigParser

from hypothesis import given
from hypothesis import strategies as st

from dockwright.inputs.ini import entries
from dockwright.source import Source

NAMES = st.from_regex(r"[a-z][a-z_-]{0,8}[a-z]", fullmatch=True)
VALUES = st.text(
    st.characters(codec="ascii", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e", exclude_categories=["Cc"]), max_size=20
)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Sections of settings, some of them going on over lines, with comments and empty lines between."""
    lines = []
    for section in draw(st.lists(st.sampled_from(["global", "install", "list"]), min_size=1, unique=True)):
        lines.append(f"[{section}]")
        for name in draw(st.lists(NAMES, max_size=3, unique_by=lambda name: name.replace("-", "_"))):
            lines.append(name + draw(st.sampled_from([" = ", "=", ": "])) + draw(VALUES))
            lines += [f"    {more}" for more in draw(st.lists(VALUES, max_size=2))]
            lines += draw(st.lists(st.sampled_from(["# one = 2", "; none", ""]), max_size=1))
    return "\n".join(lines) + "\n"


@given(files())
def test_the_settings_are_those_that_configparser_reads(text: str) -> None:
    theirs = ConfigParser(interpolation=None, strict=False)
    theirs.read_string(text)
    expected = {
        (section, name.replace("-", "_")): tuple(line for line in value.split("\n") if line)
        for section in theirs.sections()
        for name, value in theirs.items(section)
    }
    ours = {(entry.section, entry.name): entry.values for entry in entries(Source("pip.conf", text))}
    assert ours == expected
