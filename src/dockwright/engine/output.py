"""The text of a build as it is kept for diagnosis: whole, but never more than memory should hold."""

from __future__ import annotations

from collections import deque

HEAD = 16 * 2**20  # characters from the beginning that are kept
TAIL = 16 * 2**20  # and from the end: what fails is told there


class Output:
    """Takes pieces of text; of a flood the beginning and the end stay."""

    def __init__(self, head: int = HEAD, tail: int = TAIL) -> None:
        self._room, self._tail_limit = head, tail
        self._head: list[str] = []
        self._tail: deque[str] = deque()
        self._tail_size = self._dropped = 0

    def add(self, text: str) -> None:
        if self._room > 0:
            self._head.append(text)
            self._room -= len(text)
            return
        self._tail.append(text)
        self._tail_size += len(text)
        while self._tail_size - len(self._tail[0]) >= self._tail_limit:
            self._tail_size -= len(self._tail[0])
            self._dropped += len(self._tail.popleft())

    def text(self) -> str:
        cut = [f"\n[{self._dropped} characters of output left out here]\n"] if self._dropped else []
        return "".join([*self._head, *cut, *self._tail])
