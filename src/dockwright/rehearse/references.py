"""The name of a base image: what an empty variable leaves of it, what the registry is known not to have."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from dockwright.dockerfile.nodes import Stage
from dockwright.finding import Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Recorder

if TYPE_CHECKING:
    from dockwright.rehearse.instructions import Build


def check(build: Build, stage: Stage, name: str, recorder: Recorder) -> None:
    _check_reference(build, stage, name, recorder)
    _check_registry(build, stage, name, recorder)


def _check_registry(build: Build, stage: Stage, name: str, recorder: Recorder) -> None:
    """An image that the registry is known not to have, or a name that none can have."""
    from dockwright.facts.made import today
    from dockwright.facts.registry import absent, malformed

    found = absent(name, build.world.as_of or today().isoformat())
    if found is not None:
        says = Evidence(f"gone since {found.since}" if found.since else "the registry never had this tag")
        need = needs.Stage(name, "not-found", found.instead)
        recorder.unmet.append(Unmet(need, stage.base.span, "FROM", (says,), Certainty.LIKELY))
    elif malformed(name) and "$" not in name:
        says = Evidence("a repository's name is lower case")
        recorder.unmet.append(Unmet(needs.Stage(name, "not-found"), stage.base.span, "FROM", (says,)))


def _check_reference(build: Build, stage: Stage, name: str, recorder: Recorder) -> None:
    """An unset argument leaves `FROM` without a name, or `python:` without a tag."""
    if name and not _gaping(name):
        return
    for argument in _variables(stage.base.text):
        if not build.globals.get(argument):
            scope = "later" if argument not in build.globals and argument in _all_args(build) else "unset"
            recorder.unmet.append(
                Unmet(needs.Variable(argument, f"FROM {stage.base.text}", scope), stage.base.span, "FROM")
            )


def _gaping(name: str) -> bool:
    """What an empty variable leaves of a name: a part without letters, or one that begins or ends with what joins two."""
    if name[0] in ":/._-" or name[-1] in ":/@._-" or "//" in name:
        return True
    return any((one in ":/" and two in "._-") or (one in "._-" and two in ":/@") for one, two in pairwise(name))


def _variables(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\$\{?(\w+)", text))


def _all_args(build: Build) -> set[str]:
    return {
        pair.key.text
        for instruction in build.dockerfile.instructions
        if instruction.keyword == "ARG"
        for pair in instruction.pairs
    }
