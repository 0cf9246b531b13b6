"""The front end does not build or install, for a reason of its own.

A script that is not there, a bundler that was not installed (devDependencies left out), a type error, an import that does
not resolve, a native module that does not compile: the lines above the last `npm error` say which.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import below_context, target_of
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.inputs.packagejson import read_package_json
from dockwright.inputs.targets import in_tree
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    what: str = ""
    how: str = ""


TITLE = "The front end does not build[: {what}][ {how}]"
WHY = "The error is one of the JavaScript project itself."
EXPLAINS = ("system/command-missing", "build/compile-error", "build/configure-failed")

SIGNATURES = (
    # sh: 1: vite: not found
    sign(': not found', r"sh: (?:(?:1|line \d+): )?(?P<what>vite|next|tsc|webpack[\w-]*|react-scripts[\w-]*|ng|vue-cli-service|rollup|gulp|grunt|nuxt|astro|turbo|nx|cross-env|rimraf|parcel|remix|svelte-kit|lerna|husky|node-gyp|node-pre-gyp|esbuild|babel): not found", sure=0.93, how='is not installed'),
    # npm error Missing script: "build"
    sign('issing script:', r'issing script: "?(?P<what>[\w:.-]+)', sure=0.96, how='is no script of package.json'),
    # a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
    sign('error TS', r"(?P<what>error TS\d+)", sure=0.92),
    # [vite]: Rollup failed to resolve import "/src/nothere.js" from "/a/index.html".
    sign('failed to resolve import', r'failed to resolve import "(?P<what>[^"]+)"', sure=0.93, how='is not found'),
    # Module not found: Error: Can't resolve './App' in '/app/src'
    sign('Module not found:', r"Module not found: (?:Error: )?Can't resolve '(?P<what>[^']+)'", sure=0.92, how='is not found'),
    # Error: Cannot find module 'express'
    sign('Cannot find module', r"Error: Cannot find module '(?P<what>[^']+)'", sure=0.85, how='is not found'),
    # npm error code EINTEGRITY
    sign('code EINTEGRITY', sure=0.93, what='EINTEGRITY'),
    # npm error code EJSONPARSE
    sign('code EJSONPARSE', sure=0.95, what='package.json does not parse'),
    # npm error command sh -c node-pre-gyp install --fallback-to-build
    sign('command sh -c', r"npm (?:error|ERR!) command sh -c (?P<what>.+)", sure=0.7),
    # gyp ERR! build error
    sign('gyp ERR! ', r"gyp ERR! (?:build error|configure error)", sure=0.75),
    # npm ERR! Failed at the rap2-delos@2.9.0 build script.
    sign('Failed at the', r"Failed at the (?P<what>\S+ \w+ script)", sure=0.78),
    # error Command failed with exit code 1.
    sign('error Command failed with exit code', r"^error Command failed with exit code \d+", sure=0.45),
    # npm ERR! code ELIFECYCLE
    sign('code ELIFECYCLE', sure=0.5),
    # npm ERR! node v4.8.2
    sign('npm ERR! ', r"npm ERR! (?:errno|code|Failed)", sure=0.3),
    # Error: Cannot find module @rollup/rollup-linux-x64-gnu. npm has a bug related to optional dependencies (…)
    sign('npm has a bug related to optional dependencies', r"Cannot find module '?(?P<what>@?[\w./-]+?)'?\. npm has a bug", sure=0.96, how='is not there'),
    # no recorded log yet: Could not resolve "@esbuild/linux-x64" / The package "@esbuild/linux-x64" could not be found, and is needed by esbuild.
    sign('could not be found, and is needed by ', r'The package "(?P<what>[^"]+)" could not be found, and is needed by', sure=0.95, how='is not there'),
    # no recorded log yet: Error: Could not load the "sharp" module using the linuxmusl-x64 runtime
    sign('Could not load the "', r'Could not load the "(?P<what>\w+)" module using the [\w-]+ runtime', sure=0.95, how='is not there for this platform'),
    # no recorded log yet:  ERR_PNPM_IGNORED_BUILDS  Ignored build scripts: esbuild@0.25.0, sharp@0.33.5
    sign('ERR_PNPM_IGNORED_BUILDS', r"Ignored build scripts: (?P<what>.+?)\.?$", sure=0.96, how='may not run their scripts'),
    # no recorded log yet: Type error: Property 'foo' does not exist on type 'Props'.  (next build)
    sign('Type error: ', r"^Type error: (?P<what>.+)", sure=0.93),
    # no recorded log yet: > Build error occurred
    sign('Build error occurred', sure=0.6),
    # no recorded log yet: Failed to compile.  (next, react-scripts)
    sign('Failed to compile.', r"^Failed to compile\.$", sure=0.55),
    # npm error Tracker "idealTree" already exists   (npm install in /, below which npm finds itself)
    sign('Tracker "idealTree" already exists', sure=0.95, what='npm install in the root folder'),
    # error An unexpected error occurred: "https://registry.example/event-stream-3.3.6.tgz: Request failed \\"404 Not Found\\"".
    sign('An unexpected error occurred:', r'An unexpected error occurred: "https?://[^"]+/(?P<what>[^/"]+)\.tgz: Request failed', sure=0.9, how='is not in the registry'),
)  # fmt: skip


# A program -> the package that brings it, where the names differ.
BRINGS = {
    "tsc": "typescript",
    "ng": "@angular/cli",
    "vue-cli-service": "@vue/cli-service",
    "babel": "@babel/cli",
    "svelte-kit": "@sveltejs/kit",
}
WITHOUT_DEV = re.compile(r" --(?:omit[= ]dev|production(?:=true)?|only[= ]prod(?:uction)?|prod)(?= |$)", re.M)


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    name = BRINGS.get(facts.what, facts.what)
    if finding.where is not None and name and _for_development(finding, project, name):
        yield from _with_development(finding.where, name)
    if facts.what == "npm install in the root folder":
        yield remedy.advice("`WORKDIR /app` before the install: npm does not work in the folder /.")
    if facts.what.startswith(("@rollup/", "@esbuild/", "sharp")):
        yield remedy.advice(
            "node_modules or the lock file was made on another system: put node_modules into .dockerignore, make the lock file anew on Linux or with npm 11 (rm -rf node_modules package-lock.json && npm install), and don't install with --omit=optional."
        )
    if any("ERR_PNPM_IGNORED_BUILDS" in proof.text for proof in finding.evidence):
        yield remedy.advice(
            "Name the packages whose scripts may run: `onlyBuiltDependencies` in pnpm-workspace.yaml (pnpm approve-builds writes it), and copy that file before the install."
        )
    yield remedy.advice(
        "Run the same command outside of the build and mend what it says; a bundler in devDependencies needs an install that brings them (npm ci without --omit=dev) in the stage that builds."
    )


def _for_development(finding: Finding, project: Project, name: str) -> bool:
    """Does a package.json of the context name it among its devDependencies?"""
    target = target_of(finding, project)
    for path in below_context(finding, project, "package.json") if target is not None else ():
        found = read_package_json(project.tree, in_tree(posixpath.join(target.context if target else "", path)))
        if found is not None and any(one.name == name and one.table == "devDependencies" for one in found.dependencies):
            return True
    return False


def _with_development(where: Place, name: str) -> Iterator[Remedy]:
    """Without the option that leaves them out, in the stage that builds."""
    from dockwright.remedy_packages import around

    spot = around(where)
    for run in spot.stage.instructions if spot is not None else ():
        left_out = WITHOUT_DEV.search(where.source[run.span]) if run.keyword == "RUN" else None
        if spot is None or left_out is None or run.span.start >= spot.instruction.span.start:
            continue
        edit = remedy.swap_span(
            where.source, Span(run.span.start + left_out.start(), run.span.start + left_out.end()), ""
        )
        last = spot.stage.index == len(spot.dockerfile.stages) - 1
        title = f"Install devDependencies too, {name} among them"
        yield remedy.risky(title, edit) if last else remedy.safe(title, edit)
        return


CASES = (
    r"""
a native part that npm has left out
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#7 [4/4] RUN npx rollup --version
>>#7 0.784 Error: Cannot find module @rollup/rollup-linux-x64-gnu. npm has a bug related to optional dependencies (https://github.com/npm/cli/issues/4828). Please try `npm i` again after removing both package-lock.json and node_modules directory.
#7 0.784     at requireWithFriendlyError (/app/node_modules/rollup/dist/native.js:126:9)
#7 0.784     at Object.<anonymous> (/app/node_modules/rollup/dist/native.js:135:76)
#7 ERROR: process "/bin/sh -c npx rollup --version" did not complete successfully: exit code: 1
""",
    r"""
a bundler that was not installed
-- build.log --
3.843
3.843 > a@1.0.0 build
3.843 > vite build
3.843
>>3.880 sh: 1: vite: not found
------
""",
    r"""
a script that is not there
-- build.log --
#8 2.808 npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-22T00_42_18_606Z-debug-0.log
#8 ERROR: process "/bin/sh -c npm run build" did not complete successfully: exit code: 1
------
 > [4/4] RUN npm run build:
>>2.805 npm error Missing script: "build"
2.805 npm error
""",
    r"""
a type error
-- build.log --
2.155 npm notice New minor version of npm available! 11.19.1 -> 11.21.2
2.155 npm notice Changelog: https://github.com/npm/cli/releases/tag/v11.21.2
2.155 npm notice To update run: npm install -g npm@11.21.2
2.155 npm notice
>>7.938 a.ts(1,7): error TS2322: Type 'string' is not assignable to type 'number'.
------
""",
    r"""
an import that does not resolve
-- build.log --
#8 [4/4] RUN npm install vite@5 && npx vite build
#8 10.39 transforming...
#8 10.42 ✓ 2 modules transformed.
#8 10.44 x Build failed in 83ms
#8 10.44 error during build:
>>#8 10.44 [vite]: Rollup failed to resolve import "/src/nothere.js" from "/a/index.html".
#8 10.44 This is most likely unintended because it can break your application at runtime.
#8 10.44 If you do want to externalize this module explicitly add it to
#8 10.44 `build.rollupOptions.external`
#8 ERROR: process "/bin/sh -c npm install vite@5 && npx vite build" did not complete successfully: exit code: 1
""",
    r"""
a module that is not installed
-- build.log --
#8 [4/4] RUN node server.js
#8 0.265 node:internal/modules/cjs/loader:1210
#8 0.265   throw err;
#8 0.265   ^
#8 0.265
>>#8 0.265 Error: Cannot find module 'express'
#8 0.265 Require stack:
#8 0.265 - /a/server.js
#8 0.265     at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
#8 ERROR: process "/bin/sh -c node server.js" did not complete successfully: exit code: 1
""",
    r"""
a package.json that does not parse
-- build.log --
#8 1.032 npm error A complete log of this run can be found in: /root/.npm/_logs/2026-11-22T00_45_07_945Z-debug-0.log
#8 ERROR: process "/bin/sh -c npm install" did not complete successfully: exit code: 1
------
 > [4/4] RUN npm install:
>>1.029 npm error code EJSONPARSE
1.030 npm error JSON.parse Invalid package.json: JSONParseError: Expected double-quoted property name in JSON at position 12 while parsing "{\"name\":\"a\",}\n"
""",
    r"""
yarn and a bundler that was not installed
-- from --
sw-0046 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/6 : RUN yarn run build
yarn run v1.3.2
$ react-scripts-ts build
>>/bin/sh: 1: react-scripts-ts: not found
error Command failed with exit code 127.
The command '/bin/sh -c yarn run build' returned a non-zero code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
