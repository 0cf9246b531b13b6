"""A command that is in no folder of PATH: where it is instead, and whether it is known to be nowhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.finding import NO, YES, Evidence
from dockwright.rehearse.environments import offers
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import under
from dockwright.rehearse.python import canonical


def off_path(name: str, image: Image, path: str) -> tuple[Evidence, ...]:
    """Where the command is installed, when that folder is not on PATH."""
    return tuple(
        Evidence(
            f"{name} is in {folder}, which is not on PATH", made.place if made else None, text=made.text if made else ""
        )
        for folder, made in elsewhere(image, name, path)
    )


def elsewhere(image: Image, name: str, path: str) -> Iterator[tuple[str, Evidence | None]]:
    """Folders off PATH in which an environment, or a line, put this command, and that line."""
    folders = {folder.rstrip("/") for folder in path.split(":")}
    for known in [known for known in image.paths if known.endswith(f"/bin/{name}")]:
        look = image.find(known)
        if posixpath.dirname(known) not in folders and look.answer is YES:
            yield posixpath.dirname(known), look.node.made if look.node is not None else None
    for python in image.pythons.values():
        if python.bin not in folders and offers(python, name) is YES:
            there = python.distributions.get(canonical(name))
            yield python.bin, there.made if there is not None else python.made


def never_came(name: str, image: Image) -> Evidence | None:
    """The download of an installer named after the command, of which nothing came."""
    word = posixpath.basename(name)
    if image.opaque is not None or len(word) < 4:
        return None
    return next((by for url, by in image.hollow.items() if word in url.lower()), None)


def lacked_after(name: str, image: Image) -> bool:
    """A command that Alpine keeps in a package of its own, which none of the installed ones is or needs."""
    base = image.base
    if (
        base is None
        or base.os is None
        or base.os.id != "alpine"
        or base.has_command(name) is not NO
        or image.opaque is not None
    ):
        return False
    if any(
        cover.kind in ("tree", "unsure") and (under("/usr/bin", cover.folder) or under(cover.folder, "/usr"))
        for cover in image.covers
    ):
        return False
    from dockwright.facts.apk import brought

    key = (99,) if base.os.codename == "edge" else base.os.key  # newer than any release
    return bool(image.packages) and not any(brought(name, package, key) for package in image.packages)
