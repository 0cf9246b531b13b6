"""pip's requirements files. Where packaging or pip has its say, ours must agree."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Packaging

from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.requirement import Malformed
from dockwright.inputs.requirement import parse as parse_one
from dockwright.inputs.requirements import Line, RequirementsFile, parse, read_all
from dockwright.inputs.tree import ListTree
from dockwright.source import Source, Span


def read(text: str) -> RequirementsFile:
    return parse(Source("requirements.txt", text))


def only(text: str) -> Line:
    (line,) = read(text).lines
    return line


REAL = """\
# made by hand
--index-url https://user:secret@index.example/simple
-i https://other.example/simple --trusted-host other.example

Flask[async,dotenv] >= 2.0, < 3   # web
uvicorn[standard]==0.30.1 ; python_version >= "3.8" and sys_platform != 'win32'
requests @ https://files.example/requests-2.32.3-py3-none-any.whl
git+https://git.example/team/lib.git@v1#egg=lib&subdirectory=src
-e git+ssh://git@git.example/team/tool.git#egg=tool
-e .[dev]
./packages/core
./wheels/x-1.0-py3-none-any.whl
local.whl
-r more/other.txt
-c constraints.txt
--find-links=/wheels
--pre
numpy==1.26.4 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
pkg (>=1.0,!=1.5)
token-lib @ https://${TOKEN}@git.example/x.zip
"""


def test_every_kind_of_line() -> None:
    file = read(REAL)
    assert file.problems == ()
    assert [line.kind for line in file.lines] == [
        "option", "option", "requirement", "requirement", "requirement", "requirement", "editable", "editable",
        "requirement", "requirement", "requirement", "include", "constraint", "option", "option", "requirement",
        "requirement", "requirement",
    ]  # fmt: skip
    names = [requirement.name for requirement in file.requirements]
    assert names == ["Flask", "uvicorn", "requests", "lib", "tool", None, None, None, None, "numpy", "pkg", "token-lib"]


def test_parts_of_a_requirement() -> None:
    flask = only("Flask[async, dotenv] >= 2.0, < 3   # web\n").requirement
    assert flask is not None
    assert (flask.extras, flask.specifiers, flask.pinned) == (("async", "dotenv"), ((">=", "2.0"), ("<", "3")), None)
    uvicorn = only('uvicorn==0.30.1 ; python_version >= "3.8"').requirement
    assert uvicorn is not None
    assert (uvicorn.marker, uvicorn.pinned, uvicorn.key) == ('python_version >= "3.8"', "0.30.1", "uvicorn")


def test_where_it_comes_from() -> None:
    vcs = only("git+https://git.example/x.git#egg=lib").requirement
    assert vcs is not None and (vcs.vcs, vcs.name) == ("git", "lib")
    local = only("./pkg[dev] ; python_version > '3'").requirement
    assert local is not None and (local.path, local.extras, local.marker) == ("./pkg", ("dev",), "python_version > '3'")
    archive = only("wheels/x-1.0.tar.gz").requirement
    assert archive is not None and archive.path == "wheels/x-1.0.tar.gz"


def test_spans_point_into_the_file() -> None:
    source = Source("requirements.txt", REAL)
    file = parse(source)
    line = file.line_of("NUMPY")
    assert line is not None and line.requirement is not None
    assert line.hashes == ("sha256:aaaa", "sha256:bbbb")
    assert source[line.options[1].span] == "--hash=sha256:bbbb"
    assert line.requirement.specifier_span is not None and source[line.requirement.specifier_span] == "==1.26.4"
    assert line.requirement.name_span is not None and source[line.requirement.name_span] == "numpy"
    assert file.place(line.options[0].span).line == 19
    assert file.requires_hashes


def test_words_after_options_are_ignored_as_pip_does() -> None:
    line = only("-e ./pkg ; python_version < '3'")
    assert line.requirement is not None and (line.requirement.path, line.requirement.marker) == ("./pkg", None)


def test_variables_are_kept() -> None:
    assert only("x @ https://${TOKEN}@git.example/x.zip").variables == ("TOKEN",)
    assert read("${WHOLE_LINE}\n").problems == ()


def test_comment_inside_of_a_continued_line_ends_it() -> None:
    assert [line.text for line in read("a \\\n# b \\\nc\n").lines] == ["a", "c"]


def test_byte_order_marks() -> None:
    assert [r.name for r in read("\ufeffflask\n").requirements] == ["flask"]
    utf16 = "flask==3.0\r\nnumpy\r\n".encode("utf-16").decode("utf-8", "surrogateescape")
    file = read(utf16)
    assert file.encoding.startswith("utf-16")
    assert [r.name for r in file.requirements] == ["flask", "numpy"]
    assert file.source.text.startswith("flask")


@pytest.mark.parametrize(
    ("text", "code", "marked"),
    [
        ("flask=2.0", "requirement-syntax", "=2.0"),
        ("flask==", "requirement-version", "=="),
        ("flask 2.0", "requirement-syntax", "2.0"),
        ("flask==2.0.banana", "requirement-legacy-version", "==2.0.banana"),
        ("flask>=1.*", "requirement-legacy-version", ">=1.*"),
        ("flask; python_verson > '3'", "requirement-marker", "python_verson > '3'"),
        ("==1.0", "requirement-name", "==1.0"),
        ("flask[async", "requirement-syntax", "[async"),
        ("flask --install-option=x", "requirements-option-removed", "--install-option=x"),
        ("-r", "requirements-option", "-r"),
        ("a --hash='x", "requirements-option", "'"),
        ("--no-such", "requirements-option", "--no-such"),
        ("pip install flask", "requirement-syntax", "install"),
        ("<<<<<<< HEAD", "requirement-name", "<<<<<<< HEAD"),
    ],
)
def test_what_pip_refuses_is_a_problem(text: str, code: str, marked: str) -> None:
    file = read(f"ok==1\n{text}\nalso-ok\n")
    (problem,) = file.problems
    assert problem.code == code
    assert problem.place is not None
    assert file.source[problem.place.span] == marked
    assert problem.place.line == 2
    assert [line.kind for line in file.lines] == ["requirement", "invalid", "requirement"]


def test_nul_characters_are_a_problem() -> None:
    assert [problem.code for problem in read("f\0l\0").problems] == ["requirements-encoding"]


def test_nested_files_are_seen_from_the_one_that_names_them() -> None:
    tree = OverlayTree(ListTree(["listed.txt"]), {
        "requirements/dev.txt": "-r base.txt\n-c ../constraints.txt\n-r ../listed.txt\n-r gone.txt\npytest\n",
        "requirements/base.txt": "-r dev.txt\nflask\n",
        "constraints.txt": "flask<3\n",
    })  # fmt: skip
    found = read_all(tree, "requirements/dev.txt")
    assert [(i.path, i.constraint, i.file is not None, i.known) for i in found] == [
        ("requirements/dev.txt", False, True, True),
        ("requirements/base.txt", False, True, True),
        ("constraints.txt", True, True, True),
        ("listed.txt", False, False, False),
        ("requirements/gone.txt", False, False, True),
    ]
    assert found[4].place is not None and found[4].place.line == 4


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,5}", fullmatch=True)
VERSIONS = st.sampled_from(
    ["1", "1.0", "2.*", "1.0rc1", "1.0.post2", "1.0.dev3", "1!2.0", "1.0+abc", "banana", "v1", "1.0-1", ""]
)
OPERATORS = st.sampled_from(["==", ">=", "<=", "<", ">", "!=", "~=", "===", "="])
SPECIFIERS = st.lists(st.tuples(OPERATORS, VERSIONS).map("".join), max_size=3).map(",".join)


@settings(max_examples=300)
@given(NAMES, st.sampled_from(["", "[a]", "[a,b]", "[]"]), SPECIFIERS)
@example("a", "", "==1.0.post2.dev3")
def test_agrees_with_packaging(name: str, extras: str, specifiers: str) -> None:
    text = f"{name}{extras}{specifiers}"
    if text.lower().endswith((".whl", ".zip", ".tar", ".tgz")) or "===," in f"{text},":
        return  # archives are paths to pip; packaging takes `===` without a version
    try:
        theirs = Packaging(text)
    except InvalidRequirement:
        with pytest.raises(Malformed):
            parse_one(text)
        return
    ours = parse_one(text)
    assert (ours.name, set(ours.extras)) == (theirs.name, theirs.extras)
    assert {operator + version for operator, version in ours.specifiers} == {str(s) for s in theirs.specifier}


def inside(span: Span | None, text: str) -> bool:
    return span is None or 0 <= span.start <= span.end <= len(text)


@settings(max_examples=300)
@given(st.text(alphabet="ab1.=<>~![](),;@#$ \\\n\r\t-'\"{}/:_\ufeff\x85", max_size=60))
def test_any_text_is_read(text: str) -> None:
    file = read(text)
    for line in file.lines:
        assert inside(line.span, text)
        assert all(inside(option.span, text) for option in line.options)
        if line.requirement:
            assert all(inside(s, text) for s in (line.requirement.span, line.requirement.name_span))
            assert inside(line.requirement.specifier_span, text)
    for problem in file.problems:
        assert problem.place is not None and inside(problem.place.span, text)


def test_long_hostile_lines_are_read_in_linear_time() -> None:
    for piece in ("\\\n", "a \\\n", "'", '"', "--hash=x ", "[", "a==1,", "#", "${A}", "; ", "'\"", '\\"'):
        read("x" + piece * 50_000)
