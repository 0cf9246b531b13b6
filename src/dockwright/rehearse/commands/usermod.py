"""Changes to accounts that are there: usermod, groupmod, userdel, groupdel, passwd and their kin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call, root_only
from dockwright.rehearse.commands.users import GRAMMAR, Options, group, groups_exist, parsed, text_of, value_of
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Account
from dockwright.rehearse.journal import Value


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def _usermod(call: Call) -> Answer:
    root_only(call, "/etc/passwd")
    options, operands = parsed(call)
    groups_exist(call, options)
    for name in operands[:1]:
        _wants_known(call, name, "user")
        known = call.image.accounts.get(str(name.value))
        if known is not None:
            _modify(call, known, options)
    return call.done()


def _modify(call: Call, known: Account, options: Options) -> None:
    from msgspec.structs import replace

    changes = {
        "number": text_of(options, "-u", "--uid"), "home": text_of(options, "-d", "--home"), "shell": text_of(options, "-s", "--shell"),
        "group": text_of(options, "-g", "--gid"), "name": text_of(options, "-l", "--login"),
    }  # fmt: skip
    given = {field: value for field, value in changes.items() if value is not None}
    if UNKNOWN in (given.get("name"),):
        return
    changed = replace(known, made=call.says("changes the user"), **given)
    if "name" in given:
        call.image.accounts.pop(known.name, None)
    call.image.accounts[changed.name] = changed


def _wants_known(call: Call, name: Argument, kind: str) -> None:
    if name.value is not UNKNOWN:
        call.wants(needs.User(str(name.value), kind), name.span)


def _groupmod(call: Call) -> Answer:
    root_only(call, "/etc/group")
    options, operands = parsed(call)
    for name in operands[:1]:
        _wants_known(call, name, "group")
    new = value_of(options, "-n", "--new-name")
    if new is not None:
        group(call, new, UNKNOWN)
    return call.done()


def _delete(call: Call) -> Answer:
    """userdel, deluser, groupdel, delgroup."""
    root_only(call, "/etc/passwd")
    kind = "group" if "group" in call.name else "user"
    operands = (
        parsed(call)[1] if call.name in GRAMMAR else call.options({"--home", "--group", "--backup-to", "--conf"})[1]
    )
    for name in operands[:1]:
        _wants_known(call, name, kind)
        (call.image.groups if kind == "group" else call.image.accounts).pop(str(name.value), None)
        if kind == "user":  # and its own group (login.defs: USERGROUPS_ENAB)
            call.image.groups.pop(str(name.value), None)
    return call.done()


def _gpasswd(call: Call) -> Answer:
    root_only(call, "/etc/group")
    options, operands = call.options({"-a", "--add", "-d", "--delete", "-A", "-M", "-Q"})
    user = value_of(options, "-a", "--add", "-d", "--delete")
    if user is not None:
        _wants_known(call, user, "user")
    for name in operands[-1:]:
        _wants_known(call, name, "group")
    return call.done()


def _passwd(call: Call) -> Answer:
    """passwd -d, -l and -u need no password; without them it reads one twice from standard input."""
    options, operands = call.options({"-S", "-i", "-w", "-x", "-n", "-R"})
    for name in operands[:1]:
        _wants_known(call, name, "user")
    return call.done(YES if options.keys() & {"-d", "--delete", "-l", "--lock", "-u", "--unlock"} else UNKNOWN)


def _chsh(call: Call) -> Answer:
    """`chsh -s /bin/bash app`; without -s it asks for the shell."""
    options, operands = call.options({"-s", "--shell", "-R", "--root"})
    for name in operands[:1]:
        _wants_known(call, name, "user")
    return call.done(YES if options.keys() & {"-s", "--shell"} else UNKNOWN)


def _chpasswd(call: Call) -> Answer:
    root_only(call, "/etc/shadow")
    for line in _lines(call.stdin):
        name, colon, _ = line.partition(":")
        if colon and re.fullmatch(r"[a-z_][a-z0-9_-]*", name):
            call.wants(needs.User(name), call.arguments[0].span)
    return call.done()


def _lines(text: Value | None) -> Iterable[str]:
    return str(text).splitlines() if isinstance(text, str) else ()


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {
    "usermod": _usermod, "groupmod": _groupmod, "userdel": _delete, "groupdel": _delete, "deluser": _delete, "delgroup": _delete,
    "gpasswd": _gpasswd, "passwd": _passwd, "chpasswd": _chpasswd, "chsh": _chsh,
}  # fmt: skip
