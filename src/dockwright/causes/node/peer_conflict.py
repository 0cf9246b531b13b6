"""npm finds no set of versions that all peer dependencies accept.

Since npm 7 a package's peer dependencies are installed and have to fit; two packages that want different versions of a
third (react, most often) stop the install. The report names the one that could not be placed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import inserted, instruction_of
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Place, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    package: str = "a package"
    peer: str = ""


TITLE = "{package} wants a peer that does not fit[: {peer}]"
WHY = "Two packages ask for versions of the same peer that cannot meet."
EXPLAINS = ("node/build-failed",)

SIGNATURES = (
    # npm error code ERESOLVE
    sign('code ERESOLVE', sure=0.95),
    # npm error peer react@"16.x" from react-table@6.11.5
    sign('npm', r'^npm (?:error|ERR!) (?:peer(?:Optional)? (?P<peer>\S+@"[^"]+") from (?P<package>\S+@[^\s]+))', sure=0.96, also='code ERESOLVE'),
    # npm ERR! peerinvalid Peer grunt-node-inspector@0.2.0 wants grunt@^0.4.5
    sign('peerinvalid Peer ', r"peerinvalid Peer (?P<package>\S+) wants (?P<peer>\S+)", sure=0.96),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield from _as_npm_6(finding.where, project)
    yield remedy.advice(
        "Bring the versions in package.json together; `npm install --legacy-peer-deps` installs as npm 6 did, and leaves the conflict in."
    )


def _as_npm_6(where: Place | None, project: Project) -> Iterator[Remedy]:
    """Where the step has one install that can be meant; an npm before 7 knows no such option, nor this error."""
    found = instruction_of(where) if where is not None else None
    if where is None or found is None or "--legacy-peer-deps" in found.text or "ERESOLVE" not in project.output:
        return
    text = where.source[found.span]
    calls = list(re.finditer(r"(?<![\w./-])npm (?:install|ci|i)(?![\w./-])", text))
    if len(calls) == 1:
        edit = inserted(where.source, found.span.start + calls[0].end(), " --legacy-peer-deps")
        yield remedy.risky("`--legacy-peer-deps`: installed as npm 6 did, with the conflict left in", edit)


CASES = (
    r"""
two versions of react
-- build.log --
#8 [4/4] RUN npm install
>>#8 4.056 npm error code ERESOLVE
#8 4.069 npm error ERESOLVE unable to resolve dependency tree
#8 4.069 npm error
#8 4.071 npm error While resolving: a@1.0.0
#8 ERROR: process "/bin/sh -c npm install" did not complete successfully: exit code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
