"""Does a shell fail at a script with Windows line ends? Most such scripts misbehave; some run to their end all the same.

Seen of dash 0.5.12 and bash 5.2: `set -e` with a carriage return is an unknown option, at which sh gives up and bash goes
on, unless the option before `o` already made it strict; `then`, `do` and `in` with one are no keywords.
"""

from __future__ import annotations

import re

from dockwright.dockerfile.shell_parse import parse_script
from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.patterns import pattern

SIZE = 50_000
# The end of a line that a keyword closes, and what may leave the script before the shell comes to it.
KEYWORD = pattern(r"(?:^|[;\s])(?:then|do|in)\r$")
LEAVES = pattern(r"\b(?:exit|exec|return)\b")


def fails(text: str, shell: str) -> Answer:
    """Does `shell script` fail at a carriage return?"""
    if "\r\n" not in text or len(text) > SIZE or shell not in ("sh", "dash", "ash", "bash"):
        return UNKNOWN
    lines = text.split("\n")
    option = next((line for line in lines if line.strip() and not line.lstrip().startswith("#")), "")
    if _strict(option, shell):
        return YES
    return YES if _unread(lines) else UNKNOWN


def _strict(line: str, shell: str) -> bool:
    match = re.fullmatch(r"set -([a-z]+)(?: pipefail)?\r", line)
    if match is None or not set(match[1]) <= set("euxo"):
        return False
    named = line.endswith("pipefail\r")
    if named != match[1].endswith("o") or "o" in match[1][:-1]:
        return False
    return "e" in match[1] if named else shell != "bash"


def _unread(lines: list[str]) -> bool:
    """A syntax error that is not there without the carriage returns, in a plain text that comes to it."""
    at = next((at for at, line in enumerate(lines) if KEYWORD.search(line)), None)
    if at is None or any(LEAVES.search(line) or "<<" in line for line in lines[: at + 1]):
        return False
    text = "\n".join(lines)
    return not parse_script(text.replace("\r\n", "\n")).errors and bool(parse_script(text).errors)
