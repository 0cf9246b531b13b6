"""Building a package from its source failed: the compiler or the build backend stopped for a reason of its own.

The tools and headers are there, but the source does not suit them: code for an older Cython, Python or library, warnings
taken for errors, a build script that breaks. A release with a wheel for this Python needs no build.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import above
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    why: str = ""


TITLE = "Building [{name} ]failed[: {why}]"
WHY = "There is no wheel that fits, and the source does not build with the tools of the image."
EXPLAINS = ("build/compile-error", "build/configure-failed", "runtime/crash")

SIGNATURES = (
    # AttributeError: 'build_ext' object has no attribute 'cython_sources'
    sign("has no attribute 'cython_sources'", sure=0.95, name="PyYAML", why="it wants Cython older than 3"),
    # Cython.Compiler.Errors.CompileError: a.pyx
    sign("Cython.Compiler.Errors.CompileError", r"CompileError: (?P<file>[\w./-]+)", sure=0.85, why="Cython can't compile it"),
    # error: command 'gcc' failed with exit status 1
    sign("error: command ", r"error: command '?(?P<why>[^' ]*(?:gcc|g\+\+|cc|clang)[\w+-]*)'? failed with exit (?:status|code) \d", sure=0.55),
    # ERROR: Failed building wheel for typed-ast
    sign("Failed building wheel for", r"Failed building wheel for (?P<name>[\w.-]+)", sure=0.5),
    # ERROR: Could not build wheels for cryptography which use PEP 517 and cannot be installed directly
    sign("Could not build wheels for", r"Could not build wheels for (?P<name>[\w.-]+)", sure=0.5),
    # ERROR: Failed to build installable wheels for some pyproject.toml based projects (app)
    sign("Failed to build installable wheels for some", r"projects \((?P<name>[\w.-]+)", sure=0.5),
    #   × Failed to build `pyyaml==5.4.1`
    sign("× Failed to build `", r"Failed to build `(?P<name>[\w.-]+)", sure=0.5),
    # ERROR: Failed to build 'numba' when getting requirements to build wheel
    sign("ERROR: Failed to build '", r"Failed to build '(?P<name>[^']+)'", sure=0.5),
    #   Building wheel for numpy (pyproject.toml): finished with status 'error'
    sign(": finished with status 'error'", r"(?:Building|Preparing) \w+ for (?P<name>[\w.-]+) \([\w. ]+\): finished with status 'error'", sure=0.4),
    # error: metadata-generation-failed
    sign("error: metadata-generation-failed", sure=0.4),
    # ERROR: Command errored out with exit status 1: python setup.py egg_info Check the logs for full command output.
    sign("python setup.py egg_info", r"python setup\.py egg_info", sure=0.35),
    # Failed to build greenlet / error: failed-wheel-build-for-install
    sign("Failed to build ", r"^Failed to build (?P<name>[\w.-]+)", sure=0.45, also="error: failed-wheel-build-for-install"),
    # × pip subprocess to install build dependencies did not run successfully.   (and nothing above it says why)
    sign(" did not run successfully", r"× (?P<why>[A-Za-z].*?) did not run successfully", sure=0.34),
    # Error: could not determine PostgreSQL version from '11.7'
    sign("could not determine PostgreSQL version from", sure=0.95, name="psycopg2", why="it is older than PostgreSQL 10"),
    # Command "python setup.py egg_info" failed with error code 1 in /tmp/pip-build-nab_c89s/scikit-image/
    sign("egg_info", r"egg_info\"? failed with error code \d+ in \S*/(?P<name>[\w.-]+?)/?$", sure=0.5),
    # Command "/usr/bin/python -u -c "import setuptools, tokenize;__file__='/tmp/pip-build-UqxDOa/cffi/setup.py'; …
    sign("__file__=", r"^(?:ERROR: )?Command .*/(?:pip-install-|pip-build-|pip-req-build-)[^/]+/(?P<name>[\w.-]+)/setup\.py", sure=0.55),
    # error: conflicting types for ‘_PyObject_FastCall’
    sign(" error: ", r"(?:^|\s)(?:src/)?(?P<name>\w+)/\S+\.c(?:pp)?:\d+:\d+: error: (?P<why>.*(?:Py[A-Z]\w+|_Py\w+|tstate|PyThreadState|tp_print).*)", sure=0.85, also="setup.py"),
    # UnicodeDecodeError: 'ascii' codec can't decode byte 0xe2 in position 4461: ordinal not in range(128)
    sign("UnicodeDecodeError: 'ascii' codec", sure=0.85, also="setup.py", name="a requirement", why="its setup.py reads UTF-8, and the locale is ASCII"),
    # /usr/include/openssl/x509.h:572:45: note: expected ‘const X509_ALGOR **’ but argument is of type ‘X509_ALGOR **’
    sign("/usr/include/openssl/", r"/usr/include/openssl/\S+: note: ", sure=0.8, name="cryptography", why="it is older than the image's OpenSSL", also="_openssl.c"),
    # build/temp.linux-x86_64-2.7/_openssl.c:485: error
    sign("_openssl.c:", r"_openssl\.c:\d+:\d+: error: (?P<why>.+)", sure=0.88, name="cryptography"),
    # no recorded log yet: src/_fastmath.c:1545:17: error: implicit declaration of function ‘_PyLong_AsByteArray’ [-Wimplicit-function-declaration]   (gcc 14 no longer takes it for a warning)
    sign(" [-W", r"\.(?:c|cc|cpp|cxx|h|hpp):\d+(?::\d+)?: error: (?P<why>.+?)(?:; did you mean .*)? \[-W(?:implicit-function-declaration|int-conversion|incompatible-pointer-types|implicit-int|return-mismatch)\]", sure=0.88, also="building wheel"),
)  # fmt: skip


# The first release that builds where older ones do not: (what the output says, or a Python; the release; why).
MENDED = {
    "psycopg2": (("could not determine PostgreSQL version", "2.7.7", "older ones can't read the version of PostgreSQL 10 and later"),
                 ("PyInterpreterState", "2.8.6", "older ones do not compile on Python 3.8")),
    "cryptography": (("openssl", "2.9.2", "older ones do not compile with OpenSSL 1.1"),),
    "lxml": (("exc_traceback", "4.5.2", "older ones do not compile on Python 3.7 and later"), ("exc_type", "4.5.2", "older ones do not compile on Python 3.7 and later")),
    "typed-ast": (("_PyObject_FastCall", "1.4.1", "older ones do not compile on Python 3.8"),),
    "pyyaml": (("cython_sources", "6.0.1", "older ones want Cython before 3"),),
}  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_install import build_constraint, site
    from dockwright.remedy_seen import name_of, seen

    facts, known = finding.facts, seen(project)
    assert isinstance(facts, Facts)
    name = _distribution(known.culprit or name_of(finding, known))
    here = site(finding.where, known, name)
    if "locale is ASCII" in facts.why and finding.where is not None:
        yield remedy.safe(
            "Have the build read files as UTF-8: `ENV LANG=C.UTF-8`", above(finding.where, "ENV LANG=C.UTF-8")
        )
    if here is not None and facts.why.startswith("it wants Cython"):
        yield from build_constraint(here, "cython<3", f"{name} is older than Cython 3")
    if here is not None and name:
        from dockwright.remedy_release import for_newer_python

        yield from for_newer_python(here, project, name)
    good, why = _mended(project, facts, name)
    if here is not None and good:
        from dockwright.remedy_install import bound_for

        yield from bound_for(here, project, f"{name}=={good}", why, here.known.requirement(name))
    if good:
        yield remedy.advice(f"Ask for `{name}=={good}`: {why}.")
    yield remedy.advice(
        f"Ask for a release of {name or 'it'} that has a wheel for this Python, or use the Python that it was made for."
    )


def _distribution(name: str) -> str:
    return {"ast3": "typed-ast", "psycopg": "psycopg2"}.get(name, name)


def _mended(project: Project, facts: Facts, name: str) -> tuple[str, str]:
    said = f"{facts.why}\n{project.output[-20_000:]}"
    rows = MENDED.get(name.lower(), ())
    return next(((good, why) for sign_of, good, why in rows if sign_of in said), ("", ""))


CASES = (
    r"""
PyYAML 5.4.1 against Cython 3
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN pip install PyYAML==5.4.1
#5 38.47                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
#5 38.47         File "<string>", line 201, in get_source_files
>>#5 38.47       AttributeError: 'build_ext' object has no attribute 'cython_sources'
#5 38.47       [end of output]
#5 38.47
#5 ERROR: process "/bin/sh -c pip install PyYAML==5.4.1" did not complete successfully: exit code: 1
""",
    r"""
a release with a wheel
-- Dockerfile --
FROM python:3.12-slim
RUN pip install PyYAML==6.0.2
""",
)
