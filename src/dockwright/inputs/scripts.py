"""`docker build` lines in scripts, Makefiles, justfiles and package.json: literal ones only.

A line is split as a shell would split it; a variable in its context or Dockerfile makes it say nothing.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dockwright.finding import Place
from dockwright.inputs.discover import Read
from dockwright.inputs.dockercli import build_command
from dockwright.inputs.targets import Target, is_file, join, parent, read_text
from dockwright.source import Source

if TYPE_CHECKING:
    from dockwright.inputs.files import Tree

_TOOLS = ("docker", "podman", "buildah", "nerdctl")
_TELLING = (*_TOOLS, "cd ", "pushd", "popd")
_BEFORE = frozenset({"sudo", "time", "exec", "command", "then", "do", "else", "{", "(", "if", "!"})
MAX_CHARACTERS = 200_000


def read(tree: Tree, path: str) -> Read:
    text = read_text(tree, path)
    if text is None or len(text) > MAX_CHARACTERS or not any(tool in text for tool in _TOOLS):
        return Read(files=(path,))
    source = Source(path, text)
    script = _package_scripts(text) if posixpath.basename(path) == "package.json" else text
    place = (lambda line: _found(source, "docker")) if script is not text else (lambda line: _line(source, line))
    name = posixpath.basename(parent(path)).strip(".") or posixpath.splitext(posixpath.basename(path))[0]
    found: list[Target] = []
    for folder in dict.fromkeys((parent(path), ".")):  # most scripts are run from their own folder, or from the root
        targets = script_targets(script, name, folder, path, place, one_shell=path.endswith(".sh"))
        found = [target for target in targets if is_file(tree, target.dockerfile)]
        if found:
            break
    return Read(tuple(found), files=(path,))


def _package_scripts(text: str) -> str:
    """The scripts of package.json, one a line."""
    from msgspec import DecodeError, json

    try:
        data = json.decode(text.removeprefix("\ufeff"))
    except (DecodeError, RecursionError, UnicodeError):
        return ""
    scripts = data.get("scripts") if isinstance(data, dict) else None
    return "\n".join(value for value in scripts.values() if isinstance(value, str)) if isinstance(scripts, dict) else ""


def _found(source: Source, word: str) -> Place:
    return Place(source, source.line_span(source.line(max(0, source.text.find(word)))))


def _line(source: Source, line: int) -> Place:
    return Place(source, source.line_span(min(line, len(source.line_starts))))


def script_targets(
    text: str, name: str, folder: str, origin: str, place: Callable[[int], Place], *, one_shell: bool
) -> Iterator[Target]:
    """Targets of the build commands in a shell text. A literal `cd` is followed: to the end of the text with
    `one_shell`, else to the end of its line; after one that is not literal, nothing is known any more."""
    here: str | None = folder
    for number, line in _logical_lines(text):
        here = here if one_shell else folder
        for words in _commands(line):
            if words[:1] in (["cd"], ["pushd"], ["popd"]):
                here = join(here, words[1]) if here is not None and _literal_cd(words) else None
            elif here is not None:
                yield from build_command(words, name, here, origin, place(number))


def _literal_cd(words: list[str]) -> bool:
    return words[0] == "cd" and len(words) == 2 and words[1] != "-" and not set("$`~") & set(words[1])


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that name a tool or change the folder, continuations joined, with the number of the first."""
    start, pieces = 1, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        if not pieces:
            start = number
        stripped = line.rstrip("\r")
        if stripped.endswith("\\"):
            pieces.append(stripped[:-1])
            continue
        whole = " ".join([*pieces, stripped])
        pieces = []
        if any(word in whole for word in _TELLING) and not whole.lstrip().startswith("#"):
            yield start, whole


def _commands(line: str) -> Iterator[list[str]]:
    words: list[str] = []
    for word in _words(line):
        if word in ("&&", "||", ";", "|", "&", "\n"):
            yield _bare(words)
            words = []
        else:
            words.append(word)
    yield _bare(words)


def _bare(words: list[str]) -> list[str]:
    """Without `sudo`, make's `@` and assignments in front, and without redirections."""
    while words and (words[0] in _BEFORE or words[0] in ("@", "-", "@-") or _assignment(words[0])):
        words = words[1:]
    if words:
        words = [words[0].lstrip("@-"), *words[1:]]
    return [word for word in words if not word.startswith((">", "2>", "<"))]


def _assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.isidentifier()


def _words(line: str) -> Iterator[str]:
    """Words of a line; quotes are taken off, a comment ends it."""
    word, quote, started = "", "", False
    at = 0
    while at < len(line):
        char = line[at]
        if quote:
            if char == quote:
                quote = ""
            elif char == "\\" and quote == '"' and line[at + 1 : at + 2] in ('"', "\\"):
                at += 1
                word += line[at]
            else:
                word += char
        elif char in "'\"":
            quote, started = char, True
        elif char == "\\" and at + 1 < len(line):
            at += 1
            word, started = word + line[at], True
        elif char in " \t;&|\n" or (char == "#" and not started):
            if started:
                yield word
            word, started = "", False
            if char == "#":
                return
            if char in ";&|":
                double = line[at : at + 2] in ("&&", "||")
                yield line[at : at + 1 + double]
                at += double
        else:
            word, started = word + char, True
        at += 1
    if started:
        yield word
