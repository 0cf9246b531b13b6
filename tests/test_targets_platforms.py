"""What the files of hosting platforms, GitHub workflows and scripts build."""

from __future__ import annotations

import pytest

from dockwright.inputs.targets import Target
from dockwright.project import Project


def targets(files: dict[str, str]) -> dict[str, Target]:
    return {target.name: target for target in Project.of(files).targets}


def only(files: dict[str, str]) -> Target:
    (target,) = Project.of(files).targets
    return target


def test_render() -> None:
    target = only(
        {
            "render.yaml": """
services:
  - type: web
    name: mailer
    runtime: docker
    dockerfilePath: ./backend/Dockerfile
    dockerContext: ./backend
    dockerCommand: uvicorn app:app
    envVars:
      - key: MODE
        value: production
      - key: SECRET
        sync: false
  - type: web
    name: site
    runtime: node
""",
            "backend/Dockerfile": "FROM scratch\n",
        }
    )
    assert (target.name, target.dockerfile, target.context) == ("mailer", "backend/Dockerfile", "backend")
    assert target.environment == {"PORT": "10000", "MODE": "production", "SECRET": None}
    assert target.command == "uvicorn app:app"
    assert target.origin_place is not None and target.origin_place.line == 7


def test_fly() -> None:
    target = only(
        {
            "fly.toml": 'app = "x"\n[build]\n  dockerfile = "docker/fly.Dockerfile"\n  build-target = "run"\n'
            '  ignorefile = "docker/ignore"\n[build.args]\n  V = 3\n[env]\n  PORT = "8080"\n',
            "docker/fly.Dockerfile": "FROM scratch\n",
        }
    )
    assert (target.dockerfile, target.context, target.stage) == ("docker/fly.Dockerfile", ".", "run")
    assert (target.build_args, target.environment) == ({"V": "3"}, {"PORT": "8080"})
    assert target.ignore_file == "docker/ignore"
    assert target.origin_place is not None and target.origin_place.line == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("railway.json", '{"build": {"builder": "DOCKERFILE", "dockerfilePath": "api/Dockerfile"}}'),
        ("railway.toml", '[build]\nbuilder = "DOCKERFILE"\ndockerfilePath = "api/Dockerfile"\n'),
    ],
)
def test_railway(name: str, text: str) -> None:
    target = only({name: text, "api/Dockerfile": "FROM scratch\n"})
    assert (target.dockerfile, target.context, target.origin) == ("api/Dockerfile", ".", name)


def test_heroku() -> None:
    target = only({"heroku.yml": "build:\n  docker:\n    web: api/Dockerfile\n  config: {A: b}\nrun:\n  web: serve\n"})
    assert (target.name, target.context, target.build_args, target.command) == ("web", "api", {"A": "b"}, "serve")


def test_cloud_build() -> None:
    target = only(
        {
            "cloudbuild.yaml": "steps:\n- name: gcr.io/cloud-builders/docker\n"
            "  args: [build, -t, 'gcr.io/$PROJECT_ID/api', -f, api/Dockerfile, --build-arg=V=1, .]\n"
            "- name: gcr.io/cloud-builders/docker\n  args: [push, x]\n"
        }
    )
    assert (target.dockerfile, target.context, target.build_args) == ("api/Dockerfile", ".", {"V": "1"})


def test_development_container_with_comments() -> None:
    target = only(
        {
            ".devcontainer/devcontainer.json": '{\n  // "x": 1\n'
            '  "build": {"dockerfile": "Dockerfile", "context": "..",},\n}\n'
        }
    )
    assert (target.dockerfile, target.context) == (".devcontainer/Dockerfile", ".")


def test_heroku_app_json_with_the_container_stack() -> None:
    assert only({"app.json": '{"name": "x", "stack": "container"}', "Dockerfile": "FROM scratch\n"}).name == "x"


WORKFLOW = """
on: push
env: {VERSION: "3.12"}
jobs:
  images:
    strategy:
      matrix:
        service: [api, worker]
        include:
          - service: api
            stage: web
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          context: ./${{ matrix.service }}
          target: ${{ matrix.stage }}
          platforms: linux/amd64,linux/arm64
          build-args: |
            PYTHON=${{ env.VERSION }}
            SHA=${{ github.sha }}
  root:
    steps:
      - uses: docker/build-push-action@v6
        with:
          file: docker/root.Dockerfile
  unknown:
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: ${{ inputs.where }}
  lines:
    steps:
      - run: |
          cd tools
          docker build \\
            --file Dockerfile.tool -t "registry.example/tool:${GITHUB_SHA}" \\
            --target=run .
      - run: docker build -f ${{ inputs.file }} .
      - working-directory: sub
        run: sudo docker buildx build --push . && echo done
"""


def test_github_workflow() -> None:
    found = targets({".github/workflows/ci.yml": WORKFLOW})
    places = {(target.dockerfile, target.context, target.stage) for target in found.values()}
    assert places == {
        ("api/Dockerfile", "api", "web"),
        ("worker/Dockerfile", "worker", None),
        ("docker/root.Dockerfile", ".", None),
        ("tools/Dockerfile.tool", "tools", "run"),
        ("sub/Dockerfile", "sub", None),
    }
    assert found["images"].build_args == {"PYTHON": "3.12", "SHA": None}
    assert found["images"].platforms == ("linux/amd64", "linux/arm64")


def test_makefile_and_scripts() -> None:
    found = targets(
        {
            "Makefile": "X = x\nbuild:\n\t@docker build -t app:1 -f docker/app.Dockerfile .\n\tdocker build $(D)\n",
            "scripts/build.sh": "#!/bin/sh\nif true; then docker build -t tool tool; fi\ncd $X\ndocker build y\n",
            "package.json": '{"scripts": {"image": "docker build -t site web"}}',
            "docker/app.Dockerfile": "FROM scratch\n",
            "tool/Dockerfile": "FROM scratch\n",
            "web/Dockerfile": "FROM scratch\n",
        }
    )
    assert {(t.name, t.dockerfile, t.context, t.origin) for t in found.values()} == {
        ("app", "docker/app.Dockerfile", ".", "Makefile"),
        ("tool", "tool/Dockerfile", "tool", "scripts/build.sh"),
        ("site", "web/Dockerfile", "web", "package.json"),
    }


BROKEN = {
    "render.yaml": "a: [",
    "fly.toml": "[build\n",
    "railway.json": "{",
    "railway.toml": "x",
    "heroku.yml": "\t",
    "cloudbuild.yaml": "- {",
    ".devcontainer/devcontainer.json": "{,",
    "app.json": "[",
    ".github/workflows/x.yml": "docker build: [",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_problem(name: str) -> None:
    (problem,) = Project.of({name: BROKEN[name]}).problems
    assert problem.code.endswith("-syntax")
    assert problem.place is not None and problem.place.source.name == name


@pytest.mark.parametrize("text", ["", "a", "[]", "1", "null", '{"build": 1}', '{"build": [1]}', '{"steps": [1, {}]}'])
@pytest.mark.parametrize("name", [*BROKEN, "docker-compose.yml", "docker-bake.json"])
def test_a_file_of_another_shape_builds_nothing(name: str, text: str) -> None:
    assert Project.of({name: text}).targets == ()
