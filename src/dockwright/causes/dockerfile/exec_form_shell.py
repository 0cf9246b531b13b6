"""Shell syntax stands in the JSON form, where no shell reads it, or JSON is written with the wrong quotes.

`RUN ["a", "&&", "b"]` starts the program `a` with the arguments `&&` and `b`. `CMD ["echo $HOME"]` looks for a program
whose name is `echo $HOME`, `CMD ["uvicorn", "--port", "$PORT"]` hands over the five letters. And `CMD ['python', 'app.py']` is not JSON, so a shell gets it and looks for `[python,`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy, Severity
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.dockerfile.nodes import Instruction
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    text: str = ""
    problem: str = "operator"  # operator, command, variable, quotes


TITLE = "{text} is not what this form takes"
WHY = (
    "The JSON form starts the program itself, without a shell; a form that is not JSON goes to the shell as it stands."
)
EXPLAINS = ("system/command-missing", "runtime/entrypoint-missing", "dockerfile/shell-syntax")

SIGNATURES = (
    # /bin/sh: 1: [python,: not found
    sign(": not found", r"sh: (?:\d+: )?(?P<text>\[[\w./-]+,?\]?): not found", sure=0.95, problem="quotes"),
    # exec: "echo $HOME": executable file not found in $PATH
    sign(
        ": executable file not found in $PATH",
        r'exec: "(?P<text>[^"]*(?: |\$)[^"]*)": executable file not found',
        sure=0.95,
        problem="command",
    ),
    # Error: Invalid value for '--port': '${PORT:-8080}' is not a valid integer.
    sign(" is not a valid integer", r"'(?P<text>\$\{?\w[^']*)' is not a valid integer", sure=0.97, problem="variable"),
    # no recorded log yet: Error: '$PORT' is not a valid port number.
    sign(" is not a valid port number", r"'(?P<text>\$\{?\w[^']*)' is not a valid port", sure=0.97, problem="variable"),
    # E: The update command takes no arguments
    sign(": The update command takes no arguments", sure=0.9, text="&&"),
)
# They refuse an argument like `&&`; others may take it for a name.
STRICT = frozenset(["apt-get", "apt", "apk", "yum", "dnf", "pip", "pip3", "npm", "yarn"])


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Form):
        if need.problem == "operator":
            severity = Severity.ERROR if need.program in STRICT else Severity.WARNING
            yield found(unmet, Facts(need.text, need.problem), severity=severity)
        elif need.problem in ("command", "variable", "quotes"):
            yield found(unmet, Facts(need.text, need.problem))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_packages import around

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    spot = around(where) if where is not None else None
    if where is not None and spot is not None:
        rest = spot.instruction.rest
        span = rest.span(0, len(rest.text))
        span = Span(span.start, span.start + len(where.source[span].rstrip()))
        if facts.problem == "quotes" and '"' not in facts.text:
            yield remedy.safe(
                "Write it as JSON, with double quotes",
                remedy.swap_span(where.source, span, re.sub(r",\s*\]$", "]", facts.text.replace("'", '"'))),
            )
        elif facts.problem == "variable":
            if not any(
                other.keyword in ("CMD", "ENTRYPOINT")
                for other in spot.stage.instructions
                if other is not spot.instruction
            ):
                yield remedy.safe(
                    "Let a shell read it, which gives way to the program",
                    remedy.swap_span(where.source, span, _shell(spot.instruction)),
                )
        elif spot.instruction.exec_form is not None:
            text = " ".join(word.text for word in spot.instruction.exec_form)
            yield remedy.safe("Let the shell read it", remedy.swap_span(where.source, span, text))
    yield remedy.advice("Take the shell form, or one program with one argument a string.")


def _shell(instruction: Instruction) -> str:
    """The program in the shell's place (`exec`), so that it gets the signals; words that a shell would read are quoted."""
    run = "" if instruction.keyword == "RUN" else "exec "
    return run + " ".join(_quoted(word.text) for word in instruction.exec_form or ())


def _quoted(text: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./${}-]+", text):
        return text
    return f'"{text}"' if "$" in text and not set(text) & set('"`\\') else "'" + text.replace("'", "'\\''") + "'"


CASES = (
    r"""
a variable for a program that takes its arguments as they stand
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM python:3.12-slim
RUN pip install --no-cache-dir uvicorn==0.34.0
COPY app.py ./
# found: text=${PORT:-8080} problem=variable
CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "${PORT:-8080}"]
-- app.py --
async def app(scope, receive, send):
    pass
-- build.log --
Usage: uvicorn [OPTIONS] APP
Try 'uvicorn --help' for help.

>>Error: Invalid value for '--port': '${PORT:-8080}' is not a valid integer.
-- mended --
FROM python:3.12-slim
RUN pip install --no-cache-dir uvicorn==0.34.0
COPY app.py ./
CMD exec uvicorn app:app --host 0.0.0.0 --port ${PORT:-8080}
""",
    r"""
a shell is started by the JSON form itself
-- Dockerfile --
FROM python:3.12-slim
RUN pip install --no-cache-dir uvicorn==0.34.0
CMD ["sh", "-c", "uvicorn app:app --port $PORT"]
""",
    r"""
&& in the JSON form
-- Dockerfile --
FROM debian:bookworm-slim
# found: text=&& problem=operator
RUN ["apt-get", "update", "&&", "apt-get", "install", "-y", "netbase"]
-- build.log --
#5 [2/2] RUN ["apt-get", "update", "&&", "apt-get", "install", "-y", "netbase"]
>>#5 0.278 E: The update command takes no arguments
#5 ERROR: process "apt-get update && apt-get install -y netbase" did not complete successfully: exit code: 100
-- mended --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y netbase
""",
    r"""
single quotes are not JSON
-- Dockerfile --
FROM debian:bookworm-slim
# found: problem=quotes
RUN ['ls', '-l']
-- build.log --
#5 [2/2] RUN ['ls', '-l']
>>#5 0.355 /bin/sh: 1: [ls,: not found
#5 ERROR: process "/bin/sh -c ['ls', '-l']" did not complete successfully: exit code: 127
-- mended --
FROM debian:bookworm-slim
RUN ["ls", "-l"]
""",
    r"""
a shell that is named may have all it wants, and a test is no list
-- Dockerfile --
FROM debian:bookworm-slim
RUN ["/bin/sh", "-c", "true && echo $HOME"]
RUN [ "a" = "a" ]
CMD ["sh", "-c", "exec sleep 1 || true"]
""",
)
