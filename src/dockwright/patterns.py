"""Regular expressions that are compiled at their first use: to compile all at start-up would take a tenth of a check."""

from __future__ import annotations

import re
from typing import Any, cast

METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "finditer", "findall")


class _Lazy:
    """Stands for the compiled pattern, whose methods become its own."""

    def __init__(self, text: str, flags: int) -> None:
        self.text = text
        self.options = flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(self.text, self.options)
        self.__dict__ |= {method: getattr(compiled, method) for method in METHODS}
        return getattr(compiled, name)


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    return cast("re.Pattern[str]", _Lazy(text, flags))
