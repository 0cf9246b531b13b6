"""Users and groups of which it is not known whether the image has them: those that packages make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN

if TYPE_CHECKING:
    from dockwright.facts.base import BaseImage
    from dockwright.rehearse.image import Image

# Made by maintainer scripts of packages with another name (Debian, Alpine).
_MADE = frozenset(
    (
        "messagebus sshd ntp syslog ssl-cert crontab kvm input render lpadmin scanner saned uuidd tcpdump whoopsie "
        "pulse rtkit colord geoclue avahi nvpd polkitd mlocate plocate rdma statd tss usbmux abuild wheel video "
        "audio www-data mysql postgres rabbitmq elasticsearch utempter postdrop postfix smmsp smmta dnsmasq "
        "libuuid sambashare ftp nginx apache squid docker hacluster haclient vcap"
    ).split()
)
# /etc/passwd and /etc/group of Alpine's alpine-baselayout (3.8 to 3.22).
_ALPINE = frozenset(
    (
        "root bin daemon adm lp sync shutdown halt mail news uucp operator man postmaster cron ftp sshd at squid "
        "xfs games cyrus vpopmail ntp smmsp guest nobody sys tty disk mem kmem wheel floppy console audio cdrom "
        "dialout input tape video netdev readproc kvm shadow cdrw usb users nofiles locate abuild utmp ping "
        "nogroup www-data klogd"
    ).split()
)


def nameless(image: Image, user: str) -> bool:
    """Is this a number for which /etc/passwd has no line? Packages make accounts below 1000 (Debian Policy 9.2.2)."""
    if not user.isdigit() or not 1000 <= int(user[:12]) < 65534:
        return False
    return image.account(user) is NO and all(account.number is not UNKNOWN for account in image.accounts.values())


def may_have(base: BaseImage, packages: Iterable[str], name: str) -> bool:
    """May the image hold an account that neither the base's facts nor a line name?"""
    if base.users_complete and not list(packages):
        return False
    if base.os is None:
        return True
    if base.os.id == "alpine":
        return name in _ALPINE | _MADE or base.family not in ("alpine", "python") or _after_package(packages, name)
    if base.os.id not in ("debian", "ubuntu") or not (base.users_complete or base.complete):
        return True
    return (
        name in _MADE
        or name.startswith(("_", "systemd", "Debian-", "debian-"))
        or _after_package((*packages, *base.packages), name)
    )


def _after_package(packages: Iterable[str], name: str) -> bool:
    """Packages that make an account mostly name it after themselves (postgresql: postgres, redis-server: redis)."""
    stem = name.lstrip("_")
    return any(stem in package or (len(package) > 2 and package in stem) for package in packages)
