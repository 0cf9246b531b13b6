"""A command fails, and the line hides it: `|| true`, `;`, or a pipe.

The step succeeds whatever the command did, so the image is built without what it should have made, and something later
fails instead: another step, or the container when it starts. A failure that stops the build is the cheaper one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found
from dockwright.finding import Certainty, Finding, Remedy, Severity
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
    if not step.masked:
        yield from _installs(step)


# Installers whose failure nobody allows on purpose: what they bring is what the image is for.
INSTALLERS = {
    "pip": "install",
    "pip3": "install",
    "poetry": "install",
    "pipenv": "install",
    "npm": "install",
    "apt-get": "install",
    "apk": "add",
}


def _installs(step: Step) -> Iterator[Found]:
    """`pip install … || true`: should it ever fail, the image is built without it."""
    instruction = step.instruction
    if instruction.keyword != "RUN" or "||" not in instruction.rest.text or instruction.heredocs:
        return
    from dockwright.dockerfile.shell import AndOr, Simple
    from dockwright.dockerfile.shell_parse import parse_shell

    body = parse_shell(instruction.rest.text, instruction.rest.span).body
    if not isinstance(body, AndOr) or body.operator != "||" or not isinstance(body.right, Simple):
        return
    command = body.left if isinstance(body.left, Simple) else getattr(body.left, "right", None)
    hides = [word.literal for word in body.right.words]
    words = [word.literal or "" for word in command.words] if isinstance(command, Simple) else []
    if hides in (["true"], [":"]) and words and INSTALLERS.get(words[0]) in words[1:]:
        span = command.span if isinstance(command, Simple) else body.span
        facts = Facts(f"{words[0]} {INSTALLERS[words[0]]}", f"|| {hides[0]}", "could fail")
        yield Found(span, facts, severity=Severity.WARNING)


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
