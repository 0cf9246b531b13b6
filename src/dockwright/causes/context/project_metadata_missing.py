"""An installer is pointed at a folder that holds no Python project: neither pyproject.toml nor setup.py.

`pip install .`, `pip install -e .`, `poetry install` and `uv sync` read the project's metadata. It has to lie in the
build context, not merely in the repository: a context of a subfolder leaves a pyproject.toml above it behind.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import target_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import UNKNOWN, Certainty, Finding, Remedy
from dockwright.inputs.targets import in_tree
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    folder: str = ""
    asked_by: str = ""
    workdir: str = ""
    kind: str = "Python"
    file: str = "pyproject.toml or setup.py"


TITLE = "There is no {kind} project[ in {folder}]"
WHY = "[{asked_by} wants ]{file} there, and the build context has none to copy."
EXPLAINS = ("runtime/module-missing", "build/configure-failed", "build/dependency-missing", "build/compile-error")

SIGNATURES = (
    # ERROR: file:///app does not appear to be a Python project: neither 'setup.py' nor 'pyproject.toml' found.
    sign("does not appear to be a Python project", r"(?:file://)?(?P<folder>/[^\s`']*) does not appear to be a Python project", sure=0.97),
    # ERROR: Directory '.' is not installable. Neither 'setup.py' nor 'pyproject.toml' found.
    sign("is not installable. ", r"Directory '(?P<folder>[^']+)' is not installable\. (?:Neither|File 'setup.py')", sure=0.96),
    # ERROR: File "setup.py" not found. Directory cannot be installed in editable mode: /workspace
    sign("Directory cannot be installed in editable mode", r"editable mode: (?P<folder>\S+)", sure=0.85),
    # Poetry could not find a pyproject.toml file in /app or its parents
    sign("Poetry could not find a pyproject.toml file", r"pyproject.toml file in (?P<folder>\S+)", sure=0.97, asked_by="poetry"),
    # error: No `pyproject.toml` found in current directory or any parent directory
    sign("error: No `pyproject.toml` found", sure=0.97, asked_by="uv"),
    # ERROR: Pipfile not found! Aborting! Please ensure that the file exists and is
    sign("Pipfile not found! Aborting!", sure=0.96, asked_by="pipenv", file="Pipfile"),
    # no recorded log yet: No Pipfile present at project home. Consider running `pipenv install` first to automatically generate a Pipfile for you.
    sign("No Pipfile present at project home", sure=0.9, asked_by="pipenv", file="Pipfile"),
    # python: can't open file '/app/setup.py': [Errno 2] No such file or directory
    sign("setup.py': [Errno 2] No such file", r"can't open file '(?P<folder>[^']*?)/?setup.py': \[Errno 2\]", sure=0.9, asked_by="setup.py"),
    # ./sub is not a valid editable requirement. It should either be a path to a local project or a VCS URL
    sign("is not a valid editable requirement", r"(?P<folder>\S+) is not a valid editable requirement", sure=0.8),
    # Could not locate Gemfile
    sign("Could not locate Gemfile", sure=0.95, asked_by="bundler", kind="Ruby", file="Gemfile"),
    # Composer could not find a composer.json file in /var/www/html/api
    sign("could not find a composer.json file in", r"composer\.json file in (?P<folder>\S+)", sure=0.96, asked_by="composer", kind="PHP", file="composer.json"),
    # could not find project Gopkg.toml, use dep init to initiate a manifest
    sign("could not find project Gopkg.toml", sure=0.95, asked_by="dep", kind="Go", file="Gopkg.toml"),
    # go: cannot find main module, but found .git/config in /app
    sign("cannot find main module", sure=0.93, asked_by="go", kind="Go", file="go.mod"),
    # go: go.mod file not found in current directory or any parent directory; see 'go help modules'
    sign("go.mod file not found in current directory", sure=0.95, asked_by="go", kind="Go", file="go.mod"),
    # Error: Vendor file at "vendor" not found.
    sign('Vendor file at "', sure=0.93, asked_by="govendor", kind="Go", file="vendor/vendor.json"),
    # [ERROR]	Failed to find glide.yaml file in directory tree
    sign("Failed to find glide.yaml file", sure=0.95, asked_by="glide", kind="Go", file="glide.yaml"),
    # error Couldn't find a package.json file in "/app"
    sign("Couldn't find a package.json file in", r'package\.json file in "(?P<folder>[^"]+)"', sure=0.95, asked_by="yarn", kind="Node", file="package.json"),
    # ERR_PNPM_NO_PKG_MANIFEST  No package.json found in /app · No package.json (or package.yaml, or package.json5) was found in "/app".
    sign("No package.json ", r'No package\.json (?:\(or [^)]+\) was )?found in "?(?P<folder>[^\s"]+)', sure=0.95, asked_by="pnpm", kind="Node", file="package.json"),
    # [ERROR] The goal you specified requires a project to execute but there is no POM in this directory (/app).
    sign("but there is no POM in this directory", r"in this directory \((?P<folder>[^)]+)\)", sure=0.96, asked_by="mvn", kind="Maven", file="pom.xml"),
    # Directory '/app' does not contain a Gradle build.
    sign("does not contain a Gradle build", r"Directory '(?P<folder>[^']+)'", sure=0.95, asked_by="gradle", kind="Gradle", file="build.gradle"),
    # error: could not find `Cargo.toml` in `/app` or any parent directory
    sign("could not find `Cargo.toml` in", r"`Cargo\.toml` in `(?P<folder>[^`]+)`", sure=0.96, asked_by="cargo", kind="Rust", file="Cargo.toml"),
    # CMake Error: The source directory "/x" does not appear to contain CMakeLists.txt.
    sign("does not appear to contain CMakeLists.txt", r'source directory "(?P<folder>[^"]+)"', sure=0.93, asked_by="cmake", kind="CMake", file="CMakeLists.txt"),
    # make: *** No targets specified and no makefile found.  Stop.
    sign("No targets specified and no makefile found", r"^make: \*\*\* No targets", sure=0.93, asked_by="make", kind="make", file="a Makefile"),
    # make: *** No rule to make target 'deps'.  Stop.
    sign("No rule to make target ", r"^make: \*\*\* No rule to make target [`'][\w.-]+'\.\s+Stop", sure=0.65, asked_by="make", kind="make", file="a Makefile"),
    # ERROR: The 'build' command is only supported from within a workspace (below a directory having a WORKSPACE file).
    sign("is only supported from within a workspace", sure=0.93, asked_by="bazel", kind="Bazel", file="WORKSPACE"),
    # MSBUILD : error MSB1003: Specify a project or solution file. The current working directory does not contain a project or solution file.
    sign("does not contain a project or solution file", sure=0.95, asked_by="dotnet", kind=".NET", file="a project or solution file"),
    # Error parsing targets: The specified targets matched no packages.
    sign("The specified targets matched no packages", sure=0.85, asked_by="stack", kind="Haskell", file="the package"),
    # autoreconf: 'configure.ac' or 'configure.in' is required
    sign("'configure.ac' or 'configure.in' is required", sure=0.92, asked_by="autoreconf", kind="autoconf", file="configure.ac"),
    # npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, open '/app/package.json'
    sign("ENOENT", r"npm (?:error|ERR!) .*ENOENT: no such file or directory, open '(?P<folder>[^']*)/package\.json'", sure=0.95, asked_by="npm", kind="Node", file="package.json"),
    # no recorded log yet: error: Bun could not find a package.json file to install from
    sign("could not find a package.json file to install from", sure=0.95, asked_by="bun", kind="Node", file="package.json"),
    # build flag -mod=vendor only valid when using modules
    sign("only valid when using modules", sure=0.88, asked_by="go", kind="Go", file="go.mod"),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        if need.purpose == "project" and unmet.deleted is None:
            yield found(unmet, Facts(need.path, unmet.asked_by, str(step.before.workdir)))
        elif need.purpose == "manifest" and unmet.deleted is None and _elsewhere(step, need.path) is None:
            folder, name = posixpath.split(need.path)
            kind = KINDS.get(unmet.asked_by, unmet.asked_by)
            yield found(unmet, Facts(folder, unmet.asked_by, str(step.before.workdir), kind, name))
    for unmet, need in step.unmet(needs.File, masked=True):
        if need.purpose == "project" and unmet.certainty is Certainty.CERTAIN:
            yield found(unmet, Facts(need.path, unmet.asked_by, str(step.before.workdir)))


# The tool that asks for a manifest -> what it builds.
KINDS = {
    "npm": "Node", "yarn": "Node", "pnpm": "Node", "bower": "Bower", "bundler": "Ruby", "composer": "PHP", "go": "Go", "dep": "Go",
    "glide": "Go", "govendor": "Go", "mvn": "Maven", "gradle": "Gradle", "ant": "Ant", "cmake": "CMake", "cargo": "Rust",
    "autoreconf": "autoconf", "stack": "Haskell", "lein": "Clojure", "bazel": "Bazel", "mix": "Elixir",
}  # fmt: skip


def _elsewhere(step: Step, path: str) -> str | None:
    """The one place in the image where the file is, when dockerfile/wrong-path says it."""
    from dockwright.rehearse.nearby import nearby, only

    return only(nearby(step.before, path), path)


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, target = finding.facts, target_of(finding, project)
    assert isinstance(facts, Facts)
    if target is not None and facts.asked_by in ("pip", "uv", "python", "") and facts.folder.startswith("/"):
        folder = _in_project(facts, in_tree(target.context))
        text = metadata(project, folder) if folder is not None else None
        if folder is not None and text is not None:
            name = posixpath.join(folder, "pyproject.toml")
            yield remedy.risky(f"Add {name}, with what the project already says", remedy.new_file(name, text))
    yield remedy.advice(f"Put {facts.file} where the COPY lines bring it to {facts.folder or 'that folder'}.")


def _in_project(facts: Facts, context: str) -> str | None:
    """The project's folder that ends up at the folder in question, when the whole context is copied to the working directory."""
    below = posixpath.relpath(facts.folder, facts.workdir or "/")
    if below.startswith(".."):
        return None
    return context if below == "." else posixpath.join(context, below)


# -- metadata made from what is there -------------------------------------------------------------------------------------

LEFT_OUT = (
    "test",
    "backup",
    "doc",
    "example",
    "script",
    "migration",
    "venv",
    "env",
    "node_modules",
    "build",
    "dist",
    "data",
    "frontend",
    "static",
)
PLAIN = re.compile(r"\s*(#|$|[A-Za-z0-9][\w.-]*(\[[\w, .-]*\])?\s*([<>=!~,\s\w.*+-]*)(;.*)?$)")


def metadata(project: Project, folder: str) -> list[str] | None:
    """A pyproject.toml for the folder: packages found there, dependencies from requirements.txt, version from the code."""
    packages, modules = _importable(project, folder)
    if not packages and not modules:
        return None
    dynamic, tables = [], []
    requirements = project.tree.read(posixpath.join(folder, "requirements.txt").lstrip("./"))
    if isinstance(requirements, str) and all(PLAIN.match(line) for line in requirements.splitlines()):
        dynamic.append('"dependencies"')
        tables.append('dependencies = { file = ["requirements.txt"] }')
    versioned = next((package for package in packages if _has_version(project, folder, package)), None)
    if versioned is not None:
        dynamic.append('"version"')
        tables.append(f'version = {{ attr = "{versioned}.__version__" }}')
    name, python, version = _above(project, folder)
    lines = [
        "[build-system]",
        'requires = ["setuptools>=68"]',
        'build-backend = "setuptools.build_meta"',
        "",
        "[project]",
        f'name = "{name}"',
    ]
    lines += [] if versioned is not None else [f'version = "{version}"']
    lines += [f'requires-python = "{python}"'] if python else []
    lines += [f"dynamic = [{', '.join(dynamic)}]"] if dynamic else []
    lines += ["", "[tool.setuptools.dynamic]", *tables] if tables else []
    if packages:
        include = ", ".join(f'"{package}*"' for package in packages)
        lines += ["", "[tool.setuptools.packages.find]", f"include = [{include}]"]
    else:
        lines += [
            "",
            "[tool.setuptools]",
            f"py-modules = [{', '.join(f'{module!r}' for module in modules)}]".replace("'", '"'),
        ]
    return lines


def _importable(project: Project, folder: str) -> tuple[list[str], list[str]]:
    names = project.tree.names(folder)
    if not isinstance(names, tuple):
        return [], []
    kept = [name for name in names if not name.lower().startswith(LEFT_OUT) and name.partition(".")[0].isidentifier()]
    packages = [name for name in kept if project.tree.kind(posixpath.join(folder, name, "__init__.py")) == "file"]
    return packages, [name[:-3] for name in kept if name.endswith(".py") and name != "conftest.py"]


def _has_version(project: Project, folder: str, package: str) -> bool:
    text = project.tree.read(posixpath.join(folder, package, "__init__.py"))
    return isinstance(text, str) and re.search(r"^__version__\s*=\s*['\"]", text, re.M) is not None


def _above(project: Project, folder: str) -> tuple[str, str, str]:
    """Name, requires-python and version: of a pyproject.toml above the context, else of the folder."""
    from dockwright.inputs.manifests import read_project

    at = posixpath.dirname(folder)
    while folder:
        local = read_project(project.tree, at or ".")
        if local is not None and local is not UNKNOWN and local.name:
            return local.name, local.requires_python or "", local.version or "0.1.0"
        if not at:
            break
        at = posixpath.dirname(at)
    name = posixpath.basename(folder) or project.name
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "app", "", "0.1.0"
