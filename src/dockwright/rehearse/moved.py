"""A folder of the image copied or moved to another place in it: what it held is there, as far as it was known."""

from __future__ import annotations

import posixpath

from msgspec.structs import replace

from dockwright.finding import NO, YES, Evidence
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import MISSING, UNSURE, Look, Value, normal, under

DEPTH = 3  # copies of copies that are looked through
COPIES = 24  # of them in one image


class Copied:
    """What a copied folder shows at a path below it: what the image held there before the copy."""

    __slots__ = ("before", "by", "depth", "owner", "source")

    def __init__(self, before: Image, source: str, by: Evidence, owner: Value | None, depth: int) -> None:
        self.before, self.source, self.by, self.owner, self.depth = before, source, by, owner, depth

    def __call__(self, path: str) -> Look:
        look = self.before.look(posixpath.join(self.source, path) if path else self.source)
        if look.answer is not YES or look.node is None:
            return MISSING if look.answer is NO else UNSURE
        if self.owner is None:
            return Look(YES, replace(look.node, made=self.by))
        return Look(YES, replace(look.node, made=self.by, owner=self.owner, group=self.owner, changed=None))


def lay(image: Image, source: str, target: str, by: Evidence, owner: Value | None) -> bool:
    """Lay a copy of the folder `source` over `target`; `owner` None keeps each own. False: too deep to follow."""
    copies = [cover.below for cover in image.covers if isinstance(cover.below, Copied)]
    depth = 1 + max((copy.depth for copy in copies), default=0)
    source, target = normal(source), normal(target)
    if depth > DEPTH or len(copies) >= COPIES or under(target, source) or under(source, target):
        return False
    image.lay(target, Copied(image.fork(), source, by, owner, depth), by)
    return True
