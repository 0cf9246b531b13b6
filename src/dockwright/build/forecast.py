"""How long a build will still take, from how long its steps took before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dockwright.build.board import Estimate
from dockwright.history.values import Past


def left(
    ahead: Sequence[str], over: set[str], running: Mapping[str, float], past: Mapping[str, Past]
) -> Estimate | None:
    """`ahead`: the steps of the last build; `over`: those that have ended; `running`: seconds since these began.

    None where nothing is known, and where something runs or waits whose past is not known: half a sum misleads.
    """
    todo = [step for step in dict.fromkeys((*ahead, *running)) if step not in over]
    if not todo or any(step not in past and step in running for step in todo):
        return None
    known = [(past[step], running.get(step, 0.0)) for step in todo if step in past]
    if not known:
        return None
    return Estimate(
        sum(max(0.0, each.median - spent) for each, spent in known),
        sum(max(0.0, each.least - spent) for each, spent in known),
        sum(max(0.0, each.most - spent) for each, spent in known),
        min(each.runs for each, _ in known),
    )
