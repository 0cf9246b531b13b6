"""Do a build's steps reach the relay? Where a firewall drops what they send, an installer waits for minutes before it says so.

And is it this run's relay? BuildKit has one step for two runs that build the same, and gives it the secrets of one of them.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import quote

from dockwright.build.derive.frontend import CONTEXT
from dockwright.build.relay import Relay
from dockwright.engine.events import Event

SILENT = 10.0  # seconds after pip says where it looks, in which it has asked there if it can, also on a machine with too much to do
MUTE = 45.0  # seconds without a word of a step that may ask, as one of `pip install --quiet` would be
LOOK = 0.5  # seconds between two looks
KNOCK = 1.0  # seconds in which another run's relay, on this machine, takes a connection


class Listening:
    """To one run of the engine; `end` ends it when nobody comes, or when its step asks a relay that is gone.

    `deaf`: nobody came. `strayed`: the step asked another run's relay; begun anew, it asks ours.
    """

    def __init__(self, relay: Relay, target: str, end: Callable[[], None]) -> None:
        self.relay, self.target, self.end = relay, target, end
        self.address = relay.url(target)
        self.heard = 0.0  # when the step said something last
        self.named: float | None = None  # when it said where it looks
        self.other = 0  # the port of another run's relay that it asks
        self.deaf = self.strayed = False
        self.over = threading.Event()
        place = rf"(?:http://{re.escape(relay.host)}:(\d+))?/[\w-]{{24}}/{re.escape(quote(target, safe=''))}/"
        self._others = re.compile(place)
        self._thread: threading.Thread | None = None

    def hear(self, event: Event) -> None:
        """Events as the engine tells them: names of steps with their mounts."""
        now = time.monotonic()
        if event.kind == "output":
            self._read(event.text, now)
        elif event.kind == "started" and f"id={CONTEXT}" in event.name:
            self._begin()
        self.heard = now

    def _read(self, text: str, now: float) -> None:
        if self.address in text:
            self.named = self.named or now
            self._begin()
            return
        found = self._others.search(text)
        if found is not None and self.relay.token not in found[0]:
            self.other = int(found[1] or self.other)
            self.strayed = self.strayed or "connection broken" in text  # pip's warning before it tries again
            self._begin()

    def waits_in_vain(self, now: float) -> bool:
        if self.relay.asked or self.other:
            return False
        return now - self.heard > MUTE or (self.named is not None and now - self.named > SILENT)

    def _begin(self) -> None:
        if self._thread is None and not (self.relay.asked and not self.other and not self.strayed):
            self._thread = threading.Thread(target=self._listen, daemon=True)
            self._thread.start()

    def _listen(self) -> None:
        while not self.over.wait(LOOK) and (self.other or self.strayed or not self.relay.asked):
            self.strayed = self.strayed or (bool(self.other) and not takes(self.relay.host, self.other))
            self.deaf = not self.strayed and self.waits_in_vain(time.monotonic())
            if self.strayed or self.deaf:
                self.end()
                return
        self._thread = None

    def unreached(self, output: str) -> bool:
        """Did the run fail for that?"""
        return self.deaf or (not self.relay.asked and self.address in output)


def takes(host: str, port: int) -> bool:
    """Does anybody take connections there?"""
    try:
        with socket.create_connection((host, port), KNOCK):
            return True
    except (OSError, OverflowError):
        return False
