"""What a RUN step installs with, as the rehearsal saw it run: also in scripts that were followed, after env, sudo, sh -c."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from msgspec import Struct

from dockwright.finding import UNKNOWN
from dockwright.rehearse.commands import families, pip, poetry, uv
from dockwright.rehearse.journal import normal
from dockwright.rehearse.step import Executed, Step

GLOBAL = {"pip": pip.VALUES, "uv": uv.VALUES, "poetry": poetry.VALUES}
RUNNERS = frozenset(["make", "just", "task", "tox", "nox", "invoke", "inv", "hatch", "pipx", "build"])
OFF = ("", "0", "false", "no", "off")


class Use(Struct, frozen=True):
    """A tool at work. `words` are what follows the tool's name; an UNKNOWN one is a question mark."""

    tool: str
    action: str
    words: tuple[str, ...]
    ran: Executed

    def has(self, *names: str) -> bool:
        return any(word.partition("=")[0] in names for word in self.words)

    def value(self, name: str) -> str:
        """Value of a long option; empty when it is not there."""
        for at, word in enumerate(self.words):
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
            if word == name and at + 1 < len(self.words):
                return self.words[at + 1]
        return ""

    def variable(self, name: str) -> str:
        """Value of a variable: empty when it is unset as far as is known, a question mark when it is UNKNOWN."""
        value = self.ran.variables.get(name, "")
        return "?" if value is UNKNOWN else str(value)

    def switched(self, name: str) -> bool:
        return self.variable(name).lower() not in OFF

    @property
    def home(self) -> str:
        return "?" if self.ran.home is UNKNOWN else str(self.ran.home)

    def cache(self, variable: str, name: str) -> str:
        """The tool's cache folder: the one that its variable names, else below the user's; empty when it is not known."""
        given = self.variable(variable) or f"{self.variable('XDG_CACHE_HOME') or f'{self.home}/.cache'}/{name}"
        return normal(given) if given.startswith("/") and not set(given) & set(",?\"' ") else ""


def uses(step: Step) -> tuple[Use, ...]:
    return tuple(use for ran in step.executed if (use := _use(ran)) is not None)


def _use(ran: Executed) -> Use | None:
    words = tuple("?" if each.value is UNKNOWN else str(each.value) for each in ran.arguments)
    name, rest = posixpath.basename(words[0]), words[1:]
    plain = name.rstrip("0123456789.")
    if plain in ("python", "pypy"):
        return _module(rest, ran)
    return _tool(name if name in families() else plain, rest, ran)


def _module(words: Sequence[str], ran: Executed) -> Use:
    """`python -m pip …`; anything else that Python runs may install as well."""
    for at, word in enumerate(words):
        if word == "-m" and at + 1 < len(words):
            return _tool(words[at + 1], tuple(words[at + 2 :]), ran)
        if not word.startswith("-") or word == "-c":
            break
    return Use("python", "", tuple(words), ran)


def _tool(name: str, words: tuple[str, ...], ran: Executed) -> Use:
    at = _action(words, GLOBAL.get(name, frozenset()))
    if at is None:
        return Use(name, "", words, ran)
    action, behind = words[at], words[at + 1 :]
    if (name, action) == ("uv", "pip"):
        return _tool("uv pip", words[at + 1 :], ran)
    if name in ("poetry", "pipenv", "uv") and action == "run" and behind:
        inner = posixpath.basename(behind[0])
        if inner.rstrip("0123456789.") in ("pip", "python"):
            return _module(behind[1:], ran) if inner.startswith("python") else _tool("pip", behind[1:], ran)
    return Use(name, action, words, ran)


def _action(words: Sequence[str], values: frozenset[str]) -> int | None:
    """Index of the first word that is no option and no option's value."""
    at = 0
    while at < len(words):
        if not words[at].startswith("-"):
            return at
        at += 2 if words[at] in values and "=" not in words[at] else 1
    return None


# -- what nobody could follow -------------------------------------------------------------------------------------------


def may_install(step: Step) -> bool:
    """A script of the context or a runner that was not followed, and which may install Python packages."""
    return any(_obscure(step, use) for use in uses(step))


def _obscure(step: Step, use: Use) -> bool:
    """A Makefile is taken for one that installs where it speaks of pip: make builds other things as well."""
    name = str(use.ran.arguments[0].value)
    if use.tool == "make":
        return any("pip" in text for text in _texts(step, use, ("Makefile", "makefile", "GNUmakefile")))
    if use.tool in families() or use.tool in ("python", "pypy") or not step.unknown:
        return False
    return use.tool in RUNNERS or ("/" in name and any(True for _ in _texts(step, use, (name,))))


def _texts(step: Step, use: Use, names: Sequence[str]) -> Iterator[str]:
    """The texts of files in the command's folder, as far as they are known."""
    for name in names if use.ran.cwd is not UNKNOWN else ():
        node = step.before.find(normal(posixpath.join(str(use.ran.cwd), name))).node
        if node is not None and isinstance(node.text, str):
            yield node.text


def strangers(step: Step) -> Iterator[str]:
    """Commands that no family knows: they may do anything."""
    for use in uses(step):
        if use.tool not in families() and not (use.tool == "python" and not use.words):
            yield use.tool
