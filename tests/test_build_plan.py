"""What is built, under which name, in which order, and when it is tried again: all without an engine."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockwright.build.choose import chosen, with_needed
from dockwright.build.lay import as_written
from dockwright.build.names import canonical, normal, tags
from dockwright.build.needs import bases, dependencies
from dockwright.build.order import Host, Schedule, Task
from dockwright.build.pull import host_of
from dockwright.build.retry import WAITS, Budget, Failure, outside_effects, seconds
from dockwright.build.secrets import secrets
from dockwright.build.warm import warm
from dockwright.errors import ToolError
from dockwright.project import Project

COMPOSE = """\
name: Shop!
services:
  base:
    build: base
  web:
    build:
      context: web
      additional_contexts: {common: "service:base"}
  jobs:
    build: {context: web, dockerfile: Jobs}
    image: registry.example/shop/jobs:2
  tool:
    build: tool
    profiles: [tools]
"""
FILES = {
    "compose.yaml": COMPOSE,
    "base/Dockerfile": "FROM python:3.12-slim\n",
    "web/Dockerfile": "FROM common\nCOPY --from=ghcr.io/astral-sh/uv:0.8 /uv /bin/\n",
    "web/Jobs": "ARG TAG=latest\nFROM shop-base:${TAG} AS build\nFROM build\nRUN --mount=from=registry.example/shop/web true\n",
    "tool/Dockerfile": "FROM scratch\n",
    "docs/Dockerfile": "FROM python:3.12-slim\n",
}


def project(files: Mapping[str, str] = FILES, name: str = "shop") -> Project:
    return Project.of(dict(files), name=name)


def named(project: Project) -> dict[str, tuple[str, ...]]:
    return {target.name: tags(project, target, {}) for target in project.targets}


# -- names ------------------------------------------------------------------------------------------------------------


def test_images_are_named_as_compose_names_them() -> None:
    found = named(project())
    assert (found["web"], found["jobs"]) == (("shop-web",), ("registry.example/shop/jobs:2",))


def test_the_environment_names_a_compose_project() -> None:
    shop = project()
    [web] = [target for target in shop.targets if target.name == "web"]
    assert tags(shop, web, {"COMPOSE_PROJECT_NAME": "other"}) == ("other-web",)


def test_one_build_of_two_services_has_both_names() -> None:
    same = project(
        {"compose.yaml": "services:\n  a: {build: .}\n  b: {build: ., image: bee}\n", "Dockerfile": "FROM scratch\n"}
    )
    assert list(named(same).values()) == [("project-a", "bee")]


def test_bake_names_by_its_tags_and_the_rest_by_their_folder() -> None:
    bake = project({"docker-bake.hcl": 'target "app" { tags = ["x/app:1"] }\n', "Dockerfile": "FROM scratch\n"})
    assert named(bake) == {"app": ("x/app:1",)}
    assert named(project({"Dockerfile": "FROM scratch\n"}, "My Shop")) == {"My Shop": ("myshop",)}


@pytest.mark.parametrize(("name", "made"), [("My.App", "myapp"), ("_-x", "x"), ("!!!", "project"), ("a_b-1", "a_b-1")])
def test_names_of_projects(name: str, made: str) -> None:
    assert normal(name) == made


@pytest.mark.parametrize(
    "name", ["web", "web:latest", "docker.io/library/web", "docker-image://web", "library/web:latest"]
)
def test_the_same_image_under_several_names(name: str) -> None:
    assert canonical(name) == "web:latest"


# -- what is built ----------------------------------------------------------------------------------------------------


def test_without_a_word_the_compose_file_is_built_without_its_profiles() -> None:
    targets, left = chosen(project(), (), {})
    assert [target.name for target in targets] == ["base", "web", "jobs"]
    assert {target.name for target in left} == {"tool", "docs"}


def test_a_profile_is_built_when_it_is_active() -> None:
    targets, _ = chosen(project(), (), {"COMPOSE_PROFILES": "x,tools"})
    assert "tool" in [target.name for target in targets]


@pytest.mark.parametrize("word", ["web", "web/Dockerfile"])
def test_a_target_by_its_name_or_its_dockerfile_with_what_it_needs(word: str) -> None:
    shop = project()
    targets, _ = chosen(shop, (word,), {})
    assert [target.name for target in targets] == ["web"]
    assert [target.name for target in with_needed(shop, targets, named(shop)).targets] == ["base", "web"]


def test_a_misspelt_target() -> None:
    with pytest.raises(ToolError, match="did you mean jobs"):
        chosen(project(), ("jbos",), {})


def test_secrets_come_from_where_the_compose_file_says() -> None:
    compose = "services:\n  a:\n    build: {context: ., secrets: [npm, pip, other]}\nsecrets:\n  npm: {file: ./npmrc}\n  pip: {environment: PIP}\n"
    shop = project({"compose.yaml": compose, "Dockerfile": "FROM scratch\n"})
    [target] = shop.targets
    assert list(secrets(shop, target, ())) == ["id=npm,src=npmrc", "id=pip,env=PIP", "id=other"]
    assert list(secrets(shop, target, ("src=x,id=pip",))) == ["src=x,id=pip", "id=npm,src=npmrc", "id=other"]


# -- what waits for what ----------------------------------------------------------------------------------------------


def test_dependencies_by_context_and_by_the_sibling_s_tag() -> None:
    shop = project()
    needs = dependencies(shop, shop.targets, {**named(shop), "web": ("registry.example/shop/web",)})
    assert (needs["base"], needs["web"], needs["jobs"]) == ((), ("base",), ("base", "web"))


def test_bases_from_outside() -> None:
    shop = project()
    targets = {target.name: target for target in shop.targets}
    assert bases(shop, targets["web"]) == ("ghcr.io/astral-sh/uv:0.8",)
    assert bases(shop, targets["jobs"]) == ("shop-base:latest", "registry.example/shop/web")
    assert bases(shop, targets["tool"]) == ()


def test_a_base_whose_name_is_not_known_is_none() -> None:
    one = project({"Dockerfile": "ARG BASE\nARG V\nFROM ${BASE}\nFROM python:$V\n"})
    assert bases(one, one.targets[0]) == ()


def test_what_takes_longest_goes_first_chains_counted() -> None:
    tasks = [Task("small", weight=1), Task("long", weight=5), Task("root", weight=1), Task("leaf", ("root",), weight=9)]
    schedule = Schedule(tasks, Host(2))
    assert [schedule.next(), schedule.next(), schedule.next()] == ["root", "long", None]
    schedule.finish("root", built=True)
    assert schedule.next() == "leaf"


def test_what_needs_a_failed_image_is_not_tried_and_the_rest_is() -> None:
    schedule = Schedule([Task("a"), Task("b", ("a",)), Task("c", ("b",)), Task("d")], Host(1))
    assert schedule.next() == "a"
    assert set(schedule.finish("a", built=False)) == {"b", "c"}
    assert (schedule.lost["c"], schedule.next(), schedule.over) == ("a", "d", False)
    schedule.finish("d", built=True)
    assert schedule.over


def test_memory_bounds_how_many_are_built_at_once_but_one_always_is() -> None:
    schedule = Schedule([Task(name, memory=900) for name in "abc"], Host(8, memory=1000))
    assert (schedule.next(), schedule.next()) == ("a", None)
    by_hand = Schedule([Task(name, memory=900) for name in "abc"], Host(8, memory=1000), jobs=3)
    assert [by_hand.next() for _ in "abc"] == ["a", "b", "c"]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ToolError, match="wait for each other: a, b"):
        Schedule([Task("a", ("b",)), Task("b", ("a",))], Host(1))


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=10), st.integers(1, 4))
def test_a_schedule_comes_to_an_end_and_never_runs_before_what_is_needed(
    shape: list[tuple[int, bool]], cpus: int
) -> None:
    tasks = [Task(str(at), (str(need),) if need < at else ()) for at, (need, _) in enumerate(shape)]
    fails = {str(at) for at, (_, failing) in enumerate(shape) if failing}
    schedule, seen = Schedule(tasks, Host(cpus)), set[str]()
    while not schedule.over:
        while (name := schedule.next()) is not None:
            assert set(schedule.tasks[name].needs) <= schedule.built and len(schedule.running) <= cpus
            seen.add(name)
        name = sorted(schedule.running)[0]
        schedule.finish(name, name not in fails)
    assert seen | set(schedule.lost) == set(schedule.tasks) and not seen & set(schedule.lost)


# -- trying again -----------------------------------------------------------------------------------------------------


def test_waits_grow_over_minutes_until_the_budget_is_spent() -> None:
    budget, now, waits = Budget(900), 0.0, []
    while (verdict := budget.judge(Failure(True), now)).wait is not None:
        waits.append(verdict.wait)
        now += verdict.wait + 10
    assert waits[: len(WAITS)] == list(WAITS) and sum(waits) > 600
    assert verdict.spent and "budget of 15 min" in verdict.why


def test_a_permanent_failure_is_not_tried_again() -> None:
    verdict = Budget().judge(Failure(False), 0)
    assert verdict.wait is None and not verdict.spent


def test_nor_is_what_may_have_changed_something_outside() -> None:
    verdict = Budget().judge(Failure(True, "RUN twine upload dist/*"), 0)
    assert verdict.wait is None and not verdict.spent and "`twine upload dist/*`" in verdict.why


def test_a_killed_client_is_started_again_but_not_for_ever() -> None:
    budget = Budget()
    verdicts = [budget.judge(Failure(False, killed=True), float(at)) for at in range(3)]
    assert [verdict.wait is None for verdict in verdicts] == [False, False, True]


@pytest.mark.parametrize(
    "instruction",
    [
        "RUN twine upload dist/*", "RUN uv build && uv publish", "RUN npm ci && npm publish", "RUN git push origin main",
        "RUN curl -X POST https://hooks.example/x", "RUN curl -sS --data @x https://hooks.example", "RUN alembic upgrade head",
        "RUN python manage.py migrate", "RUN terraform -chdir=x apply", "RUN aws s3 cp dist s3://bucket", "RUN poetry publish --build",
        "RUN wget --post-data=x https://hooks.example", "RUN kubectl apply -f x", "run sentry-cli releases new x",
        "RUN --mount=type=secret,id=x make && \\\n  TOKEN=x twine upload dist/*", 'RUN ["twine", "upload", "x"]', "RUN if x; then git push; fi",
    ],
)  # fmt: skip
def test_outside_effects(instruction: str) -> None:
    assert outside_effects(instruction)


@pytest.mark.parametrize(
    "instruction",
    [
        "RUN pip install -r requirements.txt", "RUN apt-get update && apt-get install -y curl git openssh-client",
        "RUN curl -fsSL https://example.org/install.sh | sh", "RUN git clone https://example.org/x.git", "RUN npm ci",
        "RUN curl -X GET https://example.org/x", "RUN python manage.py collectstatic", "RUN uv sync --frozen",
        "COPY twine upload", "RUN poetry install", "RUN pip install alembic twine", "RUN wget https://example.org/x",
        "RUN curl -L -o /x https://example.org/x", "RUN ssh-keyscan example.org >> known_hosts", "RUN apt-get install -y rsync && rm -rf /var/lib/apt/lists",
    ],
)  # fmt: skip
def test_no_outside_effects(instruction: str) -> None:
    assert not outside_effects(instruction)


@pytest.mark.parametrize(
    ("text", "found"), [("90", 90), ("90s", 90), ("15m", 900), ("1.5h", 5400), ("soon", None), ("-1", None)]
)
def test_times(text: str, found: float | None) -> None:
    assert seconds(text) == found


# -- base images ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("python:3.12", "registry-1.docker.io"), ("library/python", "registry-1.docker.io"), ("ghcr.io/x/y:1", "ghcr.io"),
        ("localhost:5000/x", "localhost"), ("registry:5000/x", "registry"), ("me/app", "registry-1.docker.io"),
    ],
)  # fmt: skip
def test_the_host_that_an_image_comes_from(image: str, host: str) -> None:
    assert host_of(image) == host


# -- what is built while wheels are on their way ----------------------------------------------------------------------

HEAD = "FROM python:3.12-slim AS build\nENV A=1\nRUN apt-get update \\\n && apt-get install -y gcc \\\n # why\n && rm -rf /var/lib/apt/lists/*\n"


@pytest.mark.parametrize(
    "rest",
    [
        "RUN pip install x\n", "COPY requirements.txt .\nRUN pip install -r requirements.txt\n", "RUN ./install.sh\n",
        "RUN make\n", "RUN apt-get update && python3 -m pip install x\n", "RUN <<E\npip install x\nE\n", 'RUN ["pip", "install", "x"]\n',
        "RUN echo $(pip install x)\n", "RUN apt-get install -y python3-pip\n", "RUN curl -fsSL https://example.org/x | sh\n",
    ],
)  # fmt: skip
def test_the_first_part_ends_before_anything_that_may_install_packages(rest: str) -> None:
    assert warm(HEAD + rest) == HEAD


@pytest.mark.parametrize(
    "text", ["FROM python:3.12\nENV A=1\nRUN pip install x\n", "FROM x\nRUN useradd u\n", "FORM x\n", ""]
)
def test_where_nothing_takes_time_nothing_is_built_ahead(text: str) -> None:
    assert warm(text) is None


def test_our_mounts_are_taken_out_of_logs() -> None:
    line = "[2/3] RUN --mount=type=bind,from=dockwright-wheelhouse,source=/pip.conf,target=/etc/xdg/pip/pip.conf pip install x"
    assert as_written(line) == "[2/3] RUN pip install x"
    theirs = "RUN --mount=type=cache,target=/root/.cache pip install dockwright-x"
    assert as_written(theirs) == theirs
