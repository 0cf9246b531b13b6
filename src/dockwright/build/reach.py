"""Can an address be reached: one request with a short time-out, through the proxy where one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct

if TYPE_CHECKING:
    from ssl import SSLContext

TIMEOUT = 8.0


class Connection(Struct, frozen=True):
    """`kind` of what failed: name, refused, time-out, certificate, proxy, other; empty when any answer came."""

    status: int = 0  # of the answer
    kind: str = ""
    said: str = ""
    proxy: str = ""  # that the request went through


def connect(url: str) -> Connection:
    """Any answer shows that the address can be reached, also 401 and 404. Credentials in the URL are not sent."""
    import http.client
    import urllib.error
    import urllib.request

    target = bare(url)
    if not target.startswith(("http://", "https://")):
        return Connection(200)  # find-links in a folder of this machine
    proxy = proxy_of(target)
    request = urllib.request.Request(target + "/", method="HEAD", headers={"User-Agent": "dockwright"})
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=_context()), _stay()())
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            return Connection(answer.status, proxy=proxy)
    except urllib.error.HTTPError as error:
        error.close()
        return Connection(error.code, "proxy" if error.code == 407 else "", error.reason, proxy)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        return Connection(0, _kind(reason), str(getattr(reason, "strerror", "") or reason)[:300], proxy)


def bare(url: str) -> str:
    """Without user, password, query and the last slash: what may be shown."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        return urlunsplit(
            (parts.scheme, f"{host}:{parts.port}" if parts.port else host, parts.path.rstrip("/"), "", "")
        )
    except ValueError:
        return url.rpartition("@")[2].rstrip("/")


def proxy_of(url: str) -> str:
    """The proxy that the environment names for this address (HTTPS_PROXY, NO_PROXY, …), without its password."""
    import urllib.request

    parts = urlsplit(url)
    if not parts.hostname or urllib.request.proxy_bypass(parts.hostname):
        return ""
    proxy = urllib.request.getproxies().get(parts.scheme, "")
    return bare(proxy) if "://" in proxy else proxy.rpartition("@")[2]


def _context() -> SSLContext:
    import os
    import ssl

    from dockwright.index.settings import read

    context = ssl.create_default_context()
    authorities = read().ca_file
    if authorities and os.path.isfile(authorities):
        context.load_verify_locations(authorities)
    return context


def _stay() -> type:
    import urllib.request

    class Stay(urllib.request.HTTPRedirectHandler):
        """A redirect is an answer."""

        def redirect_request(self, *_: object) -> None:
            return None

    return Stay


def _kind(reason: object) -> str:
    import socket
    import ssl

    if isinstance(reason, socket.gaierror):
        return "name"
    if isinstance(reason, ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(reason, ConnectionRefusedError):
        return "refused"
    if isinstance(reason, TimeoutError):
        return "time-out"
    return "proxy" if "Tunnel connection failed" in str(reason) else "other"
