"""Questions that only the package index can answer, and the answers: plain values, so that a rehearsal stays pure."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct


class Question(Struct, frozen=True):
    """One install: what is asked for, and the interpreter that it is for.

    `python` is as exact as known ("3.11" or "3.11.9"); `installed` are `name==version` lines that the installer sees.
    `outside` are names that come from elsewhere (a repository, a local project): nothing is claimed about them.
    """

    python: str
    platform: str = "linux/amd64"
    libc: str = "glibc"  # glibc, musl
    libc_version: str = ""
    requirements: tuple[str, ...] = ()  # as PEP 508 has them
    constraints: tuple[str, ...] = ()
    installed: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    default_index: str = ""  # what the image's pip is told; empty: the usual one
    extra_indexes: tuple[str, ...] = ()
    no_binary: tuple[str, ...] = ()
    only_binary: tuple[str, ...] = ()
    prereleases: bool = False
    no_deps: bool = False
    tool: str = "pip"  # pip, uv


class Locked(Struct, frozen=True):
    """An install from a lock file: its text and that of its manifest, and the parts of it that are asked for.

    `groups` are added to those that the tool installs by itself, `without` are left out; `only`: no others and nothing else.
    `image` tells the interpreter, platform and C library. `extras` may be ("*",): all. `packages` are the members of a
    workspace that are asked for, ("*",): all; `left_out` names what is not installed.
    """

    tool: str  # uv, poetry, pdm, pipenv, pylock
    path: str
    text: str
    manifest: str
    image: Question
    groups: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    development: bool = True  # what is for development is installed unless something says otherwise
    packages: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


class Demand(Struct, frozen=True):
    """`by` asks for `specifier`; empty `by`: the requirements themselves."""

    by: str
    specifier: str


class Release(Struct, frozen=True):
    """A distribution that the install brings.

    `kind`: wheel, sdist (it is built here), installed (kept). `native`: other files of this release hold compiled
    code, so its sdist compiles some. `replaces`: the version that is there now.
    """

    name: str
    version: str
    kind: str = "wheel"
    file: str = ""
    size: int | None = None
    sha256: str = ""
    url: str = ""
    native: bool = False
    yanked: str | None = None
    via: tuple[str, ...] = ()  # who asks for it; empty: the requirements themselves
    replaces: str = ""
    demands: tuple[Demand, ...] = ()
    cuda: bool = False


class Trouble(Struct, frozen=True):
    """Why the install can't be done.

    `problem`: none (no such version), python (no release for this Python), wheel (only wheels allowed and none fits),
    conflict. `says` is one sentence; `involved` are names of direct requirements; `relax` are the smallest changes of
    them that resolve, each a set of requirement lines; `near` are versions that exist.
    """

    problem: str
    name: str
    specifier: str = ""
    says: str = ""
    involved: tuple[str, ...] = ()
    relax: tuple[tuple[str, ...], ...] = ()
    near: tuple[str, ...] = ()
    asked_by: str = ""
    sure: bool = True


class Answer(Struct, frozen=True):
    """`unknown` says what could not be known, one sentence each; `complete`: `releases` are all that is installed.

    `unreached`: the index did not answer some of it, so that the same question may be answered later.
    """

    releases: tuple[Release, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    unknown: tuple[str, ...] = ()
    complete: bool = False
    unreached: bool = False

    def release(self, name: str) -> Release | None:
        return next((release for release in self.releases if release.name == name), None)


class Known:
    """Answers by question. What is asked and not known is kept in `open`, to be answered before the next rehearsal.

    `recall` may know an answer from before, so that no other rehearsal is needed. `locked` are the installs from lock
    files that were met; `unplanned` says of which installs nothing is known.
    """

    def __init__(self, recall: Callable[[Question], Answer | None] | None = None) -> None:
        self.recall = recall
        self.answers: dict[Question, Answer] = {}
        self.open: dict[Question, None] = {}
        self.asked: dict[Question, None] = {}
        self.locked: dict[Locked, None] = {}
        self.unplanned: dict[str, None] = {}

    def clear(self) -> None:
        """Forget what was met, not what is known: another rehearsal begins."""
        self.asked.clear()
        self.locked.clear()
        self.unplanned.clear()

    def ask(self, question: Question) -> Answer | None:
        self.asked[question] = None
        answer = self.answers.get(question)
        if answer is None and question not in self.open:
            answer = self.recall(question) if self.recall else None
            if answer is None:
                self.open[question] = None
            else:
                self.answers[question] = answer
        return answer

    def tell(self, question: Question, answer: Answer) -> None:
        self.answers[question] = answer
        self.open.pop(question, None)
