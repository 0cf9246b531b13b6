"""Remedies of failed installations: what is read from a log, and the smallest edits of the lines that call pip."""

from __future__ import annotations

import pytest

from dockwright.diagnose import diagnose
from dockwright.facts.dropped import below, bound
from dockwright.facts.wheels import first_wheel
from dockwright.finding import Remedy, Safety
from dockwright.log import read
from dockwright.project import Project
from dockwright.remedy_pip import calls, interpreter, parent_bound, plain
from dockwright.remedy_release import nearest
from dockwright.remedy_seen import clash, seen, unsuited

FAILED = "The command '/bin/sh -c {}' returned a non-zero code: 1\n"


def legacy(dockerfile: str, output: str) -> str:
    """A log of the classic builder in which the last instruction fails with this output."""
    lines = [line for line in dockerfile.split("\n") if line]
    steps = "".join(f"Step {at}/{len(lines)} : {line}\n ---> 0123456789ab\n" for at, line in enumerate(lines, 1))
    head = steps[: steps.rindex(" ---> ")]
    return f"{head} ---> Running in 0123456789ab\n{output}{FAILED.format(lines[-1][4:])}"


def remedies(dockerfile: str, output: str, **files: str) -> tuple[Remedy, ...]:
    project = Project.of({"Dockerfile": dockerfile, **{name.replace("__", "."): text for name, text in files.items()}})
    return diagnose(read(legacy(dockerfile, output)), project).ranked[0].finding.remedies


def mended(dockerfile: str, output: str, **files: str) -> dict[str, str]:
    """The files after the first remedy that edits."""
    texts = {"Dockerfile": dockerfile, **{name.replace("__", "."): text for name, text in files.items()}}
    best = next(remedy for remedy in remedies(dockerfile, output, **files) if remedy.patch)
    return best.patch.apply(texts)


OLD_PIP = """Collecting numpy
    RuntimeError: Python version >= 3.6 required.
Command "python setup.py egg_info" failed with error code 1 in /tmp/pip-build-abc/numpy/
You are using pip version 8.1.1, however version 20.1.1 is available.
"""


def test_an_old_pip_is_brought_to_the_newest_that_the_python_takes() -> None:
    text = "FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install numpy\n"
    changed = mended(text, OLD_PIP)
    assert changed["Dockerfile"].split("\n")[2] == 'RUN pip3 install --upgrade "pip<21"'


def test_within_a_chain_pip_is_called_as_a_module() -> None:
    text = "FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y python3-pip && pip3 install numpy\n"
    assert '&& python3 -m pip install --upgrade "pip<21" && pip3 install numpy' in mended(text, OLD_PIP)["Dockerfile"]


def test_tools_that_the_line_asks_for_get_bounds() -> None:
    text = "FROM ubuntu:16.04\nRUN pip install --upgrade pip setuptools wheel\n"
    output = """pkg_resources/py2_warn.py:15: UserWarning: Setuptools no longer works on Python 2
Command "python setup.py egg_info" failed with error code 32 in /tmp/pip-build-abc/setuptools/
You are using pip version 8.1.1, however version 20.1.1 is available.
"""
    line = 'RUN pip install --upgrade "pip<21" "setuptools<45" "wheel<0.38"\n'
    assert mended(text, output)["Dockerfile"].endswith(line)


NOT_FOR_2 = """DEPRECATION: Python 2.7 reached the end of its life on January 1st, 2020.
ERROR: Could not find a version that satisfies the requirement Django==2.2.10 (from -r requirements.txt (line 1)) (from versions: 1.1, 1.11.29)
ERROR: No matching distribution found for Django==2.2.10 (from -r requirements.txt (line 1))
"""


def test_a_pin_that_python_2_never_had_asks_for_a_newer_image_or_an_older_release() -> None:
    text = "FROM python:2\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    found = remedies(text, NOT_FOR_2)
    assert found[0].safety is Safety.RISKY and found[0].title.startswith("Use `python:3.")
    assert any("`Django<2`" in remedy.title for remedy in found)


def test_without_a_file_nothing_is_edited_and_the_line_is_told() -> None:
    text = "FROM python:2\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    found = diagnose(read(legacy(text, NOT_FOR_2))).ranked[0].finding
    assert found.where is None
    assert found.remedies and all(remedy.safety is Safety.ADVICE and not remedy.patch for remedy in found.remedies)
    assert any("write `python:3." in remedy.title for remedy in found.remedies)


LACKING = """ERROR: Could not find a version that satisfies the requirement idna==2.99 (from -r requirements.txt (line 2)) (from versions: 2.8, 3.0, 3.6, 3.7rc1)
ERROR: No matching distribution found for idna==2.99
"""


def test_a_requirements_file_that_is_there_is_edited() -> None:
    text = "FROM python:3.12\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    changed = mended(text, LACKING, requirements__txt="flask\nidna==2.99  # for requests\n")
    assert changed == {"requirements.txt": "flask\nidna==2.8  # for requests\n"}


def test_a_requirements_file_that_is_not_known_is_told_by_line() -> None:
    text = "FROM python:3.12\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
    found = remedies(text, LACKING)
    assert not any(remedy.patch for remedy in found)
    assert found[0].title.startswith("In requirements.txt, line 2, write `idna==2.8` for idna==2.99")


def test_what_comes_along_is_bounded_on_the_command_line() -> None:
    text = "FROM python:3.4\nRUN pip install -r requirements.txt\n"
    output = """Collecting colorama (from sniffer->-r requirements.txt (line 8))
colorama requires Python '>=2.7, !=3.4.*' but the running Python is 3.4.10
You are using pip version 19.0.3, however version 19.1.1 is available.
"""
    assert mended(text, output)["Dockerfile"].endswith('RUN pip install -r requirements.txt "colorama<0.4.2"\n')


def test_the_name_given_up_gives_way_to_its_last_release() -> None:
    text = "FROM python:3.6\nRUN pip install locustio\n"
    output = "**** Locust package has moved from 'locustio' to 'locust'. Please update your reference ****\nFailed to build locustio\n"
    assert mended(text, output)["Dockerfile"].endswith("RUN pip install locustio==0.14.6\n")


def test_a_build_in_its_own_environment_is_constrained() -> None:
    text = "FROM python:3.12\nRUN pip install PyYAML==5.4.1\n"
    output = """  Getting requirements to build wheel: started
      AttributeError: 'build_ext' object has no attribute 'cython_sources'
"""
    lines = mended(text, output)["Dockerfile"].split("\n")
    assert lines[1] == "RUN echo 'cython<3' > /tmp/build-constraints.txt"
    assert lines[2].startswith(
        "RUN PIP_CONSTRAINT=/tmp/build-constraints.txt PIP_BUILD_CONSTRAINT=/tmp/build-constraints.txt pip install"
    )


def test_python_h_of_python_2() -> None:
    text = "FROM ubuntu:14.04\nRUN apt-get update && apt-get install -y gcc\nRUN pip install GeoIP\n"
    output = "py_GeoIP.c:21:20: fatal error: Python.h: No such file or directory\nFailed in /tmp/pip_build_root/GeoIP\n"
    assert "apt-get install -y gcc python-dev\n" in mended(text, output)["Dockerfile"]


def test_a_conflict_names_the_pin_to_relax() -> None:
    text = "FROM python:3.12\nRUN pip install fastapi==0.115.0 starlette==0.27.0\n"
    output = """ERROR: Cannot install fastapi==0.115.0 and starlette==0.27.0 because these package versions have conflicting dependencies.

The conflict is caused by:
    The user requested starlette==0.27.0
    fastapi 0.115.0 depends on starlette<0.39.0 and >=0.37.2

ERROR: ResolutionImpossible: for help visit
"""
    assert clash(output) == ("starlette", "fastapi 0.115.0", "<0.39.0,>=0.37.2")
    assert mended(text, output)["Dockerfile"].endswith('RUN pip install fastapi==0.115.0 "starlette<0.39.0,>=0.37.2"\n')


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("error: numpy 1.14.5 is installed but numpy>=1.15 is required by {'numba'}", "numpy~=1.15.0"),
        (
            "VersionConflict: (pycodestyle 2.6.0 (/x), Requirement.parse('pycodestyle<2.6.0,>=2.5.0'))",
            "pycodestyle<2.6.0,>=2.5.0",
        ),
        ("nothing of the kind", ""),
    ],
)
def test_what_is_installed_does_not_suit(line: str, wanted: str) -> None:
    assert unsuited(line) == wanted


@pytest.mark.parametrize(
    ("specifier", "offered", "best"),
    [
        ("==3.2.0.8", ("3.4.2.17", "3.4.3.18", "4.0.0"), "3.4.2.17"),
        ("==0.11.6", ("0.11", "0.11.1"), "0.11.1"),
        ("==99.0", ("3.6", "3.7", "4.0rc1"), "3.7"),
        (">=2", ("1.0",), ""),
        ("==1.0", ("not-a-version!", "1.1"), "1.1"),
        ("==1.0", (), ""),
    ],
)
def test_the_nearest_release(specifier: str, offered: tuple[str, ...], best: str) -> None:
    assert nearest(specifier, offered) == best


def test_what_an_output_tells() -> None:
    project = Project(name="x", tree=Project.of({}).tree, output=OLD_PIP)
    known = seen(project)
    assert (known.pip, known.culprit, known.legacy) == ((8, 1, 1), "numpy", True)
    assert known.last is not None and known.last.name == "numpy" and known.last.direct


def test_bounds_of_old_pythons() -> None:
    assert below("numpy", "2.7") == "numpy<1.17"
    assert below("Pillow", "3.5") == "Pillow<8"
    assert below("pip", "3.4") == "pip<19.2" and below("pip", "2.7") == "pip<21"
    assert below("numpy", "3.13") == "" and bound("unheard-of", "2.7") == ""
    assert parent_bound("gitdb2>=2.0.0->GitPython==2.1.1->buster", "2.7") == "gitdb2<3"
    assert first_wheel("pillow", "3.13", "linux/amd64", "glibc", "10.2.0") >= "10.4"


def test_calls_and_their_pythons() -> None:
    from dockwright.finding import Place
    from dockwright.remedy_packages import around
    from dockwright.source import Source, Span

    text = "FROM python:3.12\nRUN cd /a && /opt/venv/bin/pip install -r a.txt --timeout 9 flask[async]==2 ./local && python2.7 -m pip install six\n"
    source = Source("Dockerfile", text)
    one, two = calls(around(Place(source, Span(text.index("RUN"), len(text)))))
    assert [plain(word.literal) for word in one.names] == ["flask"] and one.files == ("a.txt",) and one.local
    assert interpreter(one.installer) == "/opt/venv/bin/python" and interpreter(two.installer) == "python2.7"
    assert interpreter("pip3") == "python3" and not one.first


def test_a_conflict_as_uv_says_it() -> None:
    text = "FROM python:3.12\nRUN uv pip install --system starlette==0.27.0 fastapi==0.115.0\n"
    output = """  × No solution found when resolving dependencies:
  ╰─▶ Because fastapi==0.115.0 depends on starlette>=0.37.2,<0.39.0 and you
      require fastapi==0.115.0, we can conclude that you require
      starlette>=0.37.2,<0.39.0.
      And because you require starlette==0.27.0, we can conclude that your
      requirements are unsatisfiable.
"""
    assert clash(output) == ("starlette", "fastapi==0.115.0", ">=0.37.2,<0.39.0")
    line = 'RUN uv pip install --system "starlette>=0.37.2,<0.39.0" fastapi==0.115.0\n'
    assert mended(text, output)["Dockerfile"].endswith(line)


def test_uv_builds_with_a_constraint_of_its_own() -> None:
    text = "FROM python:3.12\nRUN uv venv && uv pip install PyYAML==5.4.1\n"
    output = "  AttributeError: 'build_ext' object has no attribute 'cython_sources'\n"
    written = "uv venv && echo 'cython<3' > /tmp/build-constraints.txt && uv pip install --build-constraints /tmp/build-constraints.txt PyYAML"
    assert written in mended(text, output)["Dockerfile"]
