"""What BuildKit refuses in an instruction that it could read (instructions/parse.go, bflag.go)."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.dockerfile import variables
from dockwright.dockerfile.gotext import duration, integer_error, quote, suggestion
from dockwright.dockerfile.instructions import KEYWORDS, Problem
from dockwright.dockerfile.nodes import Flag, Instruction, Phase, Word

_TEXT, _BOOL, _LIST = "text", "bool", "list"
_COPY = {"chown": _TEXT, "chmod": _TEXT, "link": _BOOL, "exclude": _LIST}
_FLAGS: dict[str, dict[str, str]] = {
    "COPY": {**_COPY, "from": _TEXT, "parents": _BOOL},
    "ADD": {**_COPY, "keep-git-dir": _BOOL, "checksum": _TEXT, "unpack": _BOOL},
    "FROM": {"platform": _TEXT},
    "RUN": {"mount": _LIST, "network": _TEXT, "security": _TEXT, "device": _LIST},
    "HEALTHCHECK": dict.fromkeys(("interval", "timeout", "start-period", "start-interval", "retries"), _TEXT),
}
_VALUED = frozenset({"ADD", "COPY", "EXPOSE", "FROM", "RUN", "STOPSIGNAL", "VOLUME"})
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_STAGE_NAME = _LETTERS | frozenset("0123456789-_.")


class Refused(Exception):
    def __init__(self, message: str, word: Word | Flag | None = None) -> None:
        super().__init__(message)
        self.word = word


def check(instruction: Instruction, escape: str) -> tuple[Problem, Phase] | None:
    """The first thing that BuildKit refuses, and when it does."""
    phase: Phase = "instruction"
    try:
        if instruction.keyword not in KEYWORDS:
            raise Refused(_unknown(instruction))
        _CHECKS[instruction.keyword](instruction)
        phase = "build"
        _check_mounts(instruction, escape)
        for word, problem in variables.problems(instruction, escape):
            raise Refused(problem, word)
        if instruction.keyword in _VALUED and not _harmless(instruction):
            from dockwright.dockerfile.refused import problems

            for word, problem in problems(instruction, lambda text: variables.literal(text, escape)):
                raise Refused(problem, word)
    except Refused as refused:
        span = refused.word.span if refused.word is not None else instruction.keyword_span
        return Problem(str(refused), span), phase
    return None


def _harmless(instruction: Instruction) -> bool:
    """The common case, told without reading values: no flag of interest, no port but plain numbers."""
    if instruction.keyword == "RUN":
        return not instruction.mounts
    if instruction.keyword == "EXPOSE":
        return all(word.text.isdigit() and len(word.text) < 5 for word in instruction.words)
    if instruction.flags or instruction.keyword == "STOPSIGNAL":
        return False
    if instruction.keyword == "FROM":
        return _plain_image(instruction.words[0].text)
    return not any(":" in word.text or word.text in ('""', "''") for word in instruction.words)


def _plain_image(name: str) -> bool:
    """A name such as `python:3.12-slim`, which needs no look at the grammar."""
    head, colon, tag = name.partition(":")
    rest = tag.replace(".", "").replace("-", "")
    return head.isalnum() and (not colon or (rest.isalnum() and tag[0].isalnum()))


def _unknown(instruction: Instruction) -> str:
    name = instruction.written
    # BuildKit takes any of the nearest; the first letter is the one that people get right.
    nearest = sorted(KEYWORDS, key=lambda keyword: (keyword[0] != instruction.keyword[:1], keyword))
    hint = suggestion(instruction.keyword, nearest)
    return f"unknown instruction: {name}{hint if name == name.upper() else hint.lower()}"


def _check_flags(instruction: Instruction) -> None:
    allowed = _FLAGS.get(instruction.keyword, {})
    seen = set()
    for flag in instruction.flags:
        name = f"--{flag.name}"
        kind = allowed.get(flag.name)
        if kind is None:
            raise Refused(f"unknown flag: {name}{suggestion(flag.name, allowed)}", flag)
        if flag.name in seen and kind != _LIST:
            raise Refused(f"duplicate flag specified: {name}", flag)
        seen.add(flag.name)
        if flag.value == "" if kind == _BOOL else flag.value is None:
            raise Refused(f"missing a value on flag: {name}", flag)
        if kind == _BOOL and (flag.value or "true").lower() not in ("true", "false"):
            raise Refused(f"expecting boolean value for flag {name}, not: {flag.value}", flag)


def _at_least_one(instruction: Instruction) -> None:
    if not instruction.words:
        raise Refused(f"{instruction.keyword} requires at least one argument")


def _some(instruction: Instruction) -> None:
    _at_least_one(instruction)
    _check_flags(instruction)


def _exactly_one(instruction: Instruction) -> None:
    if len(instruction.words) != 1:
        raise Refused(f"{instruction.keyword} requires exactly one argument")
    if instruction.keyword != "STOPSIGNAL":  # its flags are never looked at
        _check_flags(instruction)


def _check_pairs(instruction: Instruction) -> None:
    if instruction.keyword != "ARG":  # the same holds for those of ARG
        _check_flags(instruction)
    _at_least_one(instruction)
    for pair in instruction.pairs:
        if not pair.key.text:
            raise Refused(f"{instruction.keyword} names can not be blank", pair.key)


def _check_copy(instruction: Instruction) -> None:
    name = instruction.keyword
    if len(instruction.words) < 2:
        given = "only one was provided. Destination could not be determined"
        raise Refused(f"{name} requires at least two arguments, but {given}")
    _check_flags(instruction)
    if "<<" not in instruction.words[-1].text:
        return
    from dockwright.dockerfile.heredocs import is_mark

    if is_mark(instruction.words[-1].text):
        raise Refused(f"{name} cannot accept a heredoc as a destination", instruction.words[-1])


def _check_from(instruction: Instruction) -> None:
    words = instruction.words
    if len(words) == 3 and words[1].text.lower() == "as":
        name = words[2].text.lower()
        if name[0] not in _LETTERS or not _STAGE_NAME.issuperset(name):
            rule = "name can't start with a number or contain symbols"
            raise Refused(f"invalid name for build stage: {quote(words[2].text)}, {rule}", words[2])
    elif len(words) != 1:
        raise Refused("FROM requires either one or three arguments")
    _check_flags(instruction)


def _check_volume(instruction: Instruction) -> None:
    _some(instruction)
    for word in instruction.words:
        if not word.text.strip():
            raise Refused("VOLUME specified can not be an empty string", word)


def _check_shell(instruction: Instruction) -> None:
    _check_flags(instruction)
    _at_least_one(instruction)
    if instruction.exec_form is None:
        raise Refused("SHELL requires the arguments to be in JSON form", instruction.words[0])


def _check_onbuild(instruction: Instruction) -> None:
    _at_least_one(instruction)
    _check_flags(instruction)
    trigger = instruction.words[0]
    if trigger.text == "ONBUILD":
        raise Refused("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", trigger)
    if trigger.text in ("MAINTAINER", "FROM"):
        raise Refused(f"{trigger.text} isn't allowed as an ONBUILD trigger", trigger)


def _check_run(instruction: Instruction) -> None:
    _check_flags(instruction)
    for flag in instruction.flags:
        from dockwright.dockerfile import mounts

        value = flag.value or ""
        if flag.name == "mount" and (problem := mounts.early_problem(flag)):
            raise Refused(problem, flag)
        if flag.name == "network" and value not in ("default", "none", "host"):
            raise Refused(f"invalid network mode {quote(value)}", flag)
        if flag.name == "security" and value not in ("sandbox", "insecure"):
            raise Refused(f"security {quote(value)} is not valid", flag)
        if flag.name == "device" and (problem := mounts.device_problem(value)):
            raise Refused(problem, flag)


def _check_mounts(instruction: Instruction, escape: str) -> None:
    if instruction.keyword == "RUN":
        for flag in instruction.flags:
            from dockwright.dockerfile import mounts

            if flag.name == "mount" and (problem := mounts.problem(flag, escape)):
                raise Refused(problem, flag)


def _check_healthcheck(instruction: Instruction) -> None:
    _at_least_one(instruction)
    kind = instruction.words[0].text.upper()
    if kind == "NONE":
        if len(instruction.words) > 1:
            raise Refused("HEALTHCHECK NONE takes no arguments", instruction.words[1])
        return
    _check_flags(instruction)
    if kind != "CMD":
        raise Refused(f"Unknown type {quote(kind)} in HEALTHCHECK (try CMD)", instruction.words[0])
    if len(instruction.words) < 2:
        raise Refused("Missing command after HEALTHCHECK CMD")
    for flag, problem in _schedule(instruction):
        if problem:
            raise Refused(problem, flag)


def _schedule(instruction: Instruction) -> Iterator[tuple[Flag, str | None]]:
    """What is wrong with each flag of HEALTHCHECK, in the order in which BuildKit looks."""
    given = {flag.name: flag for flag in instruction.flags if flag.value}
    for name in ("interval", "timeout", "start-period", "start-interval"):
        if name in given:
            yield given[name], _interval(name, given[name].value or "")
    if "retries" in given:
        text = given["retries"].value or ""
        negative = text.startswith("-") and text.strip("-0")
        yield (
            given["retries"],
            integer_error(text) or (f"--retries cannot be negative ({int(text)})" if negative else None),
        )


def _interval(name: str, text: str) -> str | None:
    length = duration(text)
    if isinstance(length, str):
        return length
    return f"Interval {quote(name)} cannot be less than 1ms" if length != 0 and length < 10**6 else None


_CHECKS = {
    "ADD": _check_copy,
    "ARG": _check_pairs,
    "CMD": _check_flags,
    "COPY": _check_copy,
    "ENTRYPOINT": _check_flags,
    "ENV": _check_pairs,
    "EXPOSE": _some,
    "FROM": _check_from,
    "HEALTHCHECK": _check_healthcheck,
    "LABEL": _check_pairs,
    "MAINTAINER": _exactly_one,
    "ONBUILD": _check_onbuild,
    "RUN": _check_run,
    "SHELL": _check_shell,
    "STOPSIGNAL": _exactly_one,
    "USER": _exactly_one,
    "VOLUME": _check_volume,
    "WORKDIR": _exactly_one,
}
