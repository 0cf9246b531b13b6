"""Settings that the tools read in the container."""

from __future__ import annotations

from collections.abc import Iterable

from dockwright.build.derive.house import lay_for_poetry
from dockwright.build.derive.house import write as write_file
from dockwright.build.derive.tools import HOUSE, Setting

# pip's own are 15 seconds and 5 times. What the image or the user sets (PIP_TIMEOUT, …) wins.
PATIENT = "[global]\ntimeout = 60\nretries = 10\n"
INDEX = f"{PATIENT}extra-index-url = file://{HOUSE}/simple\n"
LEGACY = f"{INDEX}find-links = {HOUSE}/files\n"
PIP = {"patient": PATIENT, "index": INDEX, "legacy": LEGACY}


def write(files: Iterable[str], setting: Setting, place: str) -> None:
    for name in files:
        if name in PIP:
            write_file(place, f"conf/{name}/pip/pip.conf", PIP[name])
        if name == "poetry":
            lay_for_poetry(setting.there, place)
