"""A check's report in the machine-readable forms."""

from __future__ import annotations

from collections.abc import Sequence

from dockwright.finding import TargetReport
from dockwright.project import Project
from dockwright.report import data


def texts_of(project: Project) -> data.Texts:
    def text(name: str) -> str | None:
        source = project.source(name)
        return None if source is None else source.text

    return text


def write_report(form: str, targets: Sequence[tuple[TargetReport, Project]], elapsed_ms: int) -> str:
    pairs = [(target, texts_of(project)) for target, project in targets]
    return data.encode(data.report(pairs, elapsed_ms))
