"""Downloads on standard error: a picture that is drawn anew on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from types import TracebackType

from dockwright.cli.output import visible
from dockwright.report.prefetch import lines, news
from dockwright.wheels.artefact import Artefact
from dockwright.wheels.download import Transfer
from dockwright.wheels.progress import Progress

OFTEN = 0.1  # seconds between two pictures
SELDOM = 10.0  # seconds between two plain lines on what goes on


class Display:
    """Called from one thread at a time, as `fetch` does."""

    def __init__(self, artefacts: Iterable[Artefact], *, quiet: bool, color: str = "auto") -> None:
        self.progress = Progress(artefacts)
        self.quiet = quiet
        self.live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")
        self.drawn = 0
        self.last = float("-inf")

    def tell(self, transfer: Transfer) -> None:
        now = time.monotonic()
        before = self.progress.active.get(transfer.sha256)
        self.progress.tell(transfer, now)
        if self.quiet:
            return
        again = before is not None and before.state == transfer.state == "elsewhere"
        said = "" if again else news(self.progress, transfer)
        if said:
            self._clear()
            self._write(said + "\n")
        if self.live and (said or now - self.last >= OFTEN):
            self.last = now
            self._draw()
        elif not self.live and transfer.state == "loading" and now - self.last >= SELDOM:
            if self.last > float("-inf"):
                self._write(lines(self.progress, 100)[-1] + "\n")
            self.last = now

    def __enter__(self) -> Display:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._clear()

    def _draw(self) -> None:
        self._clear()
        width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
        shown = lines(self.progress, max(40, width - 1))
        self._write("".join(f"{line}\n" for line in shown))
        self.drawn = len(shown)

    def _clear(self) -> None:
        """Up to where the picture begins; what was below goes."""
        if self.drawn:
            sys.stderr.write(f"\x1b[{self.drawn}A\x1b[J")
            self.drawn = 0

    def _write(self, text: str) -> None:
        sys.stderr.write(visible(text))
        sys.stderr.flush()
