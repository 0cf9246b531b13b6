"""dpkg and the small tools around apt: sources, keys, marks, debconf."""

from __future__ import annotations

from collections.abc import Callable

from dockwright.finding import UNKNOWN, YES, Answer, Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.debian import ALONG, root_only
from dockwright.rehearse.journal import Node, Value


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def _dpkg(call: Call) -> Answer:
    options, operands = call.options(
        {"--root", "--admindir", "--instdir", "-D", "--log", "--path-exclude", "--path-include"}
    )
    if not options.keys() & {
        "-i",
        "--install",
        "--unpack",
        "-r",
        "--remove",
        "-P",
        "--purge",
        "--configure",
        "--add-architecture",
    }:
        return UNKNOWN  # it asks, or reads an archive
    root_only(call, "/var/lib/dpkg")
    if options.keys() & {"-i", "--install", "--unpack"}:
        for operand in operands:
            path = call.path(operand.value)
            if path is not UNKNOWN and not operand.glob:
                call.wants(needs.File(str(path), "package"), operand.span)
        call.image.closed = False
        says = call.says("installs a package file")
        call.image.packages.setdefault("a local package", says)
        call.image.blur("/etc/apt/sources.list.d", says)  # cuda-keyring, packages-microsoft-prod, google-chrome
    for name in operands if options.keys() & {"-r", "--remove", "-P", "--purge"} else ():
        call.image.packages.pop(str(name.value), None)
        call.image.closed = False
    return call.done(UNKNOWN if operands else YES)


def _add_repository(call: Call) -> Answer:
    """add-apt-repository: from here on apt may know any package; a bare `ppa:` also refreshes the lists (from Ubuntu 18.04 on)."""
    root_only(call, "/etc/apt/sources.list.d")
    says = call.says("adds a package source")
    words = [argument.value for argument in call.rest if not str(argument.value).startswith("-")]
    text: Value = UNKNOWN if len(words) != 1 or words[0] is UNKNOWN else f"{words[0]}\n"
    count = len(call.image.children("/etc/apt/sources.list.d"))
    call.image.put(f"/etc/apt/sources.list.d/added-{count}.list", Node("file", says, content=text))
    _usable(call, text)
    return call.done(UNKNOWN)


def _usable(call: Call, text: Value) -> None:
    """A PPA that its owner removed can't be added: `Cannot add PPA`."""
    from dockwright.rehearse.commands.judging import judge
    from dockwright.rehearse.commands.sources import parse

    os = call.image.base.os if call.image.base is not None else None
    if text is UNKNOWN or os is None:
        return
    for entry in parse(str(text)):
        trouble = judge(call, entry, os)
        if trouble is not None and trouble.removed:
            need = needs.Package(trouble.name, "apt", trouble.problem, instead=trouble.instead)
            call.lacks(need, call.rest[-1].span, (trouble.proof,), certainty=Certainty.LIKELY)


def _apt_key(call: Call) -> Answer:
    """apt-key adv and add run gpg (apt-key(8)); slim images don't have it."""
    root_only(call, "/etc/apt/trusted.gpg")
    action = next((str(word.value) for word in call.rest if not str(word.value).startswith("-")), "")
    if action in ("add", "adv", "adv_"):
        call.wants(needs.Command("gpg"), call.arguments[0].span, by="apt-key")
    return call.done(UNKNOWN)


def _apt_mark(call: Call) -> Answer:
    """`apt-mark auto` makes a package one that autoremove may take."""
    words = [str(word.value) for word in call.rest]
    if words[:1] == ["auto"]:
        names = list(call.image.packages) if any(set("*.$[") & set(word) for word in words[1:]) else words[1:]
        for name in names:
            if name in call.image.packages:
                call.image.packages[name] = call.says(ALONG)
    if words[:1] == ["manual"] and any(word.value is UNKNOWN for word in call.rest):
        call.image.closed = False
    return UNKNOWN


def _cache(call: Call) -> Answer:
    """apt-cache policy, search, show: they answer, and `show` fails for an unknown name."""
    return UNKNOWN


def _fine(call: Call) -> Answer:
    return YES


def _perhaps(call: Call) -> Answer:
    return UNKNOWN


def _reconfigure(call: Call) -> Answer:
    """`dpkg-reconfigure dash` asks debconf what /bin/sh shall be, and links it anew."""
    if any(word.value == "dash" for word in call.rest):
        call.image.put("/bin/sh", Node(UNKNOWN, call.says("may change what /bin/sh is")))
    return UNKNOWN


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {
    "dpkg": _dpkg, "add-apt-repository": _add_repository, "apt-add-repository": _add_repository, "apt-key": _apt_key,
    "apt-mark": _apt_mark, "apt-cache": _cache, "apt-config": _perhaps, "apt-file": _perhaps, "dpkg-query": _perhaps, "dpkg-divert": _fine,
    "dpkg-reconfigure": _reconfigure, "dpkg-statoverride": _fine, "debconf-set-selections": _perhaps,
    "debconf-show": _perhaps, "apt-ftparchive": _perhaps,
    "dpkg-deb": _perhaps, "dpkg-scanpackages": _perhaps,
}  # fmt: skip
