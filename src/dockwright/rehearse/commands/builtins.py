"""What the shell itself provides (POSIX.1 XCU 2.14 and the regular built-ins)."""

from __future__ import annotations

from collections.abc import Callable

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value


def run(call: Call) -> Answer:
    return FUNCTIONS.get(str(call.arguments[0].value), _yes)(call)


def _yes(call: Call) -> Answer:
    return YES


def _no(call: Call) -> Answer:
    return NO


def _cd(call: Call) -> Answer:
    operands = [argument for argument in call.rest if argument.value not in ("-P", "-L", "--")]
    target = operands[0].value if operands else call.shell.home()
    if target == "-":
        call.shell.cwd = UNKNOWN
        return UNKNOWN
    path = call.path(target)
    if path is not UNKNOWN and not (operands and operands[0].glob):
        _folder(call, str(path), operands[0] if operands else call.arguments[0])
    call.shell.cwd = UNKNOWN if operands and operands[0].glob else path
    return call.done()


def _folder(call: Call, path: str, argument: Argument) -> None:
    if call.wants(needs.File(path, "directory"), argument.span) is NO:
        call.make(path, "dir", why="taken as made")


def _export(call: Call) -> Answer:
    for argument in call.rest:
        name, has, value = str(argument.value).partition("=")
        if argument.value is not UNKNOWN and has:
            call.shell.variables[name] = value
        call.shell.exported.add(name)
    return YES


def _unset(call: Call) -> Answer:
    for argument in call.rest:
        call.shell.variables.pop(str(argument.value), None)
    return YES


def _set(call: Call) -> Answer:
    words = [str(argument.value) for argument in call.rest if argument.value is not UNKNOWN]
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word in ("-o", "+o") and queue:
            _option(call, queue.pop(0), word[0] == "-")
        elif word[:1] in ("-", "+") and word != "--":
            for letter in word[1:]:
                if letter == "o" and queue:
                    _option(call, queue.pop(0), word[0] == "-")
                else:
                    _option(call, LETTERS.get(letter, letter), word[0] == "-")
        else:
            break
    _arguments(call)
    return YES


def _arguments(call: Call) -> None:
    """`set -- a b` names the positional parameters."""
    values = [argument.value for argument in call.rest]
    if "--" in values:
        call.shell.positional = tuple(values[values.index("--") + 1 :])
    elif any(value is UNKNOWN or value[:1] not in ("-", "+") for value in values) and "-o" not in str(values):
        call.shell.positional = None


LETTERS = {"e": "errexit", "u": "nounset", "x": "xtrace", "n": "noexec", "f": "noglob"}


def _option(call: Call, name: str, on: bool) -> None:
    (call.shell.options.add if on else call.shell.options.discard)(name)


def _exit(call: Call) -> Answer:
    from dockwright.rehearse.leaving import leave

    return leave(call.shell, "exit", _code(call))


def _return(call: Call) -> Answer:
    """Out of a function or a sourced file; elsewhere dash takes it for exit, and bash says no."""
    from dockwright.rehearse.dialect import implementation
    from dockwright.rehearse.leaving import leave

    if call.shell.calls:
        return leave(call.shell, "return", _code(call))
    name = implementation(call.shell)
    if name is None:
        return call.shell.unfollowed("return outside of a function", call)
    return NO if name == "bash" else leave(call.shell, "exit", _code(call))


def _code(call: Call) -> Answer:
    """Success of `exit 0`; without a number it is that of the command before."""
    code = call.rest[0].value if call.rest else UNKNOWN
    return UNKNOWN if code is UNKNOWN else Answer.of(code == "0")


def _break(call: Call) -> Answer:
    """Out of a loop, or on to its next round; of outer ones (`break 2`) it is not known which."""
    from dockwright.rehearse.leaving import leave

    if call.rest or (call.shell.calls and not call.shell.loops):
        call.shell.unfollowed(f"{call.name} of an outer loop", call)
    return leave(call.shell, call.name, YES) if call.shell.loops else YES


def _shift(call: Call) -> Answer:
    shell = call.shell
    if not call.rest and shell.positional == ():
        from dockwright.rehearse.leaving import refused

        refused(shell)
        return NO
    if call.rest or shell.positional is None:
        shell.positional = None
        return UNKNOWN
    shell.positional = shell.positional[1:]
    return YES


def _command(call: Call) -> Answer:
    """`command -v name` asks whether a command is there; `command name …` runs it."""
    from dockwright.rehearse.dispatch import execute

    words = call.rest
    if words and words[0].value in ("-v", "-V"):
        return _known(call, words[1:])
    return execute(call.shell, words, call.span, False, direct=True) if words else YES


def _known(call: Call, names: list[Argument]) -> Answer:
    answer = YES
    for name in names:
        if name.value is UNKNOWN:
            return UNKNOWN
        builtin = str(name.value) in FUNCTIONS or name.value in call.shell.functions
        answer = answer & (YES if builtin else call.shell.meets(needs.Command(str(name.value))))
    return answer


def _type(call: Call) -> Answer:
    return _known(call, [word for word in call.rest if not str(word.value).startswith("-")])


def _source(call: Call) -> Answer:
    from dockwright.rehearse.commands.scripts import source

    return source(call)


def _eval(call: Call) -> Answer:
    from dockwright.rehearse.commands.scripts import run_text

    values = [argument.value for argument in call.rest]
    text: Value = UNKNOWN if UNKNOWN in values else " ".join(str(value) for value in values)
    return run_text(call, text, own_process=False)


def _exec(call: Call) -> Answer:
    from dockwright.rehearse.dispatch import execute
    from dockwright.rehearse.leaving import leave

    if not call.rest:
        return YES
    return leave(call.shell, "exit", execute(call.shell, call.rest, call.span, False, direct=True))


def _test(call: Call) -> Answer:
    arguments = call.rest
    if call.arguments[0].value == "[":
        arguments = arguments[:-1]
    from dockwright.rehearse.conditions import evaluate

    return evaluate(call, arguments)


def _read(call: Call) -> Answer:
    for argument in call.rest:
        if not str(argument.value).startswith("-"):
            call.shell.variables[str(argument.value)] = UNKNOWN
    return UNKNOWN


def _getopts(call: Call) -> Answer:
    names = [str(argument.value) for argument in call.rest[1:2]]
    call.shell.variables.update(dict.fromkeys([*names, "OPTARG", "OPTIND"], UNKNOWN))
    return UNKNOWN


def _local(call: Call) -> Answer:
    """Without a value the variable is unset in bash, and keeps the outer value in dash."""
    for argument in call.rest if call.shell.calls else ():
        name, has, _ = str(argument.value).partition("=")
        call.shell.hidden.setdefault(name, call.shell.variables.get(name))
        if not has:
            call.shell.variables[name] = UNKNOWN
    return _export(call)


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {
    "cd": _cd,
    "export": _export,
    "readonly": _export,
    "local": _local,
    "unset": _unset,
    "set": _set,
    "exit": _exit,
    "return": _return,
    "command": _command,
    "type": _type,
    "hash": _type,
    ".": _source,
    "source": _source,
    "eval": _eval,
    "exec": _exec,
    "test": _test,
    "[": _test,
    "false": _no,
    "read": _read,
    ":": _yes,
    "true": _yes,
    "echo": _yes,
    "printf": _yes,
    "umask": _yes,
    "ulimit": _yes,
    "wait": _yes,
    "trap": _yes,
    "alias": _yes,
    "shift": _shift,
    "shopt": _yes,
    "pwd": _yes,
    "getopts": _getopts,
    "times": _yes,
    "unalias": _yes,
    "break": _break,
    "continue": _break,
}
