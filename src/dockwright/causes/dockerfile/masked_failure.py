"""A command fails, and the line hides it: `|| true`, `;`, or a pipe.

The step succeeds whatever the command did, so the image is built without what it should have made, and something later
fails instead: another step, or the container when it starts. A failure that stops the build is the cheaper one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found
from dockwright.finding import Certainty, Finding, Remedy, Severity
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    command: str = ""
    masks: str = ""  # what hides it
    fails: str = "fails"  # or: could fail


TITLE = "{command} {fails} here, and the step goes on[: `{masks}`]"
WHY = "The step goes on as if nothing had happened, and what the command should have made is missing."


def check(step: Step) -> Iterator[Found]:
    """A warning beside the real cause; an error where something later breaks for it."""
    told: set[tuple[int, str]] = set()
    for unmet in sorted(step.masked, key=lambda each: not each.harms):
        if unmet.certainty is Certainty.POSSIBLE or (unmet.span.start, unmet.asked_by) in told:
            continue
        told.add((unmet.span.start, unmet.asked_by))
        severity = Severity.ERROR if unmet.harms else Severity.WARNING
        evidence = (*unmet.evidence, *unmet.harms)
        yield Found(unmet.span, Facts(unmet.asked_by, _mask(step, unmet.span.end)), evidence, unmet.certainty, severity)
    if not step.masked:  # should it ever fail, nobody would see it
        for unmet, need in step.unmet(needs.Form):
            if need.problem == "masked":
                yield found(unmet, Facts(need.text, need.program, "could fail"), severity=Severity.WARNING)


def _mask(step: Step, end: int) -> str:
    """The `|| true` behind the command, where there is one."""
    import re

    match = re.search(r"\|\|\s*(?:true|:|echo|printf)\b", step.source.text[end : step.instruction.span.end])
    return match[0] if match else ""


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    yield remedy.advice(
        f"Take `{facts.masks}` away once the command works."
        if facts.masks
        else "Join the commands with && (or set -e), so that the failure shows."
    )


CASES = (
    r"""
a failure that nobody would see
-- Dockerfile --
FROM python:3.12-slim
# found: "command=pip install" "masks=|| true" "fails=could fail"
RUN pip install --no-cache-dir idna==3.6 || true
""",
    r"""
a later line needs what the masked one should have made
-- Dockerfile --
FROM debian:bookworm-slim
# found: command=cp "masks=|| true"
RUN cp /opt/settings.toml /etc/app.toml || true
RUN cat /etc/app.toml
RUN cp /etc/app.toml /srv/app.toml
""",
    r"""
nothing fails
-- Dockerfile --
FROM debian:bookworm-slim
COPY settings.toml /opt/
RUN cp /opt/settings.toml /etc/app.toml || true
-- settings.toml --
a = 1
""",
)
