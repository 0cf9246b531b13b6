"""A check's report in the forms that programs read, and in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from dockwright.finding import TargetReport
from dockwright.project import Project
from dockwright.report import data

Checked = Sequence[tuple[TargetReport, data.Texts]]


def texts_of(project: Project | None) -> data.Texts:
    def text(name: str) -> str | None:
        source = None if project is None else project.source(name)
        return None if source is None else source.text

    return text


def write_report(form: str, targets: Sequence[tuple[TargetReport, Project]], elapsed_ms: int) -> str:
    """`form`: json, sarif, junit, github or markdown. Only JSON holds a time; else equal input gives equal bytes."""
    checked = [(target, texts_of(project)) for target, project in targets]
    if form == "sarif":
        from dockwright.report.sarif import sarif

        return data.encode(sarif(checked))
    if form == "junit":
        from dockwright.report.junit import junit

        return junit(checked)
    if form == "github":
        from dockwright.report.github import commands

        return commands(checked)
    if form == "markdown":
        from dockwright.report.markdown import report_page

        return report_page(checked)
    return data.encode(data.report(checked, elapsed_ms))
