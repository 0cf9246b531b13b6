"""The packages that a line of apt-get names: which there are, in the image's release and in sources that lines added."""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands import debian, sources
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Look

if TYPE_CHECKING:
    from dockwright.facts.packages import PackageFacts


def named(call: Call, operand: Argument) -> str | None:
    """The package that an operand names; None for files, patterns, tasks and what is not known."""
    text = operand.value
    if text is UNKNOWN:
        return None
    word = str(text)
    if word.startswith(("/", "./", "../")) and word.endswith(".deb"):
        path = call.path(word)
        if path is not UNKNOWN and not operand.glob:
            call.wants(needs.File(str(path), "package"), operand.span)
        return None
    name = re.split(r"[=/]", word, maxsplit=1)[0]
    name = re.sub(r":(amd64|arm64|any|native|all)$", "", name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", name) or name.endswith("-"):
        return None
    return name


def absent(call: Call, operand: Argument, name: str, fetched: Look, blamed: bool) -> bool:
    """Record that a package can't be had; answers whether that is so. One word on missing lists is enough."""
    facts, base = call.image.os, call.image.base
    if name in call.image.packages or (base is not None and base.has_package(name) is YES):
        return False
    if fetched.answer is NO:
        if base is None or not base.packages or name in base.doubtful:
            return False  # it may be there already
        if not blamed:
            proof = (fetched.gone,) if fetched.gone else _no_lists(call)
            certainty = Certainty.CERTAIN if base.packages_complete else Certainty.LIKELY
            call.lacks(needs.Package(name, "apt", "lists"), operand.span, proof, certainty=certainty)
        return True
    if facts is None:
        return False
    if not facts.exact:
        return _gone(call, operand, name, facts)
    added = sources.known(call)
    if added is None or sources.main_changed(call) or sources.may_hold(added, name, facts.os):
        return False
    if facts.exists(name) is NO and not _matches(call, name):
        release = facts.os.codename or facts.os.version
        certainty = Certainty.LIKELY if added else Certainty.CERTAIN
        need = needs.Package(name, "apt", "missing", release, facts.renamed(name) or "")
        call.lacks(need, operand.span, certainty=certainty)
        return True
    if not added:
        _pinned(call, operand, name)
    return False


def _gone(call: Call, operand: Argument, name: str, facts: PackageFacts) -> bool:
    """In a release whose index is not at hand: names that it is known not to have."""
    from dockwright.facts import lifetimes

    known = lifetimes.absent(facts.os, name)
    if known is None or _matches(call, name):
        return False
    if known.since is None or known.since.isoformat() > debian.day(call):
        added = sources.known(call)
        if added is None or sources.main_changed(call) or sources.may_hold(added, name, facts.os):
            return False
    release = facts.os.codename or facts.os.version
    need = needs.Package(name, "apt", "missing", release, known.instead)
    call.lacks(need, operand.span, certainty=Certainty.LIKELY)
    return True


def _matches(call: Call, name: str) -> bool:
    """A name with a dot or plus sign is tried as a regular expression too (apt-get(8), install)."""
    return "+" in name and len(re.sub(r"[a-z0-9]", "", name)) > 2


def _no_lists(call: Call) -> tuple[Evidence, ...]:
    base = call.image.base
    return (Evidence(f"{base.reference} carries no package lists"),) if base is not None else ()


def _pinned(call: Call, operand: Argument, name: str) -> None:
    """`name=version`: a release carries one version, and its updates another."""
    _, pinned, version = str(operand.value).partition("=")
    known = call.image.os.version(name) if call.image.os is not None and pinned else None
    if known is None or call.world.as_of is not None or fnmatch.fnmatchcase(known, version):
        return
    same = known.split("-")[0].split("+")[0] == version.split("-")[0].split("+")[0].rstrip("*")
    certainty = Certainty.POSSIBLE if same or "*" in version else Certainty.LIKELY
    call.lacks(needs.Package(name, "apt", "version", version, known), operand.span, certainty=certainty)
