"""dnf, yum, microdnf and rpm (dnf(8), yum(8)): who confirms; what they install is known by name only."""

from __future__ import annotations

import re

from dockwright.finding import UNKNOWN, Answer, Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.debian import root_only
from dockwright.rehearse.commands.sources import laid_over
from dockwright.rehearse.expansion import Argument

VALUES = frozenset(
    (
        "-c --config -x --exclude --excludepkgs --enablerepo --disablerepo --repo --repoid --releasever --setopt "
        "--installroot -d -e -R"
    ).split()
)
CHANGING = frozenset(
    "install upgrade update reinstall remove erase autoremove groupinstall localinstall downgrade group swap".split()
)
# In the base images already: nothing is asked where there is nothing to install.
PRESENT = frozenset(
    "bash ca-certificates coreutils curl findutils gawk glibc grep gzip openssl-libs python3 sed tar tzdata".split()
)


def run(call: Call) -> Answer:
    if call.name in ("rpm", "zypper", "pacman"):
        return _changed(call, [])
    options, operands = call.options(VALUES)
    action = str(operands[0].value) if operands else ""
    if action not in CHANGING:
        return UNKNOWN
    root_only(call, "/var/lib/rpm")
    if not _confirmed(call):
        wanted = {str(word.value) for word in operands[1:]}
        certainty = Certainty.LIKELY if action == "install" and wanted - PRESENT else Certainty.POSSIBLE
        call.lacks(needs.Confirmation(f"{call.name} {action}"), operands[0].span, certainty=certainty)
    names = [str(word.value) for word in operands[1:] if word.value is not UNKNOWN]
    if action in ("install", "localinstall") and any("://" in name for name in names):
        from dockwright.rehearse.addresses import judge

        for word in operands[1:]:
            judge(call, word)
    if action == "install" and not options.keys() & {"--skip-broken", "--installroot", "--enablerepo", "--setopt"}:
        _missing(call, operands[1:])
    return call.done(
        _changed(call, names if action in ("install", "reinstall", "groupinstall", "localinstall") else [])
    )


def _missing(call: Call, words: list[Argument]) -> None:
    """Names that the release is known not to have. dnf fails for one of them, yum only when it finds none (dnf(8), yum(8))."""
    from dockwright.facts.lifetimes import absent

    base, image = call.image.base, call.image
    if base is None or base.os is None or base.os.id != "centos" or image.opaque is not None:
        return
    if any(path.startswith("/etc/yum.conf") for path in image.paths):
        return
    added = any("release" in name or "://" in name or name == "what it brings" for name in image.packages)
    added = added or any(path.startswith(("/etc/yum.repos.d", "/etc/dnf")) for path in image.paths)
    added = added or laid_over(image, "/etc/yum.repos.d")
    found = [(word, absent(base.os, str(word.value))) for word in words if word.value is not UNKNOWN]
    gone = [(word, known) for word, known in found if known is not None and (known.since is not None or not added)]
    if base.os.number < 8 and len(gone) < len(words):
        return
    for word, known in gone:
        need = needs.Package(str(word.value), call.name, "missing", f"CentOS {base.os.version}", known.instead)
        call.lacks(need, word.span, certainty=Certainty.LIKELY)


def _confirmed(call: Call) -> bool:
    base = call.image.base
    if call.name == "microdnf" or (
        base is not None and "lambda" in base.family
    ):  # microdnf --help: -y "does nothing, we always assume yes"
        return True
    if call.stdin is not None or call.image.opaque is not None:
        return True
    for argument in call.rest:
        text = str(argument.value)
        if argument.value is UNKNOWN or text in ("--assumeyes", "--assume-yes", "--nobest") or "assumeyes" in text:
            return True
        if re.fullmatch(r"-[a-zA-Z]*y[a-zA-Z]*", text):
            return True
    return any(path.startswith(("/etc/yum.conf", "/etc/dnf/")) for path in call.image.paths)


def _changed(call: Call, names: list[str]) -> Answer:
    says = call.says("installs it")
    for name in names:
        call.image.packages[name] = says
    call.image.packages.setdefault("what it brings", says)
    call.image.closed = False
    return UNKNOWN
