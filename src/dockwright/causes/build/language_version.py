"""The language or build tool of the image has another version than what is built with it asks for.

Ruby, Go, PHP, Java, Rust, .NET, Elixir, Swift, CMake and the like: a package names the versions that it works with, or uses
what only a newer one has. A dependency without a pin moves on by itself, so such a build worked until the newest release
left the image's version behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    package: str = ""
    language: str = ""
    needs: str = ""
    have: str = ""


TITLE = "[{package} ]needs {language}[ {needs}][, and the image has {have}]"
WHY = "What is built and the version in the image do not suit each other."
EXPLAINS = (
    "build/compile-error",
    "build/dependency-missing",
    "build/configure-failed",
    "build/dependency-conflict",
    "build/file-missing",
    "network/gone",
    "system/package-script-failed",
    "system/rpm-database",
)

SIGNATURES = (
    # SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?
    sign("SyntaxError: Missing parentheses in call to", r"^SyntaxError: Missing parentheses in call to '(?:print|exec)'", sure=0.87, package="a program", language="Python", needs="2", have="Python 3"),
    # ERROR:  Error installing bundler: / bundler requires Ruby version >= 2.3.0.
    sign(' requires Ruby version ', r"(?P<package>[\w.-]+) requires Ruby version (?P<needs>[^.\s]+ ?[\d.]*\d)(?:.*current ruby version is (?P<have>[\d.]*\d))?", sure=0.95, language='Ruby'),
    # bundler requires RubyGems version >= 2.5.2. Try 'gem update --system' to update RubyGems itself.
    sign(' requires RubyGems version ', r"(?P<package>[\w.-]+) requires RubyGems version (?P<needs>[^.\s]+ ?[\d.]*\d)", sure=0.95, language='RubyGems'),
    # Your Ruby version is 2.0.0, but your Gemfile specified 2.1.7
    sign('Your Ruby version is ', r"Your Ruby version is (?P<have>[\d.]*\d), but your Gemfile specified (?P<needs>.+?)\s*$", sure=0.97, language='Ruby', package='the Gemfile'),
    # zeitwerk-2.2.2 requires ruby version >= 2.4.4, which is incompatible with the
    sign(' requires ruby version ', r"(?P<package>[\w.-]+) requires ruby version (?P<needs>[^,]+), which is incompatible", sure=0.95, language='Ruby'),
    # error: Required uv version `>=0.10` does not match the running version `0.9.30`
    sign('Required uv version `', r"Required uv version `(?P<needs>[^`]+)` does not match the running version `(?P<have>[^`]+)`", sure=0.97, language='uv', package='the project'),
    # Required ruby-2.4.0 is not installed.
    sign('Required ruby-', r"Required ruby-(?P<needs>\S+) is not installed", sure=0.9, language='Ruby', package='the Gemfile'),
    # Bundler could not find compatible versions for gem "ruby":
    sign('compatible versions for gem "ruby', sure=0.92, language='Ruby', needs='of another version', package='a gem'),
    # Because your Gemfile depends on … and the current Ruby version is = 2.6.10 … Ruby >= 3.0
    sign('the current Ruby version ', r"current Ruby version (?:is|satisfies|does not satisfy) =? ?(?P<have>[\d.]*\d)", sure=0.85, language='Ruby'),
    # To install the missing version, run `gem install bundler:1.15.1`
    sign('To install the missing version, run `gem install bundler', r"gem install bundler:(?P<needs>[\d.]*\d)`", sure=0.95, language='Bundler', package='Gemfile.lock'),
    # Could not find 'bundler' (2.1.4) required by your /app/Gemfile.lock.
    sign("Could not find 'bundler' (", r"Could not find 'bundler' \((?P<needs>[\d.]*\d)\) required by", sure=0.95, language='Bundler', package='Gemfile.lock'),
    # You must use Bundler 2 or greater with this lockfile.
    sign('You must use Bundler ', r"You must use Bundler (?P<needs>\S+) or greater", sure=0.97, language='Bundler', package='Gemfile.lock'),
    # Could not find gem 'bundler (< 2.0, >= 1.3.0)', which is required by gem 'rails
    sign("Could not find gem 'bundler (", r"Could not find gem 'bundler \((?P<needs>[^)]+)\)'", sure=0.95, language='Bundler', package='a gem'),
    # package math/bits: unrecognized import path "math/bits" (import path does not begin with hostname)
    sign('unrecognized import path "', r'unrecognized import path "(?P<package>(?:archive|bufio|bytes|cmp|compress|container|context|crypto|database|embed|encoding|errors|go|hash|html|image|io|iter|log|maps|math|mime|net|os|path|reflect|regexp|runtime|slices|sort|strings|sync|syscall|testing|text|time|unicode|unique)(?:/[a-z\d/]+)?)"', sure=0.95, language='Go', needs='of a newer version, which has this package'),
    # build caddy: cannot load crypto/ed25519: cannot find module providing package crypto/ed25519
    sign('cannot find module providing package ', r"providing package (?P<package>(?:archive|bufio|bytes|cmp|context|crypto|database|embed|encoding|errors|go|hash|html|io|iter|log|maps|math|net|os|reflect|runtime|slices|strings|sync|testing|time)(?:/[a-z\d/]+)?)\s*$", sure=0.95, language='Go', needs='of a newer version, which has this package'),
    # main.go:4:2: package embed is not in GOROOT (/usr/local/go/src/embed)
    sign(' is not in ', r"package (?P<package>embed|slices|maps|cmp|iter|unique|io/fs|log/slog|net/netip|testing/\w+|go/build/constraint|math/rand/v2|runtime/\w+|sync/\w+|crypto/\w+|hash/maphash|container/\w+|weak) is not in (?:GOROOT|std)", sure=0.96, language='Go', needs='of a newer version, which has this package'),
    # /usr/local/go/src/math/bits (from $GOROOT)
    sign(' (from $GOROOT)', r"^\s*/\S*?/src/(?:pkg/)?(?P<package>math/bits|context|embed|io/fs|net/http/httptrace|crypto/ed25519|hash/maphash|errors|strings) \(from \$GOROOT\)", sure=0.93, language='Go', needs='of a newer version, which has this package'),
    # go.mod requires go >= 1.22.0 (running go 1.21.5; GOTOOLCHAIN=local)
    sign(' requires go >= ', r"(?P<package>[\w./@-]+) requires go >= (?P<needs>[\d.]*\d\w*)(?: \(running go (?P<have>[\d.]*\d))?", sure=0.97, language='Go'),
    # note: module requires Go 1.18
    sign('note: module requires Go ', r"module requires Go (?P<needs>[\d.]*\d)", sure=0.96, language='Go'),
    # go: errors parsing go.mod: invalid go version '1.21.0': must match format 1.23
    sign("invalid go version '", r"invalid go version '(?P<needs>[^']+)': must match", sure=0.96, language='Go', package='go.mod'),
    # cmd/scw/main_unsupported.go:6: "Bad go version, please install a version greater than or equal to 1.11" evaluated but not used
    sign('please install a version greater than or equal to ', r"Bad go version, please install a version greater than or equal to (?P<needs>[\d.]*\d)", sure=0.95, language='Go'),
    # go.mod:5: unknown directive: toolchain
    sign('unknown directive: toolchain', sure=0.96, language='Go', needs='1.21 or newer', package='go.mod'),
    # vendor/github.com/kardianos/service/service_systemd_linux.go:75:18: undefined: os.UserHomeDir
    sign(': undefined: ', r"^(?P<package>\S+?\.go):\d+(?::\d+)?: undefined: (?:strings\.(?:Builder|ReplaceAll|Cut)|os\.(?:UserHomeDir|ReadFile|WriteFile|ReadDir|DirFS|LookupEnv|Executable|MkdirTemp|CreateTemp|DirEntry)|errors\.(?:Is|As|Unwrap|Join)|driver\.\w+|io\.(?:ReadAll|Discard|NopCloser|StringWriter)|types\.SizesFor|bits\.\w+|http\.(?:NewRequestWithContext|SameSite\w*|MaxBytesError|StatusTooEarly|ErrAbortHandler)|debug\.BuildInfo|atomic\.(?:Bool|Int32|Int64|Pointer|Uint64)|any|comparable|min|max|clear|slices\.\w+|maps\.\w+|url\.JoinPath|net\.(?:ErrClosed|Resolver)|tls\.(?:VersionTLS13|X25519|CipherSuiteName)|sort\.Slice|sync\.(?:Map|OnceFunc|OnceValue)|unsafe\.(?:Slice|String|Add)|reflect\.(?:Pointer|ValueOf)|context\.WithoutCancel|time\.(?:DateOnly|DateTime|Until))$", sure=0.9, language='Go', needs='of a newer version'),
    # server/server.go:83: srv.Shutdown undefined (type *http.Server has no field or method Shutdown)
    sign(' undefined (type ', r"^(?P<package>\S+?\.go):\d+(?::\d+)?: \S+ undefined \(type (?:\*http\.Server has no field or method Shutdown|reflect\.Value has no field or method \w+|\*testing\.[TB] has no field or method \w+|\*tls\.\w+ has no field or method \w+|\*http\.Request has no field or method \w+)", sure=0.9, language='Go', needs='of a newer version'),
    # package github.com/go-github/v31/github: cannot find package "github.com/google/go-github/v31/github" in any of:
    sign('cannot find package "', r'cannot find package "(?P<package>[\w.-]+\.\w+/[^"]*/v\d+(?:/[^"]*)?)"', sure=0.7, language='Go', needs='with modules (1.11 or newer, GO111MODULE not off)'),
    # vendored.go: relocation target runtime.support_avx not defined
    sign(': relocation target runtime.', r"^(?P<package>\S+): relocation target runtime\.\w+ not defined", sure=0.85, language='Go', needs='of another version'),
    # flag provided but not defined: -mod
    sign('flag provided but not defined: -mod', sure=0.9, language='Go', needs='1.11 or newer'),
    # - doctrine/annotations v1.3.1 requires php ^5.6 || ^7.0 -> your PHP version (5.5.9) does not satisfy that requirement.
    sign(' requires php', r"(?:- )?(?P<package>[\w./-]+)(?: \S+)? requires php(?:-64bit)? (?P<needs>.+?) (?:->|but) your (?:PHP|php) version \((?P<have>[\d.]*\d)[^)]*\)[^;]*does not satisfy", sure=0.95, language='PHP'),
    # This package requires php >=7.4 but your PHP version (7.2.24) does not satisfy that requirement.
    sign('but your PHP version (', r"requires php(?:-64bit)? (?P<needs>.+?) but your PHP version \((?P<have>[\d.]*\d)", sure=0.96, language='PHP', package='composer.json'),
    # pecl/xdebug requires PHP (version >= 7.1.0), installed version is 7.0.33
    sign(' requires PHP (version ', r"(?P<package>[\w./-]+) requires PHP \(version (?P<needs>[^)]+)\), installed version is (?P<have>[\d.]*\d)", sure=0.96, language='PHP'),
    # Composer 2.3.0 dropped support for PHP <7.2.5 and you are running 7.0.33-0+deb9u12
    sign('dropped support for PHP ', r"(?P<package>Composer) \S+ dropped support for PHP \S+ and you are running (?P<have>[\d.]*\d)", sure=0.97, language='PHP', needs='of a newer version'),
    # Exception in thread "main" java.lang.UnsupportedClassVersionError: x : Unsupported major.minor version 52.0
    sign('Unsupported major.minor version ', r"(?:UnsupportedClassVersionError: (?P<package>\S+) : )?Unsupported major\.minor version (?P<needs>[\d.]*\d)", sure=0.96, language='Java', needs='of a newer version'),
    # General error during conversion: Unsupported class file major version 61
    sign('Unsupported class file major version ', sure=0.95, language='Gradle', needs='of a version that knows this Java'),
    # has been compiled by a more recent version of the Java Runtime (class file version 61.0)
    sign('compiled by a more recent version of the Java Runtime', r"(?:UnsupportedClassVersionError: (?P<package>\S+) )?has been compiled", sure=0.96, language='Java', needs='of a newer version'),
    # [ERROR] Fatal error compiling: invalid target release: 11
    sign('nvalid target release: ', r"nvalid target release: (?P<needs>[\d.]*\d)", sure=0.96, language='Java', package='the project'),
    # error: release version 17 not supported
    sign('release version ', r"error: release version (?P<needs>\d+) not supported", sure=0.96, language='Java', package='the project'),
    # error: Source option 6 is no longer supported. Use 7 or later.
    sign(' is no longer supported. Use ', r"(?:Source|Target) option (?P<needs>[\d.]*\d) is no longer supported", sure=0.95, language='Java', package='the project'),
    # Could not determine java version from '11.0.7'.
    sign('Could not determine java version from', r"Could not determine java version from '(?P<have>[^']+)'", sure=0.95, language='Java', package='this Gradle', needs='of an older version'),
    # > This version of Shadow supports Gradle 5.0+ only. Please upgrade.
    sign(' only. Please upgrade', r"This version of (?P<package>[\w -]+) supports Gradle (?P<needs>[\d.]+\+?) only", sure=0.95, language='Gradle'),
    # thread 'main' panicked at 'Unable to detect OpenSSL version', …/openssl-0.9.24/build.rs
    sign('Unable to detect OpenSSL version', r"'Unable to detect OpenSSL version', \S*/(?P<package>openssl[\w-]*-[\d.]*\d)/", sure=0.88, language='OpenSSL', needs='of an older version'),
    # Minimum supported Gradle version is 6.1.1. Current version is 5.6.4.
    sign('Minimum supported Gradle version is ', r"Gradle version is (?P<needs>[\d.]*\d)\. Current version is (?P<have>[\d.]*\d)", sure=0.96, language='Gradle', package='a plugin'),
    # error: package `x v1.0` cannot be built because it requires rustc 1.70 or newer, while the currently active rustc version is 1.65.0
    sign('requires rustc ', r"(?:package `(?P<package>[^`]+)`.*?|(?P<_>))requires rustc (?P<needs>[\d.]*\d)(?: or newer, while the currently active rustc version is (?P<have>[\d.]*\d))?".replace('|(?P<_>)', '|'), sure=0.96, language='Rust'),
    #   feature `edition2021` is required
    sign('feature `', r"feature `(?P<needs>edition\d+|[\w-]+)` is required", sure=0.93, language='Rust', package='a crate'),
    # this Cargo does not support nightly features, but if you
    sign('this Cargo does not support nightly features', sure=0.93, language='Rust', needs='of a newer version', package='a crate'),
    # error[E0554]: `#![feature]` may not be used on the stable release channel
    sign('may not be used on the stable release channel', sure=0.95, language='Rust', needs='nightly', package='the source'),
    # error[E0658]: use of unstable library feature 'matches_macro'
    sign('error[E0658]: ', r"error\[E0658\]: (?:use of unstable library feature )?(?P<package>.+)", sure=0.93, language='Rust', needs='of a newer version, or nightly'),
    # invalid serialized PackageId for key `package.dependencies`
    sign('invalid serialized PackageId', sure=0.93, language='Cargo', needs='of a newer version', package='Cargo.lock'),
    # lock file version `4` was found, but this version of Cargo does not understand this lock file, perhaps Cargo needs to be updated?
    sign('but this version of Cargo does not understand', sure=0.97, language='Cargo', needs='of a newer version', package='Cargo.lock'),
    # lock file version 4 requires `-Znext-lockfile-bump`
    sign('requires `-Znext-lockfile-bump`', sure=0.97, language='Cargo', needs='1.78 or newer', package='Cargo.lock'),
    # this version of Cargo is older than the `2021` edition, and only supports `2015` and `2018` editions.
    sign('this version of Cargo is older than the', r"older than the `(?P<needs>\d+)` edition", sure=0.97, language='Cargo', package='a crate'),
    # error NETSDK1045: The current .NET SDK does not support targeting .NET Core 3.1.  Either target …
    sign('error NETSDK1045:', r"does not support targeting (?P<needs>\.NET[\w ]* [\d.]*\d)", sure=0.97, language='the SDK of', package='the project'),
    # A compatible installed .NET Core SDK for global.json version [3.1.100] from [/app/server/global.json] was not found
    sign('SDK for global.json version [', r"SDK for global\.json version \[(?P<needs>[^\]]+)\]", sure=0.97, language='.NET SDK', package='global.json'),
    # It was not possible to find any compatible framework version / The framework 'Microsoft.NETCore.App', version '2.0.0' was not found.
    sign("The framework 'Microsoft.", r"The framework '(?P<package>[^']+)', version '(?P<needs>[^']+)'.* was not found", sure=0.93, language='.NET'),
    # ** (Mix) You're trying to run :bonny on Elixir v1.7.4 but it has declared in its mix.exs file it supports only Elixir ~> 1.9
    sign("You're trying to run :", r"run :(?P<package>\w+) on Elixir v(?P<have>[\d.]*\d) but it has declared in its mix\.exs file it supports only Elixir (?P<needs>.+)", sure=0.97, language='Elixir'),
    # swift-build: error: Package requires minimum Swift tools version 4.0.0. Current Swift tools version is 3.1.0
    sign('minimum Swift tools version', r"Swift tools version (?P<needs>[\d.]*\d)\. Current Swift tools version is (?P<have>[\d.]*\d)", sure=0.97, language='Swift', package='the package'),
    # package 'x' is using Swift tools version 5.5.0 but the installed version is 5.4.0
    sign('is using Swift tools version', r"package '(?P<package>[^']+)' is using Swift tools version (?P<needs>[\d.]*\d) but the installed version is (?P<have>[\d.]*\d)", sure=0.97, language='Swift'),
    # CMake 3.6 or higher is required.  You are running version 3.5.1
    sign(' or higher is required.  You are running version', r"CMake (?P<needs>[\d.]*\d) or higher is required\.  You are running version (?P<have>[\d.]*\d)", sure=0.97, language='CMake', package='the project'),
    # ERROR: Meson version is 0.45.1 but project requires >= 0.50.0
    sign('Meson version is ', r"Meson version is (?P<have>[\d.]*\d) but project requires (?P<needs>[^.\s]+ ?[\d.]*\d)", sure=0.97, language='Meson', package='the project'),
    # configure.ac:20: error: Autoconf version 2.64 or higher is required
    sign('Autoconf version ', r"Autoconf version (?P<needs>[\d.]*\d) or higher is required", sure=0.95, language='Autoconf', package='the project'),
    # Error: With R version 3.5 or greater, install Bioconductor packages using BiocManager; see …
    sign('With R version ', r"With R version (?P<have>[\d.]*\d) or greater, install Bioconductor packages using BiocManager", sure=0.97, language='R', package='biocLite', needs='older than 3.5'),
    # ERROR: this R is version 3.4.4, package 'x' requires R >= 3.5.0
    sign('ERROR: this R is version ', r"this R is version (?P<have>[\d.]*\d), package ['‘](?P<package>[^'’]+)['’] requires R (?P<needs>\S+ ?[\d.]*\d)", sure=0.97, language='R'),
    # Perl v5.26.0 required--this is only v5.10.1, stopped at …
    sign(' required--this is only ', r"Perl v?(?P<needs>[\d.]*\d) required--this is only v?(?P<have>[\d.]*\d)", sure=0.97, language='Perl'),
    # Error: Unsatisfied dependency: nim (1.0.6)
    sign('Unsatisfied dependency: nim (', r"Unsatisfied dependency: nim \((?P<needs>[^)]+)\)", sure=0.95, language='Nim', package='the package'),
    # Unsupported cabal-version. See https://github.com/haskell/cabal/issues/4899.
    sign('Unsupported cabal-version', sure=0.9, language='Cabal', needs='of a newer version', package='a package'),
    # read-compiled-linklet: version mismatch  expected: "7.5"  found: "7.7"
    sign('read-compiled-linklet: version mismatch', r'expected: "(?P<have>[^"]+)"\s+found: "(?P<needs>[^"]+)"', sure=0.9, language='Racket'),
    # xz: unrecognized command line option '-std=c++17'
    sign("option '-std=", r"(?:unrecognized|invalid value).*?'-std=(?P<needs>[^']+)'", sure=0.85, language='a compiler that knows', package='the source'),
    # no recorded log yet: Gradle requires JVM 17 or later to run. Your build is currently configured to use JVM 11.
    sign('Your build is currently configured to use J', r"requires (?:JVM|Java) (?P<needs>\d+) or later to run\. Your build is currently configured to use (?:JVM|Java) (?P<have>\d+)", sure=0.97, language='Java', package='Gradle'),
    # no recorded log yet: Value '/usr/lib/jvm/java-17' given for org.gradle.java.home / No matching toolchains found for requested specification: {languageVersion=21, …}
    sign('{languageVersion=', r"(?:No matching toolchains|Cannot find a Java installation).*\{languageVersion=(?P<needs>\d+)", sure=0.95, language='Java', package="Gradle's toolchain"),
    # no recorded log yet: Requested SDK version: 9.0.100
    sign('Requested SDK version: ', r"Requested SDK version: (?P<needs>\S+)", sure=0.96, language='the .NET SDK', package='global.json', also='A compatible .NET SDK was not found'),
    #   Compatibility with CMake < 3.5 has been removed from CMake.
    sign('has been removed from CMake', r"Compatibility with CMake (?P<needs>< [\d.]*\d) has been removed", sure=0.96, language='CMake', have='4 or newer', package='the project'),
    # generator.c:861:25: error: 'rb_cFixnum' undeclared (first use in this function)
    sign("' undeclared", r"(?P<package>[\w.-]+\.c(?:pp|c)?):\d+(?::\d+)?: error: ['‘]rb_c(?:Fixnum|Bignum|Data)['’] undeclared", sure=0.93, language='Ruby', needs='of an older version'),
    sign('’ undeclared', r"(?P<package>[\w.-]+\.c(?:pp|c)?):\d+(?::\d+)?: error: ['‘]rb_c(?:Fixnum|Bignum|Data)['’] undeclared", sure=0.93, language='Ruby', needs='of an older version'),
    # no recorded log yet: error This project's package.json defines "packageManager": "yarn@4.5.0". However the current global version of Yarn is 1.22.22.
    sign('However the current global version of Yarn is', r'"packageManager": "yarn@(?P<needs>[\d.]*\d).*global version of Yarn is (?P<have>[\d.]*\d)', sure=0.97, language='Yarn', package='package.json'),
    # no recorded log yet: Error: Cannot find matching keyid: {"signatures":[…],"keys":[…]}  (corepack before 0.31)
    sign('Cannot find matching keyid: ', sure=0.96, language='Corepack', needs='0.31 or newer, which has its new keys', package="the registry's signature"),
    # Type Error: Cannot read properties of undefined (reading 'some')
    #     at verifySignature (/usr/local/lib/node_modules/corepack/dist/lib/corepack.cjs:21533:20)
    sign('at verifySignature (', r"at verifySignature \(\S*/corepack\.cjs", sure=0.93, language='Corepack', needs='0.31 or newer, which has its new keys', package="the registry's signature"),
    # Fatal error compiling: java.lang.ExceptionInInitializerError: com.sun.tools.javac.code.TypeTags   (Lombok of before this JDK)
    sign('com.sun.tools.javac.', r"(?:ExceptionInInitializerError|NoSuchFieldError|NoClassDefFoundError|IllegalAccessError)\b.*com[./]sun[./]tools[./]javac[./]", sure=0.92, language='Java', needs='of an older version', package='Lombok, or another annotation processor,'),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Language):
        if need.name not in ("Node", "npm"):
            yield found(unmet, Facts(need.package, need.name, need.wants, need.have))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield from _pinned(finding)
    yield from _newer_tool(finding)
    yield from _other_image(finding)
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.language == "uv":
        yield remedy.advice(
            f"Take a uv that is {facts.needs}: `COPY --from=ghcr.io/astral-sh/uv:VERSION /uv /uvx /bin/` or `pip install 'uv{facts.needs}'`; or change required-version in pyproject.toml."
        )
        return
    yield remedy.advice(
        "Name in FROM a version that what is built works with, or pin the dependency to the last release that works with this one."
    )


# The official images of languages, whose tags are versions.
IMAGES = {"Go": "golang", "Ruby": "ruby", "Rust": "rust", "Cargo": "rust", "PHP": "php", "Java": "eclipse-temurin"}
WANTED = re.compile(r"(?:>=|~>|\^|=)?\s*v?(?P<version>\d+(?:\.\d+)?)(?:\.\d+)*(?: or newer)?")
VARIANTS = frozenset({"", "slim", "alpine", "cli", "fpm", "apache", "zts", "jdk", "jre", "jammy", "noble"})


def _other_image(finding: Finding) -> Iterator[Remedy]:
    """The same official image in the version that is asked for, where it is a newer one."""
    from dockwright.remedy_packages import around

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    wanted, name = WANTED.fullmatch(facts.needs.strip()), IMAGES.get(facts.language, "")
    if wanted is None or not name:
        return
    version = wanted["version"].partition(".")[0] if name == "eclipse-temurin" else wanted["version"]
    spot = around(where) if where is not None else None
    written = where.source[spot.stage.base.span] if spot is not None and where is not None else ""
    match = re.fullmatch(
        rf"(?P<head>(?:docker\.io/)?(?:library/)?{name}:)(?P<old>\d+(?:\.\d+)*)(?P<rest>(?:-[a-z]+)*)", written
    )
    if spot is not None and where is not None and match is not None and _key(match["old"]) < _key(version):
        if set(match["rest"].split("-")) <= VARIANTS:
            image = f"{match['head']}{version}{match['rest']}"
            edit = remedy.swap_span(where.source, spot.stage.base.span, image)
            yield remedy.risky(
                f"Build on {image}: {facts.package or 'it'} asks for {facts.language} {facts.needs}", edit
            )
    elif match is None:
        yield remedy.advice(
            f"Build on {name}:{version} or newer, or install that version of {facts.language} in the image."
        )


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _newer_tool(finding: Finding) -> Iterator[Remedy]:
    """Tools that are installed or switched on by one command."""
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.language == "Corepack":
        yield remedy.advice("`npm install -g corepack@latest` before `corepack enable`.")
    elif facts.language == "Yarn":
        yield remedy.advice("`corepack enable` before the install: it runs the Yarn that package.json names.")
    elif facts.language == "CMake" and facts.have.startswith("4"):
        yield remedy.advice(
            f'`ENV CMAKE_POLICY_VERSION_MINIMUM={facts.needs.lstrip("< ")}` above the step, which CMake 4 reads; or an older one (`pip install "cmake<4"` where pip builds).'
        )


def _pinned(finding: Finding) -> Iterator[Remedy]:
    """`gem install bundler` with the last bundler that Ruby before 2.3 takes (bundler's own error names it)."""
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is None or where.source[where.span] != "bundler" or facts.language != "Ruby" or not facts.have:
        return
    after = where.source.text[where.span.end :].lstrip(" \t")
    alone = not after or after.startswith(("\n", "&&", ";", "-", "|", "\\"))
    before = where.source.text[: where.span.start].rstrip()
    if alone and before.endswith("install") and [int(part) for part in facts.have.split(".")[:2]] < [2, 3]:
        edit = remedy.swap(where, "bundler -v 1.17.3")
        yield remedy.safe("Install bundler 1.17.3, the last for this Ruby", edit)
