"""How `dockwright build` compares with plain builds, measured on this machine's Docker Engine with synthetic wheels.

    .venv/bin/python tools/resilience.py faults --bytes 1e9      # four services; every download is cut once at a random byte
    .venv/bin/python tools/resilience.py speed --bytes 2e8       # no faults: uncached builds, a second service, one changed requirement

Prints Markdown tables for docs/building.md. Give the machine nothing else to do meanwhile.
"""

from __future__ import annotations

import argparse
import os
import re
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from engine.builds import docker  # noqa: E402
from engine.resilient import GATEWAY, Shop, attempts, shop, wheels  # noqa: E402
from faulty.faults import Fault  # noqa: E402
from faulty.server import serving  # noqa: E402
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
    """Both services install the same wheels. Of dockwright's installs the download before them counts too."""
    seconds: dict[str, list[tuple[float, float]]] = {}

    def note(name: str, whole: float, install: float) -> None:
        seconds.setdefault(name, []).append((whole, install))

    for _ in range(times):
        # bytes that no engine has seen: BuildKit keeps what it was sent
        made = [Wheel(f"shared-{uuid.uuid4().hex[:8]}", size=total // 8) for _ in range(8)]
        newer = Wheel(made[0].name, "1.1", made[0].size)
        slow = [Fault("throttle", rate=rate, times=0)] if rate else []
        wants = {name: [f"{wheel.name}==1.0" for wheel in made] for name in ("api", "web")}
        with serving([*made, newer], slow, host=GATEWAY) as index:
            with folder() as root, shop(Path(root), index, wants) as project:
                note("`docker buildx build`, uncached", *buildx(project, "api"))
                note("the same, a second service", *buildx(project, "web"))
            with folder() as root, shop(Path(root), index, wants) as project:
                note("`dockwright build`, uncached", *ours(project, "api"))
                note("the same, a second service with the same wheels", *ours(project, "web"))
                index.settle()
                before = index.total
                project.require("api", [f"{newer.name}==1.1", *project.wants["api"][1:]])
                note("after one changed requirement", *ours(project, "api"))
                index.settle()
                print(f"one changed requirement: {(index.total - before) / 1e6:.1f} MB downloaded", file=sys.stderr)
    print(f"load {os.getloadavg()[0]:.1f}\n\n| build | median | range | of it, installing |\n|---|---|---|---|")
    for name, found in seconds.items():
        whole, install = zip(*found, strict=True)
        middle = statistics.median(whole)
        print(
            f"| {name} | {middle:.1f} s | {min(whole):.1f} to {max(whole):.1f} s | {statistics.median(install):.1f} s |"
        )


def buildx(project: Shop, name: str) -> tuple[float, float]:
    """Named as compose would name it: as the docs of buildx say it. Answers its seconds and those of its installing step."""
    named = f"{project.name}-{name}"
    ran = docker(
        "buildx", "build", "--progress=plain", "--tag", named, "--load", str(project.root / name), timeout=3600
    )
    assert ran.code == 0, ran.log
    step = re.search(r"^#(\d+) .*RUN pip install", ran.log, re.MULTILINE)
    done = step and re.search(rf"^#{step[1]} DONE ([\d.]+)s", ran.log, re.MULTILINE)
    assert done, ran.log
    return ran.seconds, float(done[1])


def ours(project: Shop, name: str) -> tuple[float, float]:
    """The seconds of a build, and those that it took to get and to install the packages.

    A step that asks the relay waits for its files itself; before one that is sent them, they are planned and loaded.
    """
    ran = project.ours(name)
    assert ran.code == 0, ran.out + ran.err
    with closing(sqlite3.connect(project.environment["DOCKWRIGHT_HISTORY"])) as history:
        [step] = history.execute(
            "SELECT seconds FROM steps WHERE name LIKE '%RUN%pip install%' AND outcome = 'done' ORDER BY id DESC LIMIT 1"
        ).fetchone()
    waits = any("while that is being filled" in note for target in ran.said["targets"] for note in target["notes"])
    return ran.seconds, step + (0.0 if waits else ran.said["wheelhouse"]["seconds"])


def folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="resilience-")


if __name__ == "__main__":
    main()
