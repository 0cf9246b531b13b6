"""A script has Windows line ends, and Linux takes the carriage return for part of the text.

`#!/bin/sh` with a carriage return names an interpreter `/bin/sh\\r` that does not exist, so the kernel says "no such file"
of a script that is there. In a script run by sh, `set -e` or `then` followed by one is an error of its own. Git on
Windows checks files out that way unless .gitattributes says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.inputs.targets import join
from dockwright.rehearse import needs
from dockwright.rehearse.journal import Contents
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    file: str = ""


TITLE = "[{path} ]has Windows line ends"
WHY = "The carriage return at the end of a line becomes part of a name or an option."
EXPLAINS = (
    "system/command-missing",
    "runtime/entrypoint-missing",
    "dockerfile/shell-syntax",
    "system/permission-denied",
    "runtime/crash",
    "system/option-unsupported",
)

SIGNATURES = (
    # env: ‘python3\r’: No such file or directory
    sign('\\r', r"env: .(?P<path>[\w./-]+)\\r.: No such file", sure=0.98),
    # /usr/bin/env: ‘bash\r’: No such file or directory
    sign('env: ', r"env: .(?P<path>[\w./-]+)\r.?: No such file", sure=0.98),
    # /bin/sh^M: bad interpreter: No such file or directory
    sign('^M: bad interpreter', sure=0.98),
    # /start.sh: line 2: $'\r': command not found
    sign("$'\\r': command not found", r"(?P<path>[\w./-]+)?:? ?(?:line \d+: )?\$'\\r': command not found", sure=0.98),
    # /start.sh: line 2: set: -: invalid option
    sign('set: -: invalid option', r"(?P<path>[\w./-]+): line \d+: set: -: invalid option", sure=0.93),
    # : invalid option   (after /start.sh: line 2: set: -, which the carriage return goes back over)
    sign(': invalid option', r"^: invalid option$", sure=0.93, also='set: usage: set ['),
    # /start.sh: 2: set: Illegal option -
    sign('set: Illegal option -', r"(?P<path>[\w./-]+): \d+: set: Illegal option -\s*$", sure=0.93),
    # exec /start.sh: no such file or directory
    sign('exec /', r"^exec (?P<path>/\S+): no such file or directory$", sure=0.75),
    # standard_init_linux.go:228: exec user process caused: no such file or directory
    sign('exec user process caused', r'exec user process caused:? "?no such file or directory', sure=0.75),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Executable):
        if need.problem == "crlf":
            node = step.before.find(need.path).node
            content = node.content if node is not None else None
            yield found(unmet, Facts(need.path, content.path if isinstance(content, Contents) else ""))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    for target in project.targets if facts.file else ():
        source = project.source(join(target.context, facts.file))
        if (
            where is not None
            and target.dockerfile == where.source.name
            and source is not None
            and "\r\n" in source.text
        ):
            whole = remedy.swap_span(source, Span(0, len(source.text)), source.text.replace("\r\n", "\n"))
            yield remedy.safe(f"Give {source.name} Linux line ends", whole)
            break
    yield remedy.advice("Store the script with LF line ends, and keep it so: `*.sh text eol=lf` in .gitattributes.")


CASES = (
    r"""
an interpreter with a carriage return
-- build.log --
#7 [3/3] RUN /run.py
>>#7 0.380 env: ‘python3\r’: No such file or directory
#7 0.380 env: use -[v]S to pass options in shebang lines
#7 ERROR: process "/bin/sh -c /run.py" did not complete successfully: exit code: 127
""",
    r"""
bash
-- build.log --
#7 [3/3] RUN bash /start.sh
>>#7 0.326 /start.sh: line 2: set: -: invalid option
#7 0.326 set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]
#7 0.326 /start.sh: line 6: syntax error: unexpected end of file
#7 ERROR: process "/bin/sh -c bash /start.sh" did not complete successfully: exit code: 2
""",
    r"""
dash
-- build.log --
#7 [3/3] RUN sh /start.sh
>>#7 0.681 /start.sh: 2: set: Illegal option -
#7 ERROR: process "/bin/sh -c sh /start.sh" did not complete successfully: exit code: 2
""",
    r"""
a container that is to start
-- build.log --
sha256:499e9927eea1e83cfef3a47e0be54d5a11ef2adbc080cd562ff8687734e7880a
>>exec /start.sh: no such file or directory
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
