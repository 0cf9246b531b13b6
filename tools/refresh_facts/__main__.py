"""Renews the facts: `python -m tools.refresh_facts WHAT`.

tables: the JSON beside each .toml, after an edit · debian: facts.sqlite, from Debian's indexes by apt · options:
the options of
adduser, useradd, pip, poetry, uv and pipenv by version · stdlib: the standard library's modules by version.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from . import (
    alternatives,
    apt_lists,
    header_owners,
    image_commands,
    options,
    recipes,
    release_index,
    selection,
    stdlib,
    tables,
)
from .database import Writer

SUITES = {"bullseye": 1, "bookworm": 2, "trixie": 4}
NAMES = Path(__file__).with_name("dockerfile_packages.txt")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.refresh_facts", description=__doc__)
    parser.add_argument("what", choices=["tables", "debian", "options", "stdlib", "headers", "images"])
    parser.add_argument("--lists", type=Path, default=Path("/tmp/refresh-facts"), help="folder for the fetched indexes")
    parser.add_argument("--keep", action="store_true", help="use the indexes that are there already")
    parser.add_argument("--out", type=Path, default=tables.FACTS / "facts.sqlite")
    arguments = parser.parse_args()
    print("tables:", ", ".join(tables.write()))
    if arguments.what == "stdlib":
        print("stdlib:", ", ".join(stdlib.write()))
    elif arguments.what == "options":
        command_options(arguments.lists, arguments.keep)
    elif arguments.what == "debian":
        debian(arguments.lists, arguments.out, arguments.keep)
    if arguments.what in ("debian", "images"):
        print("images:", len(image_commands.write()), "files")
    if arguments.what in ("debian", "headers"):
        print("headers:", ", ".join(header_owners.write()))


def debian(lists: Path, out: Path, keep: bool) -> None:
    if not keep:
        apt_lists.update(lists, list(SUITES))
    releases = {bit: release_index.read(lists, suite) for suite, bit in SUITES.items()}
    base = tomllib.loads((tables.FACTS / "base.toml").read_text(encoding="utf-8"))
    images = {bit: recipes.images(release, base["recipe"]) for bit, release in releases.items()}
    named = set(NAMES.read_text(encoding="utf-8").split())
    kept: set[str] = set()
    for bit, release in releases.items():
        wanted = selection.roots(release) | (named & release.packages.keys()) | set().union(*images[bit].values())
        kept |= selection.closure(release, wanted)
    print(len(kept), "packages kept in full")
    writer = Writer(out, releases, kept)
    writer.all(images, alternatives.read(lists, releases))
    dates = {suite: apt_lists.release_date(lists, suite) for suite in SUITES}
    writer.insert("release", ((bit, "debian", suite, dates[suite]) for suite, bit in SUITES.items()))
    source = "Debian's Packages, Sources and Contents indexes (main, amd64)"
    today = datetime.now(UTC).date().isoformat()
    writer.close({"date": today, "source": source, "renew": "python -m tools.refresh_facts debian"})
    print(out, out.stat().st_size, "bytes")


def command_options(lists: Path, keep: bool) -> None:
    if not keep:
        apt_lists.update(lists, list(SUITES))
    rows = list(options.debian(lists, SUITES))
    numbers = {"bullseye": "11", "bookworm": "12", "trixie": "13"}
    carried = {f"debian:{numbers[suite]}": options.carried(lists, suite) for suite in SUITES}
    rows += options.busybox()
    work = lists / "tools"
    rows += options.probed(work, list(options.python_tools(work, sys.executable, options.TOOLS)))
    options.write(rows, carried)


if __name__ == "__main__":
    main()
