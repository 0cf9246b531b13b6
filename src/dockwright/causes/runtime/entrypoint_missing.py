"""What the container is to start is not in the image.

ENTRYPOINT, CMD or HEALTHCHECK name a program that PATH does not find, or a script that no line copied to that place.
The build succeeds all the same: nothing looks until the container starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import target_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    command: str = ""
    kind: str = ""
    who: str = "the container is to start"


TITLE = "{command}, which {who}, is not in the image"
WHY = "The container starts as the final user, in WORKDIR, with the PATH of ENV alone; nothing of that name is there."
EXPLAINS = ("system/command-missing", "system/toolchain-missing")

SIGNATURES = (
    # sh: 1: exec: uvicorn: not found
    sign(": exec: ", r"sh: (?:\d+: |line \d+: )?exec: (?P<command>[\w./-]+): not found", sure=0.95),
    # exec: "gunicorn": executable file not found in $PATH
    sign('executable file not found in $PATH', r'exec: \\?"(?P<command>[^"\\]+)\\?": executable file not found', sure=0.97, also='container process'),
    # Error: crun: executable file `start-server` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found
    sign('crun: executable file ', r"crun: executable file [`'](?P<command>[^`']+)[`'] not found in \$PATH", sure=0.95),
    # exec: "./start.sh": stat ./start.sh: no such file or directory
    sign('container process', r'exec: \\?"(?P<command>[^"\\]+)\\?": stat \S+: no such file or directory', sure=0.97),
    # starting container process caused "exec: \"/bin/sh\": stat /bin/sh: no such file or directory": unknown
    sign('starting container process caused', r'exec: \\?"(?P<command>[^"\\]+)\\?":? (?:stat|no such|executable file not found)', sure=0.95),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    if step.kind not in ("start", "health"):
        return
    about = (step.kind, "the health check runs") if step.kind == "health" else (step.kind,)
    for unmet, need in step.unmet(needs.Command):
        if not need.asked_by:
            yield found(unmet, Facts(need.name, *about))
    for unmet, file in step.unmet(needs.File):
        if file.purpose == "script" and (
            unmet.deleted is None or unmet.deleted.place is None
        ):  # None: hidden by a mount
            yield found(unmet, Facts(file.path, *about))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if finding.where is not None and facts.command:
        from dockwright.remedy_require import distribution_of_program, require

        name = distribution_of_program(facts.command)
        if name is not None:
            yield from require(finding.where, project, target_of(finding, project), name)
    yield remedy.advice(
        "Install or copy it into the final stage, or name the path where it is (as the final user sees it)."
    )


CASES = (
    r"""
a program that is not installed
-- build.log --
>>docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "gunicorn": executable file not found in $PATH
""",
    r"""
a script that was not copied
-- build.log --
>>docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "./start.sh": stat ./start.sh: no such file or directory
""",
    r"""
an image without a shell
-- from --
sw-0033 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/7 : RUN apk --no-cache add python3-dev
 ---> Running in e02b61ed7b47
>>OCI runtime create failed: container_linux.go:348: starting container process caused "exec: \"/bin/sh\": stat /bin/sh: no such file or directory": unknown
""",
    r"""
CMD names a program that nothing installs
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
# found: command=gunicorn kind=start
CMD ["gunicorn", "app:app"]
-- build.log --
>>docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "gunicorn": executable file not found in $PATH
Run 'docker run --help' for more information
""",
    r"""
a script that is copied, and started from WORKDIR
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /srv
COPY --chmod=755 start.sh ./
ENTRYPOINT ["./start.sh"]
-- start.sh --
#!/bin/sh
exec sleep 1
""",
)
