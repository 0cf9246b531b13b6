"""How `dockwright build` compares with plain builds, measured on this machine's Docker Engine with synthetic wheels.

    .venv/bin/python tools/resilience.py faults --bytes 1e9      # four services; every download is cut once at a random byte
    .venv/bin/python tools/resilience.py speed --bytes 2e8       # no faults: uncached builds, a second service, one changed requirement

Prints Markdown tables for docs/building.md. Give the machine nothing else to do meanwhile.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from engine.builds import docker  # noqa: E402
from engine.resilient import GATEWAY, Shop, attempts, shop, wheels  # noqa: E402
from faulty.faults import Fault  # noqa: E402
from faulty.server import Index, serving  # noqa: E402
from faulty.synthetic import Wheel  # noqa: E402

SERVICES = ("api", "web", "worker", "cron")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="resilience", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=("faults", "speed"))
    parser.add_argument("--bytes", type=float, default=1e9, help="of all wheels together")
    parser.add_argument(
        "--rate", type=float, default=0, help="bytes a second of each connection (0: as fast as it goes)"
    )
    parser.add_argument("--times", type=int, default=3, help="how often each build is measured")
    given = parser.parse_args()
    print(f"{time.strftime('%Y-%m-%d')}, {given.bytes / 1e6:.0f} MB of wheels, {cpus()} processors\n")
    if given.what == "faults":
        faults(int(given.bytes))
    else:
        speed(int(given.bytes), int(given.rate), given.times)


def cpus() -> int:
    import os

    return os.cpu_count() or 1


def faults(total: int) -> None:
    made, wants = wheels(total, SERVICES, shared=12)
    print(
        "| | ended | wall time | bytes over the wire | of the artefacts' size | attempts |\n|---|---|---|---|---|---|"
    )
    for kind in ("docker compose build", "dockwright build"):
        with (
            serving(made, [Fault("cut", each=True)], host=GATEWAY) as index,
            folder() as root,
            shop(Path(root), index, wants) as project,
        ):
            plain = kind.startswith("docker ")
            ran = project.plain() if plain else project.ours()
            index.settle()
            if not ran.out:
                sys.exit(ran.err)
            tries = 1 if plain else attempts(ran.said)
            ended = "all four built" if ran.code == 0 else f"failed, exit {ran.code}"
            print(
                f"| `{kind}` | {ended} | {ran.seconds:.0f} s | {index.total / 1e6:.0f} MB"
                f" | {index.total / project.size:.2f} | {tries} |", flush=True,
            )  # fmt: skip
            if not plain and ran.code:
                print(ran.out, ran.err, file=sys.stderr)


def speed(total: int, rate: int, times: int) -> None:
    # both services install the same wheels; the second version of one of them is for the rebuild
    made, _ = wheels(total, ("api",), shared=8, share=1.0)
    made = [wheel for wheel in made if not wheel.name.startswith("only-")]
    wants = {name: [f"{wheel.name}==1.0" for wheel in made] for name in ("api", "web")}
    newer = Wheel("shared-0", "1.1", made[0].size)
    slow = [Fault("throttle", rate=rate, times=0)] if rate else []
    seconds: dict[str, list[float]] = {}
    for _ in range(times):
        with serving([*made, newer], slow, host=GATEWAY) as index:
            with folder() as root, shop(Path(root), index, wants) as project:
                seconds.setdefault("`docker buildx build`, uncached", []).append(buildx(project, "api"))
                seconds.setdefault("the same, a second service", []).append(buildx(project, "web"))
            with folder() as root, shop(Path(root), index, wants) as project:
                seconds.setdefault("`dockwright build`, uncached", []).append(ours(project, "api"))
                seconds.setdefault("the same, a second service with the same wheels", []).append(ours(project, "web"))
                index.settle()
                changed(project, index, seconds)
    print("| build | median | range |\n|---|---|---|")
    for name, found in seconds.items():
        print(f"| {name} | {statistics.median(found):.1f} s | {min(found):.1f} to {max(found):.1f} s |")


def changed(project: Shop, index: Index, seconds: dict[str, list[float]]) -> None:
    before = index.total
    project.require("api", ["shared-0==1.1", *project.wants["api"][1:]])
    seconds.setdefault("`dockwright build` after one changed requirement", []).append(ours(project, "api"))
    index.settle()
    print(f"one changed requirement: {(index.total - before) / 1e6:.1f} MB downloaded", file=sys.stderr)


def buildx(project: Shop, name: str) -> float:
    """Named as compose would name it: as the docs of buildx say it."""
    ran = docker("buildx", "build", "--tag", f"{project.name}-{name}", "--load", str(project.root / name), timeout=3600)
    assert ran.code == 0, ran.log
    return ran.seconds


def ours(project: Shop, name: str) -> float:
    ran = project.ours(name)
    assert ran.code == 0, ran.out + ran.err
    return ran.seconds


def folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="resilience-")


if __name__ == "__main__":
    main()
