"""A key server did not hand out the key.

The pool of SKS key servers is gone since 2021, single servers answer only at times, and some don't have the key. gpg's
`receive failed` ends the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    key: str = ""
    why: str = ""


TITLE = "The key server did not hand out the key[ {key}][: {why}]"
WHY = "Without the key nothing that it signs can be trusted, so the step stops."
EXPLAINS = (
    "system/apt-repository",
    "network/gone",
)

SIGNATURES = (
    # gpg: keyserver receive failed: No keyserver available
    sign('gpg: keyserver receive failed: ', r"keyserver receive failed: (?P<why>.+)", sure=0.9),
    # gpgkeys: key 91824AB09120A048 can't be retrieved
    sign("can't be retrieved", r"gpgkeys: key (?P<key>\w+) can't be retrieved", sure=0.93),
    # gpg: keyserver timed out
    sign('gpg: keyserver ', r"gpg: keyserver (?P<why>timed out|communications error|internal error|search failed).*", sure=0.88),
    # gpgkeys: HTTP fetch error 7: couldn't connect: Connection refused
    sign('gpgkeys: ', r"gpgkeys: (?P<why>(?:HTTP fetch|HTTP search|no key|protocol).+)", sure=0.88),
    # Error: retrieving gpg key timed out.
    sign('retrieving gpg key timed out', sure=0.93),
    # Failed to receive key 0x… from keyserver
    sign('gpg: no keyserver known', sure=0.9, why='none is set'),
    # error: key "…" could not be looked up remotely
    sign('could not be looked up remotely', r'key "(?P<key>[^"]+)" could not be looked up', sure=0.93),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Fetch the key as a file over HTTPS from those who publish it and keep it with the project, or name hkps://keys.openpgp.org or hkps://keyserver.ubuntu.com."
    )


CASES = (
    r"""
gpgkeys
-- from --
sw-1100 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/10 : RUN gpg --keyserver pgpkeys.mit.edu --recv-key 91824AB09120A048 && gpg -a --export 91824AB09120A048 | apt-key add -
gpg: keyring `/root/.gnupg/pubring.gpg' created
gpg: requesting key 9120A048 from hkp server pgpkeys.mit.edu
>>gpgkeys: key 91824AB09120A048 can't be retrieved
gpg: no valid OpenPGP data found.
The command '/bin/sh -c gpg --keyserver pgpkeys.mit.edu --recv-key 91824AB09120A048 && gpg -a --export 91824AB09120A048 | apt-key add -' returned a non-zero code: 2
""",
    r"""
gpg 2
-- from --
sw-0467 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/17 : RUN apt-get update && apt-get install -y --no-install-recommends 		ca-certificates 		libexpat1 		libffi6 		libgdbm3 		libreadline6 		libsqlite3-0 		libssl1.0.0 	&& rm -rf /var/lib/apt/lists/*
gpg: keyring `/tmp/tmp.S1aVy95Jpq/pubring.gpg' created
gpg: requesting key AA65421D from hkp server ha.pool.sks-keyservers.net
>>gpgkeys: key 0D96DF4D4110E5C43FBFB17F2D347EA6AA65421D can't be retrieved
gpg: no valid OpenPGP data found.
The command '/bin/sh -c set -ex 	&& buildDeps=" 		dpkg-dev 		gcc 		libbz2-dev 		libc6-dev 		libexpat1-dev 		libffi-dev 		libgdbm-dev 		liblzma-dev 		libncursesw5-dev 		libreadline-dev 		libsqlite3-dev 		libssl-dev 		make 		tcl-dev 		tk-dev 		wget 		xz-utils 		zlib1g-dev 		$(command -v gpg > /dev/nul
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
