"""The line uses a feature of bash that the image's /bin/sh does not have.

RUN runs /bin/sh: dash in Debian and Ubuntu, BusyBox ash in Alpine. `source`, `[[ ]]`, arrays, `<( )` and `pushd` belong to
bash; dash takes `pipefail` only from Debian 13 on. Some of these fail, others are quietly read as something else.
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
    feature: str = ""
    shell: str = ""


TITLE = "{feature} is not for /bin/sh[, which is {shell} here]"
WHY = "RUN runs /bin/sh unless a SHELL instruction says otherwise, and this is a feature of bash."
EXPLAINS = ("system/command-missing", "dockerfile/shell-syntax")

SIGNATURES = (
    # /bin/sh: 1: source: not found
    sign(": source: not found", sure=0.95, feature="source"),
    # /bin/sh: 1: [[: not found
    sign(": [[: not found", sure=0.95, feature="double-bracket"),
    # /bin/sh: 1: pushd: not found
    sign(
        ": not found",
        r"sh: \d+: (?P<feature>pushd|popd|declare|typeset|shopt|let|mapfile|readarray): not found",
        sure=0.95,
    ),
    # /bin/sh: 1: set: Illegal option -o pipefail
    sign("Illegal option -o pipefail", sure=0.97, feature="pipefail"),
    # /bin/sh: 1: Bad substitution
    sign(": Bad substitution", sure=0.9, feature="parameter expansion"),
    # /bin/sh: 1: Syntax error: "(" unexpected
    sign('Syntax error: "(" unexpected', sure=0.9, feature="an array or function of bash"),
    # /bin/sh: 1: Syntax error: redirection unexpected
    sign("Syntax error: redirection unexpected", sure=0.93, feature="a here-string or process substitution"),
    # /bin/sh: 1: Syntax error: Bad for loop variable
    sign("Syntax error: Bad for loop variable", sure=0.95, feature="c-style-for"),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Shell):
        if need.feature != "syntax":
            yield found(unmet, Facts(need.feature, need.shell))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    script = _script(finding)
    if script:
        yield remedy.advice(f"Run it with bash (`bash {script}`), and let its first line be `#!/bin/bash`.")
        return
    if where is not None:
        yield from _edits(facts, where)
    yield remedy.advice('Write it as POSIX sh has it, or name bash: SHELL ["/bin/bash", "-c"], where the image has it.')


def _script(finding: Finding) -> str:
    """The file that the shell complains of; what SHELL says is nothing to it. `/root/setup.sh: 13: Syntax error: …`"""
    text = next((proof.text for proof in finding.evidence if proof.log_line is not None), "")
    match = re.match(r"(?P<file>\S+): (?:line )?\d+: ", text)
    return match["file"] if match is not None and not re.search(r"(?:^|/)(?:ba|da|a)?sh$", match["file"]) else ""


def _edits(facts: Facts, where: Place) -> Iterator[Remedy]:
    text = where.source.text
    at = where.span.start
    if facts.feature == "source" and text.startswith("source ", at):
        yield remedy.safe("`.` is POSIX's word for source", remedy.swap_span(where.source, Span(at, at + 6), "."))
    from dockwright.remedy_packages import around

    spot = around(where)
    bash = (
        spot is not None
        and spot.base is not None
        and spot.base.os is not None
        and spot.base.os.id in ("debian", "ubuntu")
    )
    if spot is not None and bash and spot.instruction.keyword == "RUN":
        line = 'SHELL ["/bin/bash", "-c"]'
        yield remedy.risky(
            "Let bash run the lines from here on", remedy.line_before(where.source, spot.instruction.span.start, line)
        )


CASES = (
    r"""
source in dash
-- Dockerfile --
FROM debian:bookworm-slim
# found: feature=source shell=dash
RUN source /etc/profile && echo done
-- build.log --
#5 [2/2] RUN source /etc/profile && echo done
>>#5 0.199 /bin/sh: 1: source: not found
#5 ERROR: process "/bin/sh -c source /etc/profile && echo done" did not complete successfully: exit code: 127
-- mended --
FROM debian:bookworm-slim
RUN . /etc/profile && echo done
""",
    r"""
pipefail came to dash with Debian 13
-- Dockerfile --
FROM debian:bookworm-slim
# found: feature=pipefail shell=dash
RUN set -o pipefail && echo a | cat
-- build.log --
#5 [2/2] RUN set -o pipefail && echo a | cat
>>#5 0.175 /bin/sh: 1: set: Illegal option -o pipefail
#5 ERROR: process "/bin/sh -c set -o pipefail && echo a | cat" did not complete successfully: exit code: 2
-- mended --
FROM debian:bookworm-slim
SHELL ["/bin/bash", "-c"]
RUN set -o pipefail && echo a | cat
""",
    r"""
where bash runs the line, or dash knows it
-- Dockerfile --
FROM debian:trixie-slim
RUN set -o pipefail && echo a | cat
RUN bash -c 'source /etc/profile && [[ a == a ]]'
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN source /etc/profile && pushd /tmp && a=(1 2) && echo ${a[1]}
""",
    r"""
a line has made bash of /bin/sh
-- Dockerfile --
FROM debian:bookworm-slim
RUN rm /bin/sh && ln -s /bin/bash /bin/sh
RUN source /etc/profile && echo done
""",
    r"""
bash again, by a relative link
-- Dockerfile --
FROM debian:bookworm-slim
RUN ln -sf bash /bin/sh
RUN source /etc/profile && echo done
""",
)
