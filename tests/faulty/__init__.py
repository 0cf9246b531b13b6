"""A package index that misbehaves on purpose, with synthetic wheels of any size, and a proxy that cuts connections.

In a test:

    with serving([Wheel("demo", "1.0", 5_000_000)], [Fault("cut", at=1_000_000)]) as index:
        index.simple          # "http://127.0.0.1:PORT/simple", for --index-url
        index.files           # {filename: Made}: each with name, version, size, sha256, url
        index.sent            # {filename: bytes of bodies sent}
        index.asked           # [Asked(path, range, status, sent)] in the order the answers ended
        index.add(Fault(…))   # more faults, at any time
        index.wait(lambda: …) # waits for the server's own events, not for a clock
        index.settle()        # waits until every request is answered and counted: before `sent` and `asked` are looked at

As a process (RUN steps reach it as http://172.17.0.1:PORT where docker0 has that address):

    python -m tests.faulty --host 0.0.0.0 --port 8099 --wheel demo:1.0:50000000 --wheel base:2.1:1000:demo>=1.0 \\
        --fault '{"kind": "cut"}' [--proxy-port 8098 --proxy-cut 65536:4000000] [--seed 7] [--user NAME:PASSWORD]

It prints one JSON line when it listens: {"simple": …, "port": …, "proxy": …}. Wheels are NAME:VERSION:SIZE[:REQUIREMENT…] (SIZE as 5000,
20k, 300M, 1G). A wheel is real: pip, uv and poetry install it, `import demo` works, `demo.VERSION` is there.

Addresses:

    /simple/NAME/          PEP 691 JSON (with hashes, sizes, core-metadata) or PEP 503 HTML, by what is asked for
    /files/FILENAME        with Range, If-Range, ETag, HEAD; /files/FILENAME.metadata beside it
    /ANYTHING/simple/…     the same index once more: a mirror with an address of its own, so with faults of its own
    GET  /_/stats          {"files": {FILENAME: {"size", "sha256", "sent", "requests", "whole"}}, "sent": N, "faults_left": N}
                           `sent`: bytes of bodies that left; `whole`: answers that carried the whole file
    GET  /_/asked          every request: path, range, status, bytes sent, the fault it met
    POST /_/faults         one fault or a list, as JSON: they are added to those that wait
    POST /_/reset          counters to zero, no faults

A fault is used up by the requests it matches: `match` is a glob over the path (default: `/files/*.whl`, mirrors included), `times`
how many requests (default 1; 0: all), `each`: `times` counts per path, so that one fault meets every artefact once.

    cut        the connection ends after `at` bytes of the body (absent: a random byte); `reset`: by RST instead of FIN
    stall      nothing comes any more after `at` bytes, the connection stays open (until the client leaves)
    hang       the request is read and never answered
    refuse     the connection ends before any answer
    throttle   `rate` bytes a second
    status     `status` (502, 503, 429, 401, 404…), with `retry_after` as the Retry-After header if given
    corrupt    the byte at `at` (absent: a random one) is another
    longer     Content-Length says `by` bytes more than come (default 100)
    shorter    Content-Length says `by` bytes less, and only so many come
    no-range   Range is ignored: 200 and the whole file
    shifted    a Range is answered with bytes from `by` further on, as Content-Range says
    lying      a Range is answered with bytes from `by` further on, and Content-Range does not say so
    other      another ETag than before: what was loaded so far must not be continued
    chunked    no Content-Length
"""

from .faults import Fault
from .proxy import cutting
from .server import Asked, Index, serving
from .synthetic import Made, Wheel

__all__ = ["Asked", "Fault", "Index", "Made", "Wheel", "cutting", "serving"]
