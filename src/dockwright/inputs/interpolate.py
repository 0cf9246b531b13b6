"""`${VAR:-default}` in compose files, and the `.env` files that give the values.

Grammar: compose specification, "Interpolation": `$VAR`, `${VAR}`, `:-` `-` `:+` `+` `:?` `?`, nested defaults, `$$`.
The environment of the person who builds is not known: a variable that only it could set is unknown, and where it
could override a default or `.env`, the value written in the project is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

MAX_DEPTH = 20
MAX_CHARACTERS = 100_000  # `B=$A$A`, `C=$B$B`, … would double without end


class Text(Struct, frozen=True):
    """`unset` are the variables without any known value; they were replaced by nothing."""

    text: str
    unset: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return not self.unset


def interpolate(text: str, values: Mapping[str, str], depth: int = 0) -> Text:
    if "$" not in text:
        return Text(text)
    pieces: list[str] = []
    unset: list[str] = []
    at = size = 0
    while (dollar := text.find("$", at)) >= 0:
        pieces.append(text[at:dollar])
        piece, at = _variable(text, dollar, values, depth)
        pieces.append(piece.text)
        unset += piece.unset
        size += len(piece.text)
        if size > MAX_CHARACTERS:
            return Text("", (text[dollar : dollar + 20],))
    return Text("".join([*pieces, text[at:]]), tuple(dict.fromkeys(unset)))


def _variable(text: str, dollar: int, values: Mapping[str, str], depth: int) -> tuple[Text, int]:
    """What stands for the variable at `dollar`, and where the text goes on."""
    after = text[dollar + 1 : dollar + 2]
    if after == "$":
        return Text("$"), dollar + 2
    if after == "{":
        end = _closing(text, dollar + 2)
        if end < 0 or depth >= MAX_DEPTH:
            return Text(text[dollar:]), len(text)
        return _braced(text[dollar + 2 : end], values, depth), end + 1
    end = _name_end(text, dollar + 1)
    if end == dollar + 1:
        return Text("$"), end
    return _value(text[dollar + 1 : end], values), end


def _closing(text: str, at: int) -> int:
    """The brace that closes the one before `at`."""
    depth = 1
    for index in range(at, len(text)):
        if text.startswith("${", index):
            depth += 1
        elif text[index] == "}":
            depth -= 1
            if depth == 0:
                return index
    return -1


def _name_end(text: str, at: int) -> int:
    while at < len(text) and (text[at] == "_" or (text[at].isascii() and text[at].isalnum())):
        at += 1
    return at


def _braced(body: str, values: Mapping[str, str], depth: int) -> Text:
    end = _name_end(body, 0)
    name, operator = body[:end], body[end:]
    colon = operator.startswith(":")
    sign, word = operator[colon : colon + 1], operator[colon + 1 :]
    value = values.get(name)
    present = value is not None and (value != "" or not colon)
    if sign == "-" and not present:
        return interpolate(word, values, depth + 1)
    if sign == "+":
        return interpolate(word, values, depth + 1) if present else Text("")
    return _value(name, values)


def _value(name: str, values: Mapping[str, str]) -> Text:
    value = values.get(name)
    return Text("", (name,)) if value is None else Text(value)


def dotenv(text: str) -> dict[str, str]:
    """A `.env` file as compose reads it: `export`, comments, quotes; later lines may use earlier ones."""
    values: dict[str, str] = {}
    lines = iter(text.removeprefix("\ufeff").splitlines())
    for line in lines:
        name, equals, rest = line.strip().removeprefix("export ").partition("=")
        name = name.strip()
        if not equals or not name or name.startswith("#"):
            continue
        values[name] = _env_value(rest.strip(), lines, values)
    return values


def _env_value(rest: str, lines: Iterator[str], values: Mapping[str, str]) -> str:
    quote = rest[:1]
    if quote in ("'", '"'):
        body = rest[1:]
        while quote not in body:
            more = next(lines, None)
            if more is None:
                break
            body = f"{body}\n{more}"
        body = body.partition(quote)[0]
        return body if quote == "'" else interpolate(body.replace("\\n", "\n"), values).text
    value = rest.partition(" #")[0].strip()
    return interpolate("" if value.startswith("#") else value, values).text
