"""Lines of a requirements file as pip joins them, and the options on them."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from dockwright.inputs.requirement import Malformed
from dockwright.patterns import pattern
from dockwright.source import Span

# option -> does it take a value; the long form names each (pip/_internal/req/req_file.py: SUPPORTED_OPTIONS)
_OPTIONS = {
    "--index-url": True, "--extra-index-url": True, "--no-index": False, "--constraint": True, "--requirement": True,
    "--editable": True, "--find-links": True, "--no-binary": True, "--only-binary": True, "--prefer-binary": False,
    "--require-hashes": False, "--pre": False, "--trusted-host": True, "--use-feature": True, "--pypi-url": True,
    "--global-option": True, "--config-settings": True, "--config-setting": True, "--hash": True,
    "--build-constraint": True, "--requirements-from-script": True, "--all-releases": True, "--only-final": True,
}  # fmt: skip
_SHORT = {"-i": "--index-url", "-c": "--constraint", "-r": "--requirement", "-e": "--editable", "-f": "--find-links",
          "-C": "--config-settings"}  # fmt: skip
_REMOVED = {"--install-option": "pip 23.1", "--process-dependency-links": "pip 19.0", "--use-wheel": "pip 10",
            "--no-use-wheel": "pip 10", "--allow-external": "pip 10", "--allow-all-external": "pip 10",
            "--allow-unverified": "pip 10", "--always-unzip": "pip 23.1"}  # fmt: skip


class Option(Struct, frozen=True):
    name: str  # the long form: `--requirement`
    value: str
    span: Span  # with the value


class Logical(Struct):
    """A joined line; `pieces` tell which offset of the file a position in it comes from."""

    text: str
    pieces: list[tuple[int, int]]

    def offset(self, position: int) -> int:
        start, offset = self.pieces[bisect_right(self.pieces, (position, sys.maxsize)) - 1]
        return offset + position - start

    def span(self, start: int, end: int) -> Span:
        """Span of a non-empty part: its last character may come from a later line than its first."""
        first = self.offset(start)
        return Span(first, max(first, self.offset(max(start, end - 1)) + (end > start)))


_COMMENT = pattern(r"(?:^|\s)#")


def logical_lines(text: str) -> Iterator[Logical]:
    at = 1 if text.startswith("\ufeff") else 0
    pieces: list[tuple[str, int]] = []
    for whole in text[at:].splitlines(keepends=True):
        line = whole.splitlines()[0]
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            pieces.append((line.rstrip("\\"), at))
        else:
            # a comment inside of a continued line ends it
            pieces.append((" " + line if comment and pieces else line, at - (comment and bool(pieces))))
            yield _joined(pieces)
            pieces = []
        at += len(whole)
    if pieces:
        yield _joined(pieces)


def _joined(pieces: list[tuple[str, int]]) -> Logical:
    text = "".join(piece for piece, _ in pieces)
    starts: list[tuple[int, int]] = []
    length = 0
    for piece, offset in pieces:
        starts.append((length, offset))
        length += len(piece)
    comment = _COMMENT.search(text) if "#" in text else None
    return Logical(text[: comment.start()] if comment else text, starts)


_WORD = pattern(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+|['"\\]""", re.DOTALL)


def read_options(text: str, at: int, logical: Logical) -> tuple[tuple[Option, ...], Malformed | None]:
    options: list[Option] = []
    matches = _WORD.finditer(text, at) if at < len(text) else ()
    words = [(match[0], match.start(), match.end()) for match in matches]
    index = 0
    while index < len(words):
        word, start, end = words[index]
        index += 1
        if word in ("'", '"', "\\"):
            return tuple(options), Malformed("requirements-option", f"{word} without its other half", start, end)
        if not word.startswith("-"):
            continue  # pip parses such a word and forgets it, a marker after `-e` too
        name, value = _split_option(word)
        if name is None:
            return tuple(options), _unknown_option(word, start, end)
        if value is None and _OPTIONS[name]:
            if index == len(words):
                return tuple(options), Malformed("requirements-option", f"{word} needs a value", start, end)
            value, end = words[index][0], words[index][2]
            index += 1
        options.append(Option(name, _unquoted(value or ""), logical.span(start, end)))
    return tuple(options), None


def _split_option(word: str) -> tuple[str | None, str | None]:
    """The long form of an option and the value written with it; (None, None) for what pip doesn't know here."""
    if not word.startswith("--"):
        long = _SHORT.get(word[:2])
        return (long, word[2:] or None) if long else (None, None)
    name, equals, value = word.partition("=")
    # optparse takes any unambiguous beginning of a long option
    fitting = (
        [name] if name in _OPTIONS else [option for option in _OPTIONS if option.startswith(name) and len(name) > 3]
    )
    if len(fitting) != 1:
        return None, None
    return fitting[0], value if equals else None


def _unknown_option(word: str, start: int, end: int) -> Malformed:
    name = word.partition("=")[0]
    if name in _REMOVED:
        return Malformed("requirements-option-removed", f"{name} was removed in {_REMOVED[name]}", start, end)
    return Malformed("requirements-option", f"no such option in a requirements file: {name}", start, end)


def _unquoted(value: str) -> str:
    if "'" not in value and '"' not in value and "\\" not in value:
        return value
    return re.sub(
        r"""\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)\"""", lambda match: match[1] or match[2] or match[3] or "", value
    )
