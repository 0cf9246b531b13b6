"""One request for what is missing of an artefact. What the server says of lengths and ranges is checked, not believed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from dockwright.wheels.artefact import host
from dockwright.wheels.network import without_user
from dockwright.wheels.part import Origin, Part
from dockwright.wheels.patience import retry_after

if TYPE_CHECKING:
    import httpx

# whole: all bytes are there, to be verified. cut: some are missing. later: the server can't now. wrong: what it sends
# is not what was asked for. refused: it will never send it.
Kind = Literal["whole", "cut", "later", "wrong", "refused"]
LARGEST = 20_000_000_000  # bytes of a file whose size nobody names
PASSING = (408, 425, 429)  # of the 4xx; every 5xx may pass too

UNREACHABLE = ("ConnectError", "ConnectTimeout", "ProxyError")


class Outcome(Struct, frozen=True):
    """`unreachable`: the host itself, so that its other files are better looked for elsewhere first."""

    kind: Kind
    why: str = ""
    wait: float | None = None
    unreachable: bool = False


def attempt(
    client: httpx.Client,
    url: str,
    credentials: tuple[str, str] | None,
    part: Part,
    size: int | None,
    received: Callable[[int], bool],
) -> Outcome:
    """Add to `part` what is missing. `received` is told of every piece, and says whether to go on."""
    if url.startswith("file:"):
        return _copy(url, part)
    if size is not None and part.size > size:
        part.restart()
    if size is not None and part.size == size:
        return Outcome("whole")  # an earlier process ended between the last byte and the name
    import httpx

    try:
        with client.stream("GET", without_user(url), headers=_asking(part, url), auth=credentials) as answer:
            outcome = _begun(answer, part, url, size)
            return _body(answer, part, size, received, url) if outcome is None else outcome
    except httpx.TransportError as error:
        if part.size and part.size == size:
            return Outcome(
                "whole"
            )  # "peer closed connection without sending complete message body": it had said too much
        return _broken(error, url)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.TooManyRedirects) as error:
        return Outcome("refused", f"{host(url)}: {type(error).__name__}")


def _asking(part: Part, url: str) -> dict[str, str]:
    if not part.size:
        return {}
    same = part.origin.url == _name(url) and part.origin.tag
    return {"Range": f"bytes={part.size}-", **({"If-Range": part.origin.tag} if same else {})}


def _name(url: str) -> str:
    return sha256(without_user(url).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _begun(answer: httpx.Response, part: Part, url: str, size: int | None) -> Outcome | None:
    """What the status and headers say; None: the body is what comes next of the part."""
    status = answer.status_code
    if status == 206:
        return _ranged(answer, part, url, size)
    if status == 200:
        if part.size:
            part.restart()
        part.came(Origin(_name(url), _tag(answer)))
        return None
    if status == 416:
        if size is None or part.size == size:
            return Outcome("whole")
        return Outcome("wrong", f"{host(url)} says that byte {part.size} of {size} does not exist")
    if status >= 500 or status in PASSING:
        wait = retry_after(answer.headers.get("Retry-After"), time.time())
        return Outcome("later", f"{host(url)} answers {status} {answer.reason_phrase}".rstrip(), wait)
    return Outcome("refused", f"{host(url)} answers {status} {answer.reason_phrase}".rstrip())


def _ranged(answer: httpx.Response, part: Part, url: str, size: int | None) -> Outcome | None:
    match = re.fullmatch(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15}|\*)", answer.headers.get("Content-Range", ""))
    if match is None or int(match[1]) != part.size:
        return Outcome("wrong", f"{host(url)} sends another range than was asked for")
    if size is not None and match[2] not in ("*", str(size)):
        return Outcome("wrong", f"{host(url)} has a file of {match[2]} bytes where {size} are expected")
    if not part.origin.tag:
        part.came(Origin(_name(url), _tag(answer)))
    return None


def _tag(answer: httpx.Response) -> str:
    """A strong ETag, else the date: what If-Range may hold (RFC 9110, 13.1.5)."""
    tag = str(answer.headers.get("ETag", ""))
    return tag if tag.startswith('"') else str(answer.headers.get("Last-Modified", "")) if not tag else ""


def _body(answer: httpx.Response, part: Part, size: int | None, received: Callable[[int], bool], url: str) -> Outcome:
    said = answer.headers.get("Content-Length", "")
    honest = size is None or not said.isdigit() or int(said) == size - part.size
    for piece in answer.iter_raw():
        part.write(piece if size is None else piece[: size - part.size])
        if not received(len(piece)):
            return Outcome("cut", f"{host(url)} sends next to nothing")
        if part.size > LARGEST:
            return Outcome("wrong", f"{host(url)} sends more than {LARGEST} bytes")
        # an honest answer is read to its end, so that its connection serves for the next file
        if part.size == size and not honest:
            break
    if size is not None and part.size < size:
        return Outcome("cut", f"{host(url)} ended the connection at {part.size} of {size} bytes")
    return Outcome("whole")


def _broken(error: httpx.TransportError, url: str) -> Outcome:
    """`[SSL: CERTIFICATE_VERIFY_FAILED] …` and `407 Proxy Authentication Required` don't pass by waiting."""
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return Outcome("refused", f"the certificate of {host(url)} is not trusted (SSL_CERT_FILE names others)")
    if text.startswith("407"):
        return Outcome("refused", "the proxy wants credentials")
    what = {
        "ConnectError": "can't be reached",
        "ConnectTimeout": "does not answer",
        "ReadTimeout": "sends nothing any more",
        "ProxyError": "can't be reached through the proxy",
    }.get(type(error).__name__, "ended the connection")
    return Outcome("cut", f"{host(url)} {what}", unreachable=type(error).__name__ in UNREACHABLE)


def _copy(url: str, part: Part) -> Outcome:
    from urllib.parse import unquote, urlsplit

    part.restart()
    path = unquote(urlsplit(url).path)
    if not os.path.isfile(path) or not os.access(path, os.R_OK):
        return Outcome("refused", f"{path} can't be read")
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            part.write(piece)
    return Outcome("whole")
