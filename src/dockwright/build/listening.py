"""Do a build's steps reach the relay? Where a firewall drops what they send, an installer waits for minutes before it says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from dockwright.build.derive.frontend import CONTEXT
from dockwright.build.relay import Relay
from dockwright.engine.events import Event

SILENT = 4.0  # seconds after pip says where it looks, in which it has asked there if it can
MUTE = 45.0  # seconds without a word of a step that may ask, as one of `pip install --quiet` would be
LOOK = 0.5  # seconds between two looks


class Listening:
    """To one run of the engine; `end` ends it when nobody comes."""

    def __init__(self, relay: Relay, target: str, end: Callable[[], None]) -> None:
        self.relay, self.target, self.end = relay, target, end
        self.address = relay.url(target)
        self.heard = 0.0  # when the step said something last
        self.named: float | None = None  # when it said where it looks
        self.deaf = False
        self.over = threading.Event()
        self._thread: threading.Thread | None = None

    def hear(self, event: Event) -> None:
        """Events as the engine tells them: names of steps with their mounts."""
        now = time.monotonic()
        named = event.kind == "output" and self.address in event.text
        if named:
            self.named = self.named or now
        if named or (event.kind == "started" and f"id={CONTEXT}" in event.name):
            self._begin()
        self.heard = now

    def waits_in_vain(self, now: float) -> bool:
        if self.relay.asked:
            return False
        return now - self.heard > MUTE or (self.named is not None and now - self.named > SILENT)

    def _begin(self) -> None:
        if self._thread is None and not self.relay.asked:
            self._thread = threading.Thread(target=self._listen, daemon=True)
            self._thread.start()

    def _listen(self) -> None:
        while not self.over.wait(LOOK) and not self.relay.asked:
            if self.waits_in_vain(time.monotonic()):
                self.deaf = True
                self.end()
                return

    def unreached(self, output: str) -> bool:
        """Did the run fail for that?"""
        return self.deaf or (not self.relay.asked and self.address in output)
