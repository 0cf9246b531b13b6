"""The way out: certificates, proxies and credentials as pip and uv have them."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from dockwright.errors import ToolError
from dockwright.index import netrc
from dockwright.wheels.patience import Patience

if TYPE_CHECKING:
    import httpx

AGENT = "dockwright"


class Network:
    """`indexes` are addresses that may hold credentials: they count for every file on the same host and port."""

    def __init__(self, ca_file: str = "", indexes: Iterable[str] = (), patience: Patience | None = None) -> None:
        self.ca_file = ca_file
        self.patience = patience or Patience()
        found = ((urlsplit(url).netloc, url) for url in indexes)
        self._known = {netloc.rpartition("@")[2]: pair for netloc, url in found if (pair := _userinfo(url)) is not None}

    def client(self, connections: int) -> httpx.Client:
        """HTTP_PROXY and its kin, NO_PROXY: httpx reads them itself."""
        import httpx

        limits = httpx.Limits(max_connections=connections + 2, max_keepalive_connections=connections)
        wait = self.patience
        times = httpx.Timeout(wait.stall, connect=wait.connect, pool=None)
        try:
            return httpx.Client(
                verify=certificates(self.ca_file),
                timeout=times,
                limits=limits,
                follow_redirects=True,
                headers={"User-Agent": AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
            )
        except (ImportError, ValueError, ssl.SSLError, OSError) as error:
            raise ToolError(
                "network-settings", f"the network settings of this machine can't be used: {error}"
            ) from None

    def credentials(self, url: str) -> tuple[str, str] | None:
        """Of the address itself, of an index on the same host, of netrc."""
        netloc = urlsplit(url).netloc.rpartition("@")[2]
        return _userinfo(url) or self._known.get(netloc) or netrc.credentials(urlsplit(url).hostname or "")


def certificates(ca_file: str) -> ssl.SSLContext:
    """The file that the user names (SSL_CERT_FILE, PIP_CERT, REQUESTS_CA_BUNDLE); else the system's, and certifi's besides."""
    if ca_file and os.path.isfile(ca_file):
        return ssl.create_default_context(cafile=ca_file)
    context = ssl.create_default_context()
    import certifi

    context.load_verify_locations(certifi.where())
    return context


def without_user(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _userinfo(url: str) -> tuple[str, str] | None:
    parts = urlsplit(url)
    return None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
