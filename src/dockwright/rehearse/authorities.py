"""The authorities that Debian's curl, wget and git trust: /etc/ssl/certs/ca-certificates.crt, which ca-certificates makes.

What they are linked with only recommends that package (libcurl4, libcurl3-gnutls, wget), so that --no-install-recommends
leaves it out: `server certificate verification failed. CAfile: none CRLfile: none` (bullseye's git, 2026-11-22; curl: 60).
"""

from __future__ import annotations

from dockwright.finding import NO, UNKNOWN, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import under

PACKAGE = "ca-certificates"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
# curl(1), wget(1): another bundle, or none at all.
OPTIONS = frozenset(
    "-k --insecure --cacert --capath -K --config --no-check-certificate --ca-certificate --ca-directory".split()
)
VARIABLES = ("CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_NO_VERIFY")
# Files that may say the same: curlrc, wgetrc, git's configuration.
SETTINGS = (
    "/root/.curlrc /root/.wgetrc /root/.gitconfig /etc/wgetrc /etc/gitconfig /etc/ssl /etc/apt/apt.conf.d "
    "/usr/local/share/ca-certificates"
).split()


def judge(call: Call, url: Argument, options: frozenset[str] = frozenset()) -> None:
    """A command of Debian's own package asks an https address, and no authority is there to trust."""
    if url.value is UNKNOWN or not str(url.value).startswith("https://") or options & OPTIONS:
        return
    by = call.image.packages.get(call.name)
    if by is None or not _without(call) or _told(call):
        return
    host = str(url.value).split("/")[2].rpartition("@")[2]
    says = Evidence(f"{PACKAGE} is not installed: {call.name} only recommends it")
    call.lacks(needs.Address(host, "tls", instead=PACKAGE), url.span, (by, says), certainty=Certainty.LIKELY)


def _without(call: Call) -> bool:
    """Is it known that the package is not there?"""
    image, facts = call.image, call.image.os
    base = image.base
    if base is None or facts is None or not facts.exact or not image.closed or image.opaque is not None:
        return False
    return base.has_package(PACKAGE) is NO and PACKAGE not in image.packages and all(map(facts.known, image.packages))


def _told(call: Call) -> bool:
    """May something else say what to trust, or whether recommended packages are installed?"""
    if any(call.variable(name) != "" and call.variable(name) is not None for name in VARIABLES):
        return True
    if "sslverify" in call.shell.recorder.source.text.lower():
        return True
    if any(under(BUNDLE, cover.folder) or under(cover.folder, "/etc/ssl") for cover in call.image.covers):
        return True
    return any(under(path, folder) for path in call.image.paths for folder in SETTINGS)
