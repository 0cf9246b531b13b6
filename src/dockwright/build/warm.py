"""What can be built while the wheels are still on their way: the Dockerfile up to its first instruction that may download them.

Only system packages, accounts, files and the like are let through: everything else may install Python packages itself,
and what is downloaded twice is no gain. The steps are those of the real build, so the engine has them in its cache then.
"""

from __future__ import annotations

import re

from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Instruction

LIGHT = frozenset(
    "apt-get apt apk dnf microdnf yum groupadd useradd usermod addgroup adduser mkdir rm cp mv ln chmod chown echo printf"
    " touch set true cd test [ export sed cat install ldconfig update-ca-certificates locale-gen dpkg-reconfigure".split()
)
FILES = frozenset(
    {"FROM", "ENV", "ARG", "LABEL", "WORKDIR", "USER", "SHELL", "EXPOSE", "VOLUME", "STOPSIGNAL", "CMD", "ENTRYPOINT"}
)
BREAKS = re.compile(r"&&|\|\||[;|\n]")
HEAVY = re.compile(r"\b(?:apt(?:-get)?|apk|dnf|yum)\b[^;&|]*\binstall\b|\bapk\b[^;&|]*\badd\b")


def warm(text: str) -> str | None:
    """The first part of the Dockerfile; None when nothing in it takes time."""
    dockerfile = parse(text)
    last: Instruction | None = None
    worth = False
    if dockerfile.errors:
        return None
    for instruction in dockerfile.instructions:
        if not _lets_through(instruction):
            break
        last = instruction
        worth = worth or (instruction.keyword == "RUN" and HEAVY.search(instruction.text) is not None)
    return text[: last.whole.end] if worth and last is not None else None


def _lets_through(instruction: Instruction) -> bool:
    if instruction.keyword in FILES:
        return True
    if instruction.keyword != "RUN" or instruction.heredocs or instruction.exec_form is not None:
        return False
    # BuildKit joins continued lines; comments between them are gone
    words = " ".join(word.text for word in instruction.words)
    if any(sign in words for sign in ("$(", "`", "<(", "pip", "python")):
        return False
    return all(_command(piece) in LIGHT for piece in BREAKS.split(words) if piece.strip())


def _command(piece: str) -> str:
    """The command of a simple command, without what is assigned before it."""
    words = [word for word in piece.split() if not re.match(r"[A-Za-z_]\w*=", word)]
    return words[0].strip("({") if words else "true"
