"""The part of HCL that bake files use: blocks, attributes, strings with `${}`, lists, maps, conditionals.

Grammar: HCL native syntax specification. A call, an operator or a `for` is read over, and its value is UNKNOWN.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

from dockwright.finding import Answer
from dockwright.inputs.problem import Problem, problem
from dockwright.source import Source, Span

UNKNOWN = Answer.UNKNOWN
MAX_DEPTH = 60
MAX_CHARACTERS = 500_000

Value: TypeAlias = "str | bool | Answer | tuple[Value, ...] | dict[str, Value] | None"
Variables: TypeAlias = "Callable[[str], Value]"


class Token(Struct, frozen=True):
    """`kind`: name, string, number, heredoc, newline, end, or the punctuation itself."""

    kind: str
    text: str
    start: int
    end: int


class Attribute(Struct, frozen=True):
    name: str
    tokens: tuple[Token, ...]  # of the expression
    span: Span


class Block(Struct, frozen=True):
    """`target "web" { … }`: kind `target`, labels `("web",)`."""

    kind: str
    labels: tuple[str, ...]
    attributes: Mapping[str, Attribute]
    blocks: tuple[Block, ...]
    span: Span


_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r\ufeff]+|\#[^\n]*|//[^\n]*)|(?P<newline>\n)|(?P<name>[A-Za-z_][\w-]*)|(?P<number>[0-9][0-9.eE]*)
    |(?P<heredoc><<-?\s*(?P<mark>[A-Za-z_]\w*)[ \t\r]*\n)|(?P<other>=>|==|!=|<=|>=|&&|\|\||\.\.\.|[^\s"])""",
    re.VERBOSE,
)


class _Malformed(Exception):
    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message, self.at = message, at


def read(source: Source) -> tuple[Block | None, tuple[Problem, ...]]:
    """The whole file as one block without kind; (None, problems) when it does not parse."""
    if len(source.text) > MAX_CHARACTERS:
        return None, (problem("hcl-too-large", f"{source.name} is larger than {MAX_CHARACTERS} characters", source),)
    try:
        return _Parser(tuple(tokens(source.text))).body("", (), 0, 0), ()
    except _Malformed as error:
        at = min(error.at, max(0, len(source.text) - 1))
        return None, (problem("hcl-syntax", f"not valid HCL: {error.message}", source, Span(at, at + 1)),)


def tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        if text[at] == '"':
            end = _string_end(text, at)
            yield Token("string", text[at + 1 : end - 1], at, end)
        elif text.startswith("/*", at):
            end = text.find("*/", at) + 2
            if end < at + 4:
                raise _Malformed("comment without an end", at)
        else:
            match = _TOKEN.match(text, at)
            if match is None:  # white space that HCL does not know
                raise _Malformed("unexpected character", at)
            kind, end = match.lastgroup or "", match.end()
            if match["heredoc"]:
                end = _heredoc_end(text, match.end(), match["mark"])
                yield Token("heredoc", text[match.end() : end].rpartition("\n")[0], at, end)
            elif kind != "skip":
                yield Token(kind if kind != "other" else match[0], match[0], at, end)
        at = end
    yield Token("end", "", len(text), len(text))


def _string_end(text: str, start: int) -> int:
    """After the closing quote; quotes inside of `${…}` belong to the expression there."""
    at, depth = start + 1, 0
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            at += 3
        elif text.startswith(("${", "%{"), at):
            depth, at = depth + 1, at + 2
        elif text[at] == "\n" and not depth:
            break
        elif text[at] == "\\":
            at += 2
        elif text[at] == "}" and depth:
            depth, at = depth - 1, at + 1
        elif text[at] == '"' and not depth:
            return at + 1
        else:
            at += 1
    raise _Malformed("string without an end", start)


def _heredoc_end(text: str, start: int, mark: str) -> int:
    at = start
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].strip() == mark:
            return end
        at = end + 1
    raise _Malformed(f"here-document without its {mark}", start)


_OPENING, _CLOSING = {"{": "}", "[": "]", "(": ")"}, ("}", "]", ")")


class _Parser:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.at = 0

    @property
    def here(self) -> Token:
        return self.tokens[self.at]

    def body(self, kind: str, labels: tuple[str, ...], start: int, depth: int) -> Block:
        """Attributes and blocks up to the closing brace, or the end of the file at depth 0."""
        if depth > MAX_DEPTH:
            raise _Malformed("nested too deep", start)
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        closing = "}" if depth else "end"
        while self.here.kind != closing:
            if self.here.kind == "newline":
                self.at += 1
                continue
            name = self._take(("name", "string"), "a block or an attribute")
            if self.here.kind == "=":
                self.at += 1
                attributes[name.text] = self._attribute(name)
            else:
                blocks.append(self._block(name, depth))
        end = self.here.end
        self.at += depth > 0
        return Block(kind, labels, attributes, tuple(blocks), Span(start, end))

    def _take(self, kinds: tuple[str, ...], expected: str) -> Token:
        token = self.here
        if token.kind not in kinds:
            raise _Malformed(f"expected {expected}, found {token.text.strip() or 'the end'}", token.start)
        self.at += 1
        return token

    def _block(self, name: Token, depth: int) -> Block:
        labels: list[str] = []
        while self.here.kind in ("string", "name"):
            labels.append(self.here.text)
            self.at += 1
        self._take(("{",), "= or {")
        return self.body(name.text, tuple(labels), name.start, depth + 1)

    def _attribute(self, name: Token) -> Attribute:
        """Tokens of the expression: to the end of the line, unless inside of brackets."""
        first, open_brackets = self.at, 0
        while True:
            token = self.here
            if token.kind == "end" or (not open_brackets and token.kind in ("newline", "}")):
                break
            open_brackets += (token.kind in _OPENING) - (token.kind in _CLOSING)
            if open_brackets < 0:
                raise _Malformed(f"{token.text} closes nothing", token.start)
            self.at += 1
        if open_brackets or self.at == first:
            raise _Malformed(
                "expected a value" if self.at == first else "bracket without an end", self.tokens[first].start
            )
        expression = self.tokens[first : self.at]
        return Attribute(name.text, expression, Span(name.start, self.tokens[self.at - 1].end))


def evaluate(expression: tuple[Token, ...], variables: Variables, depth: int = 0) -> Value:
    """The value of an expression; UNKNOWN for what this reader does not compute."""
    while expression and expression[0].kind == "newline":
        expression = expression[1:]
    while expression and expression[-1].kind == "newline":
        expression = expression[:-1]
    if depth > MAX_DEPTH or not expression:
        return UNKNOWN
    first, last = expression[0], expression[-1]
    if len(expression) == 1:
        return _single(first, variables, depth)
    if first.kind == "[" and last.kind == "]" and _matching(expression) == len(expression) - 1:
        parts = _split(expression[1:-1], (",",))
        return tuple(evaluate(part, variables, depth + 1) for part in parts)
    if first.kind == "{" and last.kind == "}" and _matching(expression) == len(expression) - 1:
        return _map(expression[1:-1], variables, depth)
    if first.kind == "(" and last.kind == ")" and _matching(expression) == len(expression) - 1:
        return evaluate(expression[1:-1], variables, depth + 1)
    return UNKNOWN


def _single(token: Token, variables: Variables, depth: int) -> Value:
    if token.kind == "string":
        return template(token.text, variables, depth)
    if token.kind == "heredoc":
        return UNKNOWN if "${" in token.text or "%{" in token.text else token.text + "\n"
    if token.kind == "number":
        return token.text
    if token.kind == "name":
        words: dict[str, Value] = {"true": True, "false": False, "null": None}
        return words[token.text] if token.text in words else variables(token.text)
    return UNKNOWN


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_PIECE = re.compile(r"\\(?P<escape>.)|(?P<literal>\$\$\{|%%\{)|(?P<opening>\$\{|%\{)", re.DOTALL)


def template(text: str, variables: Variables, depth: int = 0) -> Value:
    """A quoted string with its `${name}` replaced."""
    pieces: list[str] = []
    at = 0
    while match := _PIECE.search(text, at):
        pieces.append(text[at : match.start()])
        at = match.end()
        if match["escape"]:
            pieces.append(_ESCAPES.get(match["escape"], match[0]))
        elif match["literal"]:
            pieces.append(match["literal"][1:])
        else:
            end = text.find("}", at)
            value = _interpolated(text[at:end], variables, depth) if end >= 0 and match[0] == "${" else UNKNOWN
            if not isinstance(value, str):
                return UNKNOWN
            pieces.append(value)
            at = end + 1
    return "".join([*pieces, text[at:]])


def _interpolated(text: str, variables: Variables, depth: int) -> Value:
    try:
        return evaluate(tuple(tokens(text))[:-1], variables, depth + 1)
    except _Malformed:
        return UNKNOWN


def _map(expression: tuple[Token, ...], variables: Variables, depth: int) -> Value:
    """`key = value` or `key: value`, ended by a comma or the line."""
    found: dict[str, Value] = {}
    for entry in _split(expression, (",", "newline")):
        name = entry[0].text if entry[0].kind in ("name", "string") else None
        if name is None or len(entry) < 3 or entry[1].kind not in ("=", ":"):
            return UNKNOWN
        found[name] = evaluate(entry[2:], variables, depth + 1)
    return found


def _matching(expression: tuple[Token, ...]) -> int:
    """Index of the bracket that closes the first token."""
    open_brackets = 0
    for index, token in enumerate(expression):
        open_brackets += (token.kind in _OPENING) - (token.kind in _CLOSING)
        if open_brackets == 0:
            return index
    return -1


def _split(expression: tuple[Token, ...], marks: tuple[str, ...]) -> Iterator[tuple[Token, ...]]:
    """Parts between marks that are not inside of brackets; empty ones and lone line ends are left out."""
    start, open_brackets = 0, 0
    for index, token in enumerate((*expression, Token(marks[0], "", 0, 0))):
        open_brackets += (token.kind in _OPENING) - (token.kind in _CLOSING)
        if token.kind in marks and not open_brackets:
            if any(part.kind != "newline" for part in expression[start:index]):
                yield expression[start:index]
            start = index + 1
