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
