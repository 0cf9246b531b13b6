"""Debian's adduser and addgroup (Getopt::Long, by release) and BusyBox's of the same names.

Grammars: adduser(8) 3.118 (Debian 11), 3.134 (12), 3.152 (13); BusyBox 1.36's usage texts.
"""

from __future__ import annotations

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Account
from dockwright.rehearse.journal import Node, Value

# Names of the options: adduser 3.118 (Debian 11); what 3.134 (12) and 3.152 (13) added. Those with `=` take a value.
COMMON = (
    "add_extra_groups allow-badname allow-bad-names conf= debug disabled-login disabled-password firstgid= "
    "firstuid= force-badname gecos= gid= group help home= ingroup= lastgid= lastuid= no-create-home quiet "
    "shell= system uid= verbose version add-extra-groups"
).split()
SINCE_12 = ["allow-all-names", "comment="]
SINCE_13 = ["stderrmsglevel=", "stdoutmsglevel=", "logmsglevel="]


class Request(Struct):
    """What a command line asks for."""

    name: Argument | None = None
    into: Argument | None = None  # an existing group to join
    number: Value | None = None
    group: Argument | None = None
    home: Value | None = None
    shell: Value | None = None
    system: bool = False
    makes_group: bool = False  # a group of the user's name
    only_group: bool = False
    without_home: bool = False
    with_home: bool = False  # useradd's option, which adduser does not have: what it is meant to do
    helped: bool = False  # -h: it prints its usage and does nothing else


def run(call: Call) -> Answer:
    from dockwright.rehearse.commands.debian import root_only

    root_only(call, "/etc/passwd")
    flavour = _flavour(call)
    if flavour is None:
        return _unclear(call)
    request = _busybox(call) if flavour == "busybox" else _debian(call)
    if request.helped:
        return call.done()
    if request.name is None:
        return call.done(UNKNOWN)
    if request.only_group:
        return _group(call, request)
    if request.into is not None:
        return _join(call, request)
    return _user(call, request, flavour)


def _flavour(call: Call) -> str | None:
    """Which adduser the image has: Debian's, BusyBox's, or none that is known (the shadow one on Fedora is useradd)."""
    base = call.image.base
    if base is None or base.os is None:
        return None
    if base.os.id == "alpine":
        return None if "shadow" in call.image.packages and call.name not in ("adduser", "addgroup") else "busybox"
    return "debian" if base.os.id in ("debian", "ubuntu") else None


def _unclear(call: Call) -> Answer:
    """The accounts that some adduser makes, whatever its grammar: the last plain word is the name."""
    words = [word for word in call.rest if word.value is not UNKNOWN and not str(word.value).startswith("-")]
    if words:
        known = call.image.groups if call.name == "addgroup" else call.image.accounts
        name = str(words[-1].value)
        known.setdefault(name, Account(name, made=call.says("makes it")))
        call.image.groups.setdefault(name, Account(name, made=call.says("makes it")))
    return UNKNOWN


# -- Debian -------------------------------------------------------------------------------------------------------------


def _debian(call: Call) -> Request:
    """Getopt::Long: names in any case, shortened as long as they stay unique, one dash or two; `-h` is help at once."""
    request, operands = Request(only_group=call.name == "addgroup"), []
    queue = list(call.rest)
    seen: set[str] = set()
    while queue:
        argument = queue.pop(0)
        text = argument.value
        if text is UNKNOWN or not str(text).startswith("-") or text == "-":
            operands.append(argument)
            continue
        if text == "--":
            operands += queue
            break
        name, has, value = str(text).lstrip("-").partition("=")
        option = _option(call, argument, name.lower())
        if option is None:
            request.with_home = request.with_home or name.lower() in ("create-home", "m")
            continue
        given = Argument(value, argument.span) if has else queue.pop(0) if option.endswith("=") and queue else None
        seen.add(option)
        _set(request, option.rstrip("="), given)
    request.makes_group = "group" in seen or not request.system
    if request.system and "group" in seen and call.name == "adduser":
        request.only_group = False
    elif "group" in seen and not request.system:
        request.only_group = True
    request.name = operands[0] if operands else None
    request.into = operands[1] if len(operands) > 1 and call.name == "adduser" else None
    return request


def _option(call: Call, argument: Argument, name: str) -> str | None:
    """The option that a name or its start means; an unknown or ambiguous one is recorded."""
    known = _known(call)
    exact = next((option for option in known if option.rstrip("=") == name), None)
    if exact is not None:
        return exact
    matches = [option for option in known if option.startswith(name) and name]
    if not matches or (len(matches) > 1 and name not in ("h", "sh")):
        base = call.image.base
        version = base.os.version if base is not None and base.os is not None else ""
        written = str(argument.value).partition("=")[0]
        need = needs.Option(call.name, written, f"Debian {version}" if version else "", INSTEAD.get(name, ""))
        if base is not None and base.os is not None and base.os.number:
            call.lacks(need, argument.span)
        return matches[0] if matches and all(option.endswith("=") for option in matches) else None
    return "help" if name == "h" else matches[0]


INSTEAD = {
    "create-home": "",
    "home-dir": "--home",
    "user-group": "--group",
    "gecos": "--comment",
    "d": "--disabled-password",
    "s": "--shell",
    "comment": "--gecos",
    "g": "--gid",
}


def _known(call: Call) -> list[str]:
    base = call.image.base
    number = base.os.number if base is not None and base.os is not None else 0.0
    ubuntu = base is not None and base.os is not None and base.os.id == "ubuntu"
    newer = [
        *(SINCE_12 if number >= (23 if ubuntu else 12) else ()),
        *(SINCE_13 if number >= (24 if ubuntu else 13) else ()),
    ]
    return COMMON + newer


def _set(request: Request, option: str, given: Argument | None) -> None:
    value = None if given is None else given.value
    if option == "system":
        request.system = True
    elif option in ("help", "version"):
        request.helped = True
    elif option == "no-create-home":
        request.without_home = True
    elif option == "uid":
        request.number = value
    elif option in ("gid", "ingroup"):
        request.group = given
    elif option == "home":
        request.home = value
    elif option == "shell":
        request.shell = value


# -- BusyBox ------------------------------------------------------------------------------------------------------------

# adduser: -h DIR -g GECOS -s SHELL -G GRP -S -D -H -u UID -k SKEL; addgroup: -g GID -S. Long options where it was built with them.
BUSYBOX = {
    "adduser": ({"S", "D", "H", "system", "disabled-password", "no-create-home", "empty-password"}, {"h", "g", "s",
    "G", "u", "k", "home", "gecos", "shell", "ingroup", "uid", "skel"}),
    "addgroup": ({"S", "system"}, {"g", "gid"}),
}  # fmt: skip


def _busybox(call: Call) -> Request:
    plain, valued = BUSYBOX[call.name]
    dashed = {("--" if len(name) > 1 else "-") + name for name in valued}
    options, operands = call.options(dashed)
    known = dashed | {("--" if len(name) > 1 else "-") + name for name in plain}
    for name in options:
        if name not in known:
            word = next((word for word in call.rest if str(word.value).startswith(name[:2])), call.arguments[0])
            call.lacks(needs.Option(call.name, name, "BusyBox", BUSYBOX_INSTEAD.get(name, "")), word.span)

    def value(*names: str) -> Argument | None:
        return next((given for name in names if (given := options.get(name)) is not None), None)

    def text(*names: str) -> Value | None:
        given = value(*names)
        return None if given is None else given.value

    request = Request(only_group=call.name == "addgroup" and len(operands) < 2)
    request.system = bool(options.keys() & {"-S", "--system"})
    request.without_home = bool(options.keys() & {"-H", "--no-create-home"})
    request.number, request.home, request.shell = text("-u", "--uid"), text("-h", "--home"), text("-s", "--shell")
    request.group = value("-G", "--ingroup")
    request.makes_group = request.group is None and not request.system
    request.name = operands[0] if operands else None
    # With options BusyBox's adduser takes no notice of a second name.
    request.into = operands[1] if len(operands) > 1 and not (options and call.name == "adduser") else None
    return request


BUSYBOX_INSTEAD = {"--group": "-G", "--create-home": "", "-m": "", "-r": "-S", "--user-group": "", "-d": "-h"}


# -- effects ------------------------------------------------------------------------------------------------------------


def _group(call: Call, request: Request) -> Answer:
    from dockwright.rehearse.commands.users import group, known_or, wants_new

    assert request.name is not None
    if not (request.system and _flavour(call) == "debian"):
        wants_new(call, request.name, "group")  # `addgroup --system` is content with a system group that is there
    group(call, request.name, known_or(request.group.value if request.group is not None else None))
    return call.done()


def _join(call: Call, request: Request) -> Answer:
    assert request.name is not None and request.into is not None
    for argument, kind in ((request.name, "user"), (request.into, "group")):
        if argument.value is not UNKNOWN:
            call.wants(needs.User(str(argument.value), kind), argument.span)
    return call.done()


def _user(call: Call, request: Request, flavour: str) -> Answer:
    from dockwright.rehearse.commands.users import account, wants_new

    name = request.name
    assert name is not None
    if not (request.system and flavour == "debian" and _base_user(call, name)):
        wants_new(call, name, "user")
    if request.group is not None and request.group.value is not UNKNOWN and not str(request.group.value).isdigit():
        call.wants(needs.User(str(request.group.value), "group"), request.group.span)
    own = request.makes_group and request.group is None
    primary = request.group.value if request.group is not None else None if own else "nogroup"
    home = _home(call, request, flavour)
    account(call, name, request.number, primary, home, request.shell, own)
    if not request.without_home and home not in (UNKNOWN, "/nonexistent"):
        _make(call, name, str(home), "nogroup" if primary is None and not own else primary, flavour)
    return call.done()


def _base_user(call: Call, name: Argument) -> bool:
    """`adduser --system` of a system user that is there already succeeds (adduser(8))."""
    return call.image.account(str(name.value)) is not NO


def _home(call: Call, request: Request, flavour: str) -> Value:
    """Debian 12 gave system users /nonexistent, which is not made."""
    if request.home is not None:
        return request.home
    name = request.name.value if request.name is not None else UNKNOWN
    if name is UNKNOWN:
        return UNKNOWN
    base = call.image.base
    number = base.os.number if base is not None and base.os is not None else 0.0
    if request.system and flavour == "debian":
        if request.with_home:
            return f"/home/{name}"
        if not number:
            return UNKNOWN
        newer = number >= 23 if base is not None and base.os is not None and base.os.id == "ubuntu" else number >= 12
        return "/nonexistent" if newer else f"/home/{name}"
    return f"/home/{name}"


def _make(call: Call, name: Argument, home: str, group: Value | None, flavour: str) -> None:
    look = call.image.find(home)
    owner = str(name.value)
    if look.answer is YES:
        return
    mode = 0o755 if flavour == "busybox" else 0o700
    call.image.put(
        home, Node("dir", call.says("makes the home folder"), owner, owner if group is None else group, mode)
    )
