"""uv as a subprocess: the binary that its wheel carries, in an empty folder, without the user's configuration.

It is never let build anything: a build would run code of the project or of a package.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping, Sequence

from msgspec import Struct

# Of the environment: how to reach the network, nothing that changes what is resolved.
PASSED = (
    "PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy", "XDG_CACHE_HOME", "NETRC",
    "UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT",
)  # fmt: skip
# sysconfig, which uv's package asks, is filled at its first use: a second thread sees it half full
FINDING = threading.Lock()


class Outcome(Struct, frozen=True):
    """`code` is None when uv isn't there or was stopped after its time."""

    code: int | None
    output: str = ""
    error: str = ""


def binary() -> str | None:
    try:
        from uv import find_uv_bin
    except ImportError:
        return None
    try:
        with FINDING:
            return str(find_uv_bin())
    except FileNotFoundError:
        return None


def run(
    arguments: Sequence[str],
    text: str,
    *,
    limit: float,
    folder: str | None = None,
    more: Mapping[str, str] | None = None,
) -> Outcome:
    """Run uv with `text` as its standard input, for at most `limit` seconds."""
    import subprocess
    import tempfile

    path = binary()
    if path is None:
        return Outcome(None)
    with tempfile.TemporaryDirectory(prefix="dockwright-uv-") as empty:
        try:
            done = subprocess.run(
                [path, *arguments],
                input=text.encode("utf-8", "replace"),
                capture_output=True,
                cwd=folder or empty,
                env=environment(more or {}),
                timeout=limit,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError):
            return Outcome(None)
    return Outcome(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def environment(more: Mapping[str, str]) -> dict[str, str]:
    kept = {name: value for name in PASSED if (value := os.environ.get(name)) is not None}
    fixed = {
        "UV_NO_CONFIG": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
        "NO_COLOR": "1",
        "UV_PYTHON": sys.executable,
    }
    return {**kept, **fixed, **more}
