"""Reads any build or run log into one model: BuildKit, the classic builder, buildah, compose, kaniko, CI prefixes.

`read` takes a whole log, `Reader` takes one as it comes. Linear in time; nothing a log holds makes it raise.
"""

from __future__ import annotations

from dockwright.log.excerpt import excerpt
from dockwright.log.locate import locate
from dockwright.log.model import Builder, BuildLog, Line, Lines, LogStep, Outcome, Status
from dockwright.log.reader import Reader, read

__all__ = [
    "BuildLog",
    "Builder",
    "Line",
    "Lines",
    "LogStep",
    "Outcome",
    "Reader",
    "Status",
    "excerpt",
    "locate",
    "read",
]
