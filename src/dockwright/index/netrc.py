"""Credentials of ~/.netrc, as curl, pip and uv take them."""

from __future__ import annotations

import os


def credentials(host: str) -> tuple[str, str] | None:
    """User and password for a host; a file that can't be read counts for nothing, as with pip."""
    path = os.environ.get("NETRC") or os.path.expanduser("~/.netrc")
    if not host or not os.path.isfile(path):
        return None
    import netrc

    try:
        found = netrc.netrc(path).authenticators(host)
    except (OSError, netrc.NetrcParseError, UnicodeDecodeError):
        return None
    return (found[0] or "", found[2] or "") if found else None
