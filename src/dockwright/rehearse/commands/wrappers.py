"""Commands that run another command: env, sudo, time, xargs, su, timeout, tini …"""

from __future__ import annotations

from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.dispatch import execute, unfollowed
from dockwright.rehearse.expansion import Argument

# The options of each that take a value (GNU coreutils 9, sudo 1.9, findutils 4.9, util-linux 2.38).
VALUES = {
    "env": {"-u", "--unset", "-C", "--chdir", "-S"},
    "sudo": {"-u", "--user", "-g", "--group", "-h", "-p", "-C", "-r", "-t"},
    "nice": {"-n", "--adjustment"},
    "timeout": {"-s", "--signal", "-k", "--kill-after"},
    "xargs": {"-I", "-n", "-L", "-P", "-d", "-a", "-E", "-s", "--max-args", "--max-procs", "--arg-file", "--delimiter"},
    "time": {"-f", "--format", "-o", "--output"},
    "gosu": set(),
    "su-exec": set(),
    "tini": {"-p", "-e"},
    "dumb-init": {"--rewrite", "-r"},
    "chroot": set(),
    "stdbuf": {"-i", "-o", "-e"},
    "eatmydata": set(),
    "nohup": set(),
    "setsid": set(),
    "exec": {"-a"},
    "runuser": {"-u", "--user", "-g"},
    "retry": set(),
}  # fmt: skip
LEADING = {"timeout": 1, "gosu": 1, "su-exec": 1}  # operands of their own before the command


def run(call: Call) -> Answer:
    given = {word.value for word in call.rest}
    if call.name == "su" or (call.name == "runuser" and not given & {"-u", "--user"}):
        return _su(call)
    if call.name == "chroot":
        return unfollowed(call.shell, "another root is not known", call.span)
    outer = call.shell.user
    words = _command(call)
    if call.name in ("env", "sudo"):
        words = _assign(call, words)
    if call.name in ("gosu", "su-exec"):
        _as_user(call, call.rest[0] if call.rest else None)
    if not words:
        return YES
    if call.name == "xargs":
        words = [*words, Argument(UNKNOWN, call.span)]
    if call.name == "sudo":
        _sudo(call)
    answer = execute(call.shell, words, call.span, False, call.stdin, direct=True)
    call.shell.user = outer
    return answer


def _command(call: Call) -> list[Argument]:
    """The wrapped command: what follows the wrapper's own options and operands."""
    values, queue = VALUES[call.name], list(call.rest)
    while queue and isinstance(queue[0].value, str) and queue[0].value.startswith("-") and queue[0].value != "-":
        option = queue.pop(0).value
        if option == "--":
            break
        if option in values and queue:
            queue.pop(0)
    return queue[LEADING.get(call.name, 0) :]


def _assign(call: Call, words: list[Argument]) -> list[Argument]:
    while words and isinstance(words[0].value, str) and "=" in words[0].value:
        name, _, value = words[0].value.partition("=")
        call.shell.variables[name] = value
        words = words[1:]
    return words


def _as_user(call: Call, argument: Argument | None) -> None:
    if argument is None or argument.value is UNKNOWN:
        call.shell.user = UNKNOWN
        return
    name = str(argument.value).partition(":")[0]
    if not name.isdigit():
        call.wants(needs.User(name), argument.span)
    call.shell.user = name


def _sudo(call: Call) -> None:
    """sudo runs as root, or as the user after -u; sudoers may forbid it."""
    named = next((call.rest[at + 1] for at, word in enumerate(call.rest[:-1]) if word.value in ("-u", "--user")), None)
    if named is not None:
        _as_user(call, named)
        return
    if call.shell.user != "root":
        call.unsure("sudo's rules are not known")
    call.shell.user = "root"


def _su(call: Call) -> Answer:
    """`su user -c text`, `su - user -c text`."""
    from dockwright.rehearse.commands.scripts import run_text

    options, operands = call.options({"-c", "--command", "-s", "--shell", "-g"})
    names = [operand for operand in operands if operand.value != "-"]
    text = options.get("-c") or options.get("--command")
    if text is None:
        return unfollowed(call.shell, "su reads commands from nowhere", call.span)
    user = call.shell.user
    if names:
        _as_user(call, names[0])
    answer = run_text(call, text.value)
    call.shell.user = user  # what follows in this shell is its own user's again
    return answer
