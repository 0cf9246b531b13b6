"""What mend says: the commit message of what it did, and an attempt as soon as it ended. Nothing is built here."""

from __future__ import annotations

from dockwright.finding import Safety
from dockwright.mending import mend
from dockwright.project import Project
from dockwright.report.commit import commit_of_build, commit_of_rehearsal
from dockwright.report.mended import show_attempt
from dockwright.verify_build import BuildAttempt, Proven

BROKEN = {
    "Dockerfile": 'FROM python:3.12-slim\nWORKDIR /app\nRUN pip install -r requirements.txt\nCOPY . .\nCMD ["python", "a.py"]\n',
    "requirements.txt": "idna==3.6\n",
    "a.py": "print(1)\n",
}
FAILED = BuildAttempt(
    "web", 1, 12.5, False, None, "system/command-missing", "curl is not found", 0.9, "Dockerfile:3", "No program of this name.",
    ("log:12: /bin/sh: 1: curl: not found",), "Install curl", "safe", "--- a/Dockerfile\n",
)  # fmt: skip
BUILT = BuildAttempt("web", 2, 40.0, True)


def proven(outcome: str, *attempts: BuildAttempt) -> Proven:
    return Proven({"Dockerfile": "FROM x\n"}, (), attempts, outcome, "")


def test_message_names_failure_evidence_change_and_proof() -> None:
    said = commit_of_build(proven("built", FAILED, BUILT), "docker")
    assert said.split("\n")[0] == "Install curl"
    assert "curl is not found (Dockerfile:3); build 1 of web failed, cause system/command-missing." in " ".join(
        said.split()
    )
    assert "    log:12: /bin/sh: 1: curl: not found\n" in said
    assert "Changed: install curl." in said
    assert "Proven by building every target of the mended files with docker:\n- web: built in 40 s, build 2\n" in said


def test_message_never_says_proven_of_what_was_not_built() -> None:
    said = commit_of_build(proven("persists", FAILED), "docker")
    assert "NOT proven" in said and "built in" not in said
    assert "were not built" in " ".join(commit_of_rehearsal(mend(Project.of(BROKEN))).split())


def test_message_of_a_rehearsal_quotes_the_files() -> None:
    said = commit_of_rehearsal(mend(Project.of(BROKEN), (Safety.SAFE,)))
    assert said.startswith("Copy requirements.txt first\n\n")
    assert "Dockerfile:3: RUN pip install -r requirements.txt" in said
    assert not any(len(line) > 72 for line in said.split("\n") if not line.startswith("    "))


def test_message_drives_no_terminal_and_loses_no_line() -> None:
    evil = BuildAttempt(
        "web", 1, 1, False, None, "a/b", "# title \x1b[2J", 0.9, "", "# why", ("log:1: \x1b[31m",), "Do", "", "d"
    )
    said = commit_of_build(proven("built", evil, BUILT), "docker")
    assert "\x1b" not in said and not any(line.startswith("#") for line in said.split("\n"))
    assert "\x1b" not in show_attempt(evil, "docker")


def test_attempt_shows_cause_evidence_and_what_is_done() -> None:
    said = show_attempt(FAILED, "docker")
    assert said.split("\n")[0] == "build 1 of web on docker, 12.5 s: failed at Dockerfile:3"
    assert "curl: not found" in said and "then: Install curl   [safe]" in said
    assert show_attempt(BUILT, "docker") == "build 2 of web on docker, 40.0 s: built\n"
