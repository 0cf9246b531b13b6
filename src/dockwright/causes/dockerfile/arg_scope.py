"""A build argument is empty where it is used.

An ARG above the first FROM is known to FROM lines alone: a stage that uses it has to declare it again (`ARG NAME`). One
without a default is empty unless --build-arg gives it. The name then vanishes from the line, and an image without a tag,
a package without a version or a path without a folder is what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.dockerfile import parse
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    used_in: str = ""
    scope: str = ""  # unset, global, later


TITLE = "[{name} ]is empty where it is used[: {used_in}]"
WHY = "An ARG without a value is an empty text, and one above the first FROM is not known inside of a stage."
EXPLAINS = (
    "deps/invalid-requirement",
    "context/copy-source-missing",
    "network/gone",
    "image/not-found",
    "dockerfile/syntax",
    "build/file-missing",
    "build/dependency-missing",
)

SIGNATURES = (
    # ERROR: failed to build: failed to solve: base name (${X}) should not be blank
    sign("should not be blank", r"base name \((?:\$\{?(?P<name>\w+))?.*\) should not be blank", sure=0.97),
    # ERROR: failed to build: failed to solve: failed to parse stage name "debian:": invalid reference format
    sign(
        "failed to parse stage name",
        r'failed to parse stage name "(?P<used_in>[^"]*(?:[:/@-]|[:/-][^"/]*-)|:[^"]*|[^"]*//[^"]*|[^"]*:-[^"]*)": invalid reference',
        sure=0.95,
    ),
    # Step 2/8 : FROM silex/emacs:$VERSION  …  invalid reference format
    sign(">>> FROM ", r">>> FROM (?P<used_in>\S*\$\{?(?P<name>\w+)\S*)", also="invalid reference format", sure=0.95),
    # ERROR: Invalid requirement: 'six==': Expected end or semicolon … six==${VERSION}
    sign("nvalid requirement: '", r"nvalid requirement: '(?P<used_in>[\w.\[\]-]+(?:==|>=|~=))'", sure=0.9),
    # cannot normalize nothing
    sign("cannot normalize nothing", sure=0.9),
    # The command '/bin/sh -c test -n "$GIT_COMMIT"' returned a non-zero code: 1
    sign("-c test -n ", r"-c test -n \"?\$\{?(?P<name>\w+)\}?\"?(?:'| &&)", sure=0.93),
    # the build argument 'VERSION' is mandatory
    sign(" is mandatory", r"(?i)build arg(?:ument)? '?(?P<name>\w+)'? is mandatory", sure=0.93),
    # mkdir: missing operand
    sign(
        ": missing operand",
        r"^(?P<used_in>mkdir|chown|chmod|rm|cp|mv|touch|ln|basename|dirname): missing operand",
        sure=0.85,
    ),
    # wget: missing URL
    sign("wget: missing URL", sure=0.9, used_in="wget"),
    # curl: no URL specified!
    sign("curl: no URL specified", sure=0.9, used_in="curl"),
    # fatal: repository '' does not exist
    sign("fatal: repository '' does not exist", sure=0.95, used_in="git clone"),
    # fatal: Remote branch  not found in upstream origin
    sign("fatal: Remote branch  not found", sure=0.95, used_in="git clone --branch"),
    # groupadd: invalid group ID 'wekan'
    sign(": invalid ", r"(?P<used_in>useradd|groupadd|usermod): invalid (?:user|group) ID '[A-Za-z]\w*'", sure=0.85),
    # error: The argument '--path <PATH>' requires a value but none was supplied
    sign("requires a value but none was supplied", r"argument '(?P<used_in>--?[\w-]+)", sure=0.85),
    # error: a value is required for '--path <PATH>' but none was supplied
    sign("but none was supplied", r"value is required for '(?P<used_in>--?[\w-]+)", sure=0.85),
    # setup.py: error: argument --schemes: expected one argument
    sign(": expected one argument", r"error: argument (?P<used_in>\S+): expected one argument", sure=0.8),
    # dpkg: error: --install needs at least one package archive file argument
    sign("dpkg: error: --", r"dpkg: error: (?P<used_in>--[\w-]+) (?:needs at least one|takes exactly one)", sure=0.8),
    # mv: cannot stat '': No such file or directory
    sign("cannot stat ''", sure=0.8, used_in="a path"),
    # Usage: useradd [options] LOGIN
    sign(
        "[options] ",
        r"^Usage: (?P<used_in>useradd|groupadd|usermod) \[options\]",
        sure=0.72,
        unless="unrecognized option",
    ),
    # stat cmd//main.go: no such file or directory
    sign(
        "//",
        r"(?:cannot \w+|can't \w+|^l?stat|^open) ['‘]?(?P<used_in>[\w./-]*\w//[\w./-]+)['’]?: [Nn]o such file",
        sure=0.8,
    ),
    # [Error] Empty approot path.
    sign("mpty ", r"(?i)^\[?error\]?:? empty (?P<used_in>[\w-]+)", sure=0.8),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Variable):
        yield found(unmet, Facts(need.name, need.used_in, need.scope))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.scope == "global":
        yield remedy.safe(
            f"Declare ARG {facts.name} in this stage",
            remedy.line_before(where.source, _instruction_start(finding), f"ARG {facts.name}"),
        )
    if where is not None and facts.scope == "later":
        line = _declaration(finding, facts.name)
        if line:
            yield remedy.safe(
                f"Declare ARG {facts.name} above the first FROM",
                remedy.line_before(where.source, _first_from(finding), line),
            )
    yield remedy.advice(
        f"Give {facts.name or 'the argument'} a default (ARG {facts.name or 'NAME'}=…), or pass it with --build-arg."
    )


def _instruction_start(finding: Finding) -> int:
    where = finding.where
    assert where is not None
    spans = [each.span for each in parse(where.source.text).instructions if each.span.start <= where.span.start]
    return spans[-1].start if spans else where.span.start


def _first_from(finding: Finding) -> int:
    where = finding.where
    assert where is not None
    return next((each.span.start for each in parse(where.source.text).instructions if each.keyword == "FROM"), 0)


def _declaration(finding: Finding, name: str) -> str:
    """The line that declares the argument too late, when it has a default."""
    where = finding.where
    assert where is not None
    for each in parse(where.source.text).instructions:
        if (
            each.keyword == "ARG"
            and len(each.pairs) == 1
            and each.pairs[0].key.text == name
            and each.pairs[0].value is not None
        ):
            return each.text
    return ""


CASES = (
    r"""
what is left of the name of an image can be none
-- Dockerfile --
ARG RUBY_VERSION
# found: name=RUBY_VERSION scope=unset
FROM ruby:$RUBY_VERSION-slim
""",
    r"""
words that may vanish: more packages, a default, a flag
-- Dockerfile --
FROM debian:bookworm-slim
ARG MORE
ARG NUMBER=1000
RUN apt-get update && apt-get install -y --no-install-recommends $MORE
RUN useradd -u $NUMBER app
RUN rm -rf $MORE
RUN test -z "$MORE"
""",
    r"""
words that vanish: an option without its value, a command without its operand, a check that says so
-- Dockerfile --
FROM debian:bookworm-slim
ARG FOLDER
ARG MODEL_URL
ARG RELEASE
ARG NUMBER
RUN apt-get update && apt-get install -y --no-install-recommends wget ca-certificates
# found: name=FOLDER scope=unset
RUN mkdir -p $FOLDER
# found: name=MODEL_URL scope=unset
RUN wget -O /model.json $MODEL_URL
# found: name=RELEASE scope=unset
RUN test -n "$RELEASE"
# found: name=NUMBER scope=unset
RUN useradd -u $NUMBER app
""",
    r"""
an argument above FROM is used inside of the stage
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
ARG VERSION=1.16.0
FROM python:3.12-slim
# found: name=VERSION scope=global
RUN pip install --no-deps "six==${VERSION}"
-- build.log --
#5 [2/2] RUN pip install --no-deps "six==${VERSION}"
#5 4.893
#5 4.893 [notice] A new release of pip is available: 25.0.1 -> 26.3
#5 4.893 [notice] To update, run: pip install --upgrade pip
>>#5 4.897 ERROR: Invalid requirement: 'six==': Expected end or semicolon (after name and no valid version specifier)
#5 4.897     six==
#5 4.897        ^
#5 ERROR: process "/bin/sh -c pip install --no-deps \"six==${VERSION}\"" did not complete successfully: exit code: 1
-- mended --
ARG VERSION=1.16.0
FROM python:3.12-slim
ARG VERSION
RUN pip install --no-deps "six==${VERSION}"
""",
    r"""
a tag that nothing gives
-- Dockerfile --
ARG X
# found: name=X
FROM debian:${X}
-- build.log --
Dockerfile:2
--------------------
   1 |     ARG X
   2 | >>> FROM debian:${X}
   3 |
--------------------
>>ERROR: failed to build: failed to solve: failed to parse stage name "debian:": invalid reference format
""",
    r"""
the classic builder's words
-- build.log --
Step 1/2 : ARG X
Step 2/2 : FROM ${X}
>>base name (${X}) should not be blank
""",
    r"""
declared again in the stage
-- Dockerfile --
ARG VERSION=1.16.0
FROM python:3.12-slim
ARG VERSION
RUN pip install --no-deps "six==${VERSION}"
""",
)
