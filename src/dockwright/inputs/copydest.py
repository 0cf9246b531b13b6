"""The image side of a COPY: what is at the destination before, and what this instruction has put there so far."""

from __future__ import annotations

from dockwright.inputs.context import follow
from dockwright.inputs.copyplan import Move
from dockwright.inputs.files import UNKNOWN, Files, Kind, Unknown
from dockwright.inputs.globs import clean


def under(folder: str, name: str) -> str:
    return f"{'' if folder == '/' else folder}/{name}" if name else folder


class Destination:
    """`slash`: the destination is written as a folder. `path` is absolute, with the links of the image followed."""

    def __init__(self, dest: str, workdir: str, image: Files | None, kind: Kind | Unknown | None) -> None:
        self.workdir = clean("/" + workdir)
        path = clean(dest if dest.startswith("/") else f"{self.workdir}/{dest}")
        self.slash = dest in ("", ".", "..") or dest.endswith(("/", "/.")) or path == "/"
        found = path[1:] if image is None else follow(image, path[1:])
        self.known = isinstance(found, str)
        self.path = f"/{found}" if isinstance(found, str) else path
        self.image = image
        self.given = kind
        self.moves: list[Move] = []

    def kind(self, path: str) -> Kind | Unknown | None:
        for move in reversed(self.moves):
            brought = move.brings(path)
            if brought is not None:
                return brought.kind
        if path == "/":
            return "dir"
        if self.image is not None:
            return self.image.kind(path[1:]) if self.known else UNKNOWN
        if path == self.path and self.given is not UNKNOWN:
            return self.given
        return "dir" if f"{self.workdir}/".startswith(f"{path}/") else UNKNOWN

    def blocked(self, path: str) -> str | None:
        """A file that stands where a folder on the way to `path` (included) has to be."""
        parts = path.split("/")
        for end in range(2, len(parts) + 1):
            here = "/".join(parts[:end])
            if self.kind(here) == "file":
                return here
        return None


class Shared(Files):
    """A folder to copy, entered only where the destination has folders too."""

    def __init__(self, files: Files, to: Destination) -> None:
        self.files = files
        self.to = to

    def kind(self, path: str) -> Kind | Unknown | None:
        return self.files.kind(path)

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        return self.files.names(path) if self.to.kind(under(self.to.path, path)) == "dir" else ()

    def target(self, path: str) -> str | Unknown | None:
        return self.files.target(path)
