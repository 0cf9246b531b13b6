"""A package manager asks whether to go on, and in a build nobody answers.

apt-get, yum and dnf ask before they install more than what was named. A build has no terminal: standard input is at its end,
which they take for "no", and the command fails with `Abort.`
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
    flag: str = "-y"


TITLE = "{command} asks for confirmation, and nobody answers"
WHY = "Without {flag} it asks and waits for an answer; the build's standard input is empty, which counts as no."

SIGNATURES = (
    # Do you want to continue? [Y/n] Abort.
    sign("] Abort.", r"(?:continue|Continue)\? \[[Yy]/[nN]\] Abort\.", sure=0.97, command="apt-get install"),
    # Is this ok [y/d/N]: Exiting on user command
    sign("Exiting on user command", sure=0.95, command="yum install"),
    # Is this ok [y/N]: Operation aborted.
    sign("Operation aborted.", r"^(?:Is this ok \[y/N\]: ?)?Operation aborted\.", sure=0.9, command="dnf install"),
    # Proceed ([y]/n)? … CondaSystemExit: Exiting.
    sign("CondaSystemExit: Exiting", sure=0.9, command="conda install"),
    # EOF when reading a line, where pip uninstall asked
    sign("EOFError: EOF when reading a line", also="Proceed (Y/n)?", sure=0.95, command="pip uninstall"),
    # E: Held packages were changed and -y was used without --allow-change-held-packages.
    sign(
        "and -y was used without --",
        r"-y was used without (?P<flag>--allow-[\w-]+)",
        sure=0.93,
        command="apt-get",
        unless="cannot be authenticated",
    ),
    # EOFError: EOF when reading a line
    sign("EOF when reading a line", sure=0.88, command="the script", flag="an option"),
    # no recorded log yet: CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels.
    sign("CondaToSNonInteractiveError", sure=0.97, command="conda", flag="`conda tos accept`"),
    #  *** fstrim (Y/I/N/O/D/Z) [default=N] ? dpkg: error processing package util-linux (--configure):
    #  end of file on stdin at conffile prompt
    sign("on stdin at conffile prompt", sure=0.96, command="apt-get", flag="-o Dpkg::Options::=--force-confold"),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Confirmation):
        yield found(unmet, Facts(need.command, need.flag))


def _to_each(where: Place, flag: str) -> Iterator[Remedy]:
    """The option behind each command of the instruction that installs."""
    text = where.source.text[where.span.start : where.span.end]
    found = list(
        re.finditer(
            r"(?<![\w-])apt(?:-get)?(?:\s+-\S+)*\s+(?:install|upgrade|dist-upgrade|full-upgrade)(?![\w-])", text
        )
    )
    at = [where.span.start + each.end() for each in found]
    if at:
        edits = [remedy.swap_span(where.source, Span(end, end), f" {flag}") for end in at]
        yield remedy.safe(f"Answer beforehand: apt-get {flag}", *edits)


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if facts.flag.startswith("`conda"):
        yield remedy.advice(
            "`conda tos accept --override-channels --channel https://repo.anaconda.com/pkgs/main` (and …/pkgs/r) before this step, if you may accept them; or channels that ask nothing: `-c conda-forge --override-channels`, a Miniforge image."
        )
        return
    action = facts.command.rpartition(" ")[2]
    if where is not None and action == "apt-get":
        yield from _to_each(where, facts.flag)
    elif where is not None:
        text = where.source.text
        at = text.find(action, where.span.start)
        if 0 <= at <= where.span.end + 200:
            end = at + len(action)
            yield remedy.safe(
                f"Answer beforehand: {facts.command} {facts.flag}",
                remedy.swap_span(where.source, Span(end, end), f" {facts.flag}"),
            )
    yield remedy.advice(f"Give {facts.command} the option {facts.flag}.")


CASES = (
    r"""
dpkg asks about a changed file
-- from --
sw-0755 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 10/30 : RUN   apt-get update -q &&   apt-get upgrade -y &&   apt-get dist-upgrade -y
      Z     : start a shell to examine the situation
 The default action is to keep your current version.
*** fstrim (Y/I/N/O/D/Z) [default=N] ? dpkg: error processing package util-linux (--configure):
>> end of file on stdin at conffile prompt
The command '/bin/sh -c apt-get update -q &&   apt-get upgrade -y &&   apt-get dist-upgrade -y' returned a non-zero code: 100
""",
    r"""
apt-get install without -y
-- Dockerfile --
FROM debian:bookworm-slim
# found: command="apt-get install"
RUN apt-get update && apt-get install --no-install-recommends curl
-- build.log --
#5 [2/2] RUN apt-get update && apt-get install --no-install-recommends curl
#5 4.413   libkrb5support0 libldap-2.5-0 libnghttp2-14 libpsl5 librtmp1 libsasl2-2
#5 4.415   libsasl2-modules-db libssh2-1 libssl3
#5 4.418 Suggested packages:
#5 4.418   krb5-doc krb5-user
#5 4.418 Recommended packages:
#5 4.418   ca-certificates krb5-locales libldap-common publicsuffix libsasl2-modules
#5 4.449 The following NEW packages will be installed:
#5 4.450   curl libbrotli1 libcurl4 libgssapi-krb5-2 libk5crypto3 libkeyutils1
#5 4.450   libkrb5-3 libkrb5support0 libldap-2.5-0 libnghttp2-14 libpsl5 librtmp1
#5 4.450   libsasl2-2 libsasl2-modules-db libssh2-1 libssl3
#5 4.457 0 upgraded, 16 newly installed, 0 to remove and 0 not upgraded.
#5 4.457 Need to get 4242 kB of archives.
#5 4.457 After this operation, 12.0 MB of additional disk space will be used.
>>#5 4.457 Do you want to continue? [Y/n] Abort.
#5 ERROR: process "/bin/sh -c apt-get update && apt-get install --no-install-recommends curl" did not complete successfully: exit code: 1
-- mended --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl
""",
    r"""
apt does not ask for a package that comes alone, nor when something answers
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install netbase
RUN apt-get install -qq curl
RUN yes | apt-get install git
RUN echo 'APT::Get::Assume-Yes "true";' > /etc/apt/apt.conf.d/90yes && apt-get install make
""",
)
