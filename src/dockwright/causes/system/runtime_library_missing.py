"""A program or a Python module needs a shared library that the image does not have.

Wheels bring most of what they link to, but not the graphics, sound and database libraries of the system: `import cv2` wants
libGL.so.1, and what was compiled in another stage wants the libraries of that stage. The loader says so only when the
program or the module is started.
"""

from __future__ import annotations

import re
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
    library: str = ""
    asked_by: str = ""


TITLE = "{library} is not in the image[, and {asked_by} needs it]"
WHY = "The loader looks for it when the program starts, in the system's library folders."
EXPLAINS = ("runtime/crash", "runtime/module-missing")

SIGNATURES = (
    # ImportError: libGL.so.1: cannot open shared object file: No such file or directory
    sign(
        "cannot open shared object file",
        r"ImportError: (?P<library>[\w.+-]+\.so[\w.]*): cannot open shared object file",
        sure=0.97,
    ),
    # /app/vendor/cwebp: error while loading shared libraries: libGL.so.1: cannot open shared object file: No such file or directory
    sign(
        "error while loading shared libraries: ",
        r"^(?P<asked_by>\S+?): error while loading shared libraries: (?P<library>[\w.+-]+): cannot open",
        sure=0.95,
    ),
    # OSError: libportaudio.so.2: cannot open shared object file: No such file or directory
    sign(
        "cannot open shared object file",
        r"OSError: (?P<library>[\w.+-]+\.so[\w.]*): cannot open shared object file",
        sure=0.97,
    ),
    # Error loading shared library libstdc++.so.6: No such file or directory (needed by /usr/local/bin/node)
    sign(
        "Error loading shared library ",
        r"Error loading shared library (?P<library>[\w.+-]+): No such file or directory(?: \(needed by (?P<asked_by>\S+?)\))?",
        sure=0.95,
    ),
    # OSError: cannot load library 'libgobject-2.0-0': …
    sign("OSError: cannot load library ", r"cannot load library '(?P<library>[^']+)'", sure=0.95),
    # OSError: no library called "cairo-2" was found
    sign("OSError: no library called ", r'no library called "(?P<library>[^"]+)" was found', sure=0.95),
    # version `GLIBC_2.34' not found (required by …)
    sign("version `GLIBC", r"version `(?P<library>GLIBC(?:XX)?_[\d.]+)' not found", sure=0.9),
    # no recorded log yet: Error relocating /app/server: fcntl64: symbol not found   (musl's loader)
    sign(
        ": symbol not found",
        r"Error relocating (?P<asked_by>\S+): \S+: symbol not found",
        sure=0.8,
        library="the C library that it was made for (glibc, or a newer musl)",
    ),
    # node: symbol lookup error: node: undefined symbol: nghttp2_option_set_max_settings
    sign(
        ": symbol lookup error: ",
        r"(?P<asked_by>\S+): symbol lookup error: \S+: undefined symbol: \w+",
        sure=0.85,
        library="a library as new as the program",
    ),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Library):
        yield found(unmet, Facts(need.name, need.asked_by))


# Names that cffi and ctypes look for, without their version.
APT = {
    "libgobject-2.0-0": "libglib2.0-0", "pango-1.0-0": "libpango-1.0-0", "libpango-1.0-0": "libpango-1.0-0", "cairo-2": "libcairo2", "cairo": "libcairo2",
    "gobject-2.0-0": "libglib2.0-0", "libGL.so.1": "libgl1", "libgthread-2.0.so.0": "libglib2.0-0", "pangoft2-1.0": "libpangoft2-1.0-0", "magic": "libmagic1",
}  # fmt: skip


# The glibc of Debian's and Ubuntu's releases, the oldest first (their package pages).
GLIBC = (
    (2.28, "debian:buster"), (2.31, "debian:bullseye, ubuntu:20.04"), (2.35, "ubuntu:22.04"), (2.36, "debian:bookworm"),
    (2.39, "ubuntu:24.04"), (2.41, "debian:trixie"),
)  # fmt: skip


def _newer(library: str) -> str:
    """Images whose glibc has this version."""
    version = float(library[6:10].rstrip(".")) if re.fullmatch(r"GLIBC_2\.\d+(?:\.\d+)?", library) else 9.9
    return next((names for has, names in GLIBC if has >= version), "")


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.facts.apk import LIBRARIES
    from dockwright.remedy_packages import around, install

    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    spot = around(where) if where is not None else None
    if where is not None and spot is not None and spot.base is not None and facts.library:
        os = spot.base.package_facts
        package = LIBRARIES.get(facts.library) if spot.manager == "apk" else APT.get(facts.library)
        if spot.manager == "apt" and package is None and os is not None and os.bit:
            package = os.package_with_library(facts.library)
        edit = install(where, package, spot) if package else None
        if edit is not None:
            yield remedy.safe(f"Install {package}", edit)
    if facts.library.startswith(("GLIBC", "the C library")):
        images = _newer(facts.library)
        than = f" ({images} has it)" if images else ""
        yield remedy.advice(
            f"It was built on a newer or another system than it runs on: build it on the image that runs it, or run it on one that is as new{than}; Alpine runs nothing that was made for glibc."
        )
        return
    yield remedy.advice(
        f"Install the package that holds {facts.library or 'the library'} in the stage that runs, or build on the same release as it runs on."
    )


CASES = (
    r"""
opencv-python links to the system's OpenGL
-- Dockerfile --
FROM python:3.12-slim-bookworm
RUN pip install --no-cache-dir opencv-python==4.10.0.84
# found: library=libGL.so.1
RUN python -c "import cv2"
-- build.log --
#6 [3/3] RUN python -c "import cv2"
#6 1.973 Traceback (most recent call last):
#6 1.974   File "<string>", line 1, in <module>
#6 1.974   File "/usr/local/lib/python3.12/site-packages/cv2/__init__.py", line 181, in <module>
#6 1.975     bootstrap()
#6 1.975   File "/usr/local/lib/python3.12/site-packages/cv2/__init__.py", line 153, in bootstrap
#6 1.976     native_module = importlib.import_module("cv2")
#6 1.976                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#6 1.976   File "/usr/local/lib/python3.12/importlib/__init__.py", line 90, in import_module
#6 1.977     return _bootstrap._gcd_import(name[level:], package, level)
#6 1.978            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
>>#6 1.978 ImportError: libGL.so.1: cannot open shared object file: No such file or directory
#6 ERROR: process "/bin/sh -c python -c \"import cv2\"" did not complete successfully: exit code: 1
""",
    r"""
with the library
-- Dockerfile --
FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir opencv-python==4.10.0.84
RUN python -c "import cv2"
""",
)
