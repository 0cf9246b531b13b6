"""Progress on standard error: a live picture on a terminal, plain lines everywhere else."""

from __future__ import annotations

import os
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Any

from dockwright.cli.output import visible
from dockwright.report.progress import line as line_of
from dockwright.report.progress import news, picture
from dockwright.report.terminal import Paint

if TYPE_CHECKING:
    from dockwright.build.board import Snapshot

SHOWN = {"news", "command", "output"}  # above a live picture, which shows the steps itself


def display(color: str, quiet: bool) -> Display:
    if quiet:
        return Display()
    live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("CI")
    return Live(color == "always" or (color == "auto" and not os.environ.get("NO_COLOR"))) if live else Lines()


class Display:
    """Shows nothing."""

    def __enter__(self) -> Display:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return

    def line(self, name: str, text: str, kind: str) -> None:
        return

    def tick(self, snapshot: Snapshot) -> None:
        return


class Lines(Display):
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.before: Snapshot | None = None

    def line(self, name: str, text: str, kind: str) -> None:
        with self.lock:
            print(visible(line_of(name, text)), file=sys.stderr, flush=True)

    def tick(self, snapshot: Snapshot) -> None:
        for each in news(self.before, snapshot):
            self.line("", each, "news")
        self.before = snapshot


class Live(Display):
    def __init__(self, colour: bool) -> None:
        from rich.console import Console
        from rich.live import Live as RichLive

        self.paint = Paint(colour)
        self.console = Console(file=sys.stderr, no_color=not colour, highlight=False, markup=False, emoji=False)
        self.live = RichLive(console=self.console, auto_refresh=False, transient=True, redirect_stdout=False)

    def __enter__(self) -> Live:
        self.live.__enter__()
        return self

    def __exit__(self, *left: Any) -> None:
        self.live.__exit__(*left)

    def line(self, name: str, text: str, kind: str) -> None:
        if kind in SHOWN:
            self.live.console.print(visible(line_of(name, text)), soft_wrap=True)

    def tick(self, snapshot: Snapshot) -> None:
        from rich.text import Text

        width, height = self.console.size
        lines = picture(snapshot, width, self.paint)[: max(2, height - 1)]
        self.live.update(Text.from_ansi("\n".join(lines)), refresh=True)
