"""Data goes to standard output, byte for byte as it is; what is said besides goes to standard error."""

from __future__ import annotations

import os
import sys


def show(text: str) -> None:
    """Print data. Texts of the user's files may hold bytes that are not UTF-8: they come out as they went in."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def show_diff(text: str) -> None:
    """A patch is data for `git apply`; on a terminal it must not drive the terminal."""
    show(visible(text) if sys.stdout.isatty() else text)


def say(text: str) -> None:
    """One sentence about the work, on standard error."""
    print(f"dockwright: {visible(text)}", file=sys.stderr)


def visible(text: str) -> str:
    return "".join(char if char.isprintable() or char in "\n\t" else "�" for char in text)


def coloured(color: str) -> bool:
    if color == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return color == "always"
