"""Lock files that the real tools made (tests/data/locks, host names replaced), judged fresh; and stale after edits.

What each edit ought to give was asked of the tool itself: poetry check --lock, uv lock --check, npm ci --dry-run.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs.lock_poetry import dumped
from dockwright.inputs.lockfiles import FORMATS, Staleness, format_of, locks_in, pins, staleness
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.semver import fits
from dockwright.inputs.tree import DiskTree, ListTree
from dockwright.source import Source

DATA = Path(__file__).parent / "data" / "locks"
MADE = sorted(path.name for path in DATA.iterdir())


def judged(name: str, old: str = "", new: str = "", version: str | None = None) -> Staleness:
    tree = DiskTree(DATA / name)
    (lock,) = locks_in(tree)
    kind = format_of(lock)
    assert kind is not None
    text = tree.read(kind.manifest)
    assert isinstance(text, str) and old in text
    changed = OverlayTree(tree, {kind.manifest: text.replace(old, new)}) if old else tree
    return staleness(changed, kind.manifest, lock, version)


@pytest.mark.parametrize("name", MADE)
def test_what_a_tool_made_is_fresh(name: str) -> None:
    assert judged(name).answer is NO


@pytest.mark.parametrize("name", MADE)
def test_pins(name: str) -> None:
    tree = DiskTree(DATA / name)
    (lock,) = locks_in(tree)
    text = tree.read(lock)
    assert isinstance(text, str)
    found = {pin.name: pin for pin in pins(Source(lock, text))}
    wanted = {"is-odd", "ms", "inherits"} if FORMATS[lock].manifest == "package.json" else {"click", "idna"}
    assert wanted <= found.keys()
    for pin in found.values():
        assert pin.version[0].isdigit()
        assert pin.name in pin.place.source[pin.place.span]


@pytest.mark.parametrize(
    ("name", "old", "new", "answer"),
    [
        ("poetry-1.2", 'click = "^8.1"', 'click = "^8.0"', YES),
        ("poetry-1.7", 'click = "^8.1"', 'click = "^8.1"\nflask = "*"', YES),
        ("poetry-1.8", 'iniconfig = "^2"', 'iniconfig = "^2.0"', YES),
        ("poetry-1.8", 'description = ""', 'description = "other"', NO),
        ("poetry-2.1", "iniconfig>=2", "iniconfig>=2.0", NO),
        ("poetry-2.5", "iniconfig>=2", "iniconfig>=2.0", YES),
        ("poetry-2.1", "click>=8.1", "click>=8.2", YES),
        ("uv", "click>=8.1,<9", "click<9.0,>=8.1", NO),
        ("uv", "click>=8.1,<9", "click>=8.2,<9", YES),
        ("uv", "Idna==3.7 ;", "Idna==3.7.0 ;", NO),
        ("uv", 'version = "0.1.0"', 'version = "0.2.0"', YES),
        ("uv", '"toml"', '"toml>0"', YES),
        ("uv", '"toml"', '"toml", "flask"', YES),
        ("uv", ">=3.11", ">=3.12", YES),
        ("uv", "[x]", "", YES),
        ("uv", "3.13", "3.14", UNKNOWN),
        ("npm-3", "^2.1.0", "^2.1.2", NO),
        ("npm-3", "^2.1.0", "^3.0.0", YES),
        ("npm-1", "^2.1.0", "^3.0.0", YES),
        ("npm-1", '"ms"', '"left-pad": "1.3.0", "ms"', YES),
        ("npm-3", '"ms"', '"left-pad": "1.3.0", "ms"', YES),
        ("npm-3", '"ms": "^2.1.0", ', "", NO),
        ("npm-3", '"inherits"', '"fsevents": "^2.3.0", "inherits"', UNKNOWN),
        ("npm-3", '"^2.1.0"', '"latest"', UNKNOWN),
        ("yarn-1", "^2.1.0", "^2.1.1", YES),
        ("yarn-1", '"ms": "^2.1.0", ', "", NO),
        ("pnpm-9", "^2.1.0", "^2.1.1", YES),
        ("pnpm-9", '"ms": "^2.1.0", ', "", YES),
    ],
)
def test_after_an_edit(name: str, old: str, new: str, answer: Answer) -> None:
    assert judged(name, old, new).answer is answer


def test_the_version_of_the_tool_decides() -> None:
    """Poetry 2.1 finds the hash of 2.3 and later wrong; those read the hash of 2.1."""
    assert judged("poetry-2.5", version="2.1.4").answer is YES
    assert judged("poetry-2.1", version="2.5.1").answer is NO
    assert judged("poetry-1.8", version="2.1.4").answer is NO


def test_the_evidence_names_what_changed() -> None:
    found = judged("poetry-1.7", 'click = "^8.1"', 'click = "^8.1"\nflask = "*"')
    assert found.changed == ("flask",)
    first = found.evidence[0]
    assert first.place is not None and (first.place.source.name, first.text) == ("pyproject.toml", 'flask = "*"')
    npm = judged("npm-3", "^2.1.0", "^3.0.0")
    assert [evidence.says for evidence in npm.evidence] == ["the lock file has ms 2.1.3", "ms is locked here"]


PIPFILE = """\
[[source]]
url = "https://index.example/simple"
verify_ssl = true
name = "main"

[packages]
Click = ">=8.1"
idna = {version = "*", markers = "python_version > '3'"}

[dev-packages]
iniconfig = "*"

[requires]
python_version = "3.11"
"""


@pytest.mark.parametrize(
    "recorded",
    [
        "772593e24ff550b8bdf7fcf74eb8a8ba766757642508594b8f42b4df4d5a6248",  # plette, as pipenv used it until 2025
        "2eabf302a4dd056100f5c877e95607755fb8628f0b859f4bd26a906b1797c366",  # pipenv 2026.10
    ],
)
def test_pipfile(recorded: str) -> None:
    lock = f'{{"_meta": {{"hash": {{"sha256": "{recorded}"}}}}, "default": {{"click": {{"version": "==8.1.7"}}}}}}'
    tree = OverlayTree(ListTree(()), {"Pipfile": PIPFILE, "Pipfile.lock": lock})
    assert staleness(tree, "Pipfile", "Pipfile.lock").answer is NO
    changed = OverlayTree(tree, {"Pipfile": PIPFILE.replace(">=8.1", ">=8.2")})
    assert staleness(changed, "Pipfile", "Pipfile.lock").answer is YES
    (pin,) = pins(Source("Pipfile.lock", lock))
    assert (pin.name, pin.version, pin.groups) == ("click", "8.1.7", ("main",))


PDM = """\
[project]
name = "demo"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["click>=8.1,<9"]
[project.optional-dependencies]
net = ["idna>=3"]
[dependency-groups]
dev = ["iniconfig>=2"]
"""


def test_pdm() -> None:
    recorded = "aa64e86827a2e1d0bd473f99103d206d34e4df53e708f002c6b118f033e4f4c4"  # PDM 2.29.3
    lock = f'[metadata]\ncontent_hash = "sha256:{recorded}"\n[[package]]\nname = "click"\nversion = "8.1.7"\n'
    tree = OverlayTree(ListTree(()), {"pyproject.toml": PDM, "pdm.lock": lock})
    assert staleness(tree, "pyproject.toml", "pdm.lock").answer is NO
    changed = OverlayTree(tree, {"pyproject.toml": PDM.replace("idna>=3", "idna>=3.1")})
    assert staleness(changed, "pyproject.toml", "pdm.lock").answer is YES


def test_berry() -> None:
    lock = '__metadata:\n  version: 8\n\n"ms@npm:^2.1.0, ms@npm:^2.1.2":\n  version: 2.1.3\n'
    tree = OverlayTree(ListTree(()), {"package.json": '{"dependencies": {"ms": "^2.1.0"}}', "yarn.lock": lock})
    assert staleness(tree, "package.json", "yarn.lock").answer is NO
    assert [(pin.name, pin.version) for pin in pins(Source("yarn.lock", lock))] == [("ms", "2.1.3")]


def test_pylock() -> None:
    text = (
        'lock-version = "1.0"\n[[packages]]\nname = "attrs"\nversion = "25.1.0"\n[[packages.wheels]]\nname = "x.whl"\n'
    )
    assert [(pin.name, pin.version) for pin in pins(Source("pylock.dev.toml", text))] == [("attrs", "25.1.0")]


@pytest.mark.parametrize("name", MADE)
def test_marks_of_a_merge(name: str) -> None:
    tree = DiskTree(DATA / name)
    (lock,) = locks_in(tree)
    text = tree.read(lock)
    assert isinstance(text, str)
    broken = OverlayTree(tree, {lock: f"<<<<<<< HEAD\n{text}\n=======\n{text}\n>>>>>>> other\n"})
    assert staleness(broken, FORMATS[lock].manifest, lock).answer is YES


def test_what_is_not_known_stays_unknown() -> None:
    tree = ListTree(["pyproject.toml", "poetry.lock"])
    assert staleness(tree, "pyproject.toml", "poetry.lock").answer is UNKNOWN
    assert staleness(ListTree(()), "package.json", "yarn.lock").answer is UNKNOWN


@pytest.mark.parametrize("lock", FORMATS)
@given(st.text(alphabet='ab"[]{}=:,@\n \\<>#', max_size=60), st.text(alphabet='ab"[]{}=:,\n \\', max_size=40))
def test_any_text_is_judged(lock: str, text: str, manifest: str) -> None:
    named = FORMATS[lock].manifest
    for head in ("", '[[package]]\nname = "a"\nversion = "1"\n', '{"packages": {"": ', "[tool.poetry]\n"):
        tree = OverlayTree(ListTree(()), {lock: head + text, named: head + manifest})
        staleness(tree, named, lock)
        for pin in pins(Source(lock, head + text)):
            assert 0 <= pin.place.span.start <= pin.place.span.end <= len(head + text)


@pytest.mark.parametrize(
    ("wanted", "yes", "no"),
    [  # as node-semver answers
        ("^1.2.3", "1.9.0", "2.0.0"),
        ("^0.2.3", "0.2.9", "0.3.0"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("~1.2.3", "1.2.9", "1.3.0"),
        ("1.x", "1.9.9", "2.0.0"),
        ("*", "7.0.0", "1.0.0-rc.1"),
        (">=1.2.3 <2", "1.9.9", "2.0.0-rc.1"),
        ("1.2 - 2.3", "2.3.9", "2.4.0"),
        ("1.x || >=2.5.0", "3.0.0", "2.4.0"),
        ("^1.2.3-beta.2", "1.2.3-beta.11", "1.2.4-beta"),
        ("<1.2.3-beta.10 >1.2.3-beta.2", "1.2.3-beta.3", "1.2.3-beta.11"),
        (">=1.2.3-alpha <1.2.3", "1.2.3-beta", "1.2.3"),
    ],
)
def test_ranges_of_npm(wanted: str, yes: str, no: str) -> None:
    assert (fits(yes, wanted), fits(no, wanted)) == (YES, NO)


def test_what_is_no_range_is_unknown() -> None:
    assert fits("1.0.0", "latest") is UNKNOWN
    assert fits("1.0.0", "git+https://git.example/x.git") is UNKNOWN
    assert fits("one", "^1") is UNKNOWN


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_json_is_written_as_python_does(value: object) -> None:
    assert dumped(value) == json.dumps(value, sort_keys=True)


def test_what_nests_deeply_is_written_too() -> None:
    value: list[object] = []
    for _ in range(100):
        value = [{"a": value}]
    assert dumped(value) == json.dumps(value, sort_keys=True)
