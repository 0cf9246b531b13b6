"""What apt and dpkg leave in the image: packages, the commands and Pythons that come with them. Handles no command itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockwright.facts.packages import PackageFacts
from dockwright.facts.release import OsRelease
from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse.call import Call
from dockwright.rehearse.call import root_only as root_only
from dockwright.rehearse.journal import Value
from dockwright.rehearse.python import Installed, Python, canonical

ASKED, ALONG = "installs it", "comes with what this installs"


def day(call: Call) -> str:
    """The rehearsed day, ISO 8601."""
    if call.world.as_of is not None:
        return str(call.world.as_of)
    from dockwright.facts.images import today

    return today().isoformat()


def archived(call: Call, os: OsRelease) -> bool:
    """Has the release left the mirrors on the rehearsed day?"""
    return os.archived is not None and os.archived.isoformat() <= day(call)


def present(call: Call) -> frozenset[str]:
    """All packages that are known to be in the image."""
    base = call.image.base
    return frozenset(call.image.packages) | (base.packages if base is not None else frozenset())


def install(call: Call, names: list[str], recommends: bool) -> None:
    """The packages named and what they depend on."""
    if not names:
        return
    image, facts = call.image, call.image.os
    for name in names:
        image.packages[name] = call.says(ASKED)
    if facts is None or not facts.bit:
        image.closed = False
        return
    result = facts.installs(names, recommends=recommends, present=present(call) - set(names))
    along = call.says(ALONG)
    for name in sorted(result.packages - present(call)):
        image.packages[name] = along
    image.closed = image.closed and facts.exact and not result.unknown and not result.missing
    _pythons(call, facts, result.packages | set(names))


def remove(call: Call, names: list[str]) -> bool:
    """Forget packages that lines installed; answers whether one of them was of the base image."""
    base = call.image.base
    for name in names:
        call.image.packages.pop(name, None)
    return base is not None and bool(set(names) & base.packages)


def autoremove(call: Call) -> None:
    """Packages that came along and that nothing named needs any more may be gone."""
    image, facts = call.image, call.image.os
    asked = [name for name, by in image.packages.items() if by.says != ALONG]
    base = image.base.packages if image.base is not None else frozenset()
    kept = facts.installs(asked, present=base).packages if facts is not None and facts.bit else frozenset(asked)
    gone = [name for name in image.packages if name not in kept]
    for name in gone:
        del image.packages[name]
    if gone:
        image.closed = False
        for prefix, python in image.pythons.items():
            image.pythons[prefix] = python.clouded()


# -- Python -------------------------------------------------------------------------------------------------------------

# Debian's name of a module's package -> the distribution, where the two differ (Debian Python Policy 4.3 names the module).
_NAMED = {
    "yaml": "pyyaml", "jwt": "pyjwt", "openssl": "pyopenssl", "dateutil": "python-dateutil", "tz": "pytz", "apt": "python-apt",
    "serial": "pyserial", "crypto": "pycrypto", "cryptodome": "pycryptodomex", "pil": "pillow", "bs4": "beautifulsoup4", "opencv": "opencv",
    "sklearn": "scikit-learn", "skimage": "scikit-image", "magic": "python-magic", "pkg-resources": "setuptools", "nacl": "pynacl",
    "mysqldb": "mysqlclient", "ldap": "python-ldap", "zmq": "pyzmq", "usb": "pyusb", "xdg": "pyxdg", "gi": "pygobject", "cairo": "pycairo",
    "websocket": "websocket-client", "debian": "python-debian", "markdown": "markdown", "grpcio": "grpcio",
}  # fmt: skip
_NOT_DISTRIBUTIONS = frozenset(
    [
        "minimal",
        "dev",
        "venv",
        "distutils",
        "lib2to3",
        "tk",
        "dbg",
        "full",
        "all",
        "examples",
        "doc",
        "gdbm",
        "pip-whl",
        "setuptools-whl",
        "config",
    ]
)


def _pythons(call: Call, facts: PackageFacts, packages: frozenset[str] | set[str]) -> None:
    image = call.image
    new = [name for name in packages if name in image.packages]
    if not any(name in ("python3", "python3-minimal") or name.startswith("python3-") for name in new):
        return
    python = image.pythons.get("/usr") or _interpreter(call, facts, packages)
    if python is None:
        return
    found = {
        distribution: Installed(_version(facts, name), "deb", call.says(ASKED))
        for name in new
        if (distribution := _distribution(name))
    }
    for name in new:
        found |= {
            canonical(left): Installed(version, "distutils", image.packages[name])
            for left, version in _without_record(facts, name)
        }
    plain = all(name in ("pip", "setuptools", "wheel") for name in found)
    image.pythons["/usr"] = python.with_(found, closed=plain and facts.exact and image.closed)


def _without_record(facts: PackageFacts, package: str) -> Iterator[tuple[str, str]]:
    """What a package leaves in dist-packages that pip can't uninstall: no directory of metadata, or one without RECORD."""
    if facts.os.id == "ubuntu":
        row = _ubuntu(facts.os).get("distutils", {}).get(package)
        if row:
            yield row[0], row[1]
        return
    for name, version, kind in facts.distributions(package) if facts.exact else ():
        if kind != "egg-info":
            yield name, version


def _ubuntu(os: OsRelease) -> dict[str, Any]:
    from dockwright.facts.tables import table

    row: dict[str, Any] = table("system_python")["ubuntu"].get(os.version, {}) if os.id == "ubuntu" else {}
    return row


def _interpreter(call: Call, facts: PackageFacts, packages: frozenset[str] | set[str]) -> Python | None:
    if not facts.exact and not any(name in ("python3", "python3-minimal", "python3-pip") for name in packages):
        return None
    brought = facts.brings("python3")
    versions = brought.pythons if brought is not None and facts.exact else ()
    if "python" in _ubuntu(facts.os):
        versions = (_ubuntu(facts.os)["python"],)
    version: Value = versions[0] if versions else UNKNOWN
    managed: Answer = (
        YES
        if brought is not None and facts.exact and brought.externally_managed
        else NO
        if facts.exact
        else _managed(facts.os)
    )
    names = ("python3", f"python{version}") if versions else ("python3",)
    return Python("/usr", version, names, managed=managed, made=call.says("installs Python"), complete=facts.exact)


def _managed(os: OsRelease) -> Answer:
    """PEP 668 reached Ubuntu with 23.04."""
    return Answer.of(os.number >= 23.04) if os.id == "ubuntu" and os.number else UNKNOWN


def _distribution(package: str) -> str:
    """`python3-requests` -> requests; empty for what is no distribution."""
    name = package.removeprefix("python3-")
    if name == package or name in _NOT_DISTRIBUTIONS or name.startswith(("dev", "minimal")):
        return ""
    return _NAMED.get(name, canonical(name))


def _version(facts: PackageFacts, package: str) -> Value:
    """The upstream part of a package's version: `1:2.28.1+dfsg-1` -> 2.28.1."""
    known = facts.version(package) if facts.exact else None
    if known is None:
        return UNKNOWN
    return known.rpartition(":")[2].split("-")[0].split("+")[0].split("~")[0]
