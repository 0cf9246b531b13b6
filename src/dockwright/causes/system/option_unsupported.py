"""A command of the system does not know an option in this distribution's version.

`adduser` is a different program in Debian, Alpine and Fedora; `useradd` shares some of its options and not others; a release
adds options that the one before did not have. The command prints its usage and fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    command: str = ""
    option: str = ""
    version: str = ""
    instead: str = ""


TITLE = "[{command} ]does not know {option}"
WHY = "The version[ of {version}] in this image has no such option[; there it is {instead}]."

SIGNATURES = (
    # Unknown option: create-home
    sign("Unknown option: ", r"^Unknown option: (?P<option>[\w-]+)$", sure=0.85),
    # Option d is ambiguous (debug, disabled-login, disabled-password)
    sign(" is ambiguous (", r"^Option (?P<option>[\w-]+) is ambiguous \(", sure=0.9, command="adduser"),
    # useradd: unrecognized option '--disabled-password'
    sign(
        ": unrecognized option",
        r"(?P<command>(?:user|group)(?:add|mod|del)|adduser|addgroup|cp|mv|rm|ln|mkdir|chown|chmod|sed|grep|find|wget|tar|date|install|unzip|"
        r"ps|xargs|sort|readlink|mktemp|stat|base64|sha256sum): unrecognized option:? [`'‘]?-*(?P<option>[\w-]+)",
        sure=0.93,
    ),
    # useradd: invalid option -- 'S'
    sign(
        ": invalid option -- ",
        r"(?P<command>(?:user|group)(?:add|mod|del)|adduser|addgroup|cp|mv|rm|ln|mkdir|chown|chmod|sed|grep|find|wget|tar|date|install): "
        r"invalid option -- '(?P<option>\w)'",
        sure=0.93,
    ),
    # invalid option: --no-ri        (gem of RubyGems 3)
    sign("invalid option: --", r"^\s*invalid option: (?P<option>--[\w-]+)", sure=0.7),
    # E: Command line option --no-install-recommend is not understood in combination with the other options
    sign(
        ": Command line option ",
        r"E(?:rror)?: Command line option [-']*(?P<option>[\w-]+)'? .*is not understood",
        sure=0.95,
        command="apt-get",
    ),
    # E: Invalid operation frobnicate
    sign(
        ": Invalid operation ", r"(?:^|\W)E(?:rror)?: Invalid operation (?P<option>\S+)", sure=0.95, command="apt-get"
    ),
    # invalid option: --no-rdoc
    sign("invalid option: ", r"invalid option: (?P<option>--no-(?:rdoc|ri)|--global)", sure=0.95, command="gem"),
    # install.py: error: unrecognized arguments: --install-dependencies --download-forests
    sign(
        "error: unrecognized arguments: ",
        r"^(?:usage: )?(?P<command>(?!virtualenv|pipenv|pip|pdm|poetry)[\w.-]+): error: unrecognized arguments: (?P<option>\S+)",
        sure=0.88,
    ),
    # Error: No such option: -c        (click, below "Try 'python -m uvicorn --help' for help.")
    sign(
        "Error: No such option",
        r"^Error: No such option:? '?(?P<option>--?[\w-]+)",
        above=r"^Try ['\"](?:python3? -m )?(?P<command>[\w.-]+)",
        sure=0.9,
    ),
)

OS = frozenset(
    [
        "adduser",
        "addgroup",
        "useradd",
        "groupadd",
        "usermod",
        "groupmod",
        "userdel",
        "groupdel",
        "apt-get",
        "apt",
        "gem",
    ]
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Option):
        if need.command in OS:
            yield found(unmet, Facts(need.command, need.option, need.version, need.instead))


# What `adduser` means by an option of `useradd`'s, and the other way round; an empty text: it does so anyway.
AS_ADDUSER = {
    "--create-home": "",
    "--home-dir": "--home",
    "--user-group": "--group",
    "-m": "",
    "--no-log-init": "",
    "--comment": "--gecos",
    "--gecos": "--comment",
}
AS_USERADD = {
    "--disabled-password": "",
    "--disabled-login": "",
    "--gecos": "--comment",
    "-S": "-r",
    "-H": "-M",
    "-D": "",
    "--ingroup": "--gid",
    "--home": "--home-dir",
}


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None:
        yield from _edits(facts, where)
    yield remedy.advice(
        f"Look into `{facts.command or 'the command'} --help` of this image for what {facts.option} is called there."
    )


def _edits(facts: Facts, where: Place) -> Iterator[Remedy]:
    written = where.source[where.span].partition("=")[0]
    if facts.command == "adduser" and facts.option in ("--create-home", "-m"):
        yield from _home(where)
    known = (
        AS_ADDUSER
        if facts.command == "adduser" and facts.version.startswith("Debian")
        else AS_USERADD
        if facts.command == "useradd"
        else {}
    )
    instead = facts.instead or known.get(facts.option)
    if written != facts.option or instead is None:
        return
    if instead:
        span = Span(where.span.start, where.span.start + len(written))
        yield remedy.safe(f"Write {instead}", remedy.swap_span(where.source, span, instead))
    elif "=" not in where.source[where.span]:
        text = where.source.text
        end = where.span.end + (1 if text[where.span.end : where.span.end + 1] == " " else 0)
        yield remedy.safe(
            f"Leave {facts.option} out: {facts.command} does so anyway",
            remedy.swap_span(where.source, Span(where.span.start, end), ""),
        )


def _home(where: Place) -> Iterator[Remedy]:
    """adduser makes the home of an ordinary user anyway, that of a system user when --home names it (Debian 12)."""
    from dockwright.causes.edits import instruction_of
    from dockwright.remedy_users import home_for

    found = instruction_of(where)
    after = where.source.text[where.span.end : found.span.end if found is not None else where.span.end]
    command = re.split(r"[&|;\n]", after, maxsplit=1)[0].split()
    if found is None or not command or "--system" not in where.source.text[found.span.start : where.span.end] + after:
        return
    edit = home_for(where, command[-1])
    if edit is not None:
        yield remedy.safe(f"Name the home: {edit.text.strip()}", edit)


CASES = (
    r"""
RubyGems 3 knows no --no-ri
-- Dockerfile --
FROM ruby:3.2
# found: command=gem option=--no-ri instead=--no-document
RUN gem install --no-ri rake
-- mended --
FROM ruby:3.2
RUN gem install --no-document rake
""",
    r"""
Debian's adduser makes a home folder without being told
-- Dockerfile --
FROM debian:bookworm-slim
# found: command=adduser option=--create-home
RUN adduser --create-home --disabled-password --gecos "" app
-- build.log --
#5 [2/2] RUN adduser --create-home --disabled-password --gecos "" app
>>#5 0.264 Unknown option: create-home
#5 0.266 adduser [--uid id] [--firstuid id] [--lastuid id]
#5 0.266         [--gid id] [--firstgid id] [--lastgid id] [--ingroup group]
#5 0.266         [--add-extra-groups] [--shell shell]
#5 0.266         [--conf file] [--quiet] [--verbose] [--debug]
#5 0.266         group
#5 0.266    Add a system group
#5 0.266
#5 0.266 adduser USER GROUP
#5 0.266    Add an existing user to an existing group
#5 ERROR: process "/bin/sh -c adduser --create-home --disabled-password --gecos \"\" app" did not complete successfully: exit code: 1
-- mended --
FROM debian:bookworm-slim
RUN adduser --disabled-password --gecos "" app
""",
    r"""
useradd is another program with other options
-- Dockerfile --
FROM debian:trixie-slim
# found: command=useradd option=--gecos instead=--comment
RUN useradd -m --gecos "" app
-- build.log --
#5 [2/2] RUN useradd -m --gecos "" app
>>#5 0.150 useradd: unrecognized option '--gecos'
#5 0.150 Usage: useradd [options] LOGIN
#5 0.150        useradd -D
#5 0.150        useradd -D [options]
#5 0.151   -s, --shell SHELL             login shell of the new account
#5 0.151   -u, --uid UID                 user ID of the new account
#5 0.151   -U, --user-group              create a group with the same name as the user
#5 0.151   -Z, --selinux-user SEUSER     use a specific SEUSER for the SELinux user mapping
#5 0.151       --selinux-range SERANGE   use a specific MLS range for the SELinux user mapping
#5 0.151
#5 ERROR: process "/bin/sh -c useradd -m --gecos \"\" app" did not complete successfully: exit code: 2
-- mended --
FROM debian:trixie-slim
RUN useradd -m --comment "" app
""",
    r"""
shortened options are options too
-- Dockerfile --
FROM debian:bookworm-slim
RUN adduser --disabled-p --gecos "" --uid 1010 app && adduser --system --group --no-create worker
RUN useradd --create --shell=/bin/bash -u 1011 other
""",
)
