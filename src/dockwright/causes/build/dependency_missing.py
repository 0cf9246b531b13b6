"""A library or module that the build asks for can't be found where its package manager looks.

Gems, Go packages, Maven artifacts, Composer packages, crates, NuGet, R and Perl: the name is wrong, the release was
withdrawn, the repository that has it is not among those asked, or nothing installs it before this step. Python's own are
`deps/no-matching-version`, system packages are `system/apt-package-missing`, npm's are `node/build-failed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Place, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    package: str = ""
    tool: str = ""


TITLE = "{package} is not found[ by {tool}]"
WHY = "The package manager has looked in all places that it knows."
EXPLAINS = (
    "build/compile-error",
    "build/configure-failed",
    "build/dependency-conflict",
    "build/file-missing",
    "deps/build-failed",
    "node/build-failed",
)

SIGNATURES = (
    # cmd/fy/main.go:14:2: cannot find package "golang.org/x/crypto/ssh/terminal" in any of:
    sign('cannot find package "', r'cannot find package "(?P<package>(?!\.")[^"]+)"', sure=0.9, tool='go'),
    # build github.com/a/b: cannot load github.com/a/b/api: cannot find module providing package github.com/a/b/api
    sign('cannot find module providing package ', r"providing package (?P<package>[^\s:]+)", sure=0.92, tool='go'),
    # main.go:7:2: no required module provides package github.com/gin-gonic/gin; to add it:
    sign('no required module provides package ', r"provides package (?P<package>[^\s;:]+)", sure=0.95, tool='go'),
    # main.go:5:2: missing go.sum entry for module providing package github.com/x/y (imported by z); to add:
    sign('missing go.sum entry', r"missing go\.sum entry for (?:module providing package |go\.mod file)?(?P<package>[^\s;:]*)", sure=0.93, tool='go'),
    # build ./agent/cmd/main.go: cannot find module for path ./agent/cmd/main.go
    sign('cannot find module for path ', r"cannot find module for path (?P<package>\S+)", sure=0.9, tool='go'),
    # go: github.com/ixre/tto@v1.3.8: reading github.com/ixre/tto/go.mod at revision v1.3.8: unknown revision v1.3.8
    sign('unknown revision ', r"(?P<package>[\w./-]+@[\w.+-]+): .*unknown revision", sure=0.93, tool='go'),
    # go get app: package app is not in GOROOT (/usr/local/go/src/app)
    sign(' is not in ', r"package (?P<package>\S+) is not in (?:GOROOT|std)", sure=0.9, tool='go'),
    # can't load package: package ./cmd: no Go files in /build/cmd
    sign('no Go files in ', r"no Go files in (?P<package>\S+)", sure=0.9, tool='go'),
    # server.go:4:2: no buildable Go source files in /go/src/github.com/x/config
    sign('no buildable Go source files in ', r"no buildable Go source files in (?P<package>\S+)", sure=0.85, tool='go'),
    # driver.go:26:2: build constraints exclude all Go files in /src/vendor/github.com/containous/yaegi/stdlib
    sign('build constraints exclude all Go files in ', r"exclude all Go files in (?P<package>\S+)", sure=0.85, tool='go'),
    # open /marewood/vendor/github.com/jinzhu/gorm/dialects/sqlite: no such file or directory
    sign('cannot load ', r"cannot load (?P<package>[^\s:]+): open /\S+/vendor/\S+: no such file", sure=0.9, tool='go'),
    # module github.com/x@latest found (v1.2.3), but does not contain package github.com/x/y
    sign('but does not contain package ', r"but does not contain package (?P<package>\S+)", sure=0.95, tool='go'),
    # code in directory /go/src/google.golang.org/cloud/pubsub expects import "cloud.google.com/go/pubsub"
    sign(' expects import "', r'package (?P<package>[^:\s]+): code in directory \S+ expects import', sure=0.9, tool='go'),
    #         module declares its path as: github.com/x/y
    sign('module declares its path as: ', r"declares its path as: (?P<package>\S+)", sure=0.9, tool='go'),
    # Could not find bootstrap-sass-3.2.0.2 in any of the sources
    sign(' in any of the sources', r"Could not find (?P<package>[\w.-]+-\d[\w.-]*) in any of the sources", sure=0.93, tool='bundler'),
    # Your bundle is locked to octokit (4.17.0), but that version could not be found
    sign('Your bundle is locked to ', r"Your bundle is locked to (?P<package>\S+ \([^)]+\))", sure=0.95, tool='bundler'),
    # Could not find gem 'x' in rubygems repository https://… or installed locally.
    sign("Could not find gem '", r"Could not find gem '(?P<package>[^']+)'", sure=0.9, tool='bundler'),
    # ERROR:  Could not find a valid gem 'twproxy' (>= 0) in any repository
    sign('Could not find a valid gem ', r"Could not find a valid gem '(?P<package>[^']+)'", sure=0.9, tool='gem', unless='Could not resolve'),
    # LoadError: cannot load such file -- codeclimate-test-reporter
    sign('cannot load such file -- ', r"cannot load such file -- (?P<package>[^\s)]+)", sure=0.8, tool='ruby'),
    # [ERROR] Failed to execute goal on project x: Could not resolve dependencies for project a:b:jar:1.0: Could not find artifact c:d:jar:1.0 in central
    sign('Could not find artifact ', r"Could not find artifact (?P<package>[\w.-]+:[\w.:-]+)", sure=0.93, tool='mvn'),
    # Failure to find com.x:y:jar:1.0 in https://repo.example was cached in the local repository
    sign('Failure to find ', r"Failure to find (?P<package>[\w.-]+:[\w.:-]+)", sure=0.92, tool='mvn'),
    # Could not transfer artifact x:y:pom:1.0 from/to central (http://repo1.maven.org/maven2): Failed to transfer file … 501 HTTPS Required
    sign('Could not transfer artifact ', r"Could not transfer artifact (?P<package>[\w.-]+:[\w.:-]+)", sure=0.8, tool='mvn'),
    # Non-resolvable parent POM for …
    sign('Non-resolvable parent POM', r"Non-resolvable parent POM(?: for (?P<package>[\w.-]+:[\w.:-]+))?", sure=0.9, tool='mvn'),
    # [ERROR] Plugin org.x:y:1.0 or one of its dependencies could not be resolved
    sign('or one of its dependencies could not be resolved', r"Plugin (?P<package>\S+) or one of", sure=0.85, tool='mvn'),
    # [ERROR] Failed to execute goal on project x: Could not resolve dependencies for project
    sign('Could not resolve dependencies for project ', r"dependencies for project (?P<package>[\w.-]+:[\w.-]+)", sure=0.85, tool='mvn'),
    #    > Could not find com.android.tools.build:gradle:3.0.0.
    sign('> Could not find ', r"> Could not find (?P<package>[\w.-]+:[\w.-]+(?::[\w.+-]+?)?)\.?$", sure=0.93, tool='gradle'),
    #    > Could not resolve com.x:y:1.0.
    sign('> Could not resolve ', r"> Could not resolve (?P<package>[\w.-]+:[\w.-]+(?::[\w.+-]+?)?)\.?$", sure=0.88, tool='gradle'),
    # Plugin [id: 'x', version: '1.0'] was not found in any of the following sources:
    sign('was not found in any of the following sources', r"Plugin \[id: '(?P<package>[^']+)'", sure=0.93, tool='gradle'),
    # [error] sbt.ResolveException: unresolved dependency: x#y;1.0: not found
    sign('unresolved dependency: ', r"unresolved dependency: (?P<package>\S+?): ", sure=0.92, tool='sbt'),
    # [error] Error downloading com.x:y:1.0
    sign('Error downloading ', r"\[error\] .*Error downloading (?P<package>[\w.-]+:\S+)", sure=0.88, tool='sbt'),
    # - The requested package x/y could not be found in any version, there may be a typo in the package name.
    sign('could not be found in any version', r"package (?P<package>\S+) could not be found in any version", sure=0.93, tool='composer'),
    # Could not find package x/y at any version for your minimum-stability
    sign('Could not find package ', r"Could not find package (?P<package>[\w./-]+)", sure=0.9, tool='composer'),
    # - x 3.4.0 requires ext-bcmath * -> the requested PHP extension bcmath is missing from your system.
    sign(' requires ext-', r"requires ext-(?P<package>[\w-]+) \S+ -> (?:the requested PHP extension|it is missing)", sure=0.95, tool="composer among PHP's extensions"),
    # - The requested PHP extension ext-intl * is missing from your system.
    sign('requested PHP extension ', r"requested PHP extension (?P<package>[\w-]+)(?: \*)? is missing", sure=0.94, tool="composer among PHP's extensions"),
    # error: no matching package named `x` found
    sign('no matching package named `', r"no matching package named `(?P<package>[^`]+)`", sure=0.95, tool='cargo'),
    # error[E0463]: can't find crate for `core`
    sign("can't find crate for `", r"can't find crate for `(?P<package>[^`]+)`", sure=0.88, tool='rustc'),
    # Error in loadNamespace(name) : there is no package called 'devtools'
    sign('there is no package called ', r"there is no package called [‘'](?P<package>[^’']+)[’']", sure=0.92, tool='R'),
    # Error: dependencies ‘BiocStyle’, ‘BiocVersion’ are not available
    sign(' not available', r"(?:ERROR|Error): dependenc(?:y|ies) [‘'](?P<package>[^’']+)[’'].* (?:is|are) not available", sure=0.92, tool='R'),
    # package ‘x’ is not available (for R version 3.4.4)
    sign(' is not available (for R version', r"package [‘'](?P<package>[^’']+)[’'] is not available", sure=0.85, tool='R'),
    # package ‘x’ is not available for this version of R
    sign(' is not available for this version of R', r"package [‘'](?P<package>[^’']+)[’'] is not available", sure=0.85, tool='R'),
    # Can't locate Term/ReadLine.pm in @INC (you may need to install the Term::ReadLine module)
    sign("Can't locate ", r"^(?!.*debconf)\s*Can't locate (?P<package>[\w/]+)\.pm in @INC", sure=0.88, tool='perl'),
    # ! Finding X on cpanmetadb failed. / ! Couldn't find module or a distribution X
    sign("Couldn't find module or a distribution ", r"module or a distribution (?P<package>\S+)", sure=0.93, tool='cpanm'),
    # error NU1101: Unable to find package X. No packages exist with this id in source(s): nuget.org
    sign(': Unable to find package ', r"NU110\d: Unable to find package (?P<package>[\w.-]+?)(?:\.| with)", sure=0.95, tool='NuGet'),
    # Unable to find version '6.0.8' of package 'Newtonsoft.Json'.
    sign("Unable to find version '", r"Unable to find version '[^']+' of package '(?P<package>[^']+)'", sure=0.9, tool='NuGet'),
    # ERROR: cannot find role in /build/roles/x
    sign('cannot find role in ', r"cannot find role in (?P<package>\S+)", sure=0.9, tool='ansible'),
    # ERROR! the role 'x' was not found in /etc/ansible/roles
    sign("the role '", r"the role '(?P<package>[^']+)' was not found", sure=0.93, tool='ansible'),
    # Could not find declared class apt (file: /puppet/manifests/site.pp, line: 18
    sign('Could not find declared class ', r"Could not find declared class (?P<package>\S+)", sure=0.92, tool='puppet'),
    # bower canvg#1.5.3  ENORESTARGET No tag found that was able to satisfy 1.5.3
    sign('ENORESTARGET', r"bower (?P<package>\S+)\s+ENORESTARGET", sure=0.94, tool='bower'),
    # Error: Could not find a version that satisfies the requirement '~3.20501.2' for your system 'linux_x86_64'
    sign("' for your system '", r"the requirement '(?P<package>[^']+)' for your system", sure=0.9, tool='platformio'),
    # We don't have build instructions for DEVELOPMENT-SNAPSHOT-2016-05-09-a.
    sign("We don't have build instructions for ", r"build instructions for (?P<package>\S+?)\.?$", sure=0.92, tool='swiftenv'),
    # Error: Unbound module X509.Encoding
    sign('Error: Unbound module ', r"Unbound module (?P<package>\S+)", sure=0.8, tool='ocaml'),
    # Unknown CMake command "pybind11_add_module".
    sign('Unknown CMake command "', r'Unknown CMake command "(?P<package>\w+)"', sure=0.85, tool='cmake'),
    # Required dependency 'cmake' is not installed
    sign('Required dependency ', r"Required dependency '(?P<package>[^']+)' is not installed", sure=0.9),
    # npm error notarget No matching version found for left-pad@99.0.0.
    sign('No matching version found for', r"No matching version found for (?P<package>\S+?)\.?$", sure=0.95, tool='npm'),
    # npm error 404  The requested resource '@x/y@*' could not be found or you do not have permission to access it.
    sign(' could not be found or you do not have permission', r"The requested resource '(?P<package>[^']+)' could not be found or you do not", sure=0.95, tool='npm'),
    # npm error 404  '@acme/utils@1.2.0' is not in this registry.
    sign(' is not in th', r"404  '?(?P<package>[^\s']+)'? is not in th(?:is|e npm) registry", sure=0.95, tool='npm'),
    # npm error 404 Not Found - GET http://127.0.0.1:18106/left-pad
    sign('404 Not Found - GET', r"404 Not Found - GET https?://[^/\s]+/(?P<package>@?[\w%.-]+?(?:/[\w.-]+?)?)(?:/-/\S*)?(?: - .*)?$", sure=0.93, tool='npm'),
    # no recorded log yet:  ERR_PNPM_FETCH_404  GET https://registry.example/@acme%2Futils: Not Found - 404
    sign('ERR_PNPM_FETCH_404', r"ERR_PNPM_FETCH_404\s+GET https?://[^/\s]+/(?P<package>[^\s:]+): ", sure=0.95, tool='pnpm'),
    # no recorded log yet:  ERR_PNPM_NO_MATCHING_VERSION  No matching version found for left-pad@99.0.0
    sign('ERR_PNPM_NO_MATCHING_VERSION', r"found for (?P<package>\S+)", sure=0.96, tool='pnpm'),
    # # ocamlfind: Package `threads' not found
    sign('ocamlfind: Package `', r"ocamlfind: Package `(?P<package>[^']+)' not found", sure=0.85, tool='ocamlfind'),
    # The following actions failed / λ build batteries 3.0.0  (opam)
    sign('The following actions failed', sure=0.7, package='a package that opam builds', also='opam'),
    # error Couldn't find any versions for "left-pad" that matches "99.0.0"
    sign("Couldn't find any versions for ", r'any versions for "(?P<package>[^"]+)" that matches', sure=0.95, tool='yarn'),
    # no recorded log yet: ➤ YN0035: │ left-pad@npm:^99.0.0: Package not found   · YN0082: No candidates found
    sign('YN00', r"YN00(?:35|82): │ (?P<package>\S+?): (?:Package not found|No candidates found)", sure=0.95, tool='yarn'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.tool == "perl":
        yield from _perl_package(where, facts.package)
    if facts.tool.startswith("composer among"):
        yield remedy.advice(
            f"`docker-php-ext-install {facts.package}` in an official php image, with the development packages that it needs, before composer; in a stage that only installs, `composer install --ignore-platform-req=ext-{facts.package}`."
        )
    if facts.tool in ("npm", "pnpm") and facts.package.startswith("@"):
        yield remedy.advice(
            f"{facts.package} is in a scope: if its registry is a private one, copy the project's .npmrc in before the install and give the token as a secret (RUN --mount=type=secret,id=npmrc,target=/root/.npmrc …)."
        )
    yield remedy.advice(
        "Look the name and the version up in the package manager's own index, add the repository that has it, or install it in an earlier step."
    )


def _perl_package(where: Place, module: str) -> Iterator[Remedy]:
    """Debian's package of a Perl module: `JSON/XS` is in libjson-xs-perl (Debian Perl Policy, section 4.2)."""
    from dockwright.facts.packages import os_packages
    from dockwright.finding import YES
    from dockwright.remedy_packages import around, install

    spot = around(where)
    os = spot.base.os if spot is not None and spot.base is not None else None
    package = "lib" + module.lower().replace("::", "-").replace("/", "-").replace("_", "-") + "-perl"
    edit = install(where, package, spot) if os is not None and os_packages(os).exists(package) is YES else None
    if edit is not None:
        yield remedy.safe(f"Install {package}", edit)


CASES = (
    r"""
npm knows no such scope
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#6 [3/3] RUN npm install @nosuchscope-dq/utils-private
#6 1.295 npm error code E404
>>#6 1.297 npm error 404 Not Found - GET https://registry.npm.example/@nosuchscope-dq%2futils-private
#6 1.298 npm error 404
>>#6 1.300 npm error 404  The requested resource '@nosuchscope-dq/utils-private@*' could not be found or you do not have permission to access it.
#6 1.301 npm error 404
#6 ERROR: process "/bin/sh -c npm install @nosuchscope-dq/utils-private" did not complete successfully: exit code: 1
""",
    r"""
npm names the address
-- build.log --
#6 ERROR: process "/bin/sh -c npm install --fetch-retries=0 --fetch-timeout=3000 --registry http://127.0.0.1:18106 left-pad" did not complete successfully: exit code: 1
------
 > [3/3] RUN npm install --fetch-retries=0 --fetch-timeout=3000 --registry http://127.0.0.1:18106 left-pad:
3.565 npm error code E404
>>3.565 npm error 404 Not Found - GET http://127.0.0.1:18106/left-pad
3.565 npm error 404
""",
    r"""
a version that npm does not find
-- build.log --
#8 ERROR: process "/bin/sh -c npm install" did not complete successfully: exit code: 1
------
 > [4/4] RUN npm install:
0.925 npm error code ETARGET
>>0.925 npm error notarget No matching version found for left-pad@99.0.0.
0.926 npm error notarget In most cases you or one of your dependencies are requesting a package version that doesn't exist.
""",
    r"""
go in GOPATH
-- from --
sw-1169 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/7 : RUN cd /go/src/apibox.club/apibox/ && go install -v
	/usr/local/go/src/golang.org/x/text/encoding/unicode (from $GOROOT)
	/go/src/golang.org/x/text/encoding/unicode (from $GOPATH)
>>../utils/utils.go:28:2: cannot find package "golang.org/x/text/transform" in any of:
	/usr/local/go/src/golang.org/x/text/transform (from $GOROOT)
The command '/bin/sh -c cd /go/src/apibox.club/apibox/ && go install -v' returned a non-zero code: 1
""",
    r"""
go modules
-- from --
sw-0568 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/15 : RUN go build -o ./bin/server/server ./cmd/server
go: extracting google.golang.org/genproto v0.0.0-20190716160619-c506a9f90610
go: extracting golang.org/x/text v0.3.2
>>build github.com/GameComponent/economy-service/cmd/server: cannot load github.com/GameComponent/economy-service/pkg/api/v1: cannot find module providing package github.com/GameComponent/economy-service/pkg/api/v1
The command '/bin/sh -c go build -o ./bin/server/server ./cmd/server' returned a non-zero code: 1
""",
    r"""
a revision that is gone
-- from --
sw-0765 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/18 : RUN rm -rf go.sum && sed -i 's/replace/\/\/replace/' go.mod &&     go mod tidy &&     CGO_ENABLED=0 GOOS=linux ARCH=amd64 go build go2o-serve.go &&     CGO_ENABLED=0 GOOS=linux ARCH=amd64 go build -ldflags='-s -w' go2o-rpc.go
 ---> Running in fc9c09ca70ca
>>go: github.com/ixre/tto@v1.3.8: reading github.com/ixre/tto/go.mod at revision v1.3.8: unknown revision v1.3.8
The command '/bin/sh -c rm -rf go.sum && sed -i 's/replace/\/\/replace/' go.mod &&     go mod tidy &&     CGO_ENABLED=0 GOOS=linux ARCH=amd64 go build go2o-serve.go &&     CGO_ENABLED=0 GOOS=linux ARCH=amd64 go build -ldflags='-s -w' go2o-rpc.go' returned a non-zero code: 1
""",
    r"""
bundler
-- from --
sw-1577 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 7/10 : RUN bundle install
Fetching dependency metadata from https://rubygems.org/.
Resolving dependencies....
>>Could not find bootstrap-sass-3.2.0.2 in any of the sources
The command '/bin/sh -c bundle install' returned a non-zero code: 7
""",
    r"""
a gem release that was withdrawn
-- from --
sw-0826 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 11/29 : RUN apk add --no-cache       autoconf       bison       build-base       ruby-dev       openssl-dev       readline-dev       sqlite-dev       postgresql-dev       libpcap-dev       libxml2-dev       libxslt-dev       yaml-dev       zlib-dev       ncurses-dev       git     && echo "gem:
RubyGems system software updated
Fetching gem metadata from https://rubygems.org/.....
>>Your bundle is locked to octokit (4.17.0), but that version could not be found
in any of the sources listed in your Gemfile. If you haven't changed sources,
The command '/bin/sh -c apk add --no-cache       autoconf       bison       build-base       ruby-dev       openssl-dev       readline-dev       sqlite-dev       postgresql-dev       libpcap-dev       libxml2-dev       libxslt-dev       yaml-dev       zlib-dev       ncurses-dev       git     && echo
""",
    r"""
Composer and an extension
-- from --
sw-0638 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 8/9 : RUN composer install
    - kyranrana/simple-javascript-compilation 0.3.1 requires ext-bcmath * -> the requested PHP extension bcmath is missing from your system.
  Problem 4
>>    - kyranrana/cloudflare-bypass 3.4.0 requires ext-bcmath * -> the requested PHP extension bcmath is missing from your system.
    - mediashare/kernel 0.4.5 requires kyranrana/cloudflare-bypass ^3.4 -> satisfiable by kyranrana/cloudflare-bypass[3.4.0].
The command '/bin/sh -c composer install' returned a non-zero code: 2
""",
    r"""
R
-- from --
sw-0236 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 2/3 : RUN R -e 'devtools::install_github("rwebapps/nabel")'
> devtools::install_github("rwebapps/nabel")
>>Error in loadNamespace(name) : there is no package called 'devtools'
Calls: :: ... loadNamespace -> withRestarts -> withOneRestart -> doWithOneRestart
The command '/bin/sh -c R -e 'devtools::install_github("rwebapps/nabel")'' returned a non-zero code: 1
""",
    r"""
R dependencies
-- from --
sw-1693 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 13/15 : RUN install2.r --error       --deps TRUE       here       BiocManager
The downloaded source packages are in
	‘/tmp/downloaded_packages’
>>Error: dependencies ‘BiocStyle’, ‘BiocVersion’ are not available
The command '/bin/sh -c install2.r --error       --deps TRUE       here       BiocManager' returned a non-zero code: 1
""",
    r"""
NuGet
-- from --
sw-0916 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 1/2 : FROM mono:3.10-onbuild
WARNING: The request timed out
﻿Unable to find version '0.9.0.13' of package 'HarNet'.
>>Unable to find version '6.0.8' of package 'Newtonsoft.Json'.
The command '/bin/sh -c nuget restore -NonInteractive' returned a non-zero code: 1
""",
    r"""
bower
-- from --
sw-1017 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 43/45 : RUN bower install --allow-root
bower promise-polyfill#8.1.0                        resolved https://github.com/taylorhakes/promise-polyfill.git#8.1.0
bower html2canvas#1.0.0-alpha.12                    resolved https://github.com/niklasvh/html2canvas.git#1.0.0-alpha.12
>>bower canvg#1.5.3                               ENORESTARGET No tag found that was able to satisfy 1.5.3
The command '/bin/sh -c bower install --allow-root' returned a non-zero code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
