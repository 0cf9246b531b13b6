"""Does an image's Python do for a project? Requires-Python as PEP 440 has it, and as Poetry writes it."""

from __future__ import annotations

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs import versions
from dockwright.inputs.caret import clauses, spread
from dockwright.rehearse.call import Call
from dockwright.rehearse.python import Python


def admits(specifier: str, version: object) -> Answer:
    """`^3.9`, `~3.11`, `>=3.9,<4.0`, `3.11.*`, `^2.7 || ^3.6`; a version that is not exact is tried at both its ends."""
    if not isinstance(version, str) or not specifier.strip():
        return UNKNOWN if specifier.strip() else YES
    ends = (version,) if version.count(".") >= 2 else (f"{version}.0", f"{version}.99")
    try:
        answers = {
            any(all(_fits(end, clause) for clause in clauses(part)) for part in specifier.replace("||", "|").split("|"))
            for end in ends
        }
    except (versions.InvalidVersion, ValueError):
        return UNKNOWN
    return Answer.of(answers.pop()) if len(answers) == 1 else UNKNOWN


def _fits(version: str, clause: str) -> bool:
    clause = clause.replace(" ", "")
    if clause in ("*", ""):
        return True
    if clause.startswith("^") or (clause.startswith("~") and not clause.startswith("~=")):
        return versions.fits(version, spread(clause[0], clause[1:]))
    if clause[0].isdigit():
        clause = f"=={clause}"
    return versions.fits(version, clause)


def alone(call: Call, specifier: str) -> bool:
    """Is no interpreter in the image, known or possible, one that the project admits?"""
    from dockwright.rehearse.compiling import any_package

    image = call.image
    system = "/usr" in image.pythons or any_package(image, ("python3", "python3-minimal")) is NO
    if image.opaque is not None or not system:
        return False
    return bool(image.pythons) and all(admits(specifier, each.version) is NO for each in image.pythons.values())


def exact(python: Python | None) -> str:
    return str(python.version) if python is not None and isinstance(python.version, str) else ""
