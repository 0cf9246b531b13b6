"""Versions and specifiers of Python distributions (PEP 440), compared.

`packaging` does the same and is the measure (a property test compares the two), but importing it takes a sixth of the
time that a whole check may take.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest

from msgspec import Struct, structs

LEAST, MOST = (-1,), (1,)  # sort before and after every (0, …)
LIMIT = 4000  # digits that int() takes without complaint


class InvalidVersion(ValueError):
    """No version, or no specifier."""


class Version(Struct, frozen=True):
    epoch: int
    release: tuple[int, ...]
    pre: tuple[str, int] | None = None
    post: int | None = None
    dev: int | None = None
    local: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What versions are ordered by; the local part comes last."""
        return (*self.public, _local(self.local))

    @property
    def public(self) -> tuple[object, ...]:
        release = self.release
        while len(release) > 1 and not release[-1]:
            release = release[:-1]
        if self.pre is not None:
            pre: tuple[object, ...] = (0, *self.pre)
        else:
            pre = LEAST if self.post is None and self.dev is not None else MOST
        post = LEAST if self.post is None else (0, self.post)
        return (self.epoch, release, pre, post, MOST if self.dev is None else (0, self.dev))

    @property
    def early(self) -> bool:
        """A pre-release or a development release."""
        return self.pre is not None or self.dev is not None

    def starts(self, epoch: int, release: tuple[int, ...]) -> bool:
        """Is `release` the beginning of this version's; missing parts are zeros."""
        pairs = list(zip_longest(self.release, release, fillvalue=0))[: len(release)]
        return self.epoch == epoch and all(one == two for one, two in pairs)


def _local(local: str) -> tuple[object, ...]:
    if not local:
        return LEAST
    parts = re.split(r"[._-]", local)
    return (0, tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts))


PRE = {"a": "a", "alpha": "a", "b": "b", "beta": "b", "c": "rc", "rc": "rc", "pre": "rc", "preview": "rc"}


@lru_cache(1)
def _pattern() -> re.Pattern[str]:
    """The grammar of PEP 440, appendix B."""
    return re.compile(
        r"v?(?:(\d+)!)?(\d+(?:\.\d+)*)"
        r"(?:[._-]?(alpha|a|beta|b|preview|pre|rc|c)[._-]?(\d+)?)?"
        r"(-\d+|[._-]?(?:post|rev|r)[._-]?\d*)?"
        r"([._-]?dev[._-]?\d*)?(?:\+([a-z0-9]+(?:[._-][a-z0-9]+)*))?",
        re.ASCII,
    )


@lru_cache(4096)
def version(text: str) -> Version:
    """Read a version in any spelling that PEP 440 allows; InvalidVersion for what is none."""
    if (
        len(text) < LIMIT
        and text.isascii()
        and text.replace(".", "0").isdigit()
        and "" not in (parts := text.split("."))
    ):
        return Version(0, tuple(map(int, parts)))  # nearly all; no pattern is needed
    found = _pattern().fullmatch(text.strip().lower()) if len(text) < LIMIT else None
    if found is None:
        raise InvalidVersion(text)
    epoch, release, letter, number, post, dev, local = found.groups()
    return Version(
        int(epoch or 0),
        tuple(map(int, release.split("."))),
        (PRE[letter], int(number or 0)) if letter else None,
        None if post is None else _number(post),
        None if dev is None else _number(dev),
        local or "",
    )


def _number(text: str) -> int:
    digits = text.lstrip("-._abcdefghijklmnopqrstuvwxyz")
    return int(digits or 0)


def older(one: str, two: str) -> bool:
    return version(one).key < version(two).key


def within(candidate: str, first: str, last: str) -> bool:
    return version(first).key <= version(candidate).key <= version(last).key


def fits(candidate: str, specifier: str) -> bool:
    """Does a version meet every clause of `>=1.2,<2`? Pre-releases may."""
    found = version(candidate)
    clauses = [clause.strip() for clause in specifier.split(",")]
    return all(_fits(found, candidate, *_clause(clause)) for clause in clauses if clause)


def _clause(clause: str) -> tuple[str, str]:
    for operator in ("===", "~=", "==", "!=", "<=", ">=", "<", ">"):
        if clause.startswith(operator):
            return operator, clause[len(operator) :].strip()
    raise InvalidVersion(clause)


def _fits(found: Version, text: str, operator: str, wanted: str) -> bool:
    if operator == "===":
        return text.strip().lower() == wanted.lower()
    if wanted.endswith(".*"):
        return _wild(found, operator, wanted)
    bound = version(wanted)
    if operator in ("==", "!="):
        same = found.key == bound.key if bound.local else found.public == bound.public
        return same is (operator == "==")
    if bound.local:
        raise InvalidVersion(f"{operator}{wanted}")
    if operator == "~=":
        if len(bound.release) < 2:
            raise InvalidVersion(f"~={wanted}")
        return found.public >= bound.public and found.starts(bound.epoch, bound.release[:-1])
    return _ordered(found, operator, bound)


def _wild(found: Version, operator: str, wanted: str) -> bool:
    bound = version(wanted[:-2])
    if operator not in ("==", "!=") or bound.local or bound.dev is not None:
        raise InvalidVersion(f"{operator}{wanted}")
    if bound.pre is not None or bound.post is not None:
        raise InvalidVersion(f"{operator}{wanted}")
    return found.starts(bound.epoch, bound.release) is (operator == "==")


def _ordered(found: Version, operator: str, bound: Version) -> bool:
    """`<2` does not take 2.0rc1, `>1` takes neither 1.post1 nor 1+local."""
    if operator == "<=":
        return found.public <= bound.public
    if operator == ">=":
        return found.public >= bound.public
    if operator == "<":
        # pre-releases of the bound itself are not below it
        return found.key < (bound if bound.early else structs.replace(bound, dev=0)).key
    # nor are its post-releases and local versions above it
    stripped = structs.replace(found, post=None, dev=None) if bound.post is None and found.post is not None else found
    later = (stripped is not found or found.local) and stripped.public == bound.public
    return found.key > bound.key and not later
