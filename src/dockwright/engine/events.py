"""One stream of events over all engines: what progress, history and retries are made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

COUNT = re.compile(r"(\d{1,6})/(\d{1,6})$")
# ESC [ … m and the like, ESC ] … BEL, control characters: a build may write what it wants, a terminal should not obey
CONTROL = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?|[\x00-\x08\x0a-\x1f\x7f-\x9f]")
UNNAMED = re.compile(r"stage-(\d{1,6})$")  # what BuildKit calls a stage without a name


class Event(Struct, frozen=True):
    """Something that happened in a build.

    `kind`: started, output (one line), cached, done, failed, canceled (it ended because another step failed or somebody
    stopped the build), warning, bytes. Who reads events leaves out kinds that it does not know. A step may be done and
    started again (BuildKit looks into its cache first): what comes last counts.
    """

    kind: str
    step: str  # unique within one build (BuildKit's digest of the vertex; else stage/index); "": the build as a whole
    name: str = ""  # [builder 3/7] RUN pip install …
    stage: str = ""  # name or number from 0; "" for internal steps (load metadata, transfer context)
    index: int = 0  # 3
    of: int = 0  # 7
    text: str = ""  # output: one line; failed: the error; warning: the warning; bytes: what is transferred
    current: int = 0  # bytes: transferred so far, of all that this step transfers
    total: int = 0  # bytes: 0 is unknown
    at: float = 0.0  # seconds since the build began


Watch = Callable[[Event], None]


class Place(Struct, frozen=True):
    """Where a step stands in the Dockerfile, from its name."""

    stage: str = ""
    index: int = 0
    of: int = 0


def place(name: str) -> Place:
    """`[builder 3/7] RUN …`, `[linux/arm64 builder 3/7]`, `[3/7]`, `[stage-2 1/2]`, `[internal] load …`."""
    inside, closed, _ = name[1:400].partition("] ")
    words = inside.split() if name[:1] == "[" and closed else []
    count = COUNT.match(words[-1]) if words else None
    if count is None:
        return Place()
    stage = words[-2] if len(words) > 1 else "0"
    if "/" in stage:
        stage = "0"  # a platform
    unnamed = UNNAMED.match(stage)
    return Place(unnamed[1] if unnamed else stage, int(count[1]), int(count[2]))


def visible(text: str) -> str:
    """A line of output as a terminal would leave it: without colours, of a progress bar the last state."""
    if text.isprintable():
        return text
    return CONTROL.sub("", text.rstrip("\r\n").rpartition("\r")[2])


def plain(event: Event) -> str:
    """An event as one line for people; empty where it says nothing by itself."""
    if event.kind == "output":
        return event.text
    if event.kind == "started" and event.name:
        return f"=> {event.name}"
    if event.kind in ("cached", "canceled") and event.name:
        return f"=> {event.kind.upper()} {event.name}"
    if event.kind in ("failed", "warning"):
        return f"=> {event.kind.upper()} {event.name}: {event.text}"
    return ""
