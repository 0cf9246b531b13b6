"""The Dockerfile does not parse: BuildKit refuses to read an instruction.

Nothing of the file runs until all of it can be read. The usual reason is a continued line without a backslash at the end
of the line above, so that the rest of a command stands there as an instruction of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import end_before
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Certainty, Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    message: str = ""
    file: str = "Dockerfile"


TITLE = "The {file} can't be read here: {message}"
WHY = "BuildKit reads the whole file before it runs anything, and stops at what it can't read."
EXPLAINS = (
    "system/command-missing",
    "system/apt-package-missing",
    "build/file-missing",
    "context/project-metadata-missing",
)

SIGNATURES = (
    # ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: RUM (did you mean RUN?)
    sign("parse error", r"(?i)dockerfile parse error (?:on )?line \d+: (?P<message>.+?)\s*$", sure=0.95),
    # Error response from daemon: failed to parse Dockerfile: unterminated heredoc
    sign("failed to parse Dockerfile:", r"failed to parse Dockerfile: (?P<message>.+)", sure=0.95),
    # ERROR: failed to build: failed to solve: Syntax error - can't find = in "c”". Must be of the form: name=value
    sign("Must be of the form: name=value", r"(?P<message>Syntax error - can't find = in .*name=value)", sure=0.95),
    # ERROR: failed to build: failed to solve: unterminated heredoc
    sign("failed to solve: unterminated heredoc", message="unterminated heredoc", sure=0.95),
    # ERROR: failed to build: failed to solve: file with no instructions
    sign("file with no instructions", message="file with no instructions", sure=0.95),
    # ERROR: failed to build: failed to solve: no build stage in current context
    sign("no build stage in current context", message="no build stage in current context", sure=0.95),
    # ERROR: failed to build: failed to solve: unsupported mount type "cach" (did you mean cache?)
    sign("unsupported mount type", r'(?P<message>unsupported mount type "\w*".*)', sure=0.95),
    # ERROR: failed to build: failed to solve: invalid containerPort: web
    sign("nvalid containerPort:", r"(?P<message>[Ii]nvalid containerPort: \S+)", sure=0.9),
    # Error response from daemon: Unknown flag: chown
    sign("Unknown flag: ", r"(?P<message>Unknown flag: \S+)", sure=0.85),
    # ERROR: failed to build: failed to solve: failed to process "${B%%.*x": syntax error: missing '}'
    sign(
        "failed to process ",
        r"(?P<message>failed to process \".+\": .*(?:syntax error|unsupported modifier|unexpected end).*)",
        sure=0.9,
    ),
    # Error: building at STEP "RUNN ": Build error: Unknown instruction: "RUNN"
    sign("Build error: Unknown instruction", r'(?P<message>Unknown instruction: "\S+")', sure=0.95),
    # Error response from daemon: No build stage in current context
    sign("No build stage in current context", r"(?P<message>No build stage in current context)", sure=0.97),
    # Error response from daemon: the Dockerfile (Dockerfile) cannot be empty
    sign("cannot be empty", r"(?P<message>the Dockerfile \S* ?cannot be empty)", sure=0.98),
    # No image was generated. Is your Dockerfile empty?
    sign("Is your Dockerfile empty?", sure=0.95, message="it builds nothing"),
    # failed to process "\"${project.artifactId}.war\"": missing ':' in substitution
    sign("in substitution", r"(?P<message>missing ':' in substitution)", sure=0.9),
    # /bin/sh: 1: RUN: not found
    sign(
        ": not found",
        r"sh: (?:line )?(?:\d+: )?(?P<message>(?:RUN|COPY|ADD|ENV|WORKDIR|CMD|EXPOSE|ENTRYPOINT|VOLUME|USER|ARG|LABEL)): not found",
        sure=0.97,
    ),
    # /bin/bash: line 1: RUN: command not found
    sign(
        ": command not found",
        r"sh: (?:line )?(?:\d+: )?(?P<message>(?:RUN|COPY|ADD|ENV|WORKDIR|CMD|EXPOSE|ENTRYPOINT|VOLUME|USER|ARG|LABEL)): command not found",
        sure=0.97,
    ),
    # E: Unable to locate package RUN
    sign(
        "E: Unable to locate package ",
        r"Unable to locate package (?P<message>RUN|COPY|ADD|ENV|WORKDIR|CMD|EXPOSE)$",
        sure=0.97,
    ),
    # >>> FROM phusion/passenger-ruby21:   (invalid reference format)
    sign(
        ">>> FROM ",
        r">>> FROM [\w./-]+:(?:\s|$)",
        also="invalid reference format",
        message="an image with a colon and no tag behind it",
        sure=0.93,
    ),
)
QUOTES = {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"}


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Syntax):
        yield found(unmet, Facts(need.message, need.file or "Dockerfile"))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    ended = end_before(where, facts.message) if where is not None else None
    if ended is not None:
        yield remedy.safe(f"End the line above, so that {facts.message} is an instruction of its own", ended)
    if where is None or finding.certainty is Certainty.LIKELY:
        yield remedy.advice(f"Mend the line: {facts.message}.")
        return
    yield from _near_name(finding)
    yield from _unclosed(finding)
    yield from _commented(finding)
    yield from _continued(finding)
    yield from _quotes(finding)
    yield remedy.advice(f"Mend the line: {facts.message}.")


def _near_name(finding: Finding) -> Iterator[Remedy]:
    """`RUM echo` with one near name: BuildKit itself names it."""
    where, message = finding.where, str(getattr(finding.facts, "message", ""))
    assert where is not None
    _, has, rest = message.partition("(did you mean ")
    written = where.source[where.span]
    bad = message.partition(": ")[2].partition(" ")[0]
    if has and bad and bad in written:
        near = rest.rstrip(")?")
        yield remedy.risky(
            f"Write {near}",
            remedy.swap_span(
                where.source, where.span, written.replace(bad, ("--" if bad.startswith("--") else "") + near, 1)
            ),
        )


def _unclosed(finding: Finding) -> Iterator[Remedy]:
    """`RUN python -c "` and the program on the lines below: a line break ends the instruction, quotes or not."""
    import re

    where = finding.where
    assert where is not None
    source, above = where.source, where.line - 1
    opens = re.fullmatch(r"(\s*RUN\s.*?)\s-c\s+\"\s*", source.line_text(above).rstrip("\r\n")) if above else None
    if opens is None:
        return
    last, lines = where.line, len(source.line_starts)
    while last <= lines and source.line_text(last).strip() != '"':
        last += 1
    text = "".join(source.line_text(line) + "\n" for line in range(where.line, last))
    if last > lines or any(mark in text for mark in "$`\\") or re.search(r"^EOF$", text, re.MULTILINE):
        yield remedy.advice(
            "Give the program as a heredoc (RUN python3 <<EOF): a line break ends an instruction, quotes or not."
        )
        return
    span = Span(source.line_span(above).start, source.line_span(last).start + 1)
    yield remedy.safe("Give the program as a heredoc", remedy.swap_span(source, span, f"{opens[1]} <<'EOF'\n{text}EOF"))


def _commented(finding: Finding) -> Iterator[Remedy]:
    """`apt-get update && \\  # a comment`: behind a backslash that is to continue the line nothing but blanks may stand."""
    import re

    where = finding.where
    assert where is not None
    if where.line < 2 or not str(getattr(finding.facts, "message", "")).startswith("unknown instruction"):
        return
    source, above = where.source, where.line - 1
    line = source.line_text(above).rstrip("\r\n")
    start = source.line_span(above).start
    behind = re.search(r"\\[ \t]+(#.*)$", line)
    if behind:
        indent = line[: len(line) - len(line.lstrip())]
        text = f"{indent}{behind[1].rstrip()}\n{line[: behind.start() + 1]}"
        span = Span(start, start + len(line))
        yield remedy.safe(
            "Put the comment on a line of its own: behind it the line does not go on",
            remedy.swap_span(source, span, text),
        )


def _continued(finding: Finding) -> Iterator[Remedy]:
    """The line above ends in an operator, or this line is indented or begins with one: it was to go on."""
    where, message = finding.where, str(getattr(finding.facts, "message", ""))
    assert where is not None
    source, line = where.source, where.line
    above = line - 1
    if not message.startswith("unknown instruction") or above < 1:
        return
    text, own = source.line_text(above).rstrip(), source.line_text(line)
    if _ends_heredoc(source, above):
        yield remedy.advice("What follows a heredoc stands on the line that opens it: `cat > file <<EOF && next`.")
        return
    if not text or text.endswith("\\") or text.lstrip().startswith("#"):
        return
    if text.endswith(("&&", "||", "|", ";", ",")) or own[:1] in " \t" or own.lstrip().startswith(("&&", "||", "|")):
        end = source.line_span(above).start + len(text)
        joint = (
            " \\"
            if text.endswith(("&&", "||", "|", ";", ",")) or own.lstrip().startswith(("&&", "||", "|", "-"))
            else ""
        )
        if joint:
            yield remedy.safe("End the line above with a backslash", remedy.swap_span(source, Span(end, end), joint))


def _ends_heredoc(source: Source, line: int) -> bool:
    from dockwright.dockerfile import parse

    return any(each.end_line == line and each.heredocs for each in parse(source.text).instructions)


def _quotes(finding: Finding) -> Iterator[Remedy]:
    where = finding.where
    assert where is not None
    span = where.source.line_span(where.line)
    text = where.source[span]
    plain = "".join(QUOTES.get(char, char) for char in text)
    if plain != text:
        yield remedy.safe("Write plain quotation marks", remedy.swap_span(where.source, span, plain))
