"""Versions and specifiers are compared as `packaging` compares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion as Invalid
from packaging.version import Version

from dockwright.inputs.versions import InvalidVersion, fits, older, version

NUMBERS = st.integers(0, 12)
VERSIONS = st.builds(
    lambda epoch, release, pre, post, dev, local: f"{epoch}{'.'.join(map(str, release))}{pre}{post}{dev}{local}",
    st.sampled_from(["", "", "", "1!", "0!", "v"]),
    st.lists(NUMBERS, min_size=1, max_size=4),
    st.sampled_from(["", "", "a1", "b2", "rc1", "-alpha", ".beta3", "_pre_2", "c1", "preview4"]),
    st.sampled_from(["", "", ".post1", "-1", "post", ".rev2", "-r3"]),
    st.sampled_from(["", "", ".dev0", "dev3", "-dev"]),
    st.sampled_from(["", "", "+cpu", "+cu118", "+1.2", "+local-3"]),
)
CLAUSES = st.builds(
    lambda operator, text, wild: f"{operator}{text}{wild}",
    st.sampled_from(["==", "!=", "<=", ">=", "<", ">", "~=", "==="]),
    VERSIONS,
    st.sampled_from(["", "", "", ".*"]),
)


@given(VERSIONS, VERSIONS)
def test_order(one: str, two: str) -> None:
    assert older(one, two) is (Version(one) < Version(two))


@given(VERSIONS, CLAUSES)
def test_fits(candidate: str, clause: str) -> None:
    try:
        expected = SpecifierSet(clause).contains(candidate, prereleases=True)
    except (InvalidSpecifier, Invalid):
        return
    assert fits(candidate, clause) is expected


@given(st.text(alphabet="0123456789.!+-_abcdevoprstwx* ", max_size=14))
def test_what_is_a_version(text: str) -> None:
    try:
        Version(text)
    except Invalid:
        with pytest.raises(InvalidVersion):
            version(text)
    else:
        version(text)


def test_clauses_are_all_met() -> None:
    assert fits("1.4.2", ">=1.2, <2, !=1.4.1")
    assert not fits("1.4.1", ">=1.2, <2, !=1.4.1")
    assert fits("1.0", "")
