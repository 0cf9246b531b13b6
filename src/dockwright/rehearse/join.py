"""The image, and the shell, after one of two ways, not known which: equal answers stay, others become UNKNOWN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from dockwright.finding import NO, UNKNOWN, Answer
from dockwright.rehearse.image import Account, Image
from dockwright.rehearse.journal import UNSURE, Entry, Node
from dockwright.rehearse.python import Python

if TYPE_CHECKING:
    from dockwright.rehearse.shell import Shell


def join_shells(shell: Shell, other: Shell) -> None:
    """Become what is true after either of the two: what differs is UNKNOWN."""
    if shell.dead or other.dead:
        if shell.dead and not other.dead:
            shell.adopt(other)
        return  # the build does not go on the way that failed
    shell.image = join(shell.image, other.image)
    shell.status = _status(shell, other)
    shell.leaves |= other.leaves
    shell.positional = shell.positional if shell.positional == other.positional else None
    shell.functions = {name: body for name, body in shell.functions.items() if other.functions.get(name) is body}
    shell.cwd = shell.cwd if shell.cwd == other.cwd else UNKNOWN
    names = set(shell.variables) | set(other.variables)
    both = {name: (shell.variables.get(name), other.variables.get(name)) for name in names}
    shell.variables = {name: one if one is not None and one == two else UNKNOWN for name, (one, two) in both.items()}
    shell.exited = shell.exited if shell.exited is other.exited else UNKNOWN


def _status(shell: Shell, other: Shell) -> Answer:
    """With what one of the two has left, or may have."""
    if other.exited is NO or shell.exited is NO:
        return shell.status if other.exited is NO else other.status
    return shell.status if shell.status is other.status else UNKNOWN


def join(one: Image, two: Image) -> Image:
    if one is two:
        return one
    both = one.fork()
    both.order = max(one.order, two.order)
    _join_covers(both, one, two)
    both.paths = _join_paths(one, two)
    both.env = _join_values(one.env, two.env)
    both.user = one.user if one.user == two.user else UNKNOWN
    both.workdir = one.workdir if one.workdir == two.workdir else UNKNOWN
    both.accounts = _join_accounts(one.accounts, two.accounts)
    both.groups = _join_accounts(one.groups, two.groups)
    both.closed = one.closed and two.closed and one.packages.keys() == two.packages.keys()
    both.packages = {name: by for name, by in one.packages.items() if name in two.packages}
    both.lists = one.lists if one.lists.answer is two.lists.answer else UNSURE
    both.pythons = _join_pythons(one.pythons, two.pythons)
    both.opaque = one.opaque or two.opaque
    both.assumed = one.assumed | two.assumed
    return both


def _join_covers(both: Image, one: Image, two: Image) -> None:
    shared = 0
    while shared < min(len(one.covers), len(two.covers)) and one.covers[shared] is two.covers[shared]:
        shared += 1
    both.covers = one.covers[:shared]
    for cover in one.covers[shared:] + two.covers[shared:]:
        both.order += 1
        both.covers.append(replace(cover, order=both.order, kind="unsure", below=None))


def _join_paths(one: Image, two: Image) -> dict[str, tuple[int, Entry]]:
    paths = dict(one.paths)
    for path in one.paths.keys() | two.paths.keys():
        first, second = one.paths.get(path), two.paths.get(path)
        if first is second or (first and second and first[1] == second[1]):
            continue
        known = one._look(path), two._look(path)
        paths.pop(path, None)
        if known[0].node is not None and known[1].node is not None:
            paths[path] = (max(one.order, two.order), _blend(known[0].node, known[1].node))
        else:
            paths[path] = (max(one.order, two.order), UNKNOWN)
    return paths


def _blend(first: Node, second: Node) -> Node:
    fields: dict[str, Any] = {
        name: getattr(first, name) if getattr(first, name) == getattr(second, name) else UNKNOWN
        for name in ("kind", "owner", "group", "mode", "content")
    }
    return replace(first, **fields)


def _join_accounts(one: Mapping[str, Account], two: Mapping[str, Account]) -> dict[str, Account]:
    """An account of one way only stays known by name, its number not: `userdel ubuntu || true` frees it."""
    joined = {**two, **one}
    for name in one.keys() ^ two.keys():
        joined[name] = replace(joined[name], number=UNKNOWN)
    return joined


def _join_values(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.get(name) if one.get(name) == two.get(name) else UNKNOWN for name in one.keys() | two.keys()}


def _join_pythons(one: Mapping[str, Python], two: Mapping[str, Python]) -> dict[str, Python]:
    joined = {**two, **one}
    for prefix in one.keys() & two.keys():
        first, second = one[prefix], two[prefix]
        if first != second:
            shared = {
                name: dist for name, dist in first.distributions.items() if second.distributions.get(name) == dist
            }
            joined[prefix] = replace(first, distributions=shared, complete=False, blind=True)
    return joined
