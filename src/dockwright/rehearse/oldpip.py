"""pip as old releases carry it: before 9.0 it takes the newest release of everything, whatever Python that is for.

Source: pip's changelog (9.0.0, November 2016: Requires-Python); pip 1.0 asks for the index without encryption, which the index
has refused since 2017. Which Pythons a release left behind: dropped.toml, released.json.
"""

from __future__ import annotations

import re

from dockwright.facts import languages as facts
from dockwright.facts.dropped import bound
from dockwright.facts.python import normal
from dockwright.facts.tables import table
from dockwright.finding import NO, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.languages import day
from dockwright.rehearse.python import Python
from dockwright.rehearse.requirements import Wanted
from dockwright.source import Span

AWARE, ENCRYPTED = "9", "1.2"  # the first pip that reads Requires-Python; that speaks TLS with the index


def judge(call: Call, python: Python | None, items: list[Wanted]) -> None:
    pip, version, proof = _versions(call, python)
    if pip and not ({"pip"} & call.image.renewed):
        if facts.older(pip, ENCRYPTED) and items:
            says = Evidence(f"pip {pip} asks for the package index without encryption, which it refuses")
            need = needs.Address("the package index", "tls")
            call.lacks(need, call.arguments[0].span, (*proof, says), certainty=Certainty.LIKELY)
        elif facts.older(pip, AWARE):
            for item in items:
                _newest(call, pip, version, item, proof)
    if any(normal(item.name) == "pip" for item in items if item.name):
        call.image.renewed |= {"pip"}


def _versions(call: Call, python: Python | None) -> tuple[str, str, tuple[Evidence, ...]]:
    """(pip, Python, what says so); empty texts when they are not known."""
    image = call.image
    if image.opaque is not None or image.base is None:
        return "", "", ()
    base = image.base
    if base.family == "python" and python is not None and python.prefix == "/usr/local":
        match = re.fullmatch(r"(\d+\.\d+)\.(\d+)", str(python.version))
        last = table("languages")["pip"]["unaware"].get(match[1], -1) if match else -1
        known = match is not None and base.reference.startswith(f"python:{match[0]}") and int(match[2]) <= last
        return ("8", match[1], ()) if known and match is not None else ("", "", ())
    os = base.os
    packaged = next((name for name in ("python3-pip", "python-pip", "py-pip") if name in image.packages), "")
    if os is None or not packaged or (python is not None and python.prefix != "/usr"):
        return "", "", ()
    third = call.name.startswith("pip3") or str(call.arguments[0].value).startswith("python3")
    if third != (packaged == "python3-pip") and not {"python3-pip", "python-pip"} <= image.packages.keys():
        return "", "", ()
    pip = facts.of_release(os.id, os.version, "pip")
    version = facts.of_release(os.id, os.version, "python3" if third else "python2")
    says = Evidence(f"{os.id} {os.version} has pip {pip} and Python {version}")
    return (pip, version, (image.packages[packaged], says)) if pip else ("", "", ())


def _newest(call: Call, pip: str, version: str, item: Wanted, proof: tuple[Evidence, ...]) -> None:
    """The newest release of what is asked for without a pin, and of what that brings along."""
    if not item.name or "==" in item.specifier or item.path or "://" in item.text:
        return
    asked = normal(item.name)
    for name in (asked, *table("languages")["pip"]["brings"].get(asked, ())):
        first = bound(name, version)
        since = table("released")["released"].get(name, {}).get(first, "")
        if not first or not since or since > day(call):
            continue
        if name == asked and item.allows(first) is NO:
            return
        says = Evidence(
            f"{name} {first} of {since} takes Python {version} no more, and pip {pip} does not look at that"
        )
        by = "" if name == asked else asked
        need = needs.Distribution(name, item.specifier, "python", version, by, (f"<{first}",))
        proofs = (*proof, *((item.proof,) if item.proof is not None else ()), says)
        call.lacks(need, _written(call, item), proofs, certainty=Certainty.LIKELY)
        return


def _written(call: Call, item: Wanted) -> Span | None:
    """Where the command line itself names it."""
    place = item.proof.place if item.proof is not None else None
    return place.span if place is not None and place.source is call.shell.recorder.source else None
