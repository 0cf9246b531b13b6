"""The start of the container is rehearsed as one more step."""

from __future__ import annotations

from dockwright.checking import check
from dockwright.project import Project

BASE = "FROM debian:bookworm-slim\nWORKDIR /srv\n"


def found(text: str, **files: str) -> list[tuple[str, str]]:
    report = check(
        Project.of({"Dockerfile": text, **{name.replace("_sh", ".sh"): body for name, body in files.items()}})
    )
    return [
        (finding.cause, getattr(finding.facts, "kind", "")) for target in report.targets for finding in target.findings
    ]


def test_a_command_that_nothing_installs() -> None:
    assert found(BASE + 'CMD ["gunicorn", "app:app"]\n') == [("runtime/entrypoint-missing", "start")]


def test_an_entrypoint_with_its_arguments_in_cmd() -> None:
    text = BASE + 'COPY --chmod=755 run.sh ./\nENTRYPOINT ["./run.sh"]\nCMD ["serve"]\n'
    assert found(text, run_sh="#!/bin/sh\nexec sleep 1\n") == []


def test_a_script_seen_from_the_wrong_folder() -> None:
    text = BASE + 'COPY --chmod=755 run.sh /opt/\nENTRYPOINT ["./run.sh"]\n'
    causes = [cause for cause, _ in found(text, run_sh="#!/bin/sh\nexec sleep 1\n")]
    assert causes in (["runtime/entrypoint-missing"], ["dockerfile/wrong-path"])


def test_a_script_with_windows_line_ends() -> None:
    text = BASE + 'COPY --chmod=755 run.sh ./\nENTRYPOINT ["./run.sh"]\n'
    assert [cause for cause, _ in found(text, run_sh="#!/bin/sh\r\nexec sleep 1\r\n")] == ["runtime/line-endings"]


def test_a_health_check_that_calls_what_the_image_lacks() -> None:
    text = BASE + 'HEALTHCHECK CMD curl -f http://localhost/ || exit 1\nCMD ["sleep", "9"]\n'
    assert ("runtime/entrypoint-missing", "health") in found(text)


def test_a_shell_form_that_ends_well() -> None:
    assert found(BASE + "CMD sleep 9\nHEALTHCHECK CMD test -d /srv\n") == []


COMPOSE = "services:\n  web:\n    build: .\n"


def compose(dockerfile: str, service: str, **files: str) -> list[tuple[str, str]]:
    names = {name.replace("__", "/").replace("_sh", ".sh"): body for name, body in files.items()}
    report = check(Project.of({"Dockerfile": dockerfile, "compose.yaml": COMPOSE + service, **names}))
    return [(each.cause, each.certainty.value) for target in report.targets for each in target.findings]


def test_compose_starts_what_is_not_there() -> None:
    assert compose(BASE, "    command: gunicorn app:app\n") == [("runtime/entrypoint-missing", "certain")]
    assert compose(BASE, "    entrypoint: [./run.sh]\n") == [("runtime/entrypoint-missing", "certain")]


def test_compose_replaces_a_command_that_is_not_there() -> None:
    text = BASE + 'CMD ["gunicorn", "app:app"]\n'
    assert compose(text, '    command: ["sleep", "9"]\n') == []
    assert compose(text, "    entrypoint: sleep 9\n") == []


def test_compose_keeps_the_entrypoint() -> None:
    text = BASE + 'ENTRYPOINT ["./run.sh"]\n'
    assert [cause for cause, _ in compose(text, "    command: serve\n")] == ["runtime/entrypoint-missing"]
    assert compose(text, "    entrypoint: sleep 9\n") == []


def test_a_mount_hides_the_script() -> None:
    text = BASE + 'COPY --chmod=755 run.sh /srv/\nENTRYPOINT ["/srv/run.sh"]\n'
    files = {"run_sh": "#!/bin/sh\nexec sleep 1\n", "data__x": ""}
    assert [cause for cause, _ in compose(text, "    volumes: ['./data:/srv']\n", **files)] == [
        "runtime/entrypoint-missing"
    ]
    assert compose(text, "    volumes: ['./data:/srv', 'kept:/srv']\nvolumes: {kept: }\n", **files) == []
    assert compose(text, "    volumes: ['.:/srv']\n", **files) == []
    assert compose(text, "    volumes: ['./nowhere:/srv']\n", **files) == []
    assert compose(text, "    volumes: ['../other:/srv']\n", **files) == []


def test_a_mount_brings_the_script() -> None:
    text = BASE + 'ENTRYPOINT ["/srv/run.sh"]\n'
    assert compose(text, "    volumes: ['.:/srv']\n", run_sh="#!/bin/sh\nexec sleep 1\n") == []


def test_compose_sets_the_working_directory() -> None:
    text = BASE + "COPY --chmod=755 run.sh /opt/\n"
    service = "    working_dir: /opt\n    command: ./run.sh\n"
    assert compose(text, service, run_sh="#!/bin/sh\nexec sleep 1\n") == []


def test_a_user_that_compose_names() -> None:
    assert compose(BASE, "    command: sleep 9\n    user: '1000:1000'\n") == []
    assert [cause for cause, _ in compose(BASE, "    command: sleep 9\n    user: worker\n")] == ["system/user-missing"]
