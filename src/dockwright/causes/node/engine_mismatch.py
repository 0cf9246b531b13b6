"""The image's Node is too old or too new for a package.

A package names the versions of Node that it runs on (`engines`); yarn refuses others, npm does with engine-strict. Where
nothing refuses, syntax that this Node does not know stops the build instead.
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

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    package: str = "a package"
    wanted: str = "of another version"
    have: str = ""


TITLE = "{package} wants Node {wanted}[, and the image has {have}]"
WHY = "The package names the versions of Node that it works with, and the image has another."
EXPLAINS = ("node/build-failed", "build/test-failed", "network/gone", "system/header-missing")

SIGNATURES = (
    # npm error code EBADENGINE
    sign('code EBADENGINE', sure=0.97),
    # npm error notsup Required: {"node":">=99"}
    sign('npm', r'notsup Required: .*"node":"(?P<wanted>[^"]+)"', sure=0.97),
    # error @angular-devkit/build-angular@0.803.20: The engine "node" is incompatible with this module. Expected version ">= 10.9.0". Got "8.17.0"
    sign('The engine "node" is incompatible', r'(?P<package>\S+): The engine "node" is incompatible with this module\. Expected version "(?P<wanted>[^"]+)"\.(?: Got "(?P<have>[^"]+)")?', sure=0.97),
    #  ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment (bad pnpm and/or Node.js version)
    sign('ERR_PNPM_UNSUPPORTED_ENGINE', sure=0.97),
    # npm ERR! npm v11.0.0 is known not to run on Node.js v16.13.0.
    sign('is known not to run on Node.js', r"is known not to run on Node\.js (?P<have>v[\d.]+)", sure=0.97),
    # ERROR: npm v11.0.0 is known not to work on Node.js v16. You are using Node.js 16.13.0. For Next.js, Node.js version ">=18.17.0" is required.
    sign('is required', r'For (?P<package>[\w.]+), Node\.js version "?(?P<wanted>[^"]+?)"? is required', sure=0.97),
    # The Angular CLI requires a minimum Node.js version of v18.13.
    sign('requires a minimum Node.js version', r"(?P<package>The Angular CLI) requires a minimum Node\.js version of (?:either )?(?P<wanted>v[\d.]*\d(?:(?:,| or|, or) v[\d.]*\d)*)", sure=0.97),
    # npm ERR! typeerror Error: Missing required argument #1
    sign('Missing required argument #1', sure=0.93, package='the registry', wanted='with a newer npm', have='an npm of Node 8 or older'),
    # ReferenceError: primordials is not defined
    sign('primordials is not defined', sure=0.96, package='gulp 3', wanted='11 or older', have='a newer one'),
    # ERROR: This version of pnpm requires at least Node.js v10.13
    sign('requires at least Node.js v', r"This version of (?P<package>\w+) requires at least Node\.js v(?P<wanted>[\d.]*\d)", sure=0.97),
    # SyntaxError: Use of const in strict mode.
    sign('SyntaxError: Use of const in strict mode', sure=0.95, package='a package', wanted='4 or newer', have='an older one'),
    # SyntaxError: Block-scoped declarations (let, const, function, class) not yet supported outside strict mode
    sign('Block-scoped declarations', sure=0.95, package='a package', wanted='6 or newer', have='an older one'),
    # SyntaxError: Unexpected token ...
    sign('SyntaxError: Unexpected token', r"^SyntaxError: Unexpected token (?:\)|\.\.\.|\?|\.|=|=>|\{|\*|function|import|'\?'|'\.'|'\|\|='|'\?\?=')\s*$", sure=0.85, also='node_modules', package='a package', wanted='of a newer version', have='an older one'),
    # Error: Cannot find module 'node:events'
    sign("Cannot find module 'node:", r"Cannot find module 'node:\w+", sure=0.95, package='a package', wanted='16 or newer', have='an older one'),
    # ../src/bufferutil.c:3:22: fatal error: node_api.h: No such file or directory
    sign('fatal error: node_api.h', sure=0.95, package='a native module', wanted='8 or newer, which has Node-API', have='an older one'),
    # npm ERR! code E405
    sign('npm ERR! code E405', sure=0.85, package='the registry', wanted='with a newer npm', have='one whose npm knows no scoped packages'),
    # ../../nan/nan.h:890:53: error: no matching function for call to 'v8::Value::ToString()'
    sign('v8::', r"\.(?:h|cc|cpp|hpp):\d+(?::\d+)?: error: .*\bv8::", sure=0.88, package='a native module', wanted='of an older version, whose V8 it was written for', have='a newer one', also='gyp'),
    # no recorded log yet: error: 'class v8::…' has no member named / "C++20 or later required."
    sign('"C++20 or later required."', sure=0.88, wanted='of an older version, or a compiler of C++20', package='a native module', also='gyp'),
    # no recorded log yet: Expected version: >=20   (below: Your Node version is incompatible with "/app".)
    sign('Expected version: ', r"^\s*Expected version: (?P<wanted>.+?)\s*$", sure=0.975, also='ERR_PNPM_UNSUPPORTED_ENGINE'),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Language):
        if need.name == "Node":
            yield found(unmet, Facts(need.package, need.wants, need.have))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if finding.where is not None:
        yield from _other_node(finding.where, facts.wanted)
    yield remedy.advice(
        "Build from the Node that it wants (FROM node:MAJOR), or take a version of the package for this one."
    )


def _other_node(where: Place, wanted: str) -> Iterator[Remedy]:
    """The same official image with the nearest line of long-term support that satisfies what is asked for."""
    from dockwright.facts.tables import table
    from dockwright.remedy_packages import around

    spot = around(where)
    written = where.source[spot.stage.base.span] if spot is not None else ""
    match = re.fullmatch(r"((?:docker\.io/)?(?:library/)?node:)(\d+)(?:\.\d+)*(-slim|-alpine)?", written)
    if spot is None or match is None or re.fullmatch(r"[\d.<>=^~|\sx*]+", wanted) is None:
        return
    have, lines = int(match[2]), [int(row[1]) for row in table("base")["node"]["lts"]]
    fitting = [major for major in lines if _satisfies(major, wanted)]
    right = min(fitting, key=lambda major: abs(major - have), default=have)
    if right != have:
        image = f"{match[1]}{right}{match[3] or ''}"
        edit = remedy.swap_span(where.source, spot.stage.base.span, image)
        yield remedy.risky(f"Build on {image}: Node {wanted.strip()} is asked for", edit)


def _satisfies(major: int, wanted: str) -> bool:
    """Does the newest release of the line fit a range of npm: `^18.18.0 || >=20`, `>= 10.9.0`, `>=14 <17`, `16.x`?"""
    return any(all(_fits(major, *each) for each in COMPARED.findall(clause)) for clause in wanted.split("||"))


def _fits(major: int, sign_of: str, version: str, rest: str) -> bool:
    least = int(version)
    if sign_of in (">", ">="):
        return major > least or (major == least and (sign_of == ">=" or bool(rest)))
    if sign_of == "<":
        return major < least  # the newest of a line lies above any release of it
    if sign_of == "<=":
        return major < least or (major == least and not rest)
    return major == least


COMPARED = re.compile(r"([<>=^~]*)\s*(\d+)((?:\.[\dx*]+)*)")


CASES = (
    r"""
a native module for an older V8
-- from --
sw-0550 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 8/11 : RUN npm install
>>../../nan/nan_converters_43_inl.h:18:51: error: no matching function for call to 'v8::Value::ToBoolean(v8::Local<v8::Context>)'
>>../../nan/nan_object_wrap.h:24:25: error: 'class Nan::Persistent<v8::Object>' has no member named 'IsNearDeath'
make: *** [Release/obj.target/binding/src/binding.o] Error 1
gyp ERR! build error
gyp ERR! stack Error: `make` failed with exit code: 2
gyp ERR! node -v v14.5.0
Build failed with error code: 1
npm ERR! code ELIFECYCLE
npm ERR! Failed at the node-sass@4.9.3 postinstall script.
The command '/bin/sh -c npm install' returned a non-zero code: 1
""",
    r"""
the lock says which releases are wanted
-- Dockerfile --
FROM node:6
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm install
-- package.json --
{"name": "shop"}
-- package-lock.json --
{"name": "shop", "lockfileVersion": 1}
""",
    r"""
a Node that nothing without a pin runs on any more
-- Dockerfile --
FROM node:6
WORKDIR /app
COPY package.json .
# found: wanted="12 or newer" have=6
RUN npm install
-- package.json --
{"name": "shop", "dependencies": {"express": "*"}}
""",
    r"""
npm with engine-strict
-- build.log --
#8 4.277 npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-22T00_42_28_031Z-debug-0.log
#8 ERROR: process "/bin/sh -c npm install" did not complete successfully: exit code: 1
------
 > [4/4] RUN npm install:
>>4.259 npm error code EBADENGINE
4.260 npm error engine Unsupported engine
""",
    r"""
yarn
-- from --
sw-0006 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/7 : RUN yarn
info "fsevents@1.2.9" is an optional dependency and failed compatibility check. Excluding it from installation.
>>error @angular-devkit/build-angular@0.803.20: The engine "node" is incompatible with this module. Expected version ">= 10.9.0". Got "8.17.0"
error Found incompatible module.
The command '/bin/sh -c yarn' returned a non-zero code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
