"""Commands that maintainer scripts link by update-alternatives(1), which no package's list of files tells."""

from __future__ import annotations

from collections.abc import Iterable

from dockwright.facts.packagedata import database, name
from dockwright.facts.packages import PackageFacts

# Names that several packages share, each with a file of quite another name: bsd-mailx, plocate, mksh, nvim, xz.
SHARED = frozenset(
    "mail mailx csh ksh rsh rcp rlogin locate lzma unlzma lzcat vi vim ex view rename guile from f77 f95 sendmail".split()
)


def may_be(facts: PackageFacts, command: str, installed: Iterable[str]) -> bool:
    """`php8.2`, `automake-1.16`, `ctags-universal`, `traceroute.db`: what php, automake, ctags and traceroute lead to."""
    if command in SHARED:
        return True
    query = "SELECT DISTINCT name, package FROM command WHERE name > ? AND name < ? AND releases & ?"
    rows = database().execute(query, (command, command + "\x7f", facts.bit))
    return not {name(package) for linked, package in rows if not linked[len(command)].isalpha()}.isdisjoint(installed)
