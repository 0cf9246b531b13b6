"""Accounts: shadow's useradd and its kin.

Grammars: useradd(8), groupadd(8), usermod(8) of shadow 4.8 to 4.17; messages and exit codes as recorded on Debian 11 to 13.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call, root_only
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Account
from dockwright.rehearse.journal import Value

Options = dict[str, Argument | None]

# Short and long names of each tool's options; the second text names those that take a value.
GRAMMAR: dict[str, tuple[str, str]] = {
    "useradd": (
        "-D --defaults -h --help -l --no-log-init -m --create-home -M --no-create-home -N --no-user-group -o --non-unique -r --system "
        "-U --user-group --badname --badnames --btrfs-subvolume-home -F --add-subids-for-system --force-badname",
        "-b --base-dir -c --comment -d --home-dir --home -e --expiredate -f --inactive -g --gid -G --groups "
        "-k --skel -K --key -p --password "
        "-R --root -P --prefix -s --shell -u --uid -Z --selinux-user --selinux-range",
    ),
    "groupadd": ("-f --force -h --help -o --non-unique -r --system", "-g --gid -K --key -p --password -R --root -P --prefix -U --users"),
    "usermod": (
        "-a --append -h --help -L --lock -m --move-home -o --non-unique -U --unlock -b --badname --badnames -r --remove",
        "-c --comment -d --home -e --expiredate -f --inactive -g --gid -G --groups -l --login -p --password "
        "-R --root -P --prefix -s --shell "
        "-u --uid -v --add-subuids -V --del-subuids -w --add-subgids -W --del-subgids -Z --selinux-user --selinux-range",
    ),
    "groupmod": ("-h --help -o --non-unique -a --append", "-g --gid -n --new-name -p --password -R --root -P --prefix -U --users"),
    "userdel": ("-f --force -h --help -r --remove -Z --selinux-user", "-R --root -P --prefix"),
    "groupdel": ("-f --force -h --help", "-R --root -P --prefix"),
}  # fmt: skip


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def parsed(call: Call) -> tuple[Options, list[Argument]]:
    """Options and operands as getopt_long reads them; an unknown one is recorded, a shortened long one made whole."""
    plain, valued = (frozenset(names.split()) for names in GRAMMAR[call.name])
    known = plain | valued
    options, operands = call.options(valued | _shortened(call, known, valued))
    whole: Options = {}
    for name, value in options.items():
        if name in known:
            whole[name] = value
            continue
        matches = [long for long in known if name.startswith("--") and long.startswith(name)]
        if not matches:
            _unknown(call, name)
        elif len(matches) == 1 or name in known:
            whole[matches[0]] = value
    return whole, operands


def _shortened(call: Call, known: frozenset[str], valued: frozenset[str]) -> set[str]:
    """`--home` for `--home-dir`: getopt_long takes any prefix that is unique."""
    found = set()
    for argument in call.rest:
        name = str(argument.value)
        matches = {long for long in known if name.startswith("--") and len(name) > 2 and long.startswith(name)}
        if len(matches) == 1 and matches <= valued:
            found.add(name)
    return found


def _unknown(call: Call, name: str) -> None:
    argument = next((word for word in call.rest if _holds(str(word.value), name)), call.arguments[0])
    instead = {
        "--disabled-password": "",
        "--gecos": "--comment",
        "--home": "--home-dir",
        "-S": "-r",
        "-H": "-M",
        "--ingroup": "--gid",
    }
    call.lacks(needs.Option(call.name, name, instead=instead.get(name, "")), argument.span)


def _holds(word: str, name: str) -> bool:
    return word.partition("=")[0] == name or (
        not name.startswith("--") and re.match(r"-[^-]", word) is not None and name[1:] in word
    )


def value_of(options: Options, *names: str) -> Argument | None:
    return next((argument for name in names if (argument := options.get(name)) is not None), None)


def text_of(options: Options, *names: str) -> Value | None:
    argument = value_of(options, *names)
    return None if argument is None else argument.value


# -- shadow -------------------------------------------------------------------------------------------------------------


def _useradd(call: Call) -> Answer:
    root_only(call, "/etc/passwd")
    options, operands = parsed(call)
    if "-D" in options or "--defaults" in options or options.keys() & {"-h", "--help"}:
        return call.done()
    if len(operands) != 1:
        # More than one name, or none: it prints its usage and fails (exit 2).
        return call.done(UNKNOWN if any(word.value is UNKNOWN for word in operands) else NO)
    name = operands[0]
    wants_new(call, name, "user")
    groups_exist(call, options)
    _free_number(call, value_of(options, "-u", "--uid"), "user", options.keys() & {"-o", "--non-unique"} != set())
    home = text_of(options, "-d", "--home-dir", "--home")
    base = text_of(options, "-b", "--base-dir")
    folder: Value = (
        home if home is not None else UNKNOWN if UNKNOWN in (name.value, base) else f"{base or '/home'}/{name.value}"
    )
    group = text_of(options, "-g", "--gid")
    own = group is None and not options.keys() & {"-N", "--no-user-group"}
    if own and call.failed is not YES and name.value is not UNKNOWN and call.image.group(str(name.value)) is YES:
        # useradd: group x exists - if you want to add this user to that group, use -g.
        call.lacks(needs.Absent(str(name.value), "group"), name.span, _made(call, str(name.value)))
    account(call, name, text_of(options, "-u", "--uid"), group, folder, text_of(options, "-s", "--shell"), own)
    if options.keys() & {"-m", "--create-home"} and not (options.keys() & {"-M", "--no-create-home"}):
        make_home(call, name, folder, group, 0o755 if not _private(call) else 0o700)
    return call.done()


def _made(call: Call, group: str) -> tuple[Evidence, ...]:
    known = call.image.groups.get(group)
    return (known.made,) if known is not None and known.made is not None else ()


def _private(call: Call) -> bool:
    """HOME_MODE is 0700 from Debian 13 on (login.defs)."""
    base = call.image.base
    return base is not None and base.os is not None and base.os.id == "debian" and base.os.number >= 13


def groups_exist(call: Call, options: Options) -> None:
    for argument in (value_of(options, "-g", "--gid"), value_of(options, "-G", "--groups")):
        if argument is None or argument.value is UNKNOWN:
            continue
        for name in str(argument.value).split(","):
            if name and not name.isdigit():
                call.wants(needs.User(name, "group"), argument.span)


def _free_number(call: Call, argument: Argument | None, kind: str, shared: bool) -> None:
    """useradd: UID 1000 is not unique."""
    if argument is None or argument.value is UNKNOWN or shared:
        return
    known = call.image.accounts if kind == "user" else call.image.groups
    taken = next((each for each in known.values() if each.number == argument.value), None)
    if taken is not None:
        evidence = (taken.made,) if taken.made is not None else ()
        call.lacks(
            needs.Absent(f"{argument.value} ({taken.name})", kind), argument.span, evidence, certainty=Certainty.LIKELY
        )


def wants_new(call: Call, name: Argument, kind: str) -> None:
    if name.value is not UNKNOWN:
        call.wants(needs.Absent(str(name.value), kind), name.span)


def known_or(value: Value | None) -> Value:
    """A value that an option gave, or UNKNOWN."""
    unknown: Value = UNKNOWN
    return unknown if value is None else value


def account(
    call: Call,
    name: Argument,
    number: Value | None,
    group: Value | None,
    home: Value,
    shell: Value | None,
    own_group: bool,
) -> None:
    """Add an account, and the group of its name."""
    if name.value is UNKNOWN:
        return
    says, text = call.says("makes the user", name.span), str(name.value)
    if own_group:
        call.image.groups.setdefault(text, Account(text, UNKNOWN, made=says))
    primary = text if own_group else known_or(group)
    new = Account(text, known_or(number), primary, home, known_or(shell), says)
    call.image.accounts[text] = new


def make_home(call: Call, name: Argument, folder: Value, group: Value | None, mode: int) -> None:
    """The home folder; one that is there already keeps its owner (useradd: warning: the home directory already exists)."""
    if folder is UNKNOWN or name.value is UNKNOWN or call.image.find(str(folder)).answer is YES:
        return
    from dockwright.rehearse.journal import Node

    owner = str(name.value)
    node = Node("dir", call.says("makes the home folder"), owner, owner if group is None else group, mode)
    call.image.put(str(folder), node)


def _groupadd(call: Call) -> Answer:
    root_only(call, "/etc/group")
    options, operands = parsed(call)
    if options.keys() & {"-h", "--help"}:
        return call.done()
    if len(operands) != 1:
        return call.done(UNKNOWN if any(word.value is UNKNOWN for word in operands) else NO)
    force = options.keys() & {"-f", "--force"} != set()
    number = value_of(options, "-g", "--gid")
    if not force:
        wants_new(call, operands[0], "group")
        _free_number(call, number, "group", options.keys() & {"-o", "--non-unique"} != set())
    group(call, operands[0], known_or(number.value if number is not None else None))
    return call.done()


def group(call: Call, name: Argument, number: Value) -> None:
    if name.value is not UNKNOWN:
        text = str(name.value)
        call.image.groups.setdefault(text, Account(text, number, made=call.says("makes the group", name.span)))


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {"useradd": _useradd, "groupadd": _groupadd}
