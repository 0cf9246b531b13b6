"""What a report comes to: the exit code, what the configuration leaves out, which Dockerfiles can't be read."""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import structs

from dockwright.cli.config import Config
from dockwright.finding import UNKNOWN, Certainty, Finding, Report, Severity, TargetReport, breaks
from dockwright.inputs.targets import in_tree
from dockwright.project import Project


def code_of(report: Report, fail_on: str) -> int:
    """1 when a finding is grave enough for `fail_on` (certain, likely, possible, warning, never)."""
    findings = [finding for target in report.targets for finding in target.findings]
    return int(any(_grave(finding, fail_on) for finding in findings))


def _grave(finding: Finding, fail_on: str) -> bool:
    if fail_on == "warning" and finding.severity is Severity.WARNING:
        return finding.certainty is not Certainty.POSSIBLE
    if fail_on == "never" or finding.severity is not Severity.ERROR:
        return False
    if fail_on == "certain":
        return finding.certainty is Certainty.CERTAIN
    return fail_on == "possible" or breaks(finding)


def without_ignored(report: Report, project: Project, config: Config) -> Report:
    """The report without the findings that the configuration ignores."""
    if not config.ignore:
        return report
    return Report(tuple(_without(target, project, config) for target in report.targets))


def _without(target: TargetReport, project: Project, config: Config) -> TargetReport:
    kept = tuple(finding for finding in target.findings if not _ignored(finding, target, project, config))
    failing = {finding.where.line for finding in kept if finding.where is not None and breaks(finding)}
    verdict = target.verdict
    if verdict == "fails" and not any(map(breaks, kept)):
        verdict = "unknown"  # what comes after an ignored failure was rehearsed as if it had succeeded
    return structs.replace(target, findings=kept, verdict=verdict, failing_steps=len(failing))


def _ignored(finding: Finding, target: TargetReport, project: Project, config: Config) -> bool:
    file = finding.where.source.name if finding.where is not None else target.dockerfile
    return config.ignores(finding.cause, os.path.join(project.root, file))


def unreadable(project: Project) -> Iterator[str]:
    """A sentence for each Dockerfile that is there and can't be read."""
    for name in dict.fromkeys(target.dockerfile for target in project.targets if target.inline is None):
        path = in_tree(name)
        if project.source(name) is None and project.tree.kind(path) is not None:
            yield f"{name}: {_why(project, path)}; nothing is known of it"


def _why(project: Project, path: str) -> str:
    kind = project.tree.kind(path)
    if kind == "dir":
        return "is a folder"
    if kind == "link" and project.tree.resolve(path) is None:
        return "is a link that leads out of the project or in a circle"
    size = project.tree.size(path)
    if size is not UNKNOWN and size is not None and size > 4 << 20:
        return "is larger than 4 MiB"
    return "can't be read (it is no regular file, or reading it is not permitted)"
