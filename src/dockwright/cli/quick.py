"""Reads a usual command line without click, whose import alone takes a quarter of the time that a check may take.

What is unusual (help, a mistake, an abbreviation, completion) is left to click: `read` answers None. Where it answers,
it answers what click would (a property test holds the two together).
"""

from __future__ import annotations

from collections.abc import Sequence

from dockwright.cli.spec import Argument, Option

Values = dict[str, object]


def read(words: Sequence[str], options: Sequence[Option], argument: Argument | None) -> Values | None:
    named = {name: option for option in options for name in option.names}
    given: dict[str, list[str]] = {}
    rest: list[str] = []
    todo = list(reversed(words))
    while todo:
        word = todo.pop()
        if word == "--":
            rest += reversed(todo)
            break
        if not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        name, has, value = word.partition("=") if word.startswith("--") else (word, "", "")
        option = named.get(name)
        if option is None or (option.flag and has):
            return None
        if not option.flag and not has:
            if not todo:
                return None
            value = todo.pop()
        given.setdefault(option.key, []).append(value)
    return _values(given, rest, options, argument)


def _values(
    given: dict[str, list[str]], rest: list[str], options: Sequence[Option], argument: Argument | None
) -> Values | None:
    values: Values = {}
    for option in options:
        said = given.get(option.key)
        if said and option.choices and any(word not in option.choices for word in said):
            return None
        values[option.key] = _value(option, said) if said else option.absent
    if argument is None:
        return None if rest else values
    if not argument.many and len(rest) > 1:
        return None
    values[argument.key] = tuple(rest) if argument.many else rest[0] if rest else argument.default
    return values


def _value(option: Option, said: list[str]) -> bool | str | tuple[str, ...]:
    return True if option.flag else tuple(said) if option.many else said[-1]
