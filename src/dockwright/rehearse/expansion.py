"""Words of a shell expanded with three-valued variables (POSIX.1 XCU 2.6). An UNKNOWN inside a word makes the word UNKNOWN."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright.dockerfile.shell import Arithmetic, Parameter, Part, ProcessSubstitution, Substitution, Text, Word
from dockwright.finding import NO, UNKNOWN, Answer
from dockwright.rehearse.journal import Value
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.dockerfile.shell import Script

GLOBS = frozenset("*?[")


class Argument(Struct, frozen=True):
    """One argument after expansion. `glob`: it holds unquoted pattern characters that were not matched against files."""

    value: Value
    span: Span
    glob: bool = False
    variable: str = ""  # the one variable that the word consists of


class Scope(Struct, frozen=True):
    """What expansion asks: a variable (None: unset), the output of a substitution, the home folder."""

    variable: Callable[[str], Value | None]
    output: Callable[[Script], Value]
    home: Value = UNKNOWN
    assign: Callable[[str, Value], None] | None = None
    braces: Callable[[], Answer] | None = None  # does this shell expand braces
    demand: Callable[[str], None] | None = None  # told of `${NAME:?}` without a value


def expand_value(word: Word, scope: Scope) -> Value:
    """The word as one field: no splitting, as in an assignment or between double quotes."""
    pieces = [_piece(part, scope) for part in word.parts]
    if any(piece is UNKNOWN for piece in pieces):
        return UNKNOWN
    text = "".join(str(piece) for piece in pieces)
    if text.startswith("~") and word.parts and isinstance(word.parts[0], Text) and not word.parts[0].quoted:
        return _tilde(text, scope)
    return text


def expand_words(words: Iterable[Word], scope: Scope) -> list[Argument]:
    arguments: list[Argument] = []
    for word in words:
        arguments += _fields(word, scope)
    return arguments


def _fields(word: Word, scope: Scope) -> list[Argument]:
    if scope.braces is None or not any(
        isinstance(part, Text) and not part.quoted and "{" in part.text for part in word.parts
    ):
        return _split(word, scope)
    from dockwright.rehearse.braces import expanded

    words, expands = expanded(word), scope.braces()
    if expands is NO or (words is not None and len(words) == 1):
        return _split(word, scope)
    if expands is UNKNOWN or words is None:
        return [Argument(UNKNOWN, word.span)]
    return [argument for each in words for argument in _split(each, scope)]


def _split(word: Word, scope: Scope) -> list[Argument]:
    if all(isinstance(part, Text) for part in word.parts):
        return [Argument(expand_value(word, scope), word.span, _globbed(word))]
    value = expand_value(word, scope)
    name = word.parts[0].name if len(word.parts) == 1 and isinstance(word.parts[0], Parameter) else ""
    if value is UNKNOWN:
        return [Argument(UNKNOWN, word.span, variable=name)]
    if word.quoted or not any(isinstance(part, Parameter | Substitution | Arithmetic) for part in word.parts):
        return [Argument(value, word.span, _globbed(word), name)]
    return [Argument(field, word.span, bool(GLOBS & set(field)), name) for field in str(value).split()]


def _globbed(word: Word) -> bool:
    return any(isinstance(part, Text) and not part.quoted and GLOBS & set(part.text) for part in word.parts)


def _tilde(text: str, scope: Scope) -> Value:
    user, slash, rest = text[1:].partition("/")
    if user:
        return UNKNOWN
    return UNKNOWN if scope.home is UNKNOWN else f"{scope.home}{slash}{rest}"


def _piece(part: Part, scope: Scope) -> Value:
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Parameter):
        return _parameter(part, scope)
    if isinstance(part, Substitution):
        return scope.output(part.script)
    if isinstance(part, ProcessSubstitution):
        return "/dev/fd/63"
    return _arithmetic(part.text, scope)


def _arithmetic(text: str, scope: Scope) -> Value:
    if scope.assign is not None:
        for name in assigned(text):
            scope.assign(name, UNKNOWN)
    return text.strip() if text.strip().isdigit() else UNKNOWN


def assigned(expression: str) -> list[str]:
    """Variables that an arithmetic expression may change: `i++`, `n += 2`."""
    if "=" not in expression and "++" not in expression and "--" not in expression:
        return []
    text = "".join(letter if letter.isalnum() or letter == "_" else " " for letter in expression)
    return [word for word in text.split() if not word[0].isdigit()]


def _parameter(part: Parameter, scope: Scope) -> Value:
    value = scope.variable(part.name)
    operator = part.operator
    if operator is None:
        return "" if value is None else value
    if value is UNKNOWN:
        return UNKNOWN
    if operator in DEFAULTS:
        return _default(part, value, scope)
    text = "" if value is None else str(value)
    if operator == "length":
        return str(len(text))
    if operator in ("#", "##", "%", "%%"):
        return _trim(text, operator, _argument(part, scope))
    if operator in ("^^", ",,") and part.argument is None:
        return text.upper() if operator == "^^" else text.lower()
    return UNKNOWN


DEFAULTS = frozenset({":-", "-", ":=", "=", ":+", "+", ":?", "?"})


def _default(part: Parameter, value: Value | None, scope: Scope) -> Value:
    operator = part.operator or ""
    empty = value is None or (operator.startswith(":") and value == "")
    if operator.endswith("+"):
        return "" if empty else _argument(part, scope)
    if not empty:
        return "" if value is None else value
    if operator.endswith("?"):
        if scope.demand is not None:
            scope.demand(part.name)
        return UNKNOWN
    given = _argument(part, scope)
    if operator.endswith("=") and scope.assign is not None:
        scope.assign(part.name, given)
    return given


def _argument(part: Parameter, scope: Scope) -> Value:
    return "" if part.argument is None else expand_value(part.argument, scope)


def _trim(text: str, operator: str, pattern: Value) -> Value:
    """`#` and `%`: the shortest, `##` and `%%`: the longest match of a glob at the start or the end is cut off."""
    if pattern is UNKNOWN or len(text) > 4096:
        return UNKNOWN
    longest, at_start = len(operator) == 2, operator[0] == "#"
    lengths: Iterable[int] = range(len(text) + 1)
    for length in reversed(list(lengths)) if longest else lengths:
        piece = text[:length] if at_start else text[len(text) - length :]
        if fnmatchcase(piece, str(pattern)):
            return text[length:] if at_start else text[: len(text) - length]
    return text
