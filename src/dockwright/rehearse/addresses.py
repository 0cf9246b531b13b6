"""What is fetched from an address that is known to be gone."""

from __future__ import annotations

import re

from msgspec.structs import replace

from dockwright.dockerfile import shell as tree
from dockwright.facts.addresses import gone
from dockwright.finding import UNKNOWN, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Recorder

# What reads an archive, a package or a key, and fails on an empty answer or a page that says "not found".
READERS = frozenset(
    ["tar", "bsdtar", "gunzip", "gzip", "unzip", "bunzip2", "xz", "unxz", "apt-key", "gpg", "zcat", "funzip", "jar"]
)
USED = re.compile(r"(?:^|[\s;&|(])(?:tar|unzip|gunzip|dpkg|rpm|apt-key|gpg|sha256sum|sha1sum|md5sum|jar)\s")


def judge(call: Call, argument: Argument, *, shows: bool = True) -> None:
    """`shows`: does the command fail on 404? curl without --fail keeps the page that says so."""
    url = argument.value
    if url is UNKNOWN or "://" not in str(url):
        return
    from dockwright.rehearse.commands.debian import day

    found = gone(str(url), day(call))
    if found is None:
        return
    says = Evidence(f"not there since {found.since}")
    later = shows or USED.search(call.shell.recorder.instruction.rest.text)
    certainty = Certainty.LIKELY if later else Certainty.POSSIBLE
    call.lacks(needs.Address(str(url), "gone", found.since, found.instead), argument.span, (says,), certainty=certainty)


def surfaced(recorder: Recorder, mark: int, last: tree.Command) -> None:
    """`wget URL | tar x`: the pipe hides that nothing came, and what reads the archive fails on it."""
    if not isinstance(last, tree.Simple) or not last.words:
        return
    words = [word.literal for word in last.words if word.literal != "sudo"]
    if not words or str(words[0]).rpartition("/")[2] not in READERS:
        return
    for unmet in list(recorder.masked[mark:]):
        if isinstance(unmet.need, needs.Address):
            recorder.masked.remove(unmet)
            recorder.unmet.append(_live(unmet))


def _live(unmet: Unmet) -> Unmet:
    return replace(unmet, intended=None, certainty=Certainty.LIKELY)
