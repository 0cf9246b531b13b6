"""The shell can't parse the text of the line.

RUN hands its text to /bin/sh as one command line. A quote that is not closed, an `if` without its `fi`, a loop broken over
lines without `;` or `\\` stop the shell before it runs anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    message: str = ""


TITLE = "the shell can't parse this line[: {message}]"

SIGNATURES = (
    # /bin/sh: 1: Syntax error: end of file unexpected (expecting "fi")
    sign("Syntax error: ", r"sh: (?:line )?\d+: Syntax error: (?P<message>.+)", sure=0.85),
    # /bin/sh: syntax error: unexpected end of file (expecting "fi")        (BusyBox)
    sign("syntax error: unexpected", r"sh: syntax error: (?P<message>.+)", sure=0.85),
    # /bin/bash: -c: line 1: syntax error near unexpected token `|'
    sign("syntax error near", r"sh: (?:-c: )?line \d+: (?P<message>syntax error .+)", sure=0.85),
    # /bin/bash: -c: line 2: syntax error: unexpected end of file
    sign("syntax error: unexpected end of file", r"sh: (?:-c: )?line \d+: syntax error: (?P<message>.+)", sure=0.85),
    # /bin/bash: -c: line 1: unexpected EOF while looking for matching `"'
    sign(
        "unexpected EOF while looking for matching",
        r"(?P<message>unexpected EOF while looking for matching .+)",
        sure=0.9,
    ),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Shell):
        if need.feature == "syntax":
            yield found(unmet, Facts(need.message))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if finding.where is not None:
        yield from _closed(finding.where)
    yield remedy.advice("Close what is open, or put the text into a heredoc (RUN <<EOF), where it keeps its lines.")


def _closed(where: Place) -> Iterator[Remedy]:
    """The one word that is missing at the end, where exactly one makes the text one that the shell can parse."""
    from dockwright.causes.edits import inserted, instruction_of
    from dockwright.dockerfile.shell_parse import parse_shell

    found = instruction_of(where)
    if found is None or found.keyword != "RUN" or found.exec_form is not None or found.heredocs:
        return
    text = found.rest.text.rstrip()
    if not parse_shell(text).errors:
        return
    gap = " " if text.endswith((";", ";;")) else "; "
    fitting = [word for word in ("fi", "done", "esac", "}") if not parse_shell(text + gap + word).errors]
    if len(fitting) == 1:
        edit = inserted(where.source, found.rest.offset(len(text) - 1) + 1, gap + fitting[0])
        yield remedy.risky(f"Close it with `{fitting[0]}` at the end of the line", edit)


CASES = (
    r"""
an if without its fi
-- Dockerfile --
FROM debian:bookworm-slim
# found:
RUN if [ -f /etc/passwd ]; then echo there;
-- build.log --
#5 [2/2] RUN if [ -f /etc/passwd ]; then echo there;
>>#5 0.286 /bin/sh: 1: Syntax error: end of file unexpected (expecting "fi")
#5 ERROR: process "/bin/sh -c if [ -f /etc/passwd ]; then echo there;" did not complete successfully: exit code: 2
-- mended --
FROM debian:bookworm-slim
RUN if [ -f /etc/passwd ]; then echo there; fi
""",
    r"""
the same with its fi, over several lines
-- Dockerfile --
FROM debian:bookworm-slim
RUN if [ -f /etc/passwd ]; then \
      echo there; \
    fi
""",
)
