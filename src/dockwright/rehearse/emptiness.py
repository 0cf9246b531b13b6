"""Build arguments that are empty in a RUN where emptiness can't be meant: `name==${VERSION}`, a part of an address."""

from __future__ import annotations

import re
from typing import Any

from dockwright.dockerfile import shell as tree
from dockwright.dockerfile.nodes import Instruction
from dockwright.finding import NO, UNKNOWN, Answer, Certainty
from dockwright.patterns import pattern
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.shell import Shell
from dockwright.source import Span

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
                start = _word_start(text, match.start()) if each is PINNED else match.start()
                need = needs.Variable(name, text[start : match.end()], scope)
                call.lacks(need, to_span(start, match.end()), certainty=sure)
                shell.image.assumed |= {need}


def _word_start(text: str, at: int) -> int:
    """Where the name begins whose last character stands at `at`."""
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] in "_.-[],"):
        at -= 1
    return at


def _scope(shell: Shell, name: str, known: dict[str, Any]) -> str:
    """Why the name is empty in this stage; nothing when it isn't, or when nobody declared it."""
    if name in shell.variables:
        return ""
    if name in shell.image.args:
        return "unset"
    return "global" if name in known else ""


# -- words that vanish ------------------------------------------------------------------------------------------------

# How many operands a command wants at least; those not named here are not judged by their number.
OPERANDS = {
    "mkdir": 1,
    "wget": 1,
    "useradd": 1,
    "groupadd": 1,
    "adduser": 1,
    "touch": 1,
    "chown": 2,
    "chmod": 2,
    "cp": 2,
    "mv": 2,
}
# Options of these that take a value, so that it is no operand.
VALUES = {
    "wget": {"-O", "-P", "-o"},
    "useradd": {"-u", "-g", "-d", "-s", "-G", "-c"},
    "groupadd": {"-g"},
    "adduser": {"-u", "-h", "-s", "-G", "-g"},
}
# What goes on without the word: installers, and commands to which any number of words may be given.
LENIENT = frozenset(
    "apt-get apt apk yum dnf npm yarn pip pip3 make echo rm printf docker-php-ext-install docker-php-ext-configure conda".split()
)


def judge_words(shell: Shell, command: tree.Simple, answer: Answer) -> None:
    """A word that is one argument without a value is not there at all: an option lacks its value, a command its operand.

    A check that fails (`test -n "$X"`, `[ -z "$X" ] && exit 1`) says so itself.
    """
    name = str(command.words[0].literal or "").rpartition("/")[2]
    if name in ("test", "[", "exit"):
        _checked(shell, command, name, answer)
        return
    gone = [at for at, word in enumerate(command.words) if _empty(shell, word) and not word.quoted]
    if not gone or name in LENIENT:
        return
    kept = [word for at, word in enumerate(command.words[1:], 1) if at not in gone]
    before = str(command.words[gone[0] - 1].literal or "") if gone[0] > 0 else ""
    last = gone[0] == len(command.words) - 1 or str(command.words[gone[0] + 1].literal or "").startswith("-")
    valued = before.startswith("--") and "=" not in before and not before.startswith("--no-") and last
    if valued or before in VALUES.get(name, ()) or _too_few(name, kept):
        _record(
            shell,
            _empty(shell, command.words[gone[0]]),
            " ".join(filter(None, (name, before))),
            command.words[gone[0]].span,
        )


def _too_few(name: str, kept: list[tree.Word]) -> bool:
    operands, skip = 0, False
    for word in kept:
        text = str(word.literal or "x")
        operands += not skip and not text.startswith("-")
        skip = text in VALUES.get(name, ())
    return operands < OPERANDS.get(name, 0)


def _empty(shell: Shell, word: tree.Word) -> str:
    """The build argument without a value that the word consists of."""
    part = word.parts[0] if len(word.parts) == 1 else None
    name = part.name if isinstance(part, tree.Parameter) and part.operator is None else ""
    declared = shell.image.args.get(name, UNKNOWN) in (None, "")  # UNKNOWN: not declared, or set by the engine
    return name if declared and shell.variable(name) in (None, "") else ""


def _checked(shell: Shell, command: tree.Simple, name: str, answer: Answer) -> None:
    if answer is not NO:
        return
    names = [found for word in command.words for found in [_empty(shell, word)] if found]
    if name == "exit":
        text = shell.recorder.instruction.rest.text
        asked = re.findall(r"-z\s+[\"']?\$\{?(\w+)", text[:20_000])
        names = [each for each in asked if each in shell.image.args and shell.variable(each) in (None, "")]
    if names:
        _record(shell, names[0], "a check of this step", command.span)


def _record(shell: Shell, name: str, used_in: str, span: Span) -> None:
    need = needs.Variable(name, used_in, "unset")
    if need not in shell.image.assumed:
        Call(shell, [Argument("sh", span)], span).lacks(need, span, certainty=Certainty.LIKELY)
        shell.image.assumed |= {need}
