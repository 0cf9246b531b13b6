"""pip's hash-checking mode: one hash, or --require-hashes, makes pip want a hash and an exact version of everything.

pip's documentation, "Secure installs". uv checks the hashes that it is given, and wants all of them with --require-hashes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockwright.finding import YES, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.indexes import CONSTRAINTS, told
from dockwright.rehearse.python import Python, canonical
from dockwright.rehearse.requirements import Wanted

if TYPE_CHECKING:
    from dockwright.index.question import Answer as Told

MODES = {"pip": "a hash turns on pip's --require-hashes mode", "uv": "--require-hashes wants it for all"}


def judge(call: Call, python: Python, items: list[Wanted], *, asked: bool) -> bool:
    """Is everything to be hashed? States what has no hash, or no exact version, where the image does not have it already."""
    tool = "uv" if call.name == "uv" else "pip"
    hashed = next((item for item in items if item.hashed), None)
    if not asked and (tool == "uv" or hashed is None):
        return False
    if told(call, tool).all(CONSTRAINTS):
        return True  # which may bring the hashes
    bare = next((item for item in items if _lacks(python, item)), None)
    if bare is not None:
        proof = [each for each in (bare.proof, hashed.proof if hashed is not None else None) if each is not None]
        name = bare.name or bare.text
        need = needs.Manifest(bare.asked_by, "hash", name=name, asked_by=tool)
        call.lacks(need, None, (*proof, Evidence(MODES[tool])), by=tool)
    return True


def _lacks(python: Python, item: Wanted) -> bool:
    """A line whose marker may not hold is left alone, and so is what may be installed already."""
    if item.marker or (not item.name and not item.path):
        return False
    if item.path:
        return True  # `Can't verify hashes for these file:// requirements because they point to directories`
    if "://" in item.text or python.blind or python.has(canonical(item.name)) is YES:
        return False
    return not item.hashed or not item.specifier.startswith("==") or "*" in item.specifier


def whole(call: Call, answer: Told, items: list[Wanted]) -> None:
    """`In --require-hashes mode, all requirements must have their versions pinned with ==`: so must what they require."""
    named = {canonical(item.name): item for item in items if item.name}
    if not answer.complete or answer.troubles or not all(item.hashed for item in items):
        return
    for release in answer.releases:
        if release.name not in named and release.kind != "installed":
            by = next((named[name] for name in release.via if name in named), None)
            says = Evidence(f"{', '.join(release.via) or 'the project'} requires {release.name}, which is not listed")
            proof = (*((by.proof,) if by is not None and by.proof is not None else ()), says)
            asked_by = by.asked_by if by is not None else ""
            call.lacks(needs.Manifest(asked_by, "hash", name=release.name, asked_by="pip"), None, proof, by="pip")
            return
