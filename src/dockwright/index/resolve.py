"""Resolution by uv for the image's Python and platform, without building anything.

uv runs with --no-build always. A release that has only a source archive is shown to it as a wheel without contents,
made here from what the archive declares, so that the resolver can weigh it as pip would.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.index import standins, uv
from dockwright.index.client import Index
from dockwright.index.environment import machine
from dockwright.index.page import File, Page
from dockwright.index.question import Question
from dockwright.index.tags import allows, rank, supported, uv_platform

if TYPE_CHECKING:
    pass

ROUNDS = 8
LIMIT = 60.0  # seconds of one run of uv
# `error: Request failed after 3 retries`, `Failed to fetch: …`, `HTTP status server error (503 Service Unavailable) …`
UNREACHED = re.compile(
    r"Request failed|Failed to fetch|error sending request|HTTP status server error|error decoding response"
)


class Picked(Struct, frozen=True):
    """One line of uv's answer."""

    name: str
    version: str
    via: tuple[str, ...] = ()


class Outcome(Struct, frozen=True):
    """`picked` when it resolves; else `error`, uv's own words. `unknown`: why neither is known."""

    picked: tuple[Picked, ...] | None = None
    error: str = ""
    unknown: tuple[str, ...] = ()
    unreached: bool = False  # the index did not answer
    sdists: frozenset[tuple[str, str]] = frozenset()


class World:
    """What one question's resolution knows: the tags that fit, and projects seen through the question's indexes."""

    def __init__(self, index: Index, question: Question) -> None:
        self.index = index
        self.question = question
        parts = question.python.split(".")
        self.python = (int(parts[0]), int(parts[1]))
        self.arch = machine(question.platform) or ""
        self.tags = supported(self.python, self.arch, question.libc, question.libc_version)
        self.standins: dict[tuple[str, str], tuple[str, ...]] = {}
        self.unread: list[str] = []  # source archives whose requirements are not known
        self.banned: list[str] = []

    def page(self, name: str) -> Page | None:
        """All files of a project over the question's indexes; None when none has it or one could not be asked."""
        from dockwright.finding import UNKNOWN

        pages = [self.index.page(name, base) for base in (self.question.default_index, *self.question.extra_indexes)]
        if any(page is UNKNOWN for page in pages):
            return None
        found = [file for page in pages if isinstance(page, Page) for file in page.files]
        return Page(name, tuple(found)) if found else None

    def usable(self, files: Iterable[File]) -> File | None:
        """The wheel that pip takes of one version's files."""
        name = next(iter(files)).name.partition("-")[0].lower().replace("_", "-") if files else ""
        if self._refused(name, self.question.no_binary):
            return None
        fitting = [
            (rank(file, self.tags), file) for file in files if file.kind == "wheel" and self.lets_in(file) is not False
        ]
        known = [(place, file.name, file) for place, file in fitting if place is not None]
        return min(known)[2] if known else None

    def source(self, files: Iterable[File]) -> File | None:
        """The source archive that pip would build of one version's files."""
        for file in files:
            if (
                file.kind == "sdist"
                and self.lets_in(file) is not False
                and not self._refused(file.name, self.question.only_binary)
            ):
                return file
        return None

    def lets_in(self, file: File) -> bool | None:
        return allows(file.requires_python, self.question.python)

    @staticmethod
    def _refused(name: str, listed: Sequence[str]) -> bool:
        from dockwright.rehearse.python import canonical

        head = canonical(re.split(r"-\d", name)[0])
        return ":all:" in listed or any(canonical(each) == head for each in listed)


def resolve(world: World, requirements: Sequence[str], *, limit: float = LIMIT, rounds: int = ROUNDS) -> Outcome:
    """Ask uv until its answer rests on everything that pip would consider."""
    for _ in range(rounds):
        done = _run(world, requirements, limit)
        if done.code is None:
            return Outcome(unknown=("the resolver did not end in time" if uv.binary() else "uv is not installed",))
        if done.code == 0:
            picked = read(done.output)
            if not _reconsider(world, picked):
                sdists = frozenset(
                    (pick.name, pick.version) for pick in picked if (pick.name, pick.version) in world.standins
                )
                return Outcome(picked, unknown=tuple(world.unread), sdists=sdists)
            continue
        names = unbuilt(done.error)
        if not names:
            return _failed(world, requirements, done, limit)
        if not sum(standins.show(world, name) for name in names):
            return Outcome(
                unknown=(f"what the sources of {', '.join(sorted(names))} require can't be read without building them",)
            )
    return Outcome(unknown=("the resolver came to no end",))


def _failed(world: World, requirements: Sequence[str], done: uv.Outcome, limit: float) -> Outcome:
    """A real conflict, unless pre-releases, which pip takes where something asks for them, resolve it."""
    if "No solution found" not in done.error:
        failed = f"the resolver failed: {_first(done.error)}"
        return Outcome(
            unknown=(failed,), unreached=not world.index.offline and UNREACHED.search(done.error) is not None
        )
    if re.search(r"pre-?release", done.error) and _run(world, requirements, limit, "--prerelease", "allow").code == 0:
        return Outcome(unknown=("it resolves with pre-releases only",))
    if world.index.offline or "disabled" in done.error or "Failed to" in done.error:
        return Outcome(
            unknown=("the cache does not hold all that the resolver needs",), unreached=not world.index.offline
        )
    return Outcome(error=done.error, unknown=tuple(world.unread))


def _first(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("warning")]
    return re.sub(r"https?://\S+", "…", lines[0])[:200] if lines else "no message"


def _run(world: World, requirements: Sequence[str], limit: float, *more: str) -> uv.Outcome:
    question, index = world.question, world.index
    with tempfile.TemporaryDirectory(prefix="dockwright-resolve-") as folder:
        links = Path(folder, "links")
        links.mkdir()
        for (name, version), requires in world.standins.items():
            standins.write(links, name, version, requires)
        Path(folder, "constraints.txt").write_text(
            "\n".join([*question.constraints, *world.banned]) + "\n", encoding="utf-8"
        )
        arguments = [
            "pip", "compile", "-", "--no-build", "--no-header", "--no-config", "--annotation-style", "line",
            "--no-strip-extras", "--python", sys.executable, "--python-version", question.python,
            "--python-platform", str(uv_platform(question)),
            "--index-strategy", "unsafe-best-match", "--find-links", str(links), "--constraint", "constraints.txt",
            "--default-index", question.default_index or index.settings.default, "--color", "never", *more,
        ]  # fmt: skip
        for base in question.extra_indexes:
            arguments += ["--index", base]
        arguments += ["--prerelease", "allow"] if question.prereleases and "--prerelease" not in more else []
        arguments += ["--no-deps"] if question.no_deps else []
        arguments += ["--offline"] if index.offline else []
        arguments += ["--exclude-newer", index.until + "Z"] if index.until else []
        if question.installed:
            Path(folder, "kept.txt").write_text("\n".join(question.installed) + "\n", encoding="utf-8")
            arguments += ["--output-file", "kept.txt"]
        extra = (
            {"UV_CACHE_DIR": str(Path(index.cache.root).parents[1] / "uv")}
            if index.cache.root
            else {"UV_NO_CACHE": "1"}
        )
        if index.settings.ca_file:
            extra["SSL_CERT_FILE"] = index.settings.ca_file
        return uv.run(arguments, "\n".join(requirements) + "\n", limit=limit, folder=folder, more=extra)


_LINE = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;#]+)(?:[^#]*#\s*via\s+(.*))?")


def read(output: str) -> tuple[Picked, ...]:
    """`flask==3.1.3   # via -r -, flask-cors`"""
    found = []
    for line in output.splitlines():
        match = _LINE.match(line)
        if match is not None:
            via = tuple(
                word.split("[")[0] for word in (match[3] or "").split(", ") if word and not word.startswith("-")
            )
            found.append(Picked(match[1], match[2], via))
    return tuple(found)


def unbuilt(error: str) -> set[str]:
    """Projects that uv left out because it may not build."""
    names = set(re.findall(r"Wheels are required for `([a-z0-9._-]+)`", error))
    flat = " ".join(error.split())
    return names | set(re.findall(r"([a-z0-9][a-z0-9._-]*)(?:[<>=!~][^ ]*)? (?:has|have) no usable wheels", flat))


def _reconsider(world: World, picked: tuple[Picked, ...]) -> bool:
    """Would pip take something else: a newer release with sources only, or not one that this Python is kept from?"""
    world.index.pages((pick.name for pick in picked), world.question.default_index)
    changed = False
    for pick in picked:
        page = world.page(pick.name)
        if page is None or f"{pick.name}=={pick.version}" in world.question.installed:
            continue
        files = page.versions.get(pick.version, [])
        if files and all(world.lets_in(file) is False for file in files):
            world.banned.append(f"{pick.name}!={pick.version}")
            changed = True
        changed = changed or bool(standins.show(world, pick.name, newer=pick.version))
    return changed
