"""Renews src/dockwright/facts/json/released.json: on which day the releases of dropped.toml that leave a Python behind appeared.

`python -m tools.refresh_released numpy …`: for each distribution named, and each that the table has already, the day of the
first final release from each bound of dropped.toml on. One page a name, through dockwright's own cache.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from dockwright.index.ask import opened
from dockwright.index.page import Page

FACTS = Path(__file__).parent.parent / "src/dockwright/facts"
TABLE = FACTS / "json/released.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.refresh_released", description=__doc__)
    parser.add_argument("names", nargs="*", help="distributions of dropped.toml")
    parser.add_argument("--offline", action="store_true", help="use the cached pages alone")
    arguments = parser.parse_args()
    dropped = tomllib.loads((FACTS / "dropped.toml").read_text(encoding="utf-8"))["dropped"]
    table = json.loads(TABLE.read_text(encoding="utf-8"))["released"] if TABLE.exists() else {}
    index = opened(arguments.offline, None).index
    for name in sorted({*table, *arguments.names} & dropped.keys()):
        page = index.page(name)
        if isinstance(page, Page):
            table[name] = days(page, [version for version, _ in dropped[name]])
    meta = {
        "date": datetime.now(UTC).date().isoformat(),
        "source": "the package index's simple API (PEP 700: upload-time)",
        "renew": "python -m tools.refresh_released",
    }
    text = json.dumps({"meta": meta, "released": table}, separators=(",", ":"), sort_keys=True)
    TABLE.write_text(text + "\n", encoding="utf-8")
    print(len(table), "distributions")


def days(page: Page, bounds: list[str]) -> dict[str, str]:
    from packaging.version import Version

    found: dict[str, str] = {}
    for bound in bounds:
        later = [
            file.uploaded[:10]
            for version, files in page.versions.items()
            if not Version(version).is_prerelease and Version(version) >= Version(bound)
            for file in files
            if file.uploaded
        ]
        if later:
            found[bound] = min(later)
    return found


if __name__ == "__main__":
    main()
