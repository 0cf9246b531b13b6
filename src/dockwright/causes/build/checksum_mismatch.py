"""A downloaded file is not the one whose checksum the build expects.

The file behind the address was replaced by a newer one, the server has sent an error page, or the checksum in the Dockerfile
was not raised with the version. Python's hashes are `deps/hash-mismatch`.
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
    file: str = ""
    tool: str = ""
    what: str = "checksum"
    fault: str = "does not fit"


TITLE = "The {what} of {file} {fault}"
WHY = "What was downloaded can't be shown to be what its makers published."
EXPLAINS = (
    "network/gone",
    "build/file-missing",
)

SIGNATURES = (
    # sha256sum: WARNING: 1 computed checksum did NOT match
    sign('computed checksum did NOT match', r"(?P<tool>\w+sum): WARNING: \d+ (?:of \d+ )?computed checksum", sure=0.93, file='the file'),
    # /tmp/x.tar.gz: FAILED
    sign(': FAILED', r"^(?P<file>[^\s:]+): FAILED$", sure=0.95, also='did NOT match', tool='sha256sum'),
    # sha256sum: no properly formatted SHA256 checksum lines found
    sign('checksum lines found', r"(?P<tool>\w+sum): .*no properly formatted", sure=0.9, file='the file'),
    # Installer corrupt
    sign('Installer corrupt', sure=0.93, file='composer-setup.php', tool='composer'),
    # ERROR: Invalid installer signature
    sign('Invalid installer signature', sure=0.95, file='composer-setup.php', tool='composer'),
    # go: verifying k8s.io/client-go@v0.0.0-20180806134042-1f13a808da65: checksum mismatch
    sign(': checksum mismatch', r"verifying (?P<file>\S+): checksum mismatch", sure=0.96, tool='go'),
    # gpg: BAD signature from "…"
    sign('gpg: BAD signature from', sure=0.95, file='the file', tool='gpg', what='signature'),
    # gpg: Can't check signature: No public key
    sign("gpg: Can't check signature: ", sure=0.88, file='the file', tool='gpg', what='signature', fault="can't be checked: the key that made it is not imported"),
    # ERROR: The checksum for x does not match
    sign('checksum for `', r"checksum for `(?P<file>[^`]+)` (?:changed|could not)", sure=0.93, tool='cargo'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.fault.startswith("can't"):
        yield remedy.advice(
            "Import the key before the check (`gpg --import KEYFILE`, or `gpg --keyserver hkps://keys.openpgp.org --recv-keys ID` with the ID that the line above names)."
        )
        return
    yield remedy.advice(
        "Compare the new file with what its makers publish, then raise the checksum together with the version; don't drop the check."
    )


CASES = (
    r"""
composer
-- from --
sw-0959 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 15/32 : RUN /tmp/install_composer.sh && rm /tmp/install_composer.sh
+ '[' 48e3236262b34d30969dca3c37281b3b4bbe3221bda826ac6a9a62d6444cdb0dcd0615698a5cbe587c3f0fe57a54d8f5 '!=' e0012edf3e80b6978849f5eff0d4b4e4c79ff1609dd1e613307e16318854d24ae64f26d17af3ef0bf7cfb710ca74755a ]
+ echo 'ERROR: Invalid installer signature'
>>ERROR: Invalid installer signature
+ rm composer-setup.php
The command '/bin/sh -c /tmp/install_composer.sh && rm /tmp/install_composer.sh' returned a non-zero code: 1
""",
    r"""
go
-- from --
sw-0403 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/9 : RUN go get ./...
go: downloading golang.org/x/sys v0.0.0-20181003145944-af653ce8b74f
go: downloading google.golang.org/api v0.0.0-20181010000435-ce4acf611b39
go: downloading github.com/gogo/protobuf v1.1.1
>>go: verifying k8s.io/client-go@v0.0.0-20180806134042-1f13a808da65: checksum mismatch
	downloaded: h1:kQX7jEIMYrWV9XqFN4usRaBLzCu7fd/qsCXxbgf3+9g=
	go.sum:     h1:wQUEIVcXYxsDE8RXfUufo1nfnkeH/BEPhT175YIzea4=
The command '/bin/sh -c go get ./...' returned a non-zero code: 1
""",
    r"""
gpg
-- from --
sw-1363 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 14/17 : RUN set -xe; 	mkdir -p $PHP_INI_DIR/conf.d 	&& apk add --no-cache --virtual .persistent-deps 		ca-certificates 		curl 		tar 		xz 	&& set -x 	&& addgroup -g 82 -S www-data 	&& adduser -u 82 -D -S -G www-data www-data 		&& apk add --no-cache --virtual .fetch-deps 		gnupg 		libressl 	; 		m
gpg:                using RSA key DBDB397470D12172
gpg:                issuer "pollita@php.net"
>>gpg: Can't check signature: No public key
The command '/bin/sh -c set -xe; 	mkdir -p $PHP_INI_DIR/conf.d 	&& apk add --no-cache --virtual .persistent-deps 		ca-certificates 		curl 		tar 		xz 	&& set -x 	&& addgroup -g 82 -S www-data 	&& adduser -u 82 -D -S -G www-data www-data 		&& apk add --no-cache --virtual .fetch-deps 		gnupg 		libressl
""",
    r"""
sha256sum
-- build.log --
#5 ERROR: process "/bin/sh -c echo a > /x && echo \"0000000000000000000000000000000000000000000000000000000000000000  /x\" | sha256sum -c -" did not complete successfully: exit code: 1
------
 > [2/2] RUN echo a > /x && echo "0000000000000000000000000000000000000000000000000000000000000000  /x" | sha256sum -c -:
>>0.929 /x: FAILED
0.930 sha256sum: WARNING: 1 computed checksum did NOT match
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
