"""The rehearsal of a build: what can't be read, what a wrong copy would have brought, what a masked failure breaks."""

from __future__ import annotations

from dockwright.checking import check
from dockwright.finding import Finding, Safety, Severity
from dockwright.mending import mend
from dockwright.project import Project
from dockwright.rehearse.run import rehearse


def findings(files: dict[str, str]) -> list[Finding]:
    return [finding for target in check(Project.of(files)).targets for finding in target.findings]


def causes(files: dict[str, str]) -> list[tuple[str, int]]:
    return [(finding.cause, finding.where.line if finding.where else 0) for finding in findings(files)]


def test_a_file_that_does_not_parse_is_rehearsed_all_the_same() -> None:
    text = "FROM debian:bookworm-slim\nCOYP a /a\nCOPY nothing.txt /b\n"
    assert causes({"Dockerfile": text, "a": ""}) == [("dockerfile/syntax", 2), ("context/copy-source-missing", 3)]


def test_a_line_that_lost_its_backslash_says_nothing_of_what_it_was_to_install() -> None:
    text = "FROM debian:bookworm-slim\nRUN apt-get update &&\n    apt-get install -y curl\nRUN curl --version\n"
    assert causes({"Dockerfile": text}) == [("dockerfile/syntax", 3)]


def test_another_frontend_has_another_grammar() -> None:
    text = "# syntax=example.org/frontend\nFROM debian:bookworm-slim\nINCLUDE common\n"
    assert causes({"Dockerfile": text}) == []


def test_an_error_in_a_stage_that_is_not_built_counts_only_when_lines_are_read() -> None:
    unused = "FROM debian:bookworm-slim AS unused\nRUN --mount=type=cach,target=/x true\n"
    assert causes({"Dockerfile": unused + "FROM debian:bookworm-slim\nRUN true\n"}) == []


def test_what_a_wrong_copy_meant_is_there_for_later_lines() -> None:
    text = "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY shop/web/ ./web/\nRUN cat web/page.txt\n"
    found = causes({"Dockerfile": text + "RUN cp shop/web/page.txt /etc/\n", "web/page.txt": "x"})
    assert found == [("context/copy-source-missing", 3), ("dockerfile/wrong-path", 5)]


def test_one_round_mends_copies_and_paths_with_the_same_wrong_prefix() -> None:
    text = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY shop/web/ ./web/\nCMD ["python", "shop/web/main.py"]\n'
    result = mend(Project.of({"Dockerfile": text, "web/main.py": "print(1)\n"}), (Safety.SAFE, Safety.RISKY))
    assert result.files == {"Dockerfile": text.replace("shop/web", "web")}


def test_a_masked_failure_is_an_error_only_where_something_breaks_for_it() -> None:
    harmless = "FROM debian:bookworm-slim\nRUN cp /opt/x /opt/y || true\n"
    harmful = harmless + "RUN cp /opt/y /opt/z\n"
    assert [finding.severity for finding in findings({"Dockerfile": harmless})] == [Severity.WARNING]
    found = findings({"Dockerfile": harmful})
    assert ("dockerfile/masked-failure", Severity.ERROR) in [(each.cause, each.severity) for each in found]
    masked = next(each for each in found if each.cause == "dockerfile/masked-failure")
    assert any(proof.place is not None and proof.place.line == 3 for proof in masked.evidence)


def test_a_second_way_to_the_same_end_is_not_a_masked_failure() -> None:
    text = "FROM debian:bookworm-slim\nRUN cp /opt/x /etc/x || touch /etc/x\nRUN cat /etc/x\n"
    assert causes({"Dockerfile": text}) == []


def test_a_base_that_is_not_known_may_set_any_variable() -> None:
    text = "FROM example.org/strange:1\nCOPY conf/$MODE /etc/app\n"
    assert causes({"Dockerfile": text, "conf/a": ""}) == []


def test_files_that_git_keeps_to_itself_are_not_called_missing() -> None:
    text = "FROM debian:bookworm-slim\nCOPY .git /src/.git\n"
    assert all(finding.certainty.value == "possible" for finding in findings({"Dockerfile": text}))


def test_a_target_that_names_no_stage() -> None:
    files = {
        "Dockerfile": "FROM debian:bookworm-slim AS builder\n",
        "compose.yaml": "services:\n  web:\n    build:\n      context: .\n      target: bilder\n",
    }
    assert causes(files) == [("dockerfile/stage-missing", 1)]


def test_a_dockerfile_that_compose_names_and_nobody_wrote() -> None:
    files = {"compose.yaml": "services:\n  web:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n"}
    assert [finding.cause for finding in findings(files)] == ["context/dockerfile-missing"]


def test_steps_are_counted_without_what_is_only_read() -> None:
    project = Project.of({"Dockerfile": "FROM debian:bookworm-slim\nCOYP a b\nRUN true\n"})
    rehearsal = rehearse(project, project.targets[0])
    assert [step.kind for step in rehearsal.steps] == ["parse", "build", "build", "build"]
    assert rehearsal.count == 3
