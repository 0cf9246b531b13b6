"""The project: what is found on disk, what the user chose, what a patch changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockwright.errors import ToolError
from dockwright.finding import UNKNOWN
from dockwright.project import Project


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_dockerfile_that_nothing_names_is_a_target(tmp_path: Path) -> None:
    write(tmp_path, {"api/Dockerfile": "FROM scratch\nCOPY app.py .\n", "api/app.py": ""})
    (target,) = Project.read(str(tmp_path)).targets
    assert (target.name, target.dockerfile, target.context, target.origin) == (
        "api",
        "api/Dockerfile",
        "api",
        "Dockerfile",
    )


def test_the_context_is_where_the_copied_files_are(tmp_path: Path) -> None:
    write(tmp_path, {"docker/Dockerfile": "FROM scratch\nCOPY src/app.py requirements.txt /app/\n", "src/app.py": ""})
    assert Project.read(str(tmp_path)).targets[0].context == "."


def test_vendored_folders_are_not_searched(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"node_modules/x/Dockerfile": "", "v/pyvenv.cfg": "", "v/Dockerfile": "", "Dockerfile.dockerignore": ""},
    )
    assert Project.read(str(tmp_path)).targets == ()


def test_a_chosen_file_keeps_what_its_origin_says(tmp_path: Path) -> None:
    write(tmp_path, {
        "render.yaml": "services:\n- name: api\n  dockerfilePath: ./api/Dockerfile\n  dockerContext: ./api\n",
        "api/Dockerfile": "FROM scratch\n",
        "web/Dockerfile": "FROM scratch\n",
    })  # fmt: skip
    project = Project.read(str(tmp_path), files=[str(tmp_path / "api/Dockerfile")])
    (target,) = project.targets
    assert (target.name, target.context, target.origin) == ("api", "api", "render.yaml")


def test_the_command_line_wins(tmp_path: Path) -> None:
    write(tmp_path, {"api/Dockerfile": "FROM scratch AS a\n"})
    project = Project.read(
        str(tmp_path),
        files=[str(tmp_path / "api/Dockerfile")],
        context=str(tmp_path),
        target="a",
        build_args={"X": "1"},
        platform="linux/arm64",
    )
    (target,) = project.targets
    assert (target.context, target.stage, target.build_args, target.platform) == (".", "a", {"X": "1"}, "linux/arm64")


def test_a_target_is_chosen_by_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"docker-compose.yml": "services:\n  a:\n    build: a\n  b:\n    build: b\n"})
    assert [target.name for target in Project.read(str(tmp_path), target="b").targets] == ["b"]


def test_a_file_outside_of_the_folder_widens_the_root(tmp_path: Path) -> None:
    write(tmp_path, {"app/main.py": "", "docker/Dockerfile": "FROM scratch\n", "other/Dockerfile": "FROM scratch\n"})
    project = Project.read(
        str(tmp_path / "app"), files=[str(tmp_path / "docker/Dockerfile")], context=str(tmp_path / "app")
    )
    (target,) = project.targets
    assert (target.dockerfile, target.context) == ("docker/Dockerfile", "app")


def test_a_defining_file_as_path(tmp_path: Path) -> None:
    write(tmp_path, {"a.compose.yml": "services:\n  a:\n    build: a\n", "Dockerfile": "FROM scratch\n"})
    project = Project.read(str(tmp_path / "a.compose.yml"))
    assert [target.origin for target in project.targets] == ["a.compose.yml"]


def test_a_missing_path_is_an_error_of_use(tmp_path: Path) -> None:
    with pytest.raises(ToolError):
        Project.read(str(tmp_path / "nothing"))


def test_a_chosen_dockerfile_that_is_missing_is_still_a_target(tmp_path: Path) -> None:
    project = Project.read(str(tmp_path), files=[str(tmp_path / "Dockerfile.gone")])
    (target,) = project.targets
    assert target.dockerfile == "Dockerfile.gone"
    assert project.dockerfile(target) is None


def test_a_context_list_has_names_and_no_contents(tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": "FROM scratch\n", "on-disk-only.txt": "x"})
    project = Project.read(str(tmp_path), context_list=["Dockerfile", "requirements.txt\n", "src/app.py"])
    assert project.tree.kind("src/app.py") == "file"
    assert project.tree.read("requirements.txt") is UNKNOWN
    assert project.tree.kind("on-disk-only.txt") is None
    assert project.source("Dockerfile") is not None
    assert [target.dockerfile for target in project.targets] == ["Dockerfile"]


def test_a_patch_changes_texts_and_finds_targets_again() -> None:
    project = Project.of({"Dockerfile": "FROM a\n", "render.yaml": "services: []\n"})
    patched = project.patched({"Dockerfile": "FROM b\n"})
    source = patched.source("Dockerfile")
    assert source is not None and source.text == "FROM b\n"
    assert patched.targets == project.targets
    more = project.patched({"render.yaml": "services:\n- name: api\n  runtime: docker\n"})
    assert [target.name for target in more.targets] == ["api"]
    assert [t.dockerfile for t in project.patched({"api/Dockerfile": "FROM c\n"}).targets] == [
        "Dockerfile",
        "api/Dockerfile",
    ]
    assert project.patched({"Dockerfile": None}).targets == ()
