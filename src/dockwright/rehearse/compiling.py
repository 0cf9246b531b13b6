"""What building a source archive needs: commands and headers of the facts, else a C compiler where it is compiled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.image import Image
from dockwright.rehearse.meet import meet
from dockwright.rehearse.python import Python

if TYPE_CHECKING:
    from dockwright.facts.python import BuildNeeds
    from dockwright.index.question import Release

# Their C code is a speed-up: without a compiler setup.py goes on and installs pure Python.
OPTIONAL = frozenset([
    "pyyaml", "markupsafe", "sqlalchemy", "simplejson", "tornado", "zope-interface", "wrapt", "msgpack", "coverage",
    "websockets", "pyrsistent", "protobuf", "charset-normalizer", "mypy", "pydantic", "black", "ruamel-yaml-clib",
    "aiohttp", "frozenlist", "multidict", "yarl", "lazy-object-proxy", "cython", "hiredis", "zope-proxy", "blist",
    "bottleneck", "kiwisolver-py", "pymongo", "cbor2", "rapidfuzz", "levenshtein", "sentry-sdk", "watchdog",
    "uvloop", "httptools", "pyzstd", "setproctitle", "faust-cchardet",
])  # fmt: skip
# Build backends that fetch a Rust toolchain by themselves (maturin since 1.8) make a missing cargo no sure failure.
RUST = frozenset({"cargo", "rustc"})
OWN_RUST = frozenset({"tiktoken"})  # built with setuptools-rust in all its releases, which does not


class Built:
    """One release that the installer builds, and the line that asks for it."""

    def __init__(self, name: str, version: str, native: bool, sure: bool, proof: tuple[Evidence, ...]) -> None:
        self.name, self.version, self.native, self.sure, self.proof = name, version, native, sure, proof


def state(call: Call, python: Python, built: list[Built], *, by: str) -> None:
    """State each missing command and header once, with all that need it."""
    missing: dict[tuple[type, str], list[tuple[Built, Certainty]]] = {}
    for each in sorted(built, key=lambda one: one.name):  # whether or not the whole resolves
        for kind, name, certainty in lacking(call, python, each):
            missing.setdefault((kind, name), []).append((each, certainty))
    for (kind, name), asking in missing.items():
        certainty = min((certainty for _, certainty in asking), key=list(Certainty).index)
        first = asking[0][0]
        proofs = dict.fromkeys(proof for each, _ in asking for proof in each.proof)
        call.lacks(kind(name, first.name), None, tuple(proofs), certainty=certainty, by=by)


def lacking(call: Call, python: Python, built: Built) -> Iterator[tuple[type, str, Certainty]]:
    from dockwright.facts.python import build_needs

    if built.name in OPTIONAL:
        return
    known = build_needs(built.name)
    if known is None and not built.native:
        return
    certainty = Certainty.CERTAIN if known is not None and built.sure else Certainty.LIKELY
    for name in known.commands if known is not None else ("gcc",):
        if meet(needs.Command(name), call.view()).answer is NO:
            own = name not in RUST or built.name in OWN_RUST
            yield needs.Command, name, certainty if own else Certainty.POSSIBLE
    yield from ((needs.Header, name, certainty) for name in _headers(call, python, known))


def _headers(call: Call, python: Python, known: BuildNeeds | None) -> Iterator[str]:
    for name in known.headers if known is not None else ("Python.h",):
        answer = python_h(call.image, python) if name == "Python.h" else header(call.image, name)
        if answer is NO:
            yield name


def python_h(image: Image, python: Python) -> Answer:
    """Interpreters built from source carry their headers; the distributions' own have them in python3-dev."""
    if "/usr/local" in image.pythons and python.prefix != "/usr":
        return UNKNOWN
    if python.prefix != "/usr" and not (python.venv and "/usr" in image.pythons):
        return UNKNOWN
    if image.os is None or not image.os.exact or python.minor is None:
        return UNKNOWN
    minor = f"{python.minor[0]}.{python.minor[1]}"
    return any_package(image, (f"libpython{minor}-dev", f"python{minor}-dev", "python3-dev"))


def header(image: Image, name: str) -> Answer:
    """Is a header in one of the include folders?"""
    if image.find(f"/usr/include/{name}").answer is YES or image.find(f"/usr/local/include/{name}").answer is YES:
        return YES
    if image.os is None or not image.os.exact:
        return UNKNOWN
    package = image.os.package_with_header(name)
    return UNKNOWN if package is None else any_package(image, (package,))


def any_package(image: Image, names: tuple[str, ...]) -> Answer:
    """Is one of these packages of the system installed?"""
    answer = NO
    for name in names:
        answer = answer | (YES if name in image.packages else _in_base(image, name))
    if answer is NO and (not image.closed or image.opaque is not None):
        return UNKNOWN
    return answer


def _in_base(image: Image, name: str) -> Answer:
    if image.base is None:
        return UNKNOWN
    answer = image.base.has_package(name)
    return NO if answer is UNKNOWN and image.base.complete and name not in image.base.doubtful else answer


def proofs(release: Release, version: str, libc: str, asked: Evidence | None) -> tuple[Evidence, ...]:
    says = f"{release.name} {release.version} has no wheel for Python {version} on {libc}: it is built from its sources"
    return tuple(filter(None, (asked, Evidence(says))))
