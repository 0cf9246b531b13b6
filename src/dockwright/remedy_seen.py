"""What the output of a failing step tells about its circumstances: the Python, the pip, the distribution that it stopped at.

Remedies need it where no file says which version was asked for: a log names the interpreter's folder, the requirement in work
and the line of the file that asks for it.
"""

from __future__ import annotations

import re

from msgspec import Struct

from dockwright.finding import Finding
from dockwright.patterns import pattern
from dockwright.project import Project

MOST = 400_000  # characters of an output that are looked through, the last ones

# DEPRECATION: Python 2.7 reached the end of its life · /usr/lib/python3.5/ · numpy-1.18.5-cp35-cp35m-manylinux1 · temp.linux-x86_64-3.6
PYTHON = pattern(
    r"DEPRECATION: Python (?P<a>\d\.\d+) (?:reached|will reach|support)|running Python is (?P<b>\d\.\d+)|/lib(?:64)?/python(?P<c>\d\.\d+)/"
    r"|-cp(?P<d>[23])(?P<e>\d\d?)-(?:cp|none|abi)|\.linux-\w+-(?P<f>\d\.\d+)|Python (?P<g>\d\.\d+) detected|-py(?P<h>\d\.\d+)\.egg"
)
# You are using pip version 8.1.1, however version 20.1.1 is available. · pip 1.5.4 detected.
PIP = pattern(
    r"You are using pip version (?P<a>[\d.]+\d)|pip (?P<b>[\d.]+\d) detected|A new release of pip.*: (?P<c>\d[\d.]*) ->"
)
# in /tmp/pip-build-b9u0382o/websockets/ · /tmp/pip-install-51pl56tk/locustio/setup.py · /tmp/pip-install-x/numpy_0123…/
BUILT = pattern(
    r"/(?:pip-install-|pip-build-(?!env-)|pip_build_)[^/\s]*/(?P<name>[A-Za-z0-9][\w.-]*?)(?:_[0-9a-f]{32})?(?=[/\s'\"]|$)"
)
# File "/tmp/easy_install-_UMhGq/numpy-1.19.0/setup.py", line 30: setuptools' own installer looks at no Requires-Python
EGG = pattern(r"/easy_install-[^/\s]+/(?P<name>[A-Za-z][\w.]*(?:-[A-Za-z][\w.]*)*)-\d[^/\s]*/")
FAILED = pattern(
    r"(?:Failed building wheel for |Failed to build [`']?|Couldn't install package: |Could not build wheels for |projects \()"
    r"(?P<name>(?!installable )[A-Za-z0-9][\w.-]*)"
)
# Collecting numpy==1.19 (from -r requirements.txt (line 9)) · Downloading/unpacking yarl (from aiohttp)
COLLECTING = (
    r"(?:Collecting|Downloading/unpacking|that satisfies the requirement|matching distribution found for) "
    r"(?P<name>[A-Za-z0-9][\w.-]*?)(?:\[[^\]]*\])?(?P<specifier>[<>=!~][^\s;()]*)?(?:;[^()]*?)?"
    r"(?: \(from (?!versions:)(?P<by>[^\n]*?)\))?(?: \(from versions:|\s*$)"
)
OF_FILE = pattern(r"-[rc] (?P<file>\S+) \(line (?P<line>\d+)\)")


class Asked(Struct, frozen=True):
    """A requirement as the output names it, and who asks: a line of a file, other distributions, or (neither) the command."""

    name: str
    specifier: str = ""
    file: str = ""
    line: int = 0
    by: str = ""

    @property
    def direct(self) -> bool:
        return not self.by

    @property
    def text(self) -> str:
        return self.name + self.specifier


class Seen(Struct, frozen=True):
    """What is known of the failing command; empty where the output does not tell."""

    python: str = ""
    pip: tuple[int, ...] = ()
    culprit: str = ""  # the distribution that was being built
    egg: str = ""  # the one that setuptools' own installer was building
    legacy: bool = False  # setup.py is run with what is installed, not in an environment of its own
    asked: tuple[Asked, ...] = ()

    def requirement(self, name: str) -> Asked | None:
        """How the distribution was asked for: the last line that says by whom, else the last that names it."""
        wanted = _plain(name)
        found = [each for each in reversed(self.asked) if _plain(each.name) == wanted]
        return next((each for each in found if each.file or each.by), found[0] if found else None)

    @property
    def last(self) -> Asked | None:
        return self.asked[-1] if self.asked else None


def seen(project: Project) -> Seen:
    text = project.output[-MOST:]
    if not text:
        return Seen()
    asked = tuple(_asked(match) for match in re.finditer(COLLECTING, text, re.M))
    culprit = _last(BUILT, text) or _last(FAILED, text)
    legacy = "setup.py egg_info" in text or "setup.py develop" in text or "setup.py clean" in text
    egg = _last(EGG, text[-20_000:])
    return Seen(
        _python(text), _pip(text), culprit, egg, legacy and "Getting requirements to build wheel" not in text, asked
    )


def name_of(finding: Finding, found: Seen) -> str:
    """The distribution that a finding is about, as its facts or the output name it; empty when neither does."""
    told = getattr(finding.facts, "name", "")
    if told and " " not in told and "/" not in told and told.lower() not in ("pip", "program"):
        return str(told)
    if found.egg:
        return found.egg
    if found.culprit:
        return found.culprit
    return found.last.name if found.last is not None else ""


def offered(project: Project, name: str) -> tuple[str, ...]:
    """The releases that pip lists where none fits: `(from versions: 3.4.2.17, 3.4.3.18, …)`."""
    for match in re.finditer(r"requirement (\S+).*\(from versions: ([^)]*)\)", project.output[-MOST:]):
        if _plain(re.split(r"[<>=!~\[]", match[1])[0]) == _plain(name):
            return tuple(part.strip() for part in match[2].split(",") if part.strip() not in ("", "none"))
    return ()


def clash(text: str) -> tuple[str, str, str] | None:
    """What pip's resolver says of a conflict with a pin of one's own: (name, who forbids the pin, what they take).

    The conflict is caused by:
        The user requested starlette==0.27.0
        fastapi 0.115.0 depends on starlette<0.39.0 and >=0.37.2
    """
    at = text.rfind("The conflict is caused by:")
    if at < 0:
        return _clash_of_uv(text[-20_000:])
    own: dict[str, str] = {}
    theirs: list[tuple[str, str, str]] = []
    for line in text[at:].split("\n")[1:40]:
        user = re.match(r"\s+The user requested ([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?([<>=!~]\S.*)?$", line)
        other = re.match(r"\s+(\S+ \S+) depends on ([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?([<>=!~].*?)?(?:;.*)?$", line)
        if user is not None:
            own[_plain(user[1])] = user[2] or ""
        elif other is not None:
            theirs.append((other[1], other[2], (other[3] or "").replace(" and ", ",").replace(" ", "")))
        elif not line.strip():
            break
    found = [each for each in theirs if own.get(_plain(each[1])) and each[2]]
    if len({each[1:] for each in found}) != 1:
        return None
    by, name, fits = found[0]
    return name, by, fits


def _clash_of_uv(text: str) -> tuple[str, str, str] | None:
    """Because fastapi==0.115.0 depends on starlette>=0.37.2,<0.39.0 and you require fastapi==0.115.0, we can conclude that you
    require starlette>=0.37.2,<0.39.0. And because you require starlette==0.27.0, …"""
    flat = " ".join(text.split())
    found = set(re.findall(r"[Bb]ecause (\S+==\S+) depends on ([A-Za-z0-9][\w.-]*)([<>=!~]=?[^\s]+)", flat))
    pinned = {_plain(name) for name, _ in re.findall(r"you require ([A-Za-z0-9][\w.-]*)(==[\w.]+)", flat)}
    fitting = {(name, by, fits.rstrip(",.")) for by, name, fits in found if _plain(name) in pinned}
    return fitting.pop() if len(fitting) == 1 else None


def unsuited(line: str) -> str:
    """The requirement that an installed release does not meet, of an old setuptools' message or of pkg_resources'."""
    match = re.search(r"is installed but ([A-Za-z0-9][\w.-]*[<>=!~][^\s;]*)(?:;[^{(]*)? is required by", line)
    match = match or re.search(r"VersionConflict: \(.*Requirement\.parse\('([A-Za-z0-9][\w.-]*[<>=!~][^';]*)'\)", line)
    return nearest_above(match[1]) if match is not None else ""


def nearest_above(requirement: str) -> str:
    """`Django>=1.11` alone would bring the newest in: the series of the lowest that suits changes least."""
    match = re.fullmatch(r"([\w.-]+)>=(\d+(?:\.\d+)+)", requirement)
    if match is None:
        return requirement
    return f"{match[1]}~={match[2]}{'.0' if match[2].count('.') == 1 else ''}"


def _asked(match: re.Match[str]) -> Asked:
    by = match["by"] or ""
    place = OF_FILE.search(by)
    specifier = match["specifier"] or ""
    if place is not None and "condaenv." in place["file"]:
        return Asked(match["name"], specifier, "the pip list of environment.yml")
    if place is not None and "->" not in by:
        return Asked(match["name"], specifier, place["file"], int(place["line"]))
    return Asked(match["name"], specifier, by=by)


def _python(text: str) -> str:
    found = ""
    for match in PYTHON.finditer(text):
        groups = match.groupdict()
        found = f"{groups['d']}.{groups['e']}" if groups["d"] else next(value for value in groups.values() if value)
    return found


def _pip(text: str) -> tuple[int, ...]:
    version = _last(PIP, text)
    if version:
        return tuple(int(part) for part in version.split(".") if part.isdigit())
    if "/pip_build_" in text:
        return (1, 5)  # pip before 6 builds in /tmp/pip_build_USER
    return ()


def _last(wanted: re.Pattern[str], text: str) -> str:
    found = ""
    for match in wanted.finditer(text):
        found = next((value for value in match.groupdict().values() if value), found)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
