"""Build arguments that are empty in a RUN where emptiness can't be meant: `name==${VERSION}`, a part of an address."""

from __future__ import annotations

import re
from typing import Any

from dockwright.dockerfile.nodes import Instruction
from dockwright.finding import Certainty
from dockwright.patterns import pattern
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.shell import Shell

# pip install "six==${VERSION}"
PINNED = pattern(r"[\w\]]==\$(?:\{(\w+)\}|(\w+))(?=[\"'\s;,]|$)")
# https://example.org/v${VERSION}/tool.tar.gz: an address of a release, told by the part that the argument is to fill
ADDRESS = pattern(r"https?://[^\s\"'$]*/[^\s\"'$/]*(?:\$(?:\{(\w+)\}|(\w+)))")
INSTALLERS = pattern(r"\b(pip[\d.]*|uv|pipx|conda|mamba)\b")


def judge_arguments(shell: Shell, text: str, to_span: Any, instruction: Instruction, known: dict[str, Any]) -> None:
    """`known`: the arguments that are declared above the first FROM."""
    patterns = ([PINNED] if INSTALLERS.search(text) else []) + [ADDRESS]
    for each in patterns:
        for match in each.finditer(text[:20_000]):
            name = match[1] or match[2]
            scope = _scope(shell, name, known)
            if scope and not re.search(rf"\b{name}=|\b(?:read|for|export|unset)\s+{name}\b", text):
                sure = Certainty.CERTAIN if scope == "global" and each is PINNED else Certainty.LIKELY
                call = Call(shell, [Argument("sh", instruction.keyword_span)], instruction.span)
                need = needs.Variable(name, match[0], scope)
                call.lacks(need, to_span(match.start(), match.end()), certainty=sure)
                shell.image.assumed |= {need}


def _scope(shell: Shell, name: str, known: dict[str, Any]) -> str:
    """Why the name is empty in this stage; nothing when it isn't, or when nobody declared it."""
    if name in shell.variables:
        return ""
    if name in shell.image.args:
        return "unset"
    return "global" if name in known else ""
