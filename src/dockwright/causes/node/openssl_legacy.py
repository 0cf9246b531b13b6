"""An old bundler asks OpenSSL 3 for MD4, which it no longer gives.

webpack 4 and what is built on it (react-scripts 4, vue-cli 4, older Next.js) hash with MD4. Node 17 and newer use OpenSSL
3, where that is switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above, inserted, instruction_of
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.source import Edit

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    node: str = ""


TITLE = "An old bundler does not run on this Node (OpenSSL 3)"
WHY = "webpack 4 hashes with MD4, which OpenSSL 3 has switched off."
EXPLAINS = (
    "node/build-failed",
    "node/engine-mismatch",
)

OPTION = "--openssl-legacy-provider"

SIGNATURES = (
    # Error: error:0308010C:digital envelope routines::unsupported
    sign('digital envelope routines::unsupported', sure=0.98),
    # code: 'ERR_OSSL_EVP_UNSUPPORTED'
    sign('ERR_OSSL_EVP_UNSUPPORTED', sure=0.98),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    where = finding.where
    if where is not None and "NODE_OPTIONS" not in where.source.text:
        title = "Give this step OpenSSL's legacy provider, MD4 among it, until the bundler is newer"
        yield remedy.risky(title, _with_legacy(where))
    yield remedy.advice(
        "Move to webpack 5 (react-scripts 5, vue-cli 5), or build with NODE_OPTIONS=--openssl-legacy-provider."
    )
    yield remedy.advice("Build from node:16, which is out of support.")


def _with_legacy(where: Place) -> Edit:
    """For this one step, not in the image; above it where no shell reads the line."""
    found = instruction_of(where)
    if found is None or found.keyword != "RUN" or found.exec_form is not None or found.heredocs:
        return above(where, f"ENV NODE_OPTIONS={OPTION}")
    alone = re.search(r"[&|;\n(]|^\s*(?:if|for|while|cd|set)\b", found.rest.text) is None
    text = f"NODE_OPTIONS={OPTION} " if alone else f"export NODE_OPTIONS={OPTION} && "
    return inserted(where.source, found.rest.offset(0), text)


CASES = (
    r"""
MD4 under Node 20
-- build.log --
#8 [4/4] RUN node -e "require('crypto').createHash('md4')"
#8 1.697 node:internal/crypto/hash:101
#8 1.697   this[kHandle] = new _Hash(algorithm, xofLen, algorithmId, getHashCache());
#8 1.697                   ^
#8 1.697
>>#8 1.697 Error: error:0308010C:digital envelope routines::unsupported
#8 1.697     at new Hash (node:internal/crypto/hash:101:19)
#8 1.697     at Object.createHash (node:crypto:139:10)
#8 1.697     at [eval]:1:30
#8 ERROR: process "/bin/sh -c node -e \"require('crypto').createHash('md4')\"" did not complete successfully: exit code: 1
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
