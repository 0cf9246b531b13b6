"""`python -m tests.faulty`: the index (and the proxy) as a process."""

from __future__ import annotations

import argparse
import json
import signal
from contextlib import ExitStack

from .faults import read
from .proxy import cutting
from .server import serving
from .synthetic import Wheel

UNITS = {"k": 10**3, "m": 10**6, "g": 10**9}


def wheel(text: str) -> Wheel:
    """NAME:VERSION:SIZE[:REQUIREMENT…]"""
    name, version, size, *requires = text.split(":")
    unit = UNITS.get(size[-1].lower(), 1)
    return Wheel(name, version, int(float(size.rstrip("kKmMgG")) * unit), tuple(requires))


def main() -> None:
    parser = argparse.ArgumentParser(prog="faulty")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--wheel", action="append", default=[], type=wheel)
    parser.add_argument("--fault", action="append", default=[], help="JSON: one fault or a list")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--user", default="", help="NAME:PASSWORD that every request must bring")
    parser.add_argument("--proxy-port", type=int)
    parser.add_argument("--proxy-cut", default="0:0", help="LEAST:MOST bytes after which a connection is cut")
    given = parser.parse_args()
    faults = [fault for text in given.fault for fault in read(text)]
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with ExitStack() as stack:
        index = stack.enter_context(
            serving(given.wheel, faults, host=given.host, port=given.port, seed=given.seed, user=given.user)
        )
        said = {"simple": index.simple, "port": int(index.url.rpartition(":")[2]), "proxy": None}
        if given.proxy_port is not None:
            least, most = map(int, given.proxy_cut.split(":"))
            proxy = stack.enter_context(cutting(least, most, host=given.host, port=given.proxy_port, seed=given.seed))
            said["proxy"] = proxy.url
        print(json.dumps(said), flush=True)
        signal.sigwait(signals)


if __name__ == "__main__":
    main()
