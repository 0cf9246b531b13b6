"""A tool that the build calls underneath is not in the image: git, cargo, cmake, gpg.

The line itself runs, but pip needs git for a `git+https://` requirement, a Rust package needs cargo, a native one cmake or
swig, and `python3 -m venv` needs Debian's python3-venv.
"""

from __future__ import annotations

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
    command: str = ""
    asked_by: str = ""


TITLE = "{command} is needed[ by {asked_by}] and is not in the image"
WHY = "The tool is called underneath, and no folder on PATH holds it."
EXPLAINS = (
    "deps/build-failed",
    "deps/platform-wheel-missing",
    "system/command-missing",
    "build/compile-error",
    "build/configure-failed",
    "build/dependency-missing",
    "node/build-failed",
)

SIGNATURES = (
    # ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?
    sign("Cannot find command '", r"Cannot find command '(?P<command>\w+)'", sure=0.97, asked_by="pip"),
    # error: Git executable not found. Ensure that Git is installed and available.        (uv)
    sign("Git executable not found", sure=0.97, command="git", asked_by="uv"),
    # npm ERR! enoent spawn git ENOENT
    sign(" spawn git", r"(?:enoent|ENOENT)?.*spawn (?P<command>git)", sure=0.93, asked_by="npm"),
    # error: can't find Rust compiler · error: Can not find Rust compiler
    *(sign(f"error: {words} find Rust compiler", sure=0.97, command="cargo") for words in ("can't", "Can not")),
    # Cargo, the Rust package manager, is not installed or is not on PATH.
    sign("Cargo, the Rust package manager, is not installed", sure=0.97, command="cargo"),
    # error: [Errno 2] No such file or directory: 'cargo'
    sign(
        "No such file or directory: '",
        r"No such file or directory: '(?P<command>cargo|rustc|cmake|llvm-config|git|swig|ninja|pkg-config|patchelf|npm|node|protoc|autoreconf|m4|bison|flex)'",
        sure=0.93,
    ),
    # RuntimeError: CMake must be installed to build the following extensions: _dlib_pybind11
    sign("CMake must be installed", sure=0.97, command="cmake"),
    # Problem with the CMake installation, aborting build. CMake executable is cmake
    sign("CMake executable is cmake", sure=0.9, command="cmake"),
    # error: command 'swig' failed: No such file or directory
    sign("error: command 'swig", sure=0.97, command="swig"),
    # Error: protoc: command not found / make: msgfmt: No such file or directory / make: git: Command not found
    sign(
        "make: ",
        r"make(?:\[\d+\])?: (?P<command>(?!gcc|g\+\+|cc)[\w+./-]+): (?:Command not found|No such file or directory)",
        sure=0.93,
        asked_by="make",
    ),
    # /srv/install.sh: 2: curl: not found        (a script that the line runs, under dash)
    sign(": not found", r"^\S*[^\s/]+\.sh: \d+: (?P<command>[a-z][\w+-]*): not found", sure=0.88),
    # tools/getversion.sh: line 11: git: command not found        (a script that the line runs)
    sign(": command not found", r"^\S*[^\s/]+\.sh: line \d+: (?P<command>[\w+-]+): command not found", sure=0.88),
    # E: gnupg, gnupg2 and gnupg1 do not seem to be installed, but one of them is required for this operation
    sign("gnupg, gnupg2 and gnupg1 do not seem to be installed", sure=0.97, command="gpg", asked_by="apt-key"),
    # The virtual environment was not created successfully because ensurepip is not      (available, on the next line)
    sign("successfully because ensurepip is not", sure=0.97, command="ensurepip", asked_by="venv"),
    # gyp ERR! find Python … Could not find any Python installation to use
    sign("Could not find any Python installation to use", sure=0.95, command="python3", asked_by="node-gyp"),
    # gyp ERR! stack Error: Can't find Python executable "python", you can set the PYTHON env variable.
    sign("Can't find Python executable", sure=0.95, command="python3", asked_by="node-gyp"),
    # Did not find pkg-config by name 'pkg-config'
    sign("Did not find pkg-config by name", sure=0.7, command="pkg-config"),
    # go: missing Git command. See https://golang.org/s/gogetcmd
    sign("missing Git command", sure=0.97, command="git", asked_by="go"),
    # exec: "git": executable file not found in $PATH        (go get)
    sign('exec: "git": executable file not found', sure=0.93, command="git", asked_by="go"),
    # RuntimeError: llvm-config failed executing, please point LLVM_CONFIG to the path for llvm-config
    sign("llvm-config failed executing", sure=0.95, command="llvm-config", asked_by="llvmlite"),
    # Failed to clone https://github.com/php-fig/container.git, git was not found, check that it is installed
    sign("git was not found, check that it is installed", sure=0.97, command="git", asked_by="composer"),
    # Please check if you have git installed and in your PATH.
    sign("check if you have git installed", sure=0.95, command="git", asked_by="npm"),
    # Can't exec "autopoint": No such file or directory at /usr/share/autoconf/Autom4te/FileUtils.pm line 345.
    sign("Can't exec \"", r"Can't exec \"(?P<command>[\w+-]+)\": No such file", sure=0.93, asked_by="autoreconf"),
    # ERROR! autoconf required! install autoconf first
    sign(" first", r"install (?P<command>autoconf|automake|libtool|cmake|bison|flex|git) first", sure=0.9),
    # ./mvnw: 229: exec: /usr/bin/java: not found
    sign(": exec: ", r"exec: (?P<command>[\w/.+-]+): not found", sure=0.9),
    # ERROR: JAVA_HOME is not set and no 'java' command could be found in your PATH.
    sign("JAVA_HOME is not set", sure=0.9, command="java"),
    # Please install zip on your system using your favourite package manager.
    sign(
        "on your system using your favourite package manager",
        r"Please install (?P<command>\w+) on your system",
        sure=0.95,
        asked_by="sdkman",
    ),
    # error: no "zeek-config" or "bro-config" not found in PATH
    sign("not found in PATH", r"\"(?P<command>[\w+-]+)\" not found in PATH", sure=0.8),
    # Unable to require openssl, install OpenSSL and rebuild ruby (preferred) or use non-HTTPS sources
    sign("Unable to require openssl", sure=0.9, command="openssl", asked_by="gem"),
    # Required dependency 'cmake' is not installed
    sign("Required dependency '", r"Required dependency '(?P<command>[^']+)' is not installed", sure=0.93),
    # libtoolize or glibtoolize not found or not in the path!
    sign("libtoolize or glibtoolize not found", sure=0.93, command="libtoolize"),
    # thread 'main' panicked at 'Unable to find libclang: "couldn't find any valid shared libraries matching: …
    sign("Unable to find libclang", sure=0.95, command="libclang", asked_by="bindgen"),
    # ERROR: CMake is required to build Rugged.
    sign("CMake is required to build ", sure=0.96, command="cmake"),
    # no recorded log yet: CMake must be installed to build the following extensions: _dlib
    sign("CMake must be installed to build", sure=0.96, command="cmake"),
)


def check(step: Step) -> Iterator[Found]:
    from dockwright.causes.system.compiler_missing import COMPILERS
    from dockwright.causes.system.header_missing import CONFIGS

    for unmet, need in step.unmet(needs.Command):
        if need.asked_by and need.name not in COMPILERS and need.name not in CONFIGS:
            yield found(unmet, Facts(need.name, need.asked_by))


APT = {"cargo": "cargo", "rustc": "rustc", "gpg": "gnupg", "ensurepip": "python3-venv", "npm": "npm", "node": "nodejs"}


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.facts.apk import COMMANDS
    from dockwright.remedy_packages import around, install

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    spot = around(where) if where is not None else None
    if where is not None and spot is not None and spot.base is not None:
        os = spot.base.package_facts
        package = COMMANDS.get(facts.command) if spot.manager == "apk" else APT.get(facts.command)
        if package is None and spot.manager == "apt" and os is not None and os.bit:
            package = os.package_with_command(facts.command)
        edit = install(where, package, spot) if package else None
        if edit is not None:
            yield remedy.safe(f"Install {package}", edit)
    if facts.command == "ensurepip":
        yield remedy.advice("Install python3-venv before this line: Debian and Ubuntu keep ensurepip in it.")
        return
    yield remedy.advice(f"Install {facts.command or 'the tool'} before this line.")


CASES = (
    r"""
pip clones a requirement, and the slim image has no git
-- Dockerfile --
FROM python:3.12-slim-bookworm
# found: command=git asked_by=pip
RUN pip install --no-cache-dir git+https://git.example/tools/stamp.git
-- build.log --
#5 [2/2] RUN pip install --no-cache-dir git+https://git.example/tools/stamp.git
#5 23.93 Collecting git+https://git.example/tools/stamp.git
#5 23.96   Cloning https://git.example/tools/stamp.git to /tmp/pip-req-build-c1t6dk4e
>>#5 23.97   ERROR: Error [Errno 2] No such file or directory: 'git' while executing command git version
#5 26.44
#5 26.44 [notice] A new release of pip is available: 25.0.1 -> 26.3
#5 26.44 [notice] To update, run: pip install --upgrade pip
>>#5 26.46 ERROR: Cannot find command 'git' - do you have 'git' installed and in your PATH?
#5 ERROR: process "/bin/sh -c pip install --no-cache-dir git+https://git.example/tools/stamp.git" did not complete successfully: exit code: 1
""",
    r"""
with git
-- Dockerfile --
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir git+https://git.example/tools/stamp.git
""",
)
