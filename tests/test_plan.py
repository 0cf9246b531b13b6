"""What an install needs by the word of the index: asked between two rehearsals, stated as needs, shown as a plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from msgspec import structs

import dockwright
from dockwright.checking import informed
from dockwright.cli.plan import bits
from dockwright.errors import ToolError
from dockwright.facts.wheels import has_wheel
from dockwright.finding import NO, UNKNOWN, YES, Certainty
from dockwright.index.question import Answer, Demand, Known, Question, Release, Trouble
from dockwright.planning import Line, Plan, TargetPlan, plan
from dockwright.project import Project
from dockwright.rehearse import needs
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.run import rehearse
from dockwright.report.plan import duration, encode, human, show_plan

SLIM = "FROM python:3.13-slim\n"


def question_of(dockerfile: str, **files: str) -> Question | None:
    """The one question that a build poses; None when it poses none."""
    known = Known()
    project = Project.of({"Dockerfile": dockerfile, **files})
    rehearse(project, project.targets[0], known)
    return next(iter(known.asked), None)


def unmet(dockerfile: str, answer: Answer, **files: str) -> list[Unmet]:
    """What is unmet once the index has answered."""
    known = Known()
    project = Project.of({"Dockerfile": dockerfile, **files})
    rehearse(project, project.targets[0], known)
    for question in list(known.open):
        known.tell(question, answer)
    steps = rehearse(project, project.targets[0], known).steps
    return [each for step in steps for each in step.live]


def asked(dockerfile: str, **files: str) -> Question:
    found = question_of(dockerfile, **files)
    assert found is not None
    return found


# -- questions --------------------------------------------------------------------------------------------------------


def test_a_question_names_the_interpreter_and_what_is_asked_for() -> None:
    question = asked(SLIM + "RUN pip install 'uvicorn[standard]==0.30' flask\n")
    assert question.python.startswith("3.13")
    assert question.requirements == ("uvicorn[standard]==0.30", "flask")
    assert (question.libc, question.libc_version, question.platform) == ("glibc", "2.41", "linux/amd64")


def test_requirements_files_with_their_indexes_and_constraints() -> None:
    files = {"requirements.txt": "--extra-index-url http://more.invalid/simple\nflask\n", "limits.txt": "flask<3\n"}
    question = asked(SLIM + "COPY *.txt ./\nRUN pip install -r requirements.txt -c limits.txt\n", **files)
    assert question.extra_indexes == ("http://more.invalid/simple",)
    assert question.constraints == ("flask<3",)


def test_the_environment_counts_as_options_do() -> None:
    question = asked(SLIM + "ENV PIP_INDEX_URL=http://own.invalid/simple\nRUN pip install flask\n")
    assert question.default_index == "http://own.invalid/simple"


@pytest.mark.parametrize(
    "line",
    [
        "RUN pip install --no-index --find-links=/wheels flask",
        "RUN pip install --find-links=/wheels flask",
        "RUN pip install --index-url https://$TOKEN@own.invalid/simple flask",
        "RUN pip install --platform win32 --only-binary=:all: --target /x flask",
        "RUN pip install --prefer-binary flask",
        "RUN pip install -c https://limits.invalid/c.txt flask",
    ],
)
def test_where_the_answer_would_not_hold_nothing_is_asked(line: str) -> None:
    assert question_of(SLIM + "ARG TOKEN\n" + line + "\n") is None


@pytest.mark.parametrize(
    "base", ["FROM somebody/image:1", "FROM ubuntu:20.04\nRUN apt-get update && apt-get install -y python3-pip"]
)
def test_unknown_interpreters_and_old_pips_are_not_asked_for(base: str) -> None:
    assert question_of(base + "\nRUN pip install flask==1.0\n") is None


def test_repositories_and_local_projects_are_named_as_outside() -> None:
    question = asked(SLIM + "RUN pip install flask 'git+https://example.invalid/some/demo.git'\n")
    assert question.outside == ("demo",)


# -- answers ----------------------------------------------------------------------------------------------------------


def test_a_conflict_is_unmet_with_the_lines_that_clash() -> None:
    trouble = Trouble(
        "conflict", "core", "==2", "web==1 needs core<2, but core==2 is asked for", ("web", "core"), (("web==2",),)
    )
    files = {"requirements.txt": "web==1\ncore==2\nother\n"}
    (found,) = unmet(
        SLIM + "COPY requirements.txt .\nRUN pip install -r requirements.txt\n", Answer(troubles=(trouble,)), **files
    )
    assert isinstance(found.need, needs.Distribution)
    assert (found.need.problem, found.need.relax) == ("conflict", (("web==2",),))
    assert [each.text for each in found.evidence if each.place] == ["web==1", "core==2"]
    assert found.certainty is Certainty.CERTAIN


def test_what_compiles_wants_a_compiler_and_headers() -> None:
    answer = Answer((Release("psycopg2", "2.9.3", "sdist", native=True),), complete=True)
    found = unmet(SLIM + "RUN pip install psycopg2==2.9.3\n", answer)
    assert needs.Command("gcc", "psycopg2") in [each.need for each in found]
    assert needs.Command("pg_config", "psycopg2") in [each.need for each in found]


def test_with_a_compiler_and_headers_nothing_is_unmet() -> None:
    answer = Answer((Release("psycopg2", "2.9.3", "sdist", native=True),), complete=True)
    assert unmet("FROM python:3.13\nRUN pip install psycopg2==2.9.3\n", answer) == []


def test_pure_sources_want_nothing() -> None:
    answer = Answer((Release("docopt", "0.6.2", "sdist"),), complete=True)
    assert unmet(SLIM + "RUN pip install docopt==0.6.2\n", answer) == []


def test_speed_ups_that_may_be_left_out_are_no_need() -> None:
    answer = Answer((Release("markupsafe", "1.1.1", "sdist", native=True),), complete=True)
    assert unmet(SLIM + "RUN pip install markupsafe==1.1.1\n", answer) == []


def test_an_unknown_command_before_makes_it_likely_only() -> None:
    trouble = Trouble("none", "core", "==9", "core has no version that fits ==9", ("core",))
    (found,) = unmet(SLIM + "RUN /opt/prepare\nRUN pip install core==9\n", Answer(troubles=(trouble,)))[-1:]
    assert found.certainty is not Certainty.CERTAIN


def test_without_an_answer_nothing_is_claimed() -> None:
    assert unmet(SLIM + "RUN pip install core==9\n", Answer(unknown=("not asked",))) == []


def test_the_facts_on_wheels_speak_where_the_index_does_not() -> None:
    found = unmet(SLIM + "RUN pip install psycopg2==2.9.3\n", Answer(unknown=("not asked",)))
    assert needs.Command("gcc", "psycopg2") in [each.need for each in found]


def test_a_project_in_memory_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("the index was asked")

    monkeypatch.setattr("dockwright.index.ask.fill", fail)
    project = Project.of({"Dockerfile": SLIM + "RUN pip install core==9\n"})
    assert informed(project, project.targets[0]).count == 2


def test_facts_on_wheels() -> None:
    assert has_wheel("pillow", "8.4.0", "3.13", "linux/amd64", "glibc") is NO
    assert has_wheel("pillow", "8.4.0", "3.9", "linux/amd64", "glibc") is YES
    assert has_wheel("pillow", "999.0", "3.13", "linux/amd64", "glibc") is UNKNOWN
    assert has_wheel("unheard-of", "1.0", "3.13", "linux/amd64", "glibc") is UNKNOWN


# -- the plan ---------------------------------------------------------------------------------------------------------

LINES = (
    Line("core", "1.0", "sdist", 2_000_000, compiles=("gcc",)),
    Line("torch", "2.4.0", "wheel", 800_000_000, cuda=True, yanked="broken"),
)
PLANNED = TargetPlan("web", "Dockerfile", ".", "3.13", "linux/amd64", "glibc 2.41", "build", LINES)


def test_a_plan_tells_weight_time_and_what_compiles() -> None:
    text = show_plan(Plan((PLANNED,)), bandwidth=50e6)
    assert "2 distributions, 802.0 MB to download, 2 min 8 s at 50 Mbit/s" in text
    assert "compiles with gcc" in text and "CUDA; yanked: broken" in text
    assert "800.0 MB of it is CUDA: torch" in text


def test_a_plan_as_json() -> None:
    data = json.loads(encode(Plan((PLANNED,)), 50e6))
    (target,) = data["targets"]
    assert (data["version"], target["total_bytes"], target["cuda_bytes"]) == (1, 802_000_000, 800_000_000)
    assert [each["name"] for each in target["distributions"]] == ["core", "torch"]


def test_a_plan_as_json_is_as_its_published_schema_says() -> None:
    trouble = Trouble("conflict", "a", "==1", "a==1 and a==2", ("a", "b"), relax=(("a==2",),))
    for target in (
        PLANNED,
        structs.replace(PLANNED, python="", read_from="", lines=(), troubles=(trouble,), unknown=("no index",)),
    ):
        validator = Draft202012Validator(
            json.loads((Path(dockwright.__file__).parent / "schema/plan.json").read_text())
        )
        validator.validate(json.loads(encode(Plan((target,)), 50e6)))
        validator.validate(json.loads(encode(Plan((target,)), None)))


def test_plan_is_a_public_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "Dockerfile").write_text(SLIM + "RUN pip install flask==3.0.3\n")
    assert dockwright.plan(tmp_path, offline=True).targets[0].python.startswith("3.13")


def test_offline_and_with_an_empty_cache_a_plan_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "Dockerfile").write_text(SLIM + "RUN pip install flask==3.0.3\n")
    found = plan(Project.read(str(tmp_path), offline=True))
    assert found.targets[0].lines == () and found.targets[0].unknown
    assert not found.fails


@pytest.mark.parametrize(
    ("text", "rate"),
    [("50Mbit", 50e6), ("50Mbit/s", 50e6), ("1.5Gbps", 1.5e9), ("6MB/s", 48e6), ("800", 800.0), ("10 Mbit", 10e6)],
)
def test_rates(text: str, rate: float) -> None:
    assert bits(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "-5Mbit", "0Mbit", "9" * 50])
def test_no_rates(text: str) -> None:
    with pytest.raises(ToolError):
        bits(text)


def test_sizes_and_times() -> None:
    assert (human(999), human(1_500), human(2_800_000_000), human(None)) == ("999 B", "1.5 kB", "2.8 GB", "?")
    assert (duration(0.2), duration(61), duration(3_720)) == ("1 s", "1 min 1 s", "1 h 2 min")


def test_who_asks_for_more_than_what_distutils_left() -> None:
    release = Release("blinker", "1.9.0", via=("flask",), replaces="1.4", demands=(Demand("flask==3.0.3", ">=1.6.2"),))
    assert release.demands[0].by == "flask==3.0.3"
