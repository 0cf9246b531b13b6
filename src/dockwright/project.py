"""A project: its files as an immutable, lazily read snapshot, and the targets that are built from them."""

from __future__ import annotations

# importing pathlib would take a twentieth of the time that a whole check may take
import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from dockwright.errors import ToolError
from dockwright.inputs.discover import defines, discover, lone, once, reads
from dockwright.inputs.files import Tree
from dockwright.inputs.problem import Problem
from dockwright.inputs.targets import Target, Variables, in_tree, parent
from dockwright.inputs.tree import DiskTree, ListTree
from dockwright.source import Source


class Wanted(Struct, frozen=True):
    """What the user asked for; paths relative to the root. Kept, so that patched files can be asked the same again."""

    start: str = "."
    files: tuple[str, ...] = ()
    context: str | None = None
    stage: str | None = None
    build_args: Variables = {}
    platform: str | None = None
    native: str | None = None


class Project(Struct, frozen=True, dict=True, kw_only=True):
    """`problems` are of files that define targets; each target has those of its own besides."""

    name: str
    tree: Tree
    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()
    as_of: str | None = None  # the day whose world is rehearsed, ISO 8601; None is today, which the caller knows
    offline: bool = False
    root: str = ""  # absolute path on disk; empty for a project that is not on disk
    wanted: Wanted = Wanted()
    defined_by: tuple[str, ...] = ()  # files that the targets were read from
    output: str = ""  # of the step that failed, where there is a log: remedies read from it what no file says

    @staticmethod
    def read(
        path: str = ".",
        *,
        files: Sequence[str] = (),
        context: str | None = None,
        target: str | None = None,
        build_args: Variables | None = None,
        platform: str | None = None,
        native: str | None = None,
        context_list: Iterable[str] | None = None,
        as_of: str | None = None,
        offline: bool = False,
    ) -> Project:
        """The project at `path`: a folder, or a Dockerfile or defining file in it.

        `files` are Dockerfiles and `context` is a folder, as the shell sees them; `target` is a stage or a target's
        name; `native` is the platform of the engine (linux/amd64); `context_list` gives the paths of the context instead of
        the disk: their contents are UNKNOWN.
        """
        top, asked = _located(path, files, context)
        tree: Tree = DiskTree(top)
        if context_list is not None:
            tree = _listed(tree, context_list, asked)
        wanted = structs.replace(asked, stage=target, build_args=build_args or {}, platform=platform, native=native)
        project = Project(
            name=posixpath.basename(top) or "project", tree=tree, as_of=as_of, offline=offline, root=top, wanted=wanted
        )
        return project._found()

    @staticmethod
    def of(tree: Tree | Mapping[str, str], *, name: str = "project", wanted: Wanted | None = None) -> Project:
        """A project that is not on disk: a tree, or texts by path."""
        if not isinstance(tree, Tree):
            from dockwright.inputs.overlay import OverlayTree

            tree = OverlayTree(ListTree(()), dict(tree))
        return Project(name=name, tree=tree, wanted=wanted or Wanted())._found()

    def source(self, path: str) -> Source | None:
        """The text of a file; None when there is none or it is not known (`tree` tells the two apart)."""
        sources: dict[str, Source | None] = self.__dict__.setdefault("_sources", {})
        if path not in sources:
            text = self.tree.read(in_tree(path))
            sources[path] = Source(path, text) if isinstance(text, str) else None
        return sources[path]

    def dockerfile(self, target: Target) -> Source | None:
        """The Dockerfile of a target, which may be written inside the file that names it."""
        if target.inline is not None:
            return Source(f"{target.origin} (dockerfile_inline of {target.name})", target.inline)
        return self.source(target.dockerfile)

    def only(self, wanted: Callable[[Target], bool]) -> Project:
        """The same project with fewer targets."""
        return structs.replace(self, targets=tuple(target for target in self.targets if wanted(target)))

    def patched(self, files: Mapping[str, str | None]) -> Project:
        """The same project with other texts; None deletes. Targets are found again when a defining file changed."""
        from dockwright.inputs.overlay import OverlayTree

        project = structs.replace(self, tree=OverlayTree(self.tree, dict(files)))
        anew = any(path in self.defined_by or (defines(path) and _appears(self.tree, path, files)) for path in files)
        return project._found() if anew else project

    def _found(self) -> Project:
        wanted = self.wanted
        found = discover(self.tree, self.name, in_tree(wanted.start))
        targets = once(_asked(target, wanted) for target in _chosen(self, found.targets))
        return structs.replace(self, targets=tuple(targets), problems=found.problems, defined_by=found.files)


def _appears(tree: Tree, path: str, files: Mapping[str, str | None]) -> bool:
    """The file is made or deleted; a Dockerfile whose text alone changes is built as before."""
    return files[path] is None or tree.kind(in_tree(path)) is None


def _located(path: str, files: Sequence[str], context: str | None) -> tuple[str, Wanted]:
    """The folder that holds everything asked for, and what was asked for relative to it."""
    given = os.path.abspath(path)
    if not os.path.exists(given):
        raise ToolError("path-missing", f"{path} does not exist", hint="give a folder or a Dockerfile")
    chosen = [os.path.abspath(file) for file in files]
    folder = given
    if not os.path.isdir(given):
        folder = os.getcwd() if _inside(given, os.getcwd()) else os.path.dirname(given)
        chosen.append(given)
    folders = [folder, *map(os.path.dirname, chosen)]
    if context is not None and "://" not in context:
        folders.append(os.path.abspath(context))
    top = os.path.commonpath(folders)
    return top, Wanted(
        start=_relative(folder, top),
        files=tuple(_relative(file, top) for file in chosen),
        context=_relative(os.path.abspath(context), top) if context and "://" not in context else context,
    )


def _inside(path: str, folder: str) -> bool:
    return os.path.commonpath((path, folder)) == folder


def _relative(path: str, top: str) -> str:
    return os.path.relpath(path, top).replace(os.sep, "/")


def _listed(disk: Tree, paths: Iterable[str], wanted: Wanted) -> Tree:
    """The listed context, with the Dockerfiles and ignore files that the disk has."""
    from dockwright.inputs.overlay import OverlayTree

    context = wanted.context or (parent(wanted.files[0]) if wanted.files else wanted.start)
    lines = (line.strip() for line in paths)
    listed = [posixpath.normpath(posixpath.join(context, line.lstrip("/"))) for line in lines if line]
    known = [
        posixpath.join(context, ".dockerignore"),
        *wanted.files,
        *(f"{file}.dockerignore" for file in wanted.files),
    ]
    known += [] if wanted.files else [posixpath.join(context, "Dockerfile")]
    texts = {posixpath.normpath(path): disk.read(posixpath.normpath(path)) for path in known}
    return OverlayTree(ListTree(listed), {path: text for path, text in texts.items() if isinstance(text, str)})


def _chosen(project: Project, targets: Sequence[Target]) -> list[Target]:
    """The targets asked for; a Dockerfile asked for that nothing names is a target too."""
    wanted = project.wanted
    if wanted.files:
        chosen = [target for target in targets if {target.dockerfile, target.origin} & set(wanted.files)]
        named = {path for target in chosen for path in (target.dockerfile, target.origin)}
        missing = [file for file in wanted.files if file not in named and not reads(file)]
        return chosen + [lone(project.tree, file, project.name) for file in missing]
    if wanted.stage is not None and any(target.name == wanted.stage for target in targets):
        return [target for target in targets if target.name == wanted.stage]
    return list(targets)


def _asked(target: Target, wanted: Wanted) -> Target:
    """The command line wins over what a file says."""
    changes: dict[str, object] = {}
    if wanted.context is not None:
        changes["context"] = wanted.context
    if wanted.stage is not None and wanted.stage != target.name:
        changes["stage"] = wanted.stage
    if wanted.build_args:
        changes["build_args"] = {**target.build_args, **wanted.build_args}
    if wanted.platform is not None:
        changes["platforms"] = (wanted.platform,)
    if wanted.native is not None:
        changes["native"] = wanted.native
    return structs.replace(target, **changes) if changes else target
