"""Failures of the use of the tool. A failure of the user's build is a Finding, never one of these."""

from __future__ import annotations

USAGE = 2
PREREQUISITE = 3


class ToolError(Exception):
    """What went wrong, where, and the next step. `exit_code` is the code of CONTRACT.md that the command ends with."""

    def __init__(self, code: str, message: str, *, context: str = "", hint: str = "", exit_code: int = USAGE) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.context = context
        self.hint = hint
        self.exit_code = exit_code

    def __str__(self) -> str:
        where = f"{self.context}: " if self.context else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{hint}"
