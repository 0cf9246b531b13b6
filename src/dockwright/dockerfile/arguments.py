"""From the joined text of an instruction to its flags and arguments (parser/split_command.go, line_parsers.go)."""

from __future__ import annotations

from dockwright.dockerfile.gotext import SPACE, quote
from dockwright.dockerfile.jsonform import NotStrings, string_array
from dockwright.dockerfile.nodes import Flag, Joined, Pair, Word

_BLANK = "\t\v\f\r "
_SPACED = str.maketrans(_BLANK, " " * len(_BLANK))


class Malformed(Exception):
    """BuildKit's parser refuses this line; the word that it names begins at `start` and ends at `end` of the rest."""

    def __init__(self, message: str, start: int = 0, end: int = 0) -> None:
        super().__init__(message)
        self.start, self.end = start, end


def trimmed(line: Joined) -> Joined:
    text = line.text
    start = len(text) - len(text.lstrip(SPACE))
    return line.slice(start, max(start, len(text.rstrip(SPACE))))


def keyword(line: Joined) -> tuple[Word, Joined]:
    """The first word of a trimmed line, and what follows it."""
    end, start = _gap(line.text)
    return line.word(0, end), line.slice(start, len(line.text))


def _gap(text: str) -> tuple[int, int]:
    """Where the first blanks begin and end; both at the end of a text without any."""
    end = text.translate(_SPACED).find(" ")
    return (end, len(text) - len(text[end:].lstrip(_BLANK))) if end >= 0 else (len(text), len(text))


def flags(rest: Joined, escape: str) -> tuple[tuple[Flag, ...], Joined]:
    """Leading words that begin with two dashes, unquoted; a bare `--` ends them."""
    text, at, found = rest.text, 0, []
    while True:
        while text[at : at + 1] and text[at] in SPACE:
            at += 1
        if not text.startswith("--", at):
            break
        end, word = _flag_word(text, at, escape)
        start, at = at, end
        if word == "--":
            break
        name, equals, value = word[2:].partition("=")
        found.append(Flag(name, value if equals else None, rest.span(start, end)))
    return tuple(found), trimmed(rest.slice(at, len(text)))


def _flag_word(text: str, at: int, escape: str) -> tuple[int, str]:
    """End of the word that begins at `at`, and the word without its quotes and escapes."""
    out, quoted = [], ""
    while at < len(text):
        char = text[at]
        if not quoted and char in SPACE:
            break
        if char == quoted:
            quoted = ""
        elif not quoted and char in "'\"":
            quoted = char
        elif char == escape:
            at += 1
            out.append(text[at : at + 1])
        else:
            out.append(char)
        at += 1
    return min(at, len(text)), "".join(out)


def quoted_words(rest: Joined, escape: str) -> list[tuple[int, int]]:
    """Ranges of the words at white space outside of quotes; an escape that ends the line is dropped."""
    text, at, start, quoted = rest.text, 0, -1, ""
    found = []
    while at < len(text):
        char = text[at]
        if start < 0 and char not in SPACE:
            start = at
        if not quoted and char in SPACE:
            if start >= 0:
                found.append((start, at))
            start = -1
        elif char == escape and quoted != "'":
            at += 1
        elif char == quoted:
            quoted = ""
        elif not quoted and char in "'\"":
            quoted = char
        at += 1
    end = len(text) - (at > len(text))
    return [*found, (start, end)] if 0 <= start < end else found


def split(rest: Joined) -> tuple[Word, ...]:
    at, found = 0, []
    for word in rest.text.translate(_SPACED).split(" "):
        if word:
            found.append(rest.word(at, at + len(word)))
        at += len(word) + 1
    return tuple(found)


def whole(rest: Joined) -> tuple[Word, ...]:
    return (rest.word(0, len(rest.text)),) if rest.text else ()


def exec_form(rest: Joined) -> tuple[Word, ...] | None:
    """The items of a JSON array of strings; None where BuildKit falls back to the shell form."""
    start = len(rest.text) - len(rest.text.lstrip(SPACE))
    if not rest.text.startswith("[", start):
        return None
    try:
        items = string_array(rest.text, start)
    except NotStrings as error:
        raise Malformed(str(error), 0, len(rest.text)) from None
    return None if items is None else tuple(Word(text, rest.span(*at)) for text, at in items)


def pairs(name: str, rest: Joined, escape: str) -> tuple[Pair, ...]:
    """ENV and LABEL: `key=value …`, or the old `key value` when the first word has no equals sign."""
    ranges = quoted_words(rest, escape)
    if not ranges:
        return ()
    if "=" not in rest.text[slice(*ranges[0])]:
        end, start = _gap(rest.text)
        if end == len(rest.text):
            raise Malformed(f"{name} must have two arguments", 0, len(rest.text))
        return (Pair(rest.word(0, end), rest.word(start, len(rest.text))),)
    return tuple(_assignment(rest, start, end) for start, end in ranges)


def _assignment(rest: Joined, start: int, end: int) -> Pair:
    pair = optional_pair(rest, start, end)
    if pair.value is None:
        form = "Must be of the form: name=value"
        raise Malformed(f"Syntax error - can't find = in {quote(pair.key.text)}. {form}", start, end)
    return pair


def optional_pair(rest: Joined, start: int, end: int) -> Pair:
    """A word of ARG: with or without a value."""
    middle = rest.text.find("=", start, end)
    if middle < 0:
        return Pair(rest.word(start, end), None)
    return Pair(rest.word(start, middle), rest.word(middle + 1, end))
