"""A requirement that the installer can't read.

A line of a requirements file, or a word of the command line, is no requirement: `=` for `==`, an empty version, a line of
another tool's file, a path of somebody's computer, the marks of an unfinished merge, or a file given without `-r`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import inserted
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    text: str = ""
    file: str = ""


TITLE = "The installer can't read the requirement {text}[ in {file}]"
WHY = "It is neither a name with a version, nor an option, nor a path or URL that is there."
EXPLAINS = ("deps/no-matching-version",)

SIGNATURES = (
    # ERROR: Invalid requirement: 'flask = 2.0': Expected end or semicolon (after name and no valid version specifier)
    sign("Invalid requirement: ", r"Invalid requirement: '(?P<text>[^']+)'(?! \(from)", sure=0.96, unless="It looks like a path"),
    # ERROR: Invalid requirement: --nonsense
    sign("Invalid requirement: --", r"Invalid requirement: (?P<text>--\S+)", sure=0.96),
    # ERROR: Invalid requirement: 'PyYAML=3.11' (from line 2 of bad.txt)
    sign("Invalid requirement: ", r"Invalid requirement: '(?P<text>[^']+)' \(from line \d+ of (?P<file>\S+)\)", sure=0.96, unless="It looks like a path"),
    # no recorded log yet: Invalid requirement, parse error at "'=3.4'"
    sign("Invalid requirement, parse error at", r"parse error at \"'?(?P<text>[^\"']+)", sure=0.9),
    # HINT: You are attempting to install a package literally named "requirements.txt" (which cannot exist). Consider using the '-r' flag
    sign("You are attempting to install a package literally named", r'literally named "(?P<text>[^"]+)"', sure=0.97),
    # ERROR: Could not find a version that satisfies the requirement requirements.txt (from versions: none)
    sign("that satisfies the requirement requirements", r"requirement (?P<text>requirements[\w-]*\.txt) \(from versions: *(?:none)?\)", sure=0.97),
    # ERROR: Could not install packages due to an OSError: [Errno 2] No such file or directory: '/home/conda/feedstock_root/…/work'
    sign("No such file or directory: '/", r"(?:OSError|EnvironmentError): \[Errno 2\] No such file or directory: '(?P<text>/(?:home|Users|tmp/build|croot|opt/conda|private|workspace)/[^']+)'", sure=0.85, also="Could not install packages due to an"),
    # ERROR: Could not find a version that satisfies the requirement policykit== (from versions: 0.1.0, …)
    sign("that satisfies the requirement ", r"satisfies the requirement (?P<text>\S+==) \(from", sure=0.95),
    # error: Couldn't parse requirement in `r.txt` at position 0
    sign("Couldn't parse requirement in", r"Couldn't parse requirement in `(?P<file>[^`]+)`", sure=0.96),
    # error: Unsupported editable requirement: `git+https://github.com/pallets/itsdangerous#egg=itsdangerous`
    sign("Unsupported editable requirement: `", r"Unsupported editable requirement: `(?P<text>[^`]+)`", sure=0.97),
    # UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe9 in position 2: invalid continuation byte
    sign("UnicodeDecodeError: ", also="pip/_internal/req/req_file.py", sure=0.85),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Manifest):
        if need.problem == "line":
            yield found(unmet, Facts(need.name, "" if need.path == need.name else need.path))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.text.endswith(".txt") and where.source[where.span] == facts.text:
        yield remedy.safe("Read it as a requirements file (-r)", inserted(where.source, where.span.start, "-r "))
        return
    yield from _in_file(finding, facts)
    if facts.text.partition(" ")[2].startswith("git+") or facts.text.startswith("git+"):
        yield remedy.advice("Write it without -e: uv installs a repository, and makes only local folders editable.")
        return
    yield remedy.advice(f"Write {facts.text or 'the line'} as pip reads it, such as name==1.2.")


def _in_file(finding: Finding, facts: Facts) -> Iterator[Remedy]:
    place = next(
        (proof.place for proof in finding.evidence if proof.place is not None and proof.text == facts.text), None
    )
    match = re.fullmatch(r"([A-Za-z][\w.-]*(?:\[[\w,-]+\])?)\s*=\s*(\d[\w.]*)(=\S+)?", facts.text)
    if place is None or match is None:
        return
    line = place.source.line_span(place.line)
    start = place.source.text.find(facts.text, line.start)
    span = Span(start, start + len(facts.text))
    yield remedy.safe(f"Pin {match[1]} with ==", remedy.swap_span(place.source, span, f"{match[1]}=={match[2]}"))


CASES = (
    r"""
uv makes no repository editable
-- from --
recorded on Docker Engine 28 with BuildKit and uv 0.13, 2026-11
-- build.log --
#8 [4/4] RUN uv pip install --system -e git+https://github.com/pallets/itsdangerous#egg=itsdangerous
>>#8 0.355 error: Unsupported editable requirement: `git+https://github.com/pallets/itsdangerous#egg=itsdangerous`
#8 0.355   cause: Git sources cannot be editable
#8 0.355
#8 0.355 hint: Editable requirements must refer to a local directory
#8 ERROR: process "/bin/sh -c uv pip install --system -e git+https://github.com/pallets/itsdangerous#egg=itsdangerous" did not complete successfully: exit code: 2
""",
    r"""
one equals sign
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
# found: text="flask = 2.0"
RUN pip install -r requirements.txt
-- requirements.txt --
idna==3.6
flask = 2.0
-- build.log --
#8 [4/4] RUN pip install -r requirements.txt
>>#8 6.245 ERROR: Invalid requirement: 'flask = 2.0': Expected end or semicolon (after name and no valid version specifier)
#8 6.245     flask = 2.0
#8 6.245           ^ (from line 2 of requirements.txt)
#8 ERROR: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1
-- mended requirements.txt --
idna==3.6
flask==2.0
""",
    r"""
a requirements file without -r
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
# found: text=requirements.txt
RUN pip install requirements.txt
-- requirements.txt --
idna==3.6
-- build.log --
#6 [3/3] RUN touch requirements.txt && pip install requirements.txt
>>#6 6.863 ERROR: Could not find a version that satisfies the requirement requirements.txt (from versions: none)
>>#6 6.869 HINT: You are attempting to install a package literally named "requirements.txt" (which cannot exist). Consider using the '-r' flag to install the packages listed in requirements.txt
#6 7.321
#6 ERROR: process "/bin/sh -c touch requirements.txt && pip install requirements.txt" did not complete successfully: exit code: 1
-- mended --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
""",
    r"""
comments, markers, hashes and options are all fine
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install -r requirements.txt
-- requirements.txt --
# pinned
--extra-index-url https://packages.example/simple
idna==3.6 ; python_version >= "3.8"  # names
Flask[async]~=3.0
""",
)
