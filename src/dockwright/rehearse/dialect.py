"""Does the shell that runs a text take it: syntax errors, and features beyond what this shell knows."""

from __future__ import annotations

import posixpath

from dockwright.dockerfile.nodes import Instruction
from dockwright.dockerfile.shell import Script
from dockwright.dockerfile.shell_features import Effect, effect
from dockwright.finding import UNKNOWN, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import normal
from dockwright.rehearse.shell import Shell
from dockwright.source import Span

BY_FAMILY = {
    "debian": "dash",
    "ubuntu": "dash",
    "alpine": "ash",
    "rhel": "bash",
    "fedora": "bash",
    "rocky": "bash",
    "centos": "bash",
}


def judge(shell: Shell, script: Script, instruction: Instruction) -> None:
    """Record what the shell can't read or doesn't know, each at its place."""
    call = Call(shell, [Argument(instruction.keyword, instruction.keyword_span)], instruction.span)
    name = implementation(shell)
    for error in script.errors:
        call.lacks(needs.Shell("syntax", name or shell.dialect, error.message), error.span, by="sh")
    if name in (None, "bash"):
        return
    proof = _proof(shell, str(name))
    seen: set[str] = set()
    for feature in script.features:
        outcome = effect(feature.name, str(name), version_of(shell, str(name)))
        if outcome not in (Effect.SYNTAX_ERROR, Effect.ABORTS) or feature.name in seen:
            continue
        seen.add(feature.name)
        certainty = Certainty.CERTAIN if outcome is Effect.SYNTAX_ERROR else Certainty.LIKELY
        need = needs.Shell(feature.name, str(name), effect=outcome.value)
        call.lacks(need, feature.span, proof, certainty=certainty, by="sh")


def missing(call: Call, feature: str, span: Span) -> bool:
    """A built-in that this shell does not have (`source` in dash): recorded as an unmet need."""
    name = implementation(call.shell)
    if name is None or effect(feature, name) is not Effect.NOT_FOUND:
        return False
    call.lacks(needs.Shell(feature, name, effect=Effect.NOT_FOUND.value), span, _proof(call.shell, name), by="sh")
    return True


def version_of(shell: Shell, name: str) -> str | None:
    """Version of the shell's package in this image."""
    os = shell.image.os
    return None if os is None or not os.exact else os.version(name)


def implementation(shell: Shell) -> str | None:
    """Which program /bin/sh is in this image; None when that is not known."""
    if shell.dialect != "sh":
        return {"busybox": "ash"}.get(shell.dialect, shell.dialect)
    linked = _linked(shell.image)
    if linked != "sh":
        return linked
    base = shell.image.base
    if base is not None and not base.shell_known and "SHELL" not in shell.image.set_by:
        return None
    return BY_FAMILY.get(base.os.id) if base is not None and base.os is not None else None


def _linked(image: Image) -> str | None:
    """The program that a line made of /bin/sh (`ln -sf /bin/bash /bin/sh`); "sh" where none did, None where it is not known."""
    target = image.follow(normal("/bin/sh"))
    name = posixpath.basename(target) if target is not None else ""
    if name != "sh":
        return {"busybox": "ash"}.get(name, name) if name in ("bash", "dash", "ash", "busybox") else None
    look = image.find("/bin/sh")
    touched = look.gone is not None or (look.node is not None and look.node.made is not None)
    return None if touched or (look.answer is UNKNOWN and image.base is not None) else "sh"


def _proof(shell: Shell, name: str) -> tuple[Evidence, ...]:
    base = shell.image.base
    return (Evidence(f"/bin/sh is {name} in {base.reference}"),) if base is not None else ()
