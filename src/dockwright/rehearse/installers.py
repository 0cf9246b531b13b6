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


def printed(words: Iterable[object]) -> str | None:
    """What `curl URL` prints, when that is a known installer."""
    for word in words:
        for place, effect in EFFECTS.items():
            if place in str(word) and "://" in str(word):
                return MARK + effect
    return None
