"""Which paths a base image holds."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.patterns import pattern

if TYPE_CHECKING:
    from dockwright.facts.base import BaseImage

# Filesystem Hierarchy Standard, as Debian's base-files and Alpine's alpine-baselayout lay it out.
_ROOT = frozenset(
    [
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib64",
        "media",
        "mnt",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr",
        "var",
    ]
)
_FOLDERS = frozenset(
    [
        "/",
        "/usr/bin",
        "/usr/sbin",
        "/usr/lib",
        "/usr/share",
        "/usr/local",
        "/usr/local/bin",
        "/usr/local/lib",
        "/usr/local/sbin",
        "/usr/local/share",
        "/var/lib",
        "/var/log",
        "/var/cache",
        "/var/tmp",
        "/var/run",
        "/var/lock",
        "/var/spool",
        "/var/mail",
        "/var/opt",
        "/usr/local/include",
        "/usr/local/etc",
        "/etc/passwd",
        "/etc/group",
        "/etc/shadow",
        "/etc/hosts",
        "/etc/hostname",
        "/etc/resolv.conf",
        "/etc/os-release",
        "/usr/lib/os-release",
        "/etc/profile",
        "/bin/sh",
        "/dev/null",
        "/dev/stdout",
        "/dev/stderr",
        "/etc/ssl",
        "/dev/stdin",
        "/proc/self",
        "/proc/cpuinfo",
        "/etc/fstab",
    ]
)
_EMPTY = ("/home", "/mnt", "/media", "/opt", "/srv", "/tmp", "/var/tmp", "/var/opt")


_FILES = frozenset(
    "/bin/sh /dev/null /dev/stdin /dev/stdout /dev/stderr /etc/fstab /etc/group /etc/hostname /etc/hosts /etc/os-release"
    " /etc/passwd /etc/profile /etc/resolv.conf /etc/shadow /proc/cpuinfo /usr/lib/os-release".split()
)


def is_folder(image: BaseImage, path: str) -> Answer:
    """Is what has_path() answers YES to a folder?"""
    return NO if path in _FILES or _is_command(image, path) else YES


# Where the commands of packages are (facts.sqlite), before and after /bin became a link to /usr/bin.
_BINS = frozenset({"/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/games", "/games"})


def _is_command(image: BaseImage, path: str) -> bool:
    """Is the path that of a command which is known to be there?"""
    folder, name = posixpath.split(path)
    if folder not in _BINS and name not in image.extra_commands:
        return False
    return image.path_of(name) in (path, "/usr" + path, path.removeprefix("/usr"))


def has_path(image: BaseImage, path: str) -> Answer:
    path = posixpath.normpath("/" + path.lstrip("/"))
    top = path.split("/")[1]
    if image.alone:
        held = {*image.extra_commands.values(), image.workdir, "/"}
        return Answer.of(path in held or any(each.startswith(path + "/") for each in held))
    if _no_shell(image, path):
        return NO
    if path in _FOLDERS or (path.count("/") == 1 and top in _ROOT - {"lib64"}):
        return UNKNOWN if image.family == "scratch" else YES
    if _is_command(image, path):
        return YES
    if path in _python_paths(image) or path in {
        user.home for user in image.users.values() if user.uid == 0 or user.uid >= 1000
    }:
        return YES if path != "/nonexistent" else NO if image.complete else UNKNOWN
    if not image.complete:
        if (
            image.absent_commands
            and posixpath.split(path)[0] in _BINS
            and posixpath.basename(path) in image.absent_commands
        ):
            return NO
        return NO if image.family in _OFFICIAL and _nobodys(image, path, top) else UNKNOWN
    return _absent(image, path, top)


def _no_shell(image: BaseImage, path: str) -> bool:
    """A shell's path in an image that is known to have none (distroless)."""
    return "sh" in image.absent_commands and path in ("/bin/sh", "/usr/bin/sh", "/bin/bash", "/usr/bin/bash")


def _python_paths(image: BaseImage) -> set[str]:
    found: set[str] | None = image.__dict__.get("python_paths")
    if found is None:
        found = image.__dict__["python_paths"] = set()
        for python in image.pythons:
            found |= {python.site_packages, posixpath.dirname(python.site_packages), *python.executables}
    return found


def _absent(image: BaseImage, path: str, top: str) -> Answer:
    """A folder at the root that nobody makes, and what lies below folders that are empty in the base."""
    if top not in _ROOT and top not in {"libx32", "lib32", "entrypoint.sh"}:
        return NO
    homes = tuple(user.home + "/" for user in image.users.values())
    if (
        path.startswith(tuple(folder + "/" for folder in _EMPTY))
        and not (path + "/").startswith(homes)
        and image.family in _BARE
    ):
        return NO
    folder = posixpath.dirname(path)
    if (
        folder in ("/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
        and image.os
        and image.package_manager == "apt"
    ):
        return NO if image.has_command(posixpath.basename(path)) is NO else UNKNOWN
    return UNKNOWN


# Docker's official images that hold what their recipe names and nothing at places where projects are put.
_OFFICIAL = frozenset(
    (
        "debian ubuntu alpine buildpack-deps python node golang ruby rust php openjdk eclipse-temurin maven gradle elixir erlang perl "
        "centos fedora amazonlinux rockylinux almalinux nginx httpd nvidia/cuda haskell clojure composer"
    ).split()
)
# What some of them have at their root, and the folders of /usr/src and /var/www that they fill.
_OWN = pattern(r"docker.*|entrypoint.*|.*\.sh|data|go|lib.+|lost\+found|anaconda.*|NGC.*|cuda.*|selinux|\..*")
_PLACES = ("/usr/src/app/", "/usr/src/myapp/", "/var/www/html/", "/srv/", "/mnt/")


def _nobodys(image: BaseImage, path: str, top: str) -> bool:
    """A place of the project's own: no recipe of an official image puts anything there."""
    if "onbuild" in image.reference or (image.family == "composer" and top == "app"):
        return False
    if top not in _ROOT:
        if image.family == "alpine":
            return True
        return path.startswith("/go/src/") or path in ("/go/go.mod", "/go/go.work") or not _OWN.fullmatch(top)
    return path.startswith(_PLACES) or path in ("/usr/src/app", "/usr/src/myapp")


_BARE = frozenset({"debian", "python"})
