"""SHA-256 by Python's own module, as `random` takes its SHA-512: hashlib loads OpenSSL, a twentieth of a whole check."""

from __future__ import annotations

import sys

if sys.version_info >= (3, 12):
    from _sha2 import sha256 as _sha256
else:
    from _sha256 import sha256 as _sha256  # type: ignore[import-not-found,unused-ignore]


def hexdigest(data: bytes) -> str:
    return str(_sha256(data).hexdigest())
