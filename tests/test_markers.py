"""Markers of the usual forms are evaluated as `packaging` evaluates them; of others nothing is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import InvalidMarker, Marker, UndefinedComparison

from dockwright.inputs.markers import evaluate

ENVIRONMENT = {
    "python_version": "3.10", "python_full_version": "3.10.4", "os_name": "posix", "sys_platform": "linux",
    "platform_system": "Linux", "platform_machine": "x86_64", "platform_release": "", "platform_version": "",
    "implementation_name": "cpython", "platform_python_implementation": "CPython", "implementation_version": "3.10.4",
    "extra": "Dev_x",
}  # fmt: skip
ATOMS = st.builds(
    "{} {} {}{}{}".format,
    st.sampled_from([*ENVIRONMENT, "python"]),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "~=", "in", "==="]),
    st.just('"'),
    st.sampled_from(["3.9", "3.10", "3.10.4", "3.*", "3.10.*", "4", "linux", "win32", "Linux", "CPython", "posix", "dev-x", "", "3.10rc1"]),
    st.just('"'),
)  # fmt: skip


@given(st.lists(ATOMS, min_size=1, max_size=4), st.lists(st.sampled_from([" and ", " or "]), min_size=3, max_size=3))
def test_agrees_with_packaging(atoms: list[str], joints: list[str]) -> None:
    text = atoms[0] + "".join(joint + atom for joint, atom in zip(joints, atoms[1:], strict=False))
    ours = evaluate(text, ENVIRONMENT)
    try:
        theirs = Marker(text).evaluate(dict(ENVIRONMENT))
    except (InvalidMarker, UndefinedComparison):
        return
    assert ours in (None, theirs), text


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('python_version >= "3.9" and python_version < "4.0"', True),
        ('sys_platform == "win32"', False),
        ("platform_system == 'Windows' or os_name == 'posix'", True),
        ('extra == "dev-x"', True),
        ('python_full_version < "3.10.0" and sys_platform == "linux" or python_version ~= "3.8"', True),
        ('(python_version >= "3.9")', None),
        ('"3.9" <= python_version', None),
        ('platform_release >= "5"', None),
        ("python_version", None),
        ("", None),
    ],
)
def test_the_usual_forms(text: str, holds: bool | None) -> None:
    assert evaluate(text, ENVIRONMENT) is holds
