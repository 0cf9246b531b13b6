"""make demo: check the five examples, show every failure with its fix, mend them by rehearsal. Nothing is written."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from dockwright import check, mend
from dockwright.report.terminal import show_report

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    started = time.perf_counter()
    unmended = []
    for folder in sorted((ROOT / "examples").iterdir()):
        if not (folder / "expected.toml").exists():
            continue
        print(f"\n{'=' * 100}\n$ dockwright check examples/{folder.name}\n", flush=True)
        report = check(folder)
        print(show_report(report, colour=sys.stdout.isatty()))
        print(f"$ dockwright mend examples/{folder.name}\n", flush=True)
        result = mend(folder)
        print(result.diff)
        for finding in result.left:
            print(f"left: {finding.cause}: {finding.title}")
        count = len(report.failures)
        print(f"{folder.name}: {count} failures found before any build; after mending: {result.outcome}")
        unmended += [folder.name] * bool(result.left)
    print(
        f"\nfive examples checked and mended by rehearsal in {time.perf_counter() - started:.1f} s; no file was written"
    )
    return 1 if unmended else 0


if __name__ == "__main__":
    sys.exit(main())
