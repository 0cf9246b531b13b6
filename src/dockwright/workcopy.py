"""A copy of a project with other texts, laid out on disk so that an engine can build it; the project stays untouched."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dockwright.errors import ToolError
from dockwright.inputs.targets import Target
from dockwright.project import Project


@contextmanager
def laid_out(project: Project, files: Mapping[str, str], target: Target) -> Iterator[tuple[str, str, str]]:
    """The paths of the project, of the target's Dockerfile and of its context, with the new texts."""
    if not project.root:
        raise ToolError("not-on-disk", "this project is not on disk", hint="use --verify rehearse")
    with tempfile.TemporaryDirectory(prefix="dockwright-") as folder:
        root = Path(project.root)
        if any(name != target.dockerfile for name in files):
            root = Path(folder) / "project"
            shutil.copytree(project.root, root, symlinks=True, copy_function=_link, ignore=_special)
            for name, patched in files.items():
                _replace(root / name, patched)
        dockerfile = root / target.dockerfile
        text = files.get(target.dockerfile, target.inline)
        if text is not None:
            dockerfile = Path(folder) / "Dockerfile"
            _replace(dockerfile, text)
            _ignore_file(root, target, folder)
        context = target.context if target.remote else os.path.normpath(root / target.context)
        yield str(root), str(dockerfile), str(context)


def _link(source: str, target: str) -> None:
    """A hard link where the file system allows it: a large context costs no time; the copy's files are only ever replaced."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _special(folder: str, names: list[str]) -> list[str]:
    """Sockets, pipes and devices are no part of a context."""
    paths = {name: Path(folder) / name for name in names}
    return [name for name, path in paths.items() if not (path.is_symlink() or path.is_file() or path.is_dir())]


def _replace(path: Path, text: str) -> None:
    """Write a text as a new file: what was linked there before stays as it is in the project."""
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    path.unlink(missing_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    path.chmod(mode)


def _ignore_file(root: Path, target: Target, folder: str) -> None:
    """NAME.dockerignore goes with the Dockerfile."""
    beside = root / f"{target.dockerfile}.dockerignore"
    if beside.is_file():
        shutil.copyfile(beside, Path(folder) / "Dockerfile.dockerignore")
