"""The lock file is missing or does not fit package.json.

`npm ci`, `yarn --frozen-lockfile` and `pnpm --frozen-lockfile` install exactly what the lock file says and refuse where
it says something else than package.json. The lock file was not committed, not copied into the image, or not made anew
after the last change of package.json.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above, below_context, instruction_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    reason: str = ""


TITLE = "[{path} ]does not fit package.json[: {reason}]"
WHY = "An install from a lock file needs one that was made from this package.json."
EXPLAINS = ("node/build-failed",)

SIGNATURES = (
    # npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.
    sign('are in sync.', r"`npm ci` can only install packages when", sure=0.98, path='package-lock.json', reason='out of date'),
    # npm error The `npm ci` command can only install with an existing package-lock.json or
    sign('command can only install with an existing package-lock.json', sure=0.98, path='package-lock.json', reason='missing'),
    # npm ERR! cipm can only install packages with an existing package-lock.json or npm-shrinkwrap.json
    sign('can only install packages with an existing package-lock.json', sure=0.98, path='package-lock.json', reason='missing'),
    # npm ERR! cipm can only install packages when your package.json and package-lock.json are in sync
    sign('cipm can only install packages when your package.json', sure=0.98, path='package-lock.json', reason='out of date'),
    # error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.
    sign('Your lockfile needs to be updated', sure=0.98, path='yarn.lock', reason='out of date'),
    # YN0028: The lockfile would have been modified by this install, which is explicitly forbidden.
    sign('The lockfile would have been modified by this install', sure=0.98, path='yarn.lock', reason='out of date'),
    #  ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with <ROOT>/package.json
    sign('ERR_PNPM_OUTDATED_LOCKFILE', sure=0.98, path='pnpm-lock.yaml', reason='out of date'),
    #  ERR_PNPM_NO_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is absent
    sign('ERR_PNPM_NO_LOCKFILE', sure=0.98, path='pnpm-lock.yaml', reason='missing'),
    # error: lockfile had changes, but lockfile is frozen
    sign('lockfile had changes, but lockfile is frozen', sure=0.98, path='bun.lock', reason='out of date'),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        if need.purpose == "node-lock" and need.path.rsplit("/", 1)[-1] in NAMES and unmet.deleted is None:
            yield found(unmet, Facts(need.path, "missing"))
    for unmet, manifest in step.unmet(needs.Manifest):
        if manifest.problem == "stale" and manifest.path.rsplit("/", 1)[-1] in NAMES:
            yield found(unmet, Facts(manifest.path, "out of date"))


NAMES = frozenset({"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"})


# Installs that insist on the lock file, and the same without: npm-ci(1), yarn install --help, pnpm install --help.
FROZEN = (
    ("npm ci", "npm install"), ("yarn install --frozen-lockfile", "yarn install"), ("yarn --frozen-lockfile", "yarn install"),
    ("yarn install --immutable", "yarn install --no-immutable"), ("pnpm install --frozen-lockfile", "pnpm install --no-frozen-lockfile"),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None:
        if facts.reason == "missing":
            lies = below_context(finding, project, facts.path.rsplit("/", 1)[-1])
            if len(lies) == 1:
                yield remedy.safe(f"Copy {lies[0]} first", above(where, f"COPY {lies[0]} ./"))
        found = instruction_of(where)
        text = where.source[found.span] if found is not None else ""
        for frozen, free in FROZEN:
            at = text.find(frozen)
            if found is not None and at >= 0:
                span = Span(found.span.start + at, found.span.start + at + len(frozen))
                title = f"`{free}`, which resolves anew: the versions then are those of the day"
                yield remedy.risky(title, remedy.swap_span(where.source, span, free))
                break
    yield remedy.advice(
        "Make the lock file anew (npm install, yarn install, pnpm install), commit it, and copy it beside package.json before the install."
    )


CASES = (
    r"""
bun
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#8 [5/5] RUN bun install --frozen-lockfile
#8 0.199 bun install v1.2.23 (cf136713)
#8 0.202 Resolving dependencies
#8 0.286 Resolved, downloaded and extracted [2]
>>#8 0.286 error: lockfile had changes, but lockfile is frozen
#8 0.286 note: try re-running without --frozen-lockfile and commit the updated lockfile
#8 ERROR: process "/bin/sh -c bun install --frozen-lockfile" did not complete successfully: exit code: 1
""",
    r"""
npm ci and a changed package.json
-- build.log --
#8 [4/4] RUN npm install --package-lock-only && sed -i s/1.3.0/1.2.0/ package.json && npm ci
#8 4.906 npm notice To update run: npm install -g npm@11.21.2
#8 4.906 npm notice
#8 8.266 npm error code EUSAGE
#8 8.351 npm error
>>#8 8.351 npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. Please update your lock file with `npm install` before continuing.
#8 8.351 npm error
#8 8.351 npm error Invalid: lock file's left-pad@1.3.0 does not satisfy left-pad@1.2.0
#8 8.351 npm error
#8 ERROR: process "/bin/sh -c npm install --package-lock-only && sed -i s/1.3.0/1.2.0/ package.json && npm ci" did not complete successfully: exit code: 1
""",
    r"""
npm ci without a lock file
-- build.log --
#8 [4/4] RUN npm ci
#8 2.537 npm error code EUSAGE
#8 2.670 npm error
>>#8 2.670 npm error The `npm ci` command can only install with an existing package-lock.json or
#8 2.670 npm error npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or
#8 2.670 npm error later to generate a package-lock.json file, then try again.
#8 2.670 npm error
#8 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
""",
    r"""
pnpm
-- build.log --
5.670 dependencies:
5.670 + left-pad 1.3.0
5.670
5.680 Done in 1.7s using pnpm v9.15.9
>>7.071  ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with <ROOT>/package.json
7.071
""",
    r"""
npm 6
-- from --
sw-0662 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 5/8 : RUN npm ci
>>npm ERR! cipm can only install packages with an existing package-lock.json or npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or later to generate it, then try again.
The command '/bin/sh -c npm ci' returned a non-zero code: 1
""",
    r"""
npm ci where no lock file was copied
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- Dockerfile --
FROM node:20-slim
WORKDIR /app
COPY package.json ./
# found: path=/app/package-lock.json reason=missing
RUN npm ci
-- package.json --
{"name": "a", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}}
-- build.log --
#8 [4/4] RUN npm ci
#8 0.778 npm error code EUSAGE
#8 0.787 npm error
>>#8 0.787 npm error The `npm ci` command can only install with an existing package-lock.json or
#8 0.787 npm error npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or
#8 0.787 npm error later to generate a package-lock.json file, then try again.
#8 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
""",
    r"""
npm install needs none
-- Dockerfile --
FROM node:20-slim
WORKDIR /app
COPY package.json ./
RUN npm install
-- package.json --
{"name": "a", "version": "1.0.0", "dependencies": {"left-pad": "1.3.0"}}
""",
)
