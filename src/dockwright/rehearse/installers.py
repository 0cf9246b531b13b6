"""What well-known installers do that are piped from curl or wget into a shell: their effect as a shell text."""

from __future__ import annotations

from collections.abc import Iterable

# Read from the installers themselves: where they put their commands, and the variables that say otherwise.
EFFECTS = {
    "astral.sh/uv/": 'd="${UV_INSTALL_DIR:-${XDG_BIN_HOME:-$HOME/.local/bin}}"; mkdir -p "$d" && '
    'touch "$d/uv" "$d/uvx" && chmod 755 "$d/uv" "$d/uvx"\n',
    "install.python-poetry.org": 'd="${POETRY_HOME:-$HOME/.local}/bin"; mkdir -p "$d" && touch "$d/poetry" && chmod 755 "$d/poetry"\n',
    "sh.rustup.rs": 'd="${CARGO_HOME:-$HOME/.cargo}/bin"; mkdir -p "$d" && touch "$d/cargo" "$d/rustc" "$d/rustup" && '
    'chmod 755 "$d/cargo" "$d/rustc" "$d/rustup"\n',
}  # fmt: skip
MARK = "#!/bin/sh\n"


# deb.nodesource.com/setup_8.x: it stops where no list of packages was made for the release.
NODESOURCE = (
    "set -e\napt-get update\napt-get install -y lsb-release gnupg apt-transport-https\n"
    'echo "deb https://deb.nodesource.com/node_{line}.x {codename} main" > /etc/apt/sources.list.d/nodesource.list\napt-get update\n'
)


def printed(words: Iterable[object], codename: str = "") -> str | None:
    """What `curl URL` prints, when that is a known installer. `codename`: of the release that it runs on."""
    for word in words:
        line = _nodesource(str(word))
        if line:
            return MARK + NODESOURCE.format(line=line, codename=codename or "nodistro")
        for place, effect in EFFECTS.items():
            if place in str(word) and "://" in str(word):
                return MARK + effect
    return None


def _nodesource(word: str) -> str:
    """`https://deb.nodesource.com/setup_8.x` -> 8; the bare `setup` was that of 0.10."""
    place = word.partition("deb.nodesource.com/")[2]
    if place == "setup":
        return "0.10"
    return (
        place.removeprefix("setup_").removesuffix(".x") if place.startswith("setup_") and place.endswith(".x") else ""
    )
