"""The release exists, but not for this Python.

A distribution says which Python it runs on (Requires-Python), and wheels are built for single versions. On a newer Python
than its wheels know it is compiled, or not found at all; on an older one only its older releases are offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.facts.dropped import below
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.remedy_install import Site


class Facts(Struct, frozen=True):
    name: str = ""
    specifier: str = ""
    python: str = ""
    wants: str = ""


TITLE = "{name}{specifier} is not for this Python[ ({python})]"
WHY = "It exists, but no file of it fits the interpreter of the image[, which should be {wants}]."
EXPLAINS = (
    "deps/no-matching-version",
    "deps/conflict",
    "deps/build-failed",
    "runtime/module-missing",
    "deps/build-requires-missing",
    "deps/platform-wheel-missing",
    "deps/lock-stale",
)

SIGNATURES = (
    # ERROR: Package 'x' requires a different Python: 3.12.1 not in '>=3.14'
    sign("requires a different Python", r"Package '(?P<name>[^']+)' requires a different Python: (?P<python>\S+) not in '(?P<wants>[^']+)'", sure=0.97),
    # ERROR: Ignored the following versions that require a different python version: 1.21.4 Requires-Python >=3.7,<3.11  (of any name: the pinned one is to be among them)
    sign("No matching distribution found for", r"found for (?P<name>[A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?(?P<specifier>===?(?P<version>[^\s;,]+))(?: |$)", sure=0.91, also=" {version} Requires-Python "),
    # colorama requires Python '>=2.7, !=3.0.*, …' but the running Python is 3.4.10
    sign("but the running Python is", r"(?P<name>[\w.-]+) requires Python '(?P<wants>[^']+)' but the running Python is (?P<python>\S+)", sure=0.97),
    # The currently activated Python version 3.12.1 is not supported by the project (>=3.9,<3.10).
    sign("is not supported by the project", r"Python version (?P<python>\S+) is not supported by the project \((?P<wants>[^)]+)\)", sure=0.96, name="the project"),
    #   - numpy requires Python >=3.10, so it will not be installable for Python >=3.8,<3.10
    sign("so it will not be", r"(?P<name>[\w.-]+) requires Python (?P<wants>\S+), so it will not be", sure=0.96),
    # Because torch==2.0.0 has no wheels with a matching Python ABI tag
    sign("has no wheels with a matching Python", r"[Bb]ecause (?:all versions of )?(?P<name>[\w.-]+?)(?P<specifier>==\S+)? has no wheels with a matching Python", sure=0.95),
    #   cause: Because the current Python version (3.8.18) does not satisfy Python>=3.10 and numpy==2.1.0 depends on Python>=3.10
    sign("does not satisfy Python", r"Python version \((?P<python>[^)]+)\) does not satisfy Python(?P<wants>[<>=!~][^\s]+)(?: and (?P<name>[\w.-]+?)(?P<specifier>==\S+)? depends on Python)?", sure=0.95),
    # error: No interpreter found for Python >=3.15 in managed installations or search path
    sign("No interpreter found for", r"No interpreter found for Python (?P<wants>\S+)", sure=0.9, name="the project"),
    # ERROR: Could not find a version that satisfies the requirement … with the Python of long ago
    sign("Could not find a version that satisfies the requirement", r"the requirement (?P<name>[A-Za-z0-9][\w.-]*?)(?P<specifier>[<>=!~][^\s;]*) .*\(from versions: \d", sure=0.85, also="DEPRECATION: Python 2.7", python="2.7"),
    sign("Could not find a version that satisfies the requirement", r"the requirement (?P<name>[A-Za-z0-9][\w.-]*?)(?P<specifier>[<>=!~][^\s;]*) .*\(from versions: \d", sure=0.85, also="DEPRECATION: Python 3.4", python="3.4"),
    sign("Could not find a version that satisfies the requirement", r"the requirement (?P<name>[A-Za-z0-9][\w.-]*?)(?P<specifier>[<>=!~][^\s;]*) .*\(from versions: \d", sure=0.85, also="DEPRECATION: Python 3.5", python="3.5"),
    # hint: You're using CPython 3.12 (`cp312`), but `filesystem` (v0.31.0) only has wheels with the following Python ABI tags: `cp310`, `cp311`
    sign("only has wheels with the following Python", r"You're using CPython (?P<python>[\d.]+\d)\S* .*but `(?P<name>[\w.-]+)` \(v(?P<specifier>[^)]+)\) only has wheels with the following Python \w+ tags?: (?P<wants>.+)", sure=0.97),
    # ERROR: This script does not work on Python 3.8. The minimum supported Python version is 3.9. Please use …/pip/3.8/get-pip.py instead.
    sign("The minimum supported Python version is", r"does not work on Python (?P<python>[\d.]+\d)\. The minimum supported Python version is (?P<wants>[\d.]+\d)", sure=0.97, name="get-pip.py"),
    # Warning: Your Pipfile requires "python_version" 3.13, but you are using 3.12.1
    sign("Your Pipfile requires \"python_", r'requires "python_(?:full_)?version" (?P<wants>[\d.]+), but you are using (?P<python>[\d.]+\d)', sure=0.97, also="Aborting deploy", name="the project"),
    # Warning: Python 3.13 was not found on your system...
    sign("was not found on your system...", r"Warning: Python (?P<wants>[\d.]+) was not found on your system", sure=0.93, name="the project"),
    # RuntimeError: Python version >= 3.6 required.
    sign("RuntimeError: Python version >=", r"Python version (?P<wants>>= ?[\d.]+) required", sure=0.93, name="a requirement"),
    # RuntimeError: cairocffi does not support Python 2.x anymore. Please use Python 3 or install an older version of cairocffi.
    sign("does not support Python 2", r"(?:Error: |^)\s*(?P<name>[\w.-]+) does not support Python 2", sure=0.93, python="2.7"),
    # Exception: websockets requires Python >= 3.6.1.
    sign(" requires Python ", r"(?:Error|Exception|ERROR|error|sys\.exit)\S* ?(?P<name>[\w.-]+)(?: [\d.+]+)? requires Python (?P<wants>[<>=~']*\s*v?[\d.]+)", sure=0.9),
    # AssertionError: Requires Python v3.5 or above.
    sign("Requires Python v", r"Requires Python v(?P<wants>[\d.]+)", sure=0.85, name="a requirement"),
    # RuntimeError: Cannot install on Python version 3.13.0; only versions >=3.9,<3.13 are supported.
    sign("Cannot install on Python version", r"Cannot install on Python version (?P<python>[\d.]+); only versions (?P<wants>\S+) are supported", sure=0.96, name="a requirement"),
    # UserWarning: Setuptools no longer works on Python 2
    sign("Setuptools no longer works on Python 2", sure=0.95, name="setuptools", python="2.7", also="setup.py egg_info"),
    # IPython 7.10+ supports Python 3.6 and above, following NEP 29.
    sign(" supports Python ", r"^\s*(?P<name>[\w.-]+) [\d.+]+ supports Python (?P<wants>[\d.]+) and above", sure=0.93),
    # RuntimeError: Python 3.5 or later is required
    sign(" or later is required", r"Python (?P<wants>[\d.]+) or later is required", sure=0.93, name="a requirement"),
    # ImportError: Tornado requires an up-to-date SSL module. This means Python 2.7.9+ or 3.4+
    sign(" requires an up-to-date SSL module", r"(?P<name>\w+) requires an up-to-date SSL module", sure=0.93, wants="2.7.9 or newer"),
    #     SyntaxError: invalid syntax  (under: python setup.py egg_info)
    sign("SyntaxError: ", r"^\s+SyntaxError: (?:invalid syntax|future feature annotations is not defined|[Mm]issing parentheses)", sure=0.88, also="python setup.py egg_info", name="a requirement"),
    # SyntaxError: invalid syntax
    sign("SyntaxError: ", r"^\s*SyntaxError: (?:invalid syntax|future feature annotations is not defined)", sure=0.85, also="/pip/_internal/", name="pip"),
    # File "/tmp/pip-build-xyz/more-itertools/setup.py", line 5
    sign("setup.py egg_info failed with error code", r"error code \d+ in \S*/(?P<name>[\w.-]+)/?$", sure=0.89, also="SyntaxError: invalid syntax"),
    sign('setup.py egg_info" failed with error code', r"error code \d+ in \S*/(?P<name>[\w.-]+)/?$", sure=0.89, also="SyntaxError: invalid syntax"),
    # ImportError: No module named util  (import importlib.util, of Python 3 alone, under: python setup.py egg_info)
    sign("No module named util", r"ImportError: No module named util$", sure=0.92, also="egg_info", name="a requirement", python="2.7"),
    # This backport is meant only for Python 2.
    sign("is meant only for Python 2", sure=0.93, name="a backport"),
    # For Python 2.7, please install version 2.2 using:
    sign("please install version ", r"For Python (?P<python>[\d.]+), please install version", sure=0.9, name="a requirement"),
    # TypeError: 'encoding' is an invalid keyword argument for this function
    sign("'encoding' is an invalid keyword argument for this function", sure=0.9, name="a requirement", python="2.7"),
    #     return f"{self.__class__.__name__}({super().__repr__()})"
    sign('f"', r"^\s+(?:return |print\(|raise \w+\(|\w+ = |\w+\()?f\"", sure=0.8, also="SyntaxError: invalid syntax", name="a requirement", wants="3.6 or newer"),
    # Biopython requires Python 3.6 or later. Python 2.7 detected.
    sign(" requires Python ", r"(?P<name>[\w.-]+) requires Python (?P<wants>[\d.]+\+?)(?: or (?:later|newer|above|higher))?\b.*", sure=0.9, also="egg_info"),
    # matplotlib: Beginning with Matplotlib 3.1, Python 3.6 or above is required.
    sign(" or above is required", r"(?P<name>[\w.-]+)(?: [\d.]+)?, Python (?P<wants>[\d.]+) or above is required", sure=0.95),
    # no recorded log yet: error: the configured Python interpreter version (3.13) is newer than PyO3's maximum supported version (3.12)
    sign("is newer than PyO3's maximum supported version", r"interpreter version \((?P<python>[\d.]+)\) is newer than PyO3's maximum supported version \((?P<wants>[\d.]+)\)", sure=0.97, name="a requirement"),
    # error: The requested interpreter resolved to Python 3.11.7, which is incompatible with the project's Python requirement: `>=3.13` (from `project.requires-python`)
    sign("which is incompatible with the project's Python requirement", r"Python (?P<python>[\d.]+\d)\S*, which is incompatible with the project's Python requirement: `(?P<wants>[^`]+)`", sure=0.97, name="the project"),
    # no recorded log yet: Current Python version (3.9.19) is not allowed by the project (>=3.11,<4.0).
    sign("is not allowed by the project (", r"Python version \((?P<python>[\d.]+\d)\S*\) is not allowed by the project \((?P<wants>[^)]+)\)", sure=0.97, name="the project"),
    # ModuleNotFoundError: No module named 'audioop'  (What's New in Python 3.12 and 3.13: removed modules)
    sign("No module named '", r"ModuleNotFoundError: No module named '(?P<name>asynchat|asyncore|smtpd)'", sure=0.93, python="3.12 or newer", wants="3.11 or older, where it is a module of Python itself"),
    sign("No module named '", r"ModuleNotFoundError: No module named '(?P<name>aifc|audioop|cgi|cgitb|crypt|imghdr|lib2to3|mailcap|nntplib|ossaudiodev|pipes|sndhdr|spwd|sunau|telnetlib|xdrlib)'", sure=0.93, python="3.13 or newer", wants="3.12 or older, where it is a module of Python itself"),
    # ERROR: No matching distribution found for numpy==1.21.4   (above: Ignored the following versions that require a different python version)
    sign("No matching distribution found for", r"found for (?P<name>[A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?(?P<specifier>(?!==)[<>=!~][^\s;]*)?(?: |$)", sure=0.91, also="Ignored the following versions that require a different python version"),
)  # fmt: skip


# Modules that Python has dropped -> the distribution that has them since.
BACK = {
    "audioop": "audioop-lts", "cgi": "legacy-cgi", "cgitb": "legacy-cgi", "telnetlib": "standard-telnetlib", "imghdr": "standard-imghdr",
    "pipes": "standard-pipes", "asyncore": "pyasyncore", "asynchat": "pyasynchat",
}  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Distribution):
        if need.problem == "python":
            yield found(unmet, Facts(need.name, need.specifier, need.installed, need.wants))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    from dockwright.remedy_install import site
    from dockwright.remedy_seen import name_of, seen

    facts, where, known = finding.facts, finding.where, seen(project)
    assert isinstance(facts, Facts)
    name = name_of(finding, known)
    here = site(where, known, name)
    if here is not None:
        here.assume(facts.python)
    python = here.python if here is not None else facts.python or known.python
    if not facts.wants and facts.specifier.startswith("=="):
        facts = structs.replace(facts, wants=_required_by(project.output, facts.specifier[2:]))
    if here is not None and facts.name == "pip":
        from dockwright.remedy_install import bound_above

        yield from bound_above(here, "pip")
    if where is not None and (here is not None or facts.name == "the project"):
        yield from _other_python(where, project, facts, python)
    if here is not None and name:
        yield from _in_the_call(here, project, name, facts.wants)
    yield from _in_a_file(finding, name, python)
    if name in BACK:
        yield remedy.advice(
            f"`pip install {BACK[name]}` brings the module {name} back, where what uses it has no newer release."
        )
    fits = below(name, python) if name and python else ""
    wants = f" ({facts.wants})" if facts.wants else ""
    yield remedy.advice(
        f"Ask for `{fits}`, the last for Python {python}, or use a base image with a newer Python{wants}."
        if fits
        else f"Use a base image with a Python that {name or 'it'} supports{wants}, or ask for a release that supports this one."
    )


def _in_the_call(here: Site, project: Project, name: str, wants: str) -> Iterator[Remedy]:
    """A pip that knows Requires-Python, or the last release for this Python."""
    from dockwright.remedy_install import TOOLS, bound_for, newer_tools
    from dockwright.remedy_pip import parent_bound

    known, asked = here.known, here.known.requirement(name)
    if name in TOOLS:
        yield from newer_tools(here, f"later releases are not for Python {here.python}", "pip", "setuptools")
        return
    pinned = asked is not None and asked.specifier.startswith("==")
    if known.pip and known.pip < (9, 0) and not pinned and not known.egg:
        version = ".".join(map(str, known.pip))
        yield from newer_tools(here, f"pip {version} takes releases that are not for Python {here.python}", "pip")
    fits = "tornado<5" if wants.startswith("2.7.9") else below(name, here.python)
    if asked is not None and asked.by and asked.specifier:
        fits = parent_bound(asked.by, here.python)
    if fits:
        yield from bound_for(
            here,
            project,
            fits,
            f"later ones are not for {'this' if wants.startswith('2.7.9') else ''} Python {here.python}".replace(
                "  ", " "
            ),
            asked,
        )


def _in_a_file(finding: Finding, name: str, python: str) -> Iterator[Remedy]:
    """The line that the finding quotes asks for a release that this Python can't use."""
    from dockwright.facts.python import broken
    from dockwright.remedy_install import requirement_of

    found = requirement_of(finding, name)
    if found is None or not python:
        return
    fits = below(name, python)
    good = next((each.good for each in broken(name, python) if each.good), "")
    if good and not fits:
        yield remedy.risky(
            f"Ask for `{name}=={good}`, the first for Python {python}", remedy.swap_span(*found, f"{name}=={good}")
        )
    if fits:
        yield remedy.risky(f"Ask for `{fits}`: later ones are not for Python {python}", remedy.swap_span(*found, fits))


def _required_by(output: str, version: str) -> str:
    """What pip says of a release that it left out: `1.21.4 Requires-Python >=3.7,<3.11`."""
    at = output.rfind("Ignored the following versions that require a different python version")
    match = (
        re.search(rf"[:;] {re.escape(version)} Requires-Python (?P<wants>[^;\n]+)", output[at : at + 20_000])
        if at >= 0
        else None
    )
    return match["wants"].strip() if match is not None else ""


def _other_python(where: Place, project: Project, facts: Facts, python: str) -> Iterator[Remedy]:
    """A newer official image where the Python is too old for what is pinned, an older one where it is too new."""
    from dockwright.remedy_base import least, supported, with_python
    from dockwright.remedy_python import older_python

    pinned, wants = facts.specifier.startswith("=="), least(facts.wants)
    own = facts.name in ("program", "the project") or _of_the_project(project, facts.name)
    if (python.startswith("2") and pinned) or (wants and own):
        wanted = supported(project, wants or "3.0")
        newer = with_python(
            where, wanted, f"{facts.name or 'it'}{facts.specifier} is not for Python {python or 'of this image'}"
        )
        if newer is not None:
            yield newer
    if facts.name and pinned:
        older = older_python(where, [(facts.name, facts.specifier[2:])])
        if older is not None:
            yield remedy.risky(f"Build on Python `{older[0]}`, for which there are wheels", *older[1])


def _of_the_project(project: Project, name: str) -> bool:
    """Is it what the context itself makes, of which there is no other release to ask for?"""
    from dockwright.remedy_pip import plain

    texts = [project.tree.read(path) for path, _ in project.tree.walk("", 2_000) if path.endswith("pyproject.toml")]
    named = [
        re.search(r"^\[(?:project|tool\.poetry)\]\s*$[^\[]*?^name\s*=\s*[\"']([^\"'\n]+)", text, re.M)
        for text in texts
        if isinstance(text, str)
    ]
    return any(found is not None and plain(found[1]) == plain(name) for found in named)
