"""Tests: what `[`, `test` and `[[` say (POSIX.1 XCU test, bash(1) CONDITIONAL EXPRESSIONS)."""

from __future__ import annotations

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value


def evaluate(call: Call, arguments: list[Argument]) -> Answer:
    """Value of a test: the forms of up to four arguments, and chains of -a/-o/&&/||."""
    for operator, combine in (
        ("-o", Answer.__or__),
        ("||", Answer.__or__),
        ("-a", Answer.__and__),
        ("&&", Answer.__and__),
    ):
        for at in range(1, len(arguments) - 1):
            if arguments[at].value == operator:
                return combine(evaluate(call, arguments[:at]), evaluate(call, arguments[at + 1 :]))
    if arguments and arguments[0].value == "!":
        return ~evaluate(call, arguments[1:])
    if len(arguments) == 1:
        value = arguments[0].value
        return UNKNOWN if value is UNKNOWN else Answer.of(value != "")
    if len(arguments) == 2:
        return _unary(call, str(arguments[0].value), arguments[1])
    if len(arguments) == 3:
        return _binary(arguments[0].value, str(arguments[1].value), arguments[2])
    return NO if not arguments else UNKNOWN


def _unary(call: Call, operator: str, argument: Argument) -> Answer:
    value = argument.value
    if value is UNKNOWN or argument.glob:
        return UNKNOWN
    if operator in ("-z", "-n"):
        return Answer.of((value == "") == (operator == "-z"))
    path = call.path(value)
    if path is UNKNOWN or operator not in ("-e", "-f", "-d", "-L", "-h", "-x", "-r", "-w", "-s", "-a"):
        return UNKNOWN
    look = call.image.find(str(path))
    if look.answer is not YES or look.node is None:
        return look.answer
    if operator in ("-f", "-d") and look.node.kind is not UNKNOWN:
        return Answer.of((look.node.kind == "dir") == (operator == "-d"))
    return YES if operator in ("-e", "-r", "-a") else UNKNOWN


def _binary(left: Value, operator: str, right: Argument) -> Answer:
    if left is UNKNOWN or right.value is UNKNOWN:
        return UNKNOWN
    if operator in ("=", "==", "!="):
        if right.glob:
            return UNKNOWN
        return Answer.of((left == right.value) == (operator != "!="))
    numeric = {
        "-eq": int.__eq__,
        "-ne": int.__ne__,
        "-lt": int.__lt__,
        "-le": int.__le__,
        "-gt": int.__gt__,
        "-ge": int.__ge__,
    }
    if operator in numeric and str(left).isdigit() and str(right.value).isdigit():
        return Answer.of(numeric[operator](int(str(left)), int(str(right.value))))
    return UNKNOWN
