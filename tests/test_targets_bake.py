"""What bake files build, and the reader of their HCL."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dockwright.inputs import hcl
from dockwright.inputs.targets import Target
from dockwright.project import Project
from dockwright.source import Source


def targets(files: dict[str, str]) -> dict[str, Target]:
    return {target.name: target for target in Project.of(files).targets}


HCL = """
variable "TAG" { default = "latest" }
variable "REGISTRY" {
  default = "registry.example/${TAG}"
}
variable "UNSET" {}
group "default" {
  targets = ["web", "worker"]
}
target "_common" {
  context   = "."   # the root
  args      = { PYTHON = "3.12", "QUOTED.KEY" = TAG }
  platforms = ["linux/amd64", "linux/arm64"]
}
target "base" { args = { BASE = "yes" } }
target "web" {
  inherits   = ["_common", "base"]
  dockerfile = "docker/web.Dockerfile"
  target     = "final"
  tags       = ["${REGISTRY}/web:${TAG}"]
  args = {
    COMMIT = UNSET
    WHEN   = timestamp()
    PICK   = TAG == "x" ? "a" : "b"
    ESCAPED = "a$${b}\\n"
  }
  contexts = {
    shared = "../shared"
    base   = "docker-image://alpine"
    other  = "target:worker"
  }
  secret = ["id=token,env=TOKEN"]
}
/* a comment
   over lines */
target "worker" {
  context = "worker"
  args = { for k in ["a"] : k => k }
}
"""


def test_hcl_targets_inherit_and_interpolate() -> None:
    found = targets({"docker-bake.hcl": HCL, "worker/Dockerfile": "FROM scratch\n"})
    assert set(found) == {"web", "worker"}
    web = found["web"]
    assert (web.context, web.dockerfile, web.stage) == (".", "docker/web.Dockerfile", "final")
    assert web.platforms == ("linux/amd64", "linux/arm64")
    assert web.image == "registry.example/latest/web:latest"
    assert web.build_args == {
        "PYTHON": "3.12",
        "QUOTED.KEY": "latest",
        "BASE": "yes",
        "COMMIT": None,
        "WHEN": None,
        "PICK": None,
        "ESCAPED": "a${b}\n",
    }
    assert web.named_contexts == {"shared": "../shared", "base": "docker-image://alpine", "other": "target:worker"}
    assert web.secrets == ("token",)
    assert web.origin_place is not None and web.origin_place.line == 16


def test_an_override_file_is_laid_over() -> None:
    found = targets(
        {
            "docker-bake.hcl": 'target "web" {\n  args = { A = "1", B = "1" }\n}\n',
            "docker-bake.override.hcl": 'target "web" { args = { B = "2" } }\n',
        }
    )
    assert found["web"].build_args == {"A": "1", "B": "2"}


def test_json_bake_file() -> None:
    found = targets(
        {
            "docker-bake.json": """{
  "variable": {"V": {"default": "3.11"}},
  "group": {"default": {"targets": ["api"]}},
  "target": {"api": {"context": "api", "args": {"PY": "${V}"}, "dockerfile-inline": "FROM scratch\\n"}}
}"""
        }
    )
    assert found["api"].build_args == {"PY": "3.11"}
    assert found["api"].inline == "FROM scratch\n"
    assert found["api"].origin_place is not None and found["api"].origin_place.line == 4


def test_broken_files_are_problems() -> None:
    project = Project.of({"docker-bake.hcl": 'target "x" {\n  args = {\n', "docker-bake.json": "{"})
    assert [(problem.code, problem.place and problem.place.line) for problem in project.problems] == [
        ("hcl-syntax", 2),
        ("json-syntax", 1),
    ]


def test_a_circle_of_variables_is_unknown() -> None:
    found = targets(
        {"docker-bake.hcl": 'variable "A" { default = B }\nvariable "B" { default = A }\ntarget "x" { target = A }'}
    )
    assert found["x"].unsure == {"stage"}


@given(st.text(alphabet='ab=${}[]()",:<-#/*%\\ \n1?.', max_size=80))
def test_the_reader_never_raises(text: str) -> None:
    source = Source("docker-bake.hcl", text)
    block, problems = hcl.read(source)
    assert (block is None) == bool(problems)
    for problem in problems:
        assert problem.place is not None and 0 <= problem.place.span.start <= len(text)
    for attribute in block.attributes.values() if block else ():
        hcl.evaluate(attribute.tokens, lambda name: name)


def test_deep_nesting_is_refused() -> None:
    assert hcl.read(Source("x", "a {\n" * 5000))[1]
    block, _ = hcl.read(Source("x", f"a = {'[' * 5000}{']' * 5000}"))
    assert block is not None
    hcl.evaluate(block.attributes["a"].tokens, lambda name: name)
