"""Mended files go back to the disk."""

from __future__ import annotations

# importing pathlib would take a twentieth of the time that a whole check may take
from collections.abc import Mapping

from dockwright.errors import ToolError
from dockwright.project import Project


def write_files(project: Project, files: Mapping[str, str]) -> list[str]:
    """Write new texts into the project: each file whole or not at all, its permissions kept."""
    import tempfile
    from pathlib import Path

    written = []
    for name in sorted(files):
        path = (Path(project.root) / name).resolve()
        if not path.is_relative_to(Path(project.root).resolve()):
            raise ToolError("outside-project", f"{name} lies outside of the project", hint="nothing was written there")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
            with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
                file.write(files[name].encode("utf-8", "surrogateescape"))
            Path(file.name).chmod(mode)
            Path(file.name).replace(path)
        except OSError as error:
            raise ToolError("not-written", f"{name} can't be written: {error.strerror}") from None
        written.append(name)
    return written
