"""The ways to be told to end, for verbs that leave something to end: an engine's clients, a download."""

from __future__ import annotations

import os
import signal
import stat
from contextlib import suppress


def end_as_interrupted() -> None:
    """What is true of Ctrl-C is true of SIGTERM, which a cancelled CI job gets, and of SIGHUP, which a closed terminal sends.

    One that is ignored (nohup) stays so.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupted)


def _interrupted(number: int, frame: object) -> None:
    if number == signal.SIGHUP:
        _forget_terminal()
    raise KeyboardInterrupt


def _forget_terminal() -> None:
    """Writing to a terminal that is gone is an error; what goes to a file or a pipe still does."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for ours in (0, 1, 2):
        with suppress(OSError):  # it was closed
            if stat.S_ISCHR(os.fstat(ours).st_mode):
                os.dup2(nowhere, ours)
    os.close(nowhere)
