"""Commands that no package holds as a file: update-alternatives links made by maintainer scripts (cc, awk, nc,
which, …)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from . import apt_lists
from .release_index import Release

# Packages whose postinst is known to register a command; the scripts themselves say which.
PACKAGES = (
    "mawk", "gawk", "original-awk", "gcc", "g++", "cpp", "clang", "debianutils", "netcat-openbsd",
    "netcat-traditional", "ncat", "vim", "vim-tiny",
    "vim-nox", "nano", "ed", "less",     "openssh-client", "rsync", "iptables", "php-cli", "php7.4-cli",
    "php8.2-cli", "php8.4-cli",
    "nodejs", "ruby", "bison", "flex", "byacc", "fakeroot", "w3m", "lynx", "python3", "pinentry-curses",
    "bsdextrautils", "tini", "pigz", "coreutils",
    "ftp", "tnftp", "telnet", "inetutils-telnet", "libmpich-dev", "mpich", "openmpi-bin", "libopenmpi-dev",
    "yarnpkg", "make", "time", "imagemagick-7.q16", "imagemagick-6.q16", "graphicsmagick-imagemagick-compat",
)  # fmt: skip
LOOP = re.compile(r"for (\w+) in ([\w .+-]+)[;\n]")
INSTALL = re.compile(r"--(?:install|slave)\s+(/(?:usr/)?(?:local/)?s?bin/[$\w.+-]+)\s+[$\w.+-]+\s+\S+")


def read(lists: Path, releases: Mapping[int, Release]) -> list[tuple[str, str, int, str]]:
    """(command, package, bit of the release, path)."""
    rows = []
    for bit, release in releases.items():
        folder = lists / "debs" / release.codename
        packages = [package for package in PACKAGES if package in release.packages]
        apt_lists.download(lists, release.codename, packages, folder)
        for package in packages:
            paths = _links(next(folder.glob(f"{package}_*.deb")))
            rows += [(path.rpartition("/")[2], package, bit, path) for path in sorted(paths)]
    return rows


def _links(deb: Path) -> set[str]:
    script = subprocess.run(["dpkg-deb", "-I", str(deb), "postinst"], capture_output=True, text=True, check=False)
    text = script.stdout.replace("\\\n", " ")
    words = {match[1]: match[2].split() for match in LOOP.finditer(text)}
    paths = [match[1] for match in INSTALL.finditer(text)]
    return {
        path.replace(f"${name}", word)
        for path in paths
        for name, found in {"": [""], **words}.items()
        for word in found
        if name in path and "$" not in path.replace(f"${name}", "")
    }
