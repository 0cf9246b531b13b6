"""Shared libraries that a Python distribution loads when it is imported and that its wheels do not carry.

NO is said only of an image whose packages are all known, into whose library folders no line has put anything else.
"""

from __future__ import annotations

import posixpath

from dockwright.finding import Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import under
from dockwright.rehearse.python import Python
from dockwright.source import Span

FOLDERS = ("/usr/lib/x86_64-linux-gnu", "/usr/local/lib", "/lib/x86_64-linux-gnu")


def wants_libraries(call: Call, python: Python, candidates: tuple[str, ...], span: Span) -> None:
    """`candidates`: the distributions that may bring the module; with two of them there, either's files may count."""
    from dockwright.facts.python import runtime_libraries

    there = [name for name in dict.fromkeys(candidates) if name in python.distributions]
    if len(there) != 1 or python.distributions[there[0]].installer != "pip":
        return
    libraries = runtime_libraries(there[0])
    if not libraries or call.variable("LD_LIBRARY_PATH") is not None:
        return
    made = python.distributions[there[0]].made
    for library in libraries:
        if lacks(call.image, library):
            evidence: tuple[Evidence, ...] = (made,) if made is not None else ()
            call.lacks(needs.Library(library, there[0]), span, evidence, certainty=Certainty.LIKELY)


def lacks(image: Image, library: str) -> bool:
    """Is it known that no package and no line brought the library?"""
    base, os = image.base, image.os
    if base is None or os is None or not os.exact or not (base.complete and base.packages):
        return False
    if image.opaque is not None or not image.closed or not all(os.known(name) for name in image.packages):
        return False
    owners = os.packages_with_library(library)
    if not owners or owners & (base.packages | base.doubtful | image.packages.keys()):
        return False
    stem = library.partition(".so")[0]
    return not any(posixpath.basename(path).startswith(stem) for path in image.paths) and not _filled(image)


def _filled(image: Image) -> bool:
    """Has a line put a tree, or something unknown, over a folder in which the loader looks?"""
    for cover in image.covers:
        if cover.kind not in ("tree", "unsure"):
            continue
        if any(under(folder, cover.folder) or cover.folder.startswith("/usr/lib/x86_64") for folder in FOLDERS):
            return True
    return False
