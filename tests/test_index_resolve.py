"""Questions answered by a small index of our own: resolution, source archives, conflicts, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_index import Served, serve

from dockwright.index import uv
from dockwright.index.answer import answer
from dockwright.index.cache import Cache
from dockwright.index.client import Index
from dockwright.index.explain import sentence
from dockwright.index.fetch import Fetcher
from dockwright.index.question import Answer, Question, Release
from dockwright.index.resolve import read, unbuilt
from dockwright.index.settings import Settings
from dockwright.index.tags import allows, supported, uv_platform
from dockwright.index.weight import cuda, payload

pytestmark = pytest.mark.skipif(uv.binary() is None, reason="uv is not installed: nothing resolves")
LINUX = "manylinux_2_17_x86_64.manylinux2014_x86_64"


@pytest.fixture
def served() -> Iterator[Served]:
    with serve() as found:
        yield found


def asked(served: Served, root: Path, *lines: str, python: str = "3.11.9", **more: Any) -> Answer:
    index = Index(Settings(served.base), Cache(root), fetcher=Fetcher(connect=2), until=more.pop("until", ""))
    return answer(index, Question(python, libc_version="2.36", requirements=lines, **more))


def forms(found: Answer) -> list[tuple[str, str, str]]:
    return [(each.name, each.version, each.kind) for each in found.releases]


def test_what_is_required_comes_along(served: Served, tmp_path: Path) -> None:
    served.project("web", {"version": "1.0", "requires": ["core>=2"]})
    served.project("core", {"version": "1.0"}, {"version": "2.1"})
    found = asked(served, tmp_path, "web")
    assert forms(found) == [("core", "2.1", "wheel"), ("web", "1.0", "wheel")]
    assert found.complete and not found.troubles
    core = found.release("core")
    assert core is not None and core.via == ("web",) and core.size and core.sha256


def test_a_conflict_is_one_sentence_with_what_would_do(served: Served, tmp_path: Path) -> None:
    served.project("web", {"version": "1.0", "requires": ["core<2"]}, {"version": "2.0", "requires": ["core>=2"]})
    served.project("core", {"version": "1.0"}, {"version": "2.0"})
    (trouble,) = asked(served, tmp_path, "web==1.0", "core==2.0").troubles
    assert trouble.problem == "conflict"
    assert trouble.says == "web==1.0 needs core<2, but core==2.0 is asked for"
    assert set(trouble.involved) == {"web", "core"}
    assert set(trouble.relax) == {("web==2.0",), ("core==1.0",)}


def test_a_conflict_behind_another_and_the_pins_that_both_ask_for(served: Served, tmp_path: Path) -> None:
    served.project("web", {"version": "1.0", "requires": ["core<2"]}, {"version": "2.0", "requires": ["core>=2"]})
    served.project("tool", {"version": "1.0", "requires": ["core>=2", "base>=2"]})
    served.project("core", {"version": "1.0"}, {"version": "2.0"})
    served.project("base", {"version": "1.0"}, {"version": "2.0"})
    troubles = asked(served, tmp_path, "web==1.0", "tool==1.0", "core==1.0", "base==1.0").troubles
    assert {each.name for each in troubles} == {"core", "base"}
    assert {each.relax for each in troubles} == {(("base==2.0", "core==2.0", "web==2.0"),)}


def test_a_version_that_never_was(served: Served, tmp_path: Path) -> None:
    served.project("core", {"version": "1.0"}, {"version": "1.1"})
    (trouble,) = asked(served, tmp_path, "core==1.7").troubles
    assert (trouble.problem, trouble.near) == ("none", ("1.1", "1.0"))


def test_a_project_that_never_was(served: Served, tmp_path: Path) -> None:
    served.project("pip", {"version": "26.0"})
    (trouble,) = asked(served, tmp_path, "cores==1.7").troubles
    assert (trouble.problem, trouble.name) == ("none", "cores")


def test_what_knows_not_even_pip_is_no_index(served: Served, tmp_path: Path) -> None:
    found = asked(served, tmp_path, "core==1.7")
    assert not found.troubles and "pip" in found.unknown[0]


def test_a_release_for_newer_pythons(served: Served, tmp_path: Path) -> None:
    served.project("core", {"version": "1.0"}, {"version": "2.0", "python": ">=3.12"})
    (trouble,) = asked(served, tmp_path, "core==2.0").troubles
    assert (trouble.problem, trouble.near) == ("python", ("1.0",))
    assert ">=3.12" in trouble.says
    assert asked(served, tmp_path, "core").releases[0].version == "1.0"


def test_wheels_for_other_pythons_alone(served: Served, tmp_path: Path) -> None:
    served.project("fast", {"version": "1.0", "tag": f"cp38-cp38-{LINUX}"})
    (trouble,) = asked(served, tmp_path, "fast==1.0").troubles
    assert trouble.problem == "python"


def test_sources_are_weighed_and_never_run(served: Served, tmp_path: Path) -> None:
    served.project("fast", {"version": "1.0", "tag": ""}, {"version": "1.0", "tag": f"cp38-cp38-{LINUX}"})
    found = asked(served, tmp_path, "fast==1.0")
    assert forms(found) == [("fast", "1.0", "sdist")]
    assert found.releases[0].native and not found.troubles


def test_what_sources_require_comes_from_what_they_declare(served: Served, tmp_path: Path) -> None:
    served.project("fast", {"version": "1.0", "tag": "", "requires": ["core"]})
    served.project("core", {"version": "2.0"})
    assert forms(asked(served, tmp_path, "fast")) == [("core", "2.0", "wheel"), ("fast", "1.0", "sdist")]


def test_a_newer_release_with_sources_alone_is_what_pip_takes(served: Served, tmp_path: Path) -> None:
    served.project("fast", {"version": "1.0"}, {"version": "1.1", "tag": ""})
    assert forms(asked(served, tmp_path, "fast>=1")) == [("fast", "1.1", "sdist")]
    assert forms(asked(served, tmp_path, "fast>=1", only_binary=(":all:",))) == [("fast", "1.0", "wheel")]


def test_where_building_is_not_allowed_sources_are_none(served: Served, tmp_path: Path) -> None:
    served.project("fast", {"version": "1.0", "tag": ""})
    (trouble,) = asked(served, tmp_path, "fast", only_binary=("fast",)).troubles
    assert trouble.problem == "wheel"


def test_what_is_installed_stays_where_it_fits(served: Served, tmp_path: Path) -> None:
    served.project("web", {"version": "1.0", "requires": ["core>=2"]})
    served.project("core", {"version": "1.0"}, {"version": "2.0"}, {"version": "3.0"})
    kept = asked(served, tmp_path, "web", installed=("core==2.0",)).release("core")
    assert kept is not None and (kept.kind, kept.version) == ("installed", "2.0")
    changed = asked(served, tmp_path, "web", installed=("core==1.0",)).release("core")
    assert changed is not None and (changed.version, changed.replaces) == ("3.0", "1.0")
    assert [(each.by, each.specifier) for each in changed.demands] == [("web==1.0", ">=2")]


def test_the_world_of_another_day(served: Served, tmp_path: Path) -> None:
    served.project("core", {"version": "1.0"}, {"version": "2.0", "uploaded": "2025-03-01T00:00:00Z"})
    assert asked(served, tmp_path, "core", until="2024-06-01T23:59:59").releases[0].version == "1.0"


def test_markers_decide_what_is_asked(served: Served, tmp_path: Path) -> None:
    served.project("core", {"version": "1.0"})
    lines = ('missing ; python_version < "3.8"', 'gone==1 ; sys_platform == "win32"', "core")
    found = asked(served, tmp_path, *lines)
    assert forms(found) == [("core", "1.0", "wheel")] and not found.troubles


def test_nothing_is_claimed_of_names_from_elsewhere(served: Served, tmp_path: Path) -> None:
    served.project("web", {"version": "1.0", "requires": ["core<2"]})
    served.project("core", {"version": "1.0"})
    found = asked(served, tmp_path, "web", "core==2.0", outside=("core",))
    assert not found.troubles and not found.complete


def test_an_index_that_fails_leaves_everything_open(served: Served, tmp_path: Path) -> None:
    served.replies["/simple/core/"] = (500, {}, b"")
    found = asked(served, tmp_path, "core==1.0")
    assert not found.troubles and not found.releases and found.unknown


def test_platforms_without_tables_are_said(served: Served, tmp_path: Path) -> None:
    assert asked(served, tmp_path, "core", platform="linux/s390x").unknown
    assert not served.asked


# -- parts ------------------------------------------------------------------------------------------------------------


def test_the_nearest_platform_that_uv_names() -> None:
    assert uv_platform(Question("3.11", libc_version="2.41")) == "x86_64-manylinux_2_40"
    assert uv_platform(Question("3.11", libc_version="2.29", platform="linux/arm64")) == "aarch64-manylinux_2_28"
    assert uv_platform(Question("3.11", libc="musl", libc_version="1.2")) == "x86_64-unknown-linux-musl"
    assert uv_platform(Question("3.11", libc_version="")) is None


def test_tags_of_an_image() -> None:
    tags = supported((3, 11), "x86_64", "glibc", "2.28")
    assert "cp311-cp311-manylinux_2_28_x86_64" in tags and "cp38-abi3-manylinux2014_x86_64" in tags
    assert "cp311-cp311-manylinux_2_31_x86_64" not in tags and "cp311-cp311-musllinux_1_1_x86_64" not in tags
    assert tags["cp311-cp311-manylinux_2_28_x86_64"] < tags["py3-none-any"]


@pytest.mark.parametrize(
    ("specifier", "python", "answer"),
    [
        (">=3.8", "3.11", True),
        (">=3.8.1", "3.8", None),
        ("<3.11", "3.11", False),
        ("", "3.8", True),
        ("garbage!", "3.8", True),
    ],
)
def test_requires_python(specifier: str, python: str, answer: bool | None) -> None:
    assert allows(specifier, python) is answer


def test_lines_of_uv() -> None:
    found = read("blinker==1.9.0   # via flask\nflask[async]==3.1.3  # via -r -, other\n# a comment\n\nerror: no\n")
    assert [(each.name, each.version, each.via) for each in found] == [
        ("blinker", "1.9.0", ("flask",)),
        ("flask", "3.1.3", ("other",)),
    ]


# recorded from uv 0.13.9
UNBUILT = """error: No solution found when resolving dependencies
  cause: Because psycopg2==2.9.3 has no usable wheels and you require psycopg2==2.9.3, we can conclude that your requirements are unsatisfiable.

hint: Wheels are required for `psycopg2` because building from source is disabled for all packages (i.e., with `--no-build`)
"""
CONFLICT = """error: No solution found when resolving dependencies
  cause: Because fastapi==0.95.0 depends on starlette>=0.26.1,<0.27.0 and you require fastapi==0.95.0, we can conclude that you require starlette>=0.26.1,<0.27.0.
         And because you require starlette==0.40.0, we can conclude that your requirements are unsatisfiable.
"""


def test_projects_that_uv_may_not_build() -> None:
    assert unbuilt(UNBUILT) == {"psycopg2"}
    assert unbuilt(CONFLICT) == set()


def test_a_conflict_condensed() -> None:
    assert sentence(CONFLICT) == "fastapi==0.95.0 needs starlette>=0.26.1,<0.27.0, but starlette==0.40.0 is asked for"


@pytest.mark.parametrize(
    "text", ["", "error:", "Because " * 5000, "a depends on " * 3000, "you require " + "x" * 20_000]
)
def test_any_text_is_condensed(text: str) -> None:
    assert len(sentence(text)) <= 300


def test_what_is_cuda_payload() -> None:
    assert cuda("nvidia-cudnn-cu12", "9.1", 1) and cuda("torch", "2.4.0", 797_262_052)
    assert not cuda("torch", "2.4.0+cpu", 900_000_000) and not cuda("torch", "2.4.0", 190_000_000)
    heavy = Release("torch", "2.4.0", size=800, cuda=True)
    assert payload((heavy, Release("core", "1", size=5))) == (800, ("torch",))
