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
