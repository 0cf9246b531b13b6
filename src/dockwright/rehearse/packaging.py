"""A local project as an installer sees it: its metadata must be there, and what the build reads must have been copied."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.imagetree import ImageTree as ImageTree
from dockwright.rehearse.journal import Value
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.inputs.manifests import LocalProject
    from dockwright.rehearse.expansion import Argument

METADATA = ("pyproject.toml", "setup.py")


def project(call: Call, folder: str, span: Span, *, editable: bool = False) -> str:
    """State what installing the project at `folder` needs; answers its name, empty when not known.

    pip wants pyproject.toml or setup.py there (pip 26: "does not appear to be a Python project").
    """
    answers = {name: there(call, folder, name) for name in METADATA}
    if all(answer is NO for answer in answers.values()):
        no_metadata(call, folder, METADATA, span)
        return ""
    if YES not in answers.values():
        call.unsure(f"what is in {folder} is not known")
        return ""
    local = read(call, folder)
    if local is None:
        call.unsure(f"the metadata in {folder} is not known")
        return ""
    return build(call, local, folder, span, editable=editable)


def read(call: Call, folder: str, *, builds: bool = True) -> LocalProject | None:
    """The project's metadata, its places named as the user knows the files."""
    from dockwright.inputs.manifests import read_project

    found = read_project(ImageTree(call.image, folder), "", builds=builds)
    return found if found is not None and found is not UNKNOWN else None


def build(call: Call, local: LocalProject, folder: str, span: Span, *, editable: bool = False) -> str:
    """What the build backend reads and writes; answers the project's name."""
    invalid(call, local, folder, span)
    if pretends(call):
        return local.name or ""
    for needed in local.missing(ImageTree(call.image, folder)):
        if needed.fatal:
            lacking(call, folder, needed.paths, needed.why, span, local)
    if local.family == "setuptools" and isinstance(call.user, str):  # writes NAME.egg-info beside the metadata
        call.wants(needs.Writable(folder, call.user, "setuptools"), span)
    return local.name or ""


def distributed(call: Call, output: Argument | None, source: Value) -> None:
    """A build of sdist and wheel makes its output folder, by default dist in the source folder."""
    if output is None and source is UNKNOWN:
        call.unsure("the folder of the distributions is not known")
        return
    folder = call.path(output.value) if output is not None else posixpath.join(str(source), "dist")
    if folder is not UNKNOWN and call.image.find(str(folder)).answer is not YES:
        call.make(folder, "dir", why="the build writes its distributions there")
    if folder is not UNKNOWN:
        call.image.blur(str(folder), call.says("the build writes its distributions there"))


def pretends(call: Call) -> bool:
    """setuptools-scm and its kin take the version from a variable when it is set."""
    names = [
        name
        for name in call.shell.variables
        if "PRETEND_VERSION" in name or name in ("PBR_VERSION", "PDM_BUILD_SCM_VERSION")
    ]
    return any(call.variable(name) not in (None, "") for name in names)


def lacking(call: Call, folder: str, paths: Iterable[str], why: str, span: Span, local: LocalProject) -> None:
    """A file that the build reads is known to be missing."""
    first = _in_context(call, folder, tuple(paths)) or next(iter(paths))
    manifest = local.manifests[0] if local.manifests else "pyproject.toml"
    look = call.image.find(posixpath.join(folder, first))
    proof = (Evidence(f"{manifest}: {why}"), *filled(call, folder))
    call.lacks(needs.File(posixpath.join(folder, first), "source"), span, proof)
    if look.answer is NO:
        call.make(posixpath.join(folder, first), UNKNOWN, why="taken as there")


# Problems that stop every installer. The others (a name that is missing, say) some backends let pass.
FATAL = frozenset({"toml-syntax", "project-name-missing", "project-version-missing"})


def invalid(call: Call, local: LocalProject, folder: str, span: Span) -> None:
    for problem in local.problems:
        if problem.code not in FATAL or problem.place is None:
            continue
        name = posixpath.join(folder, posixpath.basename(problem.place.source.name))
        text = problem.place.source.line_text(problem.place.line).strip()
        need = needs.Manifest(name, "syntax", name=text, asked_by=call.name)
        call.lacks(need, span, (Evidence(problem.message, problem.place, text=text),))


def no_metadata(call: Call, folder: str, names: Iterable[str], span: Span) -> Answer:
    """None of the files that describe a project is there: the lines that filled the folder are the evidence."""
    names = tuple(names)
    waiting = _in_context(call, folder, names)
    need = needs.File(posixpath.join(folder, waiting), "uncopied") if waiting else needs.File(folder, "project")
    evidence = tuple(filled(call, folder))
    gone = [look.gone for name in names if (look := call.image.find(posixpath.join(folder, name))).gone is not None]
    return call.lacks(need, span, (*filter(None, gone), *evidence))


def _in_context(call: Call, folder: str, names: Iterable[str]) -> str:
    """The first of the files or folders that the context holds at the same place below the working directory."""
    if call.shell.image.workdir is UNKNOWN:
        return ""
    below = posixpath.relpath(folder, str(call.shell.image.workdir))
    if below.startswith(".."):
        return ""
    paths = ((name, posixpath.normpath(posixpath.join(below, name))) for name in names)
    return next((name for name, path in paths if call.world.context.kind(path) in ("file", "dir")), "")


def filled(call: Call, folder: str) -> Iterator[Evidence]:
    """The lines that put something into a folder: trees laid over it, and paths made in it."""
    yield from dict.fromkeys(cover.by for cover in call.image.covers if cover.folder == folder and cover.kind == "tree")


def there(call: Call, folder: str, name: str) -> Answer:
    return call.image.find(posixpath.join(folder, name)).answer


def roots(call: Call, folder: str) -> tuple[str, ...]:
    """Folders of an installed project from which its packages are imported (setuptools: a `src` layout is found by itself)."""
    both = (folder, posixpath.join(folder, "src"))
    text = ImageTree(call.image, folder).read("pyproject.toml")
    if (
        not isinstance(text, str)
        or there(call, folder, "setup.py") is not NO
        or there(call, folder, "setup.cfg") is not NO
    ):
        return both
    from dockwright.inputs.documents import load_toml
    from dockwright.inputs.pyproject import table
    from dockwright.source import Source

    data = load_toml(Source("pyproject.toml", text))[0]
    if "setuptools" not in str(table(data, "build-system").get("build-backend", "setuptools")):
        return both
    tool = table(data, "tool", "setuptools")
    where = table(tool, "packages", "find").get("where") or list(table(tool, "package-dir").values())
    if where:
        return tuple(posixpath.normpath(posixpath.join(folder, str(each))) for each in where)
    if "packages" in tool or "py-modules" in tool:
        return (folder,)
    return both[1:] if there(call, folder, "src") is YES else both[:1]
