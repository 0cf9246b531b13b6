"""What a target's build is given: the derived Dockerfile, and its files or the address at which its steps ask for them."""

from __future__ import annotations

import os
import tempfile

from msgspec import structs

from dockwright.build.derive.relays import Relays
from dockwright.build.fetching import Fetching
from dockwright.build.lay import request
from dockwright.build.service import Work
from dockwright.build.shelf import Derive, Given, Tools
from dockwright.build.warm import warm
from dockwright.history.recording import Recording
from dockwright.inputs.targets import Target

TICK = 0.2  # seconds between two looks at how things stand


class Giving:
    """Of one run; called by the threads of its targets."""

    def __init__(
        self, work: Work, tools: Tools, fetching: Fetching | None, record: Recording, warm: bool = True
    ) -> None:
        self.work, self.tools, self.fetching, self.record, self.warms = work, tools, fetching, record, warm

    def given(self, target: Target) -> Given:
        """When the wheels are here, unless its steps wait for them. What can be built before is built meanwhile."""
        fetching, derive = self.fetching, self.tools.derive
        if fetching is None or derive is None or target.remote:
            if not self.allowed() and fetching is not None and fetching.refused is not None:
                raise fetching.refused
            return Given()
        if self.early(target):
            return self._derived(target, derive, fetching)
        if not fetching.wait(target.name, TICK):
            self._warm(target)
        while not fetching.wait(target.name, TICK) and not self.work.stop.is_set():
            pass
        return self._derived(target, derive, fetching)

    def renewed(self, target: Target, given: Given) -> Given:
        """Before the next attempt: files that could not be had may be there now."""
        fetching, derive, relay = self.fetching, self.tools.derive, self.work.relay
        if fetching is None or derive is None:
            return given
        if given.relay and relay is not None and relay.deaf:
            return self.given(target)
        if not fetching.again(target.name) or given.relay:
            return given
        return self._derived(target, derive, fetching)

    def early(self, target: Target) -> bool:
        """Can its build begin before there are any files? What is pushed waits for the preflight."""
        return self._relays(target).early and not self.work.settings.push

    def allowed(self) -> bool:
        """Nothing is pulled before the preflight."""
        fetching = self.fetching
        while fetching is not None and not fetching.allowed.wait(TICK) and not self.work.stop.is_set():
            pass
        return fetching is None or fetching.refused is None

    def _relays(self, target: Target) -> Relays:
        relay = self.work.relay
        return self.tools.relays(target) if relay is not None and not relay.deaf else Relays(False)

    def _derived(self, target: Target, derive: Derive, fetching: Fetching) -> Given:
        folder = tempfile.mkdtemp(prefix="wheels-", dir=self.work.folder)
        os.chmod(folder, 0o755)  # the users of a build read what is mounted from it
        relay = self.work.relay.url(target.name) if self.work.relay is not None and self._relays(target).can else ""
        given = derive(target, fetching.wanted.get(target.name), folder, relay)
        for note in given.notes:
            self.record.event("note", note, target.name)
            self.work.line(target.name, note, "news")
        return given

    def _warm(self, target: Target) -> None:
        """Fails in silence: the real build comes to the same step and says why."""
        work = self.work
        source = work.project.dockerfile(target)
        text = warm(source.text) if source is not None and self.warms else None
        if text is None or work.engine != "docker" or work.settings.no_cache:
            return
        folder = work.place(f"first part of {target.name}")
        sent = request(work.project, target, work.tags, work.settings, folder, text)
        sent = structs.replace(sent, tag="", stage=None, output="type=cacheonly")
        work.build(work.engine, sent, lambda event: work.board.event(target.name, event))
