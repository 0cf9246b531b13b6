"""What compose files build."""

from __future__ import annotations

from dockwright.inputs.targets import Target
from dockwright.project import Project


def targets(**files: str) -> dict[str, Target]:
    return {target.name: target for target in Project.of(named(files)).targets}


def named(files: dict[str, str]) -> dict[str, str]:
    """`docker_compose_yml=` is docker-compose.yml: keyword arguments can't hold dots, dashes or slashes."""
    return {_NAMES.get(name, name): text for name, text in files.items()}


_NAMES = {
    "compose": "docker-compose.yml",
    "override": "docker-compose.override.yml",
    "prod": "docker-compose.prod.yml",
    "base": "common/base.yml",
    "env": ".env",
    "dockerfile": "Dockerfile",
    "api": "api/Dockerfile",
}


def test_short_form_names_the_context() -> None:
    found = targets(compose="services:\n  web:\n    build: ./api\n", api="FROM scratch\n")
    assert found["web"].dockerfile == "api/Dockerfile"
    assert found["web"].context == "api"
    assert found["web"].origin == "docker-compose.yml"
    assert found["web"].origin_place is not None and found["web"].origin_place.line == 3


def test_long_form() -> None:
    found = targets(
        compose="""
services:
  web:
    image: example/web:1
    build:
      context: .
      dockerfile: api/Dockerfile
      target: final
      args:
        - A=1
        - FROM_OUTSIDE
      additional_contexts: {shared: ../shared}
      secrets: [token]
      platforms: [linux/arm64]
      network: host
    environment: {PORT: 8000, SECRET: }
    command: [serve, --port, "8000"]
    entrypoint: /entry.sh
    volumes: ["./api:/app", "data:/data"]
"""
    )
    web = found["web"]
    assert (web.context, web.dockerfile, web.stage, web.network) == (".", "api/Dockerfile", "final", "host")
    assert web.build_args == {"A": "1", "FROM_OUTSIDE": None}
    assert web.named_contexts == {"shared": "../shared"}
    assert web.secrets == ("token",)
    assert web.platform == "linux/arm64"
    assert web.environment == {"PORT": "8000", "SECRET": None}
    assert web.command == ("serve", "--port", "8000")
    assert web.entrypoint == "/entry.sh"
    assert web.volumes == (("api", "/app"),)
    assert web.image == "example/web:1"


def test_services_without_build_are_not_built() -> None:
    assert targets(compose="services:\n  db: {image: postgres:16}\n") == {}


def test_override_is_laid_over_the_default_pair() -> None:
    found = targets(
        compose="services:\n  web:\n    build: {context: ., args: {A: '1', B: '2'}}\n    command: one\n",
        override="services:\n  web:\n    build: {args: {B: '3'}}\n    command: [two]\n",
    )
    assert list(found) == ["web"]
    assert found["web"].build_args == {"A": "1", "B": "3"}
    assert found["web"].command == ("two",)


def test_a_file_that_cannot_stand_alone_is_laid_over_the_default() -> None:
    found = targets(
        compose="services:\n  web:\n    build: api\n  worker:\n    build: {context: api, target: worker}\n",
        prod="services:\n  web:\n    build:\n      args: {MODE: prod}\n  worker:\n    environment: {A: b}\n",
    )
    assert found["web (docker-compose.prod.yml)"].build_args == {"MODE": "prod"}
    assert found["web (docker-compose.prod.yml)"].context == "api"
    assert found["web"].build_args == {}


def test_variables_come_from_dot_env_and_defaults() -> None:
    found = targets(
        compose="services:\n  web:\n    build:\n      context: ${DIR:-api}\n      target: ${STAGE}\n"
        "      args: {V: '${VERSION}', W: '${UNSET}', X: 'a$$b', Y: '${UNSET:-${VERSION}}'}\n",
        env="export VERSION='1.2'  # the one we ship\nSTAGE=final\n",
    )
    assert found["web"].context == "api"
    assert found["web"].stage == "final"
    assert found["web"].build_args == {"V": "1.2", "W": None, "X": "a$b", "Y": "1.2"}


def test_an_unset_variable_in_the_context_makes_it_unsure() -> None:
    assert targets(compose="services:\n  web:\n    build: ${WHERE}\n")["web"].unsure == {"context"}


def test_extends_of_another_file_sees_paths_from_there() -> None:
    found = targets(
        compose="services:\n  web:\n    extends: {file: common/base.yml, service: app}\n    environment: {B: '2'}\n",
        base="services:\n  app:\n    build: {context: ./src, dockerfile: Dockerfile.app}\n    environment: {A: '1'}\n",
    )
    assert found["web"].context == "common/src"
    assert found["web"].dockerfile == "common/src/Dockerfile.app"
    assert found["web"].environment == {"A": "1", "B": "2"}


def test_include_brings_services_of_another_file() -> None:
    found = targets(compose="include:\n  - common/base.yml\n", base="services:\n  app:\n    build: .\n")
    assert found["app"].context == "common"


def test_anchors_and_merge_keys() -> None:
    found = targets(
        compose="x-build: &build\n  context: api\n  args: {A: '1'}\nservices:\n  web:\n"
        "    build:\n      <<: *build\n      target: web\n"
    )
    assert (found["web"].context, found["web"].stage, found["web"].build_args) == ("api", "web", {"A": "1"})


def test_inline_dockerfile() -> None:
    project = Project.of(
        {"compose.yaml": "services:\n  x:\n    build:\n      dockerfile_inline: |\n        FROM scratch\n"}
    )
    source = project.dockerfile(project.targets[0])
    assert source is not None and source.text == "FROM scratch\n"


def test_the_same_build_is_one_target() -> None:
    project = Project.of(
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n  worker:\n    build: .\n",
            "Dockerfile": "FROM scratch\n",
            "fly.toml": "app = 'x'\n[build]\n",
        }
    )
    (target,) = project.targets
    assert target.name == "web"
    assert [(origin.file, origin.key) for origin in target.also] == [
        ("docker-compose.yml", "worker"),
        ("fly.toml", "x"),
    ]


def test_compose_reads_the_first_of_its_default_names() -> None:
    project = Project.of(
        {
            "compose.yaml": "services:\n  new:\n    build: .\n",
            "docker-compose.yml": "services:\n  old:\n    build: .\n",
        }
    )
    assert [target.name for target in project.targets] == ["new"]


def test_broken_yaml_is_a_problem_with_its_line() -> None:
    project = Project.of({"docker-compose.yml": "services:\n  web:\n    build: [\n", "Dockerfile": "FROM scratch\n"})
    (problem,) = project.problems
    assert problem.code == "yaml-syntax"
    assert problem.place is not None and problem.place.line == 3
    assert [target.dockerfile for target in project.targets] == ["Dockerfile"]


def test_missing_extends_and_shapes_are_problems() -> None:
    project = Project.of(
        {"docker-compose.yml": "services:\n  a:\n    extends: {service: b}\n  c: [1]\n  d:\n    build: []\n"}
    )
    assert {problem.code for problem in project.problems} == {"compose-extends-missing", "compose-invalid"}


def test_circles_end() -> None:
    project = Project.of(
        {
            "docker-compose.yml": "include: [docker-compose.yml]\nservices:\n  a: {extends: b}\n"
            "  b: {extends: a, build: .}\n"
        }
    )
    assert any("extends itself" in problem.message for problem in project.problems)


def test_a_billion_laughs_is_only_read() -> None:
    lines = ["a0: &a0 {k: v}"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    project = Project.of({"docker-compose.yml": "\n".join([*lines, "services:", "  w: {build: ., command: *a29}"])})
    assert [target.name for target in project.targets] == ["w"]
