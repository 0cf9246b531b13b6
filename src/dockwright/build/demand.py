"""What the builds will write to the engine's disk, predicted from the plan. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from dockwright.build.facts import ImageFacts
from dockwright.inputs.targets import Target
from dockwright.planning import Plan

INSTALLED = (
    4  # bytes on disk for each byte downloaded: the download itself, and wheels unpack to about three times their size
)
UNPACKED = 3  # likewise for the layers of a base image: what is pulled, and what it unpacks to


class Demand(Struct, frozen=True):
    """`sure` is written in any case; `perhaps` only where the cache of an earlier build does not have it."""

    sure: int = 0
    perhaps: int = 0
    largest: int = 0  # the largest distribution
    words: str = ""  # how this was counted


def demand(
    plan: Plan | None, targets: Sequence[Target], bases: Mapping[str, ImageFacts | None], built: Collection[str]
) -> Demand:
    """`bases`: what is known of the base images, those that are here cost nothing; `built`: targets whose image is here."""
    names = {target.name for target in targets}
    planned = [each for each in plan.targets if each.name in names] if plan is not None else []
    distributions = sum(each.total for each in planned)
    again = sum(each.total for each in planned if each.name in built)
    pulls = sum(image.size for image in bases.values() if image is not None and image.state == "remote")
    sizes = [line.size or 0 for each in planned for line in each.lines if line.form != "installed"]
    said = [f"{_size(distributions)} of distributions, {INSTALLED} times"] if distributions else []
    said += [f"{_size(pulls)} of base images, {UNPACKED} times"] if pulls else []
    return Demand(
        (distributions - again) * INSTALLED + pulls * UNPACKED,
        again * INSTALLED,
        max(sizes, default=0),
        " and ".join(said),
    )


def _size(count: int) -> str:
    return f"{count / 10**9:.1f} GB" if count >= 10**9 else f"{count / 10**6:.0f} MB"
