"""RUN --mount (Dockerfile reference): what a mount brings is there as long as the RUN lasts."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from dockwright.dockerfile.nodes import Instruction, Mount, Stage
from dockwright.finding import UNKNOWN
from dockwright.inputs.copy import Move
from dockwright.inputs.files import Files, Kind, Unknown
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.copying import ImageFiles, Maker
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Node, normal
from dockwright.rehearse.shell import Shell
from dockwright.rehearse.step import Recorder

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build


def lay(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> list[str]:
    """Lay what the mounts bring over the image; answers the paths that go away again."""
    laid = [_mount(build, stage, mount, image, recorder) for mount in instruction.mounts]
    return [path for path in laid if path is not None]


def _mount(build: Build, stage: Stage, mount: Mount, image: Image, recorder: Recorder) -> str | None:
    target = build.value(mount.target or "", image)
    if mount.type == "secret":
        target = target or f"/run/secrets/{mount.id or ''}"
    if target is UNKNOWN or not target or image.workdir is UNKNOWN:
        return None
    path = normal(posixpath.join(str(image.workdir), str(target)))
    says = recorder.says(f"mounts it ({mount.type})", mount.span)
    if mount.type in ("cache", "tmpfs"):
        image.put(path, Node("dir", says, image.user, image.user, 0o777))
        image.blur(path, says)
        return path
    if mount.type == "bind":
        _bind(build, stage, mount, image, path, recorder)
        return path
    if mount.type == "secret" and not mount.env:
        image.put(path, Node("file", says, mode=0o400))
        return path
    return None


def _origin(build: Build, stage: Stage, mount: Mount, recorder: Recorder) -> ImageFiles | Unknown:
    """The stage, or the image, that `from=` names."""
    name = str(mount.from_)
    found = build.source_stage(name, stage)
    if found is not None:
        return ImageFiles(build.images[found.index]) if found.index in build.images else UNKNOWN
    from dockwright.rehearse.bases import named

    other = None if "$" in name else named(build, name, mount.span, recorder)
    return UNKNOWN if other is None else ImageFiles(other)


def _bind(build: Build, stage: Stage, mount: Mount, image: Image, path: str, recorder: Recorder) -> None:
    """The context's, or another stage's, folder or file."""
    source = build.value(mount.source or "", image)
    says = recorder.says("mounts it", mount.span)
    files: Any = build.world.context
    if mount.from_:
        files = _origin(build, stage, mount, recorder)
    if source is UNKNOWN or files is UNKNOWN:
        image.put(path, Node(UNKNOWN, says))
        image.blur(path, says)
        return
    inner = str(source).strip("/").removeprefix("./").strip(".")
    maker = Maker(says, files, "root", "root", None, False)
    kind = files.kind(inner)
    if kind == "dir" or inner == "":
        move = Move(inner, path, "dir", _Folder(files, inner))
        image.lay(path, maker.below(move), says)
    elif kind is not None:
        image.put(path, maker.node(inner, kind))
    else:
        shell = Shell(image, build.world, recorder, {}, "root")
        call = Call(shell, [Argument("RUN --mount", mount.span)], mount.span)
        presence = files.look(inner) if hasattr(files, "look") else None
        need = needs.Source(
            inner, presence.status if presence else "missing", presence.nearest if presence else (), mount.from_
        )
        call.lacks(need, mount.span)
        image.put(path, Node(UNKNOWN, says))
        image.blur(path, says)


def take_away(image: Image, paths: list[str]) -> None:
    """A mount's folder stays as an empty one; what was in it is gone."""
    for path in paths:
        image.covers = [cover for cover in image.covers if not f"{cover.folder}/".startswith(f"{path}/")]
        for known in [known for known in image.paths if known.startswith(path + "/")]:
            del image.paths[known]


class _Folder(Files):
    """A folder of some files, as a root of its own."""

    def __init__(self, files: Files, folder: str) -> None:
        self.files, self.folder = files, folder

    def kind(self, path: str) -> Kind | Unknown | None:
        return self.files.kind(posixpath.join(self.folder, path))

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        return self.files.names(posixpath.join(self.folder, path))

    def target(self, path: str) -> str | Unknown | None:
        return self.files.target(posixpath.join(self.folder, path))
