"""Environments that COPY --from brings from another stage."""

from __future__ import annotations

from msgspec.structs import replace

from dockwright.finding import Evidence
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import normal, under
from dockwright.rehearse.python import Python


def carry(origin: Image, image: Image, source: str, target: str, by: Evidence) -> None:
    """COPY --from brought a folder of another stage: environments and site-packages in it come along."""
    source, target = normal(source), normal(target)
    for python in list(origin.pythons.values()):
        if under(python.prefix, source):
            moved = normal(target + python.prefix[len(source.rstrip("/")) :])
            _arrive(image, replace(python, prefix=moved, made=by))
        elif under(source, python.prefix):
            _partly(image, python, source, target)


def _arrive(image: Image, python: Python) -> None:
    old = image.pythons.get(python.prefix)
    if old is not None:
        merged = {**old.distributions, **python.distributions}
        python = replace(old, distributions=merged, complete=old.complete and python.complete)
    image.pythons[python.prefix] = python


def _partly(image: Image, python: Python, source: str, target: str) -> None:
    """A part of an environment (lib, site-packages, bin) laid over the one at the same place."""
    inside = source[len(python.prefix.rstrip("/")) :]
    there = next((each for each in image.pythons.values() if normal(each.prefix + inside) == target), None)
    if there is None:
        return
    if "/lib" in inside:
        _arrive(image, replace(python, prefix=there.prefix))
    else:
        image.pythons[there.prefix] = there.clouded()
