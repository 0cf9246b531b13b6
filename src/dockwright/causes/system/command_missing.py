"""The line calls a program that the image does not have.

The shell ends such a line with exit code 127. Slim images leave out what full ones carry (curl, git, gcc, ps), a newer
release drops what an older one had (adduser is not in Debian 13's image), and what one RUN puts on PATH is forgotten by
the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import end_before
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Edit

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    command: str = ""
    package: str = ""
    folder: str = ""


TITLE = "{command} is not found[: {folder} is not on PATH]"
WHY = "No folder on PATH holds a program of this name[; the package {package} would bring it]."

SIGNATURES = (
    # /bin/sh: 1: curl: not found
    sign(": not found", r"^(?:\S*/)?(?:ba|da|a)?sh: (?:line )?\d+: (?P<command>[^\s:/]+): not found", sure=0.85),
    # /bin/sh: 1: /opt/conda/bin/conda: not found  (a file that an earlier command should have made, or its interpreter)
    sign(
        ": not found",
        r"^(?:\S*/)?(?:ba|da|a)?sh: (?:(?:line )?\d+: )?(?P<command>[^\s:]*/[^\s:]+): not found",
        sure=0.75,
    ),
    # /bin/sh: bash: not found
    sign(": not found", r"^(?:/bin/)?(?:a|ba|da)?sh: (?P<command>[^\s:/]+): not found", sure=0.85),
    # /bin/bash: line 1: uv: command not found
    sign(": command not found", r"(?:^|/)(?:ba)?sh: (?:line \d+: )?(?P<command>[^\s:]+): command not found", sure=0.85),
    # exec: "adduser": executable file not found in $PATH
    sign(
        ": executable file not found in $PATH",
        r'exec: "(?P<command>[^"]+)": executable file not found in \$PATH',
        sure=0.85,
    ),
    # env: 'node': No such file or directory
    sign("env: ", r"env: [‘'\"]?(?P<command>[\w.+-]+)['’\"]?: No such file or directory", sure=0.75),
    # /output/scripts/assemble: line 163: /usr/bin/dnf: No such file or directory
    sign(
        ": No such file or directory",
        r"(?<!configure): line \d+: (?P<command>/(?:usr/|usr/local/|opt/\S+/)?s?bin/[\w.+-]+): No such file or directory",
        sure=0.8,
    ),
    # xargs: curl: No such file or directory
    sign("xargs: ", r"xargs: (?P<command>[\w.+-]+): No such file or directory", sure=0.8),
    # no recorded log yet: CommandNotFoundError: Your shell has not been properly configured to use 'conda activate'.
    sign("CommandNotFoundError: Your shell", r"configured to use '(?P<command>conda activate)'", sure=0.97),
    # no recorded log yet: CondaError: Run 'conda init' before 'conda activate'
    sign("CondaError: Run 'conda init'", r"before '(?P<command>conda activate)'", sure=0.97),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Command):
        if need.asked_by or step.kind != "build" or unmet.deleted is not None:
            continue
        os = step.before.os
        package = os.package_with_command(need.name) if os is not None and os.bit and "/" not in need.name else None
        folder = _off_path(step, need.name) if package is None else ""
        yield found(unmet, Facts(need.name, package or _alpine(step, need.name), folder))


def _off_path(step: Step, command: str) -> str:
    """The folder that holds the command and is on no PATH; a home that is closed to the step's user is of no use."""
    from dockwright.rehearse.meet import DEFAULT_PATH
    from dockwright.rehearse.notfound import elsewhere

    path = step.before.env.get("PATH", DEFAULT_PATH)
    if not isinstance(path, str):
        return ""
    folders = [folder for folder, _ in elsewhere(step.before, command, path)]
    root = step.before.user in ("root", "0", "")
    return next((folder for folder in folders if root or not folder.startswith("/root/")), "")


def _alpine(step: Step, command: str) -> str:
    base = step.before.base
    if base is None or base.os is None or base.os.id != "alpine":
        return ""
    from dockwright.facts.apk import COMMANDS

    return COMMANDS.get(command, "")


# In a slim image these do the same as what is missing.
ALTERNATIVES = {"adduser": "useradd", "addgroup": "groupadd"}


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    name = facts.command
    if name.endswith(" activate"):
        yield remedy.advice(
            f"A RUN has not the function that `{name.split()[0]} init` defines: start programs with `conda run -n NAME …`, or put the environment first on PATH (`ENV PATH=/opt/conda/envs/NAME/bin:$PATH`)."
        )
        return
    if where is not None and where.source[where.span].upper() == "RUN":
        yield remedy.advice(
            f"This image has no {name}, which RUN starts: do it in a stage on another image, and COPY --from it what comes out."
        )
        return
    if where is not None and name == "sudo" and where.source[where.span] == "sudo":
        from dockwright.source import Span

        end = (
            where.span.end
            + len(where.source.text[where.span.end :])
            - len(where.source.text[where.span.end :].lstrip(" "))
        )
        yield remedy.safe(
            "Leave sudo out: a build runs as root", remedy.swap_span(where.source, Span(where.span.start, end), "")
        )
    ended = end_before(where, name) if where is not None else None
    if ended is not None:
        yield remedy.safe(f"End the line above, so that {name} is an instruction of its own", ended)
    for proof in finding.evidence:
        if proof.says.startswith("downloads an empty file") and proof.place is not None:
            yield from _followed(proof.place)
    if where is not None and facts.folder:
        line = f'ENV PATH="{facts.folder}:$PATH"'
        yield remedy.safe(f"Put {facts.folder} on PATH", _on_path(finding, where, line))
    if where is not None and facts.package:
        from dockwright.remedy_packages import install

        edit = install(where, facts.package)
        if edit is not None:
            yield remedy.safe(f"Install {facts.package}", edit)
    if name == "apt-key":
        yield remedy.advice(
            "apt has no apt-key from Debian 13 on: write the key to a file (`curl -fsSL URL | gpg --dearmor -o /usr/share/keyrings/NAME.gpg`) and name it in the source, `deb [signed-by=/usr/share/keyrings/NAME.gpg] …`."
        )
        return
    brings = f" ({facts.package} has it)" if facts.package else ""
    yield remedy.advice(
        f"Install {name or 'the program'} before this line{brings}, or name it with its folder if it is not on PATH."
    )


def _followed(place: Place) -> Iterator[Remedy]:
    """`curl -L`: what was downloaded was an answer that names another address."""
    from dockwright.source import Span

    at = place.source.text.find("curl", place.span.start, place.span.end)
    if at >= 0:
        yield remedy.safe("Let curl follow redirects", remedy.swap_span(place.source, Span(at + 4, at + 4), " -L"))


def _on_path(finding: Finding, where: Place, line: str) -> Edit:
    """Below the line that installs the command, else above the one that calls it."""
    from dockwright.causes.edits import above, instruction_of

    found = instruction_of(where)
    for proof in finding.evidence:
        if proof.place is not None and proof.place.source.name == where.source.name:
            maker = instruction_of(proof.place)
            if maker is not None and found is not None and maker.span.start < found.span.start:
                return remedy.line_after(where.source, max(maker.span.end - 1, maker.span.start), line)
    return above(where, line)


CASES = (
    r"""
an image without a shell
-- Dockerfile --
FROM debian:bookworm-slim AS build
RUN mkdir /out
FROM scratch
COPY --from=build /out /out
# found: command=/bin/sh
RUN echo done
""",
    r"""
a line that goes on into the next instruction
-- Dockerfile --
FROM debian:bookworm-slim
# found: command=COPY
RUN mkdir /srv/app && \
    touch /srv/app/a && \
COPY b /srv/app/
-- b --
1
-- mended --
FROM debian:bookworm-slim
RUN mkdir /srv/app && \
    touch /srv/app/a
COPY b /srv/app/
""",
    r"""
a tool that was installed into the home folder
-- Dockerfile --
FROM python:3.12-slim
RUN pip install --user uv
WORKDIR /app
# found: command=uv folder=/root/.local/bin
RUN uv venv
-- mended --
FROM python:3.12-slim
RUN pip install --user uv
ENV PATH="/root/.local/bin:$PATH"
WORKDIR /app
RUN uv venv
""",
    r"""
the slim image has no curl
-- Dockerfile --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
# found: command=curl package=curl
RUN curl --version
-- build.log --
#6 [3/3] RUN curl --version
>>#6 0.311 /bin/sh: 1: curl: not found
#6 ERROR: process "/bin/sh -c curl --version" did not complete successfully: exit code: 127
-- mended --
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
RUN curl --version
""",
    r"""
an installer that was only redirected to: curl keeps an empty file
-- from --
sw-0613 of the Shipwright data set (Henkel et al., ICSE 2021, MIT licence), shortened
-- Dockerfile --
FROM ubuntu:18.04
RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates && rm -rf /var/lib/apt/lists/*
# found: command=/opt/conda/bin/conda
RUN curl -o ~/miniconda.sh https://repo.continuum.io/miniconda/Miniconda3-latest-Linux-x86_64.sh && \
     chmod +x ~/miniconda.sh && ~/miniconda.sh -b -p /opt/conda && rm ~/miniconda.sh && /opt/conda/bin/conda install conda-build
-- mended --
FROM ubuntu:18.04
RUN apt-get update && apt-get install -y --no-install-recommends curl ca-certificates && rm -rf /var/lib/apt/lists/*
RUN curl -L -o ~/miniconda.sh https://repo.continuum.io/miniconda/Miniconda3-latest-Linux-x86_64.sh && \
     chmod +x ~/miniconda.sh && ~/miniconda.sh -b -p /opt/conda && rm ~/miniconda.sh && /opt/conda/bin/conda install conda-build
""",
    r"""
what a test asks for need not be there
-- Dockerfile --
FROM debian:bookworm-slim
RUN if command -v curl; then curl --version; fi
RUN which curl || true
RUN apt-get update && apt-get install -y git && git --version
""",
)
