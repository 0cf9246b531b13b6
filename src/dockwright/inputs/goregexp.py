"""The part of Go's regular expression syntax that moby's patternmatcher can produce.

patternmatcher escapes `.+()|{}$` and nothing else, so what a user writes behind a backslash or in brackets is read as
RE2 reads it: `\\d` is a digit, `src\\app` holds a bell character, `build\\output` is an error.
"""

from __future__ import annotations

from dockwright.inputs.globs import DEEP, TOP, Item, PatternError, Ranges, inverse, one

ANY = inverse([(10, 10)])  # `.` does not match a line break
_DIGIT, _SPACE = ((48, 57),), ((9, 10), (12, 13), (32, 32))
_UPPER, _LOWER = (65, 90), (97, 122)
_WORD = ((48, 57), _UPPER, (95, 95), _LOWER)
_CONTROL = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PERL = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
_POSIX: dict[str, Ranges] = {
    "alnum": ((48, 57), _UPPER, _LOWER),
    "alpha": (_UPPER, _LOWER),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": (_LOWER,),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": (_UPPER,),
    "word": _WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}


class _Reader:
    """`text` is an expression; `pattern` is what the user wrote, for the error."""

    def __init__(self, text: str, pattern: str) -> None:
        self.text = text
        self.pattern = pattern
        self.at = 0

    def more(self) -> bool:
        return self.at < len(self.text)

    def take(self, text: str) -> bool:
        found = self.text.startswith(text, self.at)
        self.at += len(text) * found
        return found

    def char(self) -> str:
        self.at += 1
        return self.text[self.at - 1 : self.at]

    def wrong(self) -> PatternError:
        return PatternError("syntax error in pattern", self.pattern)


def items(expression: str, pattern: str) -> list[Item]:
    """The expression as items of an automaton; it has to match the whole text. Raises PatternError."""
    reader = _Reader(expression, pattern)
    out: list[Item] = []
    while reader.more():
        if reader.take(DEEP):
            while reader.take(DEEP):
                pass  # several in a row match the same as one
            # fork -> (.* -> /) -> on, or on at once
            out += [Item(assertion="fork", jump=3), Item(ANY, many=True), *one("/")]
            continue
        found = _atom(reader)
        if reader.take("*"):
            found[-1] = Item(found[-1].ranges, many=True)
        out += found
    return out


def _atom(reader: _Reader) -> list[Item]:
    char = reader.char()
    if char == "[":
        return [Item(_class(reader))]
    if char == ".":
        return [Item(ANY)]
    if char == "^":
        return [Item(assertion="begin")]
    if char == "$":
        return [Item(assertion="end")]
    return _escape(reader) if char == "\\" else one(char)


def _escape(reader: _Reader) -> list[Item]:
    """Behind a backslash outside of a class."""
    for letter, assertion in (("A", "begin"), ("z", "end"), ("b", "word"), ("B", "unword")):
        if reader.take(letter):
            return [Item(assertion=assertion)]
    if reader.take("Q"):
        start = reader.at
        end = reader.text.find("\\E", start)
        reader.at = len(reader.text) if end < 0 else end + 2
        return one(reader.text[start : None if end < 0 else end])
    perl = _perl(reader)
    return [Item(perl)] if perl is not None else one(chr(_code(reader)))


def _perl(reader: _Reader) -> Ranges | None:
    letter = reader.text[reader.at : reader.at + 1]
    found = _PERL.get(letter.lower())
    if found is None:
        return None
    reader.at += 1
    return found if letter.islower() else inverse(found)


def _code(reader: _Reader) -> int:
    """The one character that an escape means. Unicode classes (\\pL) are not read: an error rather than a guess."""
    char = reader.char()
    if not char or not char.isascii():
        raise reader.wrong()
    if char in "01234567":
        return _octal(reader, char)
    if char == "x":
        return _hexadecimal(reader)
    if char in _CONTROL:
        return _CONTROL[char]
    if char.isalnum():
        raise reader.wrong()
    return ord(char)


def _octal(reader: _Reader, first: str) -> int:
    digits = first
    while len(digits) < 3 and reader.text[reader.at : reader.at + 1] in tuple("01234567"):
        digits += reader.char()
    if first != "0" and len(digits) == 1:  # \\1 would be a reference to a group, which RE2 does not have
        raise reader.wrong()
    return int(digits, 8)


def _hexadecimal(reader: _Reader) -> int:
    if reader.take("{"):
        end = reader.text.find("}", reader.at)
        digits, reader.at = reader.text[reader.at : end], end + 1
        if end < 0 or len(digits) > 8:
            raise reader.wrong()
    else:
        digits = reader.char() + reader.char()
    wellformed = digits and all(digit in "0123456789abcdefABCDEF" for digit in digits)
    if not wellformed or int(digits, 16) > TOP:
        raise reader.wrong()
    return int(digits, 16)


def _class(reader: _Reader) -> Ranges:
    """Behind a `[`. A `]` that comes first is itself."""
    negated = reader.take("^")
    ranges: list[tuple[int, int]] = []
    first = True
    while first or not reader.take("]"):
        first = False
        named = _named(reader)
        if named is not None:
            ranges += named
            continue
        low = _class_char(reader)
        high = low
        if reader.text.startswith("-", reader.at) and not reader.text.startswith("-]", reader.at):
            reader.at += 1
            high = _class_char(reader)
            if high < low:
                raise reader.wrong()
        ranges.append((low, high))
    return inverse(ranges) if negated else tuple(ranges)


def _named(reader: _Reader) -> Ranges | None:
    """[:alpha:] or \\d in a class."""
    if reader.text.startswith("[:", reader.at):
        end = reader.text.find(":]", reader.at + 2)
        if end < 0:
            return None
        name = reader.text[reader.at + 2 : end]
        found = _POSIX.get(name.removeprefix("^"))
        if found is None:
            raise reader.wrong()
        reader.at = end + 2
        return inverse(found) if name.startswith("^") else found
    if reader.text.startswith("\\", reader.at):
        reader.at += 1
        perl = _perl(reader)
        if perl is not None:
            return perl
        reader.at -= 1
    return None


def _class_char(reader: _Reader) -> int:
    char = reader.char()
    if not char:
        raise reader.wrong()
    return _code(reader) if char == "\\" else ord(char)
