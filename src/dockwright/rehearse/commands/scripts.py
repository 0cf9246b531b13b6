"""Scripts and shells: a text that is known and plain shell is followed, anything else may do anything."""

from __future__ import annotations

import posixpath

from dockwright.dockerfile.shell_parse import parse_script
from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.dispatch import unfollowed
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value
from dockwright.rehearse.needs import Unmet
from dockwright.source import Span

SHELLS = ("sh", "bash", "dash", "ash", "ksh", "zsh")
LIMIT = 200_000  # characters of a script that is followed


def run(call: Call) -> Answer:
    """`sh -c text`, `sh script`, `… | sh`."""
    options, operands = call.options({"-o", "-O"})
    if "-c" in options:
        text = operands[0].value if operands else UNKNOWN
        return run_text(call, text, strict=options.keys() & {"-e"} != set(), positional=operands[2:], dialect=call.name)
    if operands and operands[0].value == "-":  # ends the options, as -- does
        operands = operands[1:]
    if operands and "-s" not in options:
        return _file(call, operands, strict="-e" in options)
    return run_text(call, call.stdin if call.stdin is not None else "", dialect=call.name)


def _file(call: Call, operands: list[Argument], strict: bool) -> Answer:
    path = call.path(operands[0].value)
    if path is UNKNOWN:
        return unfollowed(call.shell, "the script's name is not known", call.span)
    if call.wants(needs.File(str(path), "script"), operands[0].span) is not YES:
        return _cloud(call, f"{path} is a script that is not known")
    node = call.image.find(str(path)).node
    text = UNKNOWN if node is None else node.text
    if text is not UNKNOWN and "\r\n" in str(text):
        if not _windows(call, str(path), str(text), operands[0].span):
            return _cloud(call, f"{path} has Windows line ends")
        text = str(text).replace("\r\n", "\n")
    return call.done(run_text(call, text, strict=strict, positional=operands[1:], dialect=call.name))


def _windows(call: Call, path: str, text: str, span: Span) -> bool:
    """State it where the shell is known to fail at the line ends."""
    from dockwright.rehearse.carriage import fails

    if fails(text, call.name) is not YES:
        return False
    call.lacks(needs.Executable(path, "crlf"), span)
    return True


def follow(call: Call) -> Answer:
    """A command that no family knows: the script of the context that it is, or a stranger."""
    from dockwright.rehearse.executables import executable

    name = str(call.arguments[0].value)
    path = call.path(name) if "/" in name else _in_path(call, name)
    node = None if path is UNKNOWN else call.image.find(str(path)).node
    if node is None or node.text is UNKNOWN or not _is_shell(str(node.text)):
        return _cloud(call, f"{name} is not known")
    if "/" not in name and executable(call, str(path), call.arguments[0].span) is NO:
        return NO
    return run_text(call, node.text, positional=call.rest, dialect=_dialect(str(node.text)))


def _in_path(call: Call, name: str) -> Value:
    folders = call.variable("PATH")
    for folder in (str(folders) if isinstance(folders, str) else "").split(":"):
        path = posixpath.join(folder, name)
        node = call.image.find(path).node if folder else None
        if node is not None and node.text is not UNKNOWN:
            return path
    return UNKNOWN


def _is_shell(text: str) -> bool:
    first = text.split("\n", 1)[0]
    return not first.startswith("#!") or any(word.rsplit("/", 1)[-1] in SHELLS for word in first[2:].split())


def _dialect(text: str) -> str:
    """The shell that a script's first line names; without one, the shell that starts it takes it for its own."""
    words = text.split("\n", 1)[0].split() if text.startswith("#!") else []
    return next((name for word in words if (name := word.rsplit("/", 1)[-1].removeprefix("#!")) in SHELLS), "sh")


def source(call: Call) -> Answer:
    """`. file`: runs in this shell. A virtual environment's activate script puts its bin folder on PATH."""
    if not call.rest:
        return YES
    path = call.path(call.rest[0].value)
    if path is UNKNOWN:
        return unfollowed(call.shell, "the sourced file's name is not known", call.span)
    prefix = str(path).removesuffix("/bin/activate")
    if prefix != path and prefix in call.image.pythons:
        return _activate(call, prefix)
    look = call.wants(needs.File(str(path), "script"), call.rest[0].span)
    node = call.image.find(str(path)).node
    text = UNKNOWN if node is None else node.text
    if look is YES and text is not UNKNOWN:
        from dockwright.rehearse.leaving import stop

        call.shell.calls += 1
        answer = run_text(call, text, own_process=False)
        call.shell.calls -= 1
        stop(call.shell, "return")
        return answer
    if path in OS_RELEASE and _os_release(call):
        return look
    if look is NO and not call.shell.living:
        from dockwright.rehearse.leaving import refused

        refused(call.shell)
        return NO
    call.shell.strange = True
    call.shell.variables = dict.fromkeys(call.shell.variables, UNKNOWN)
    return look & UNKNOWN


OS_RELEASE = ("/etc/os-release", "/usr/lib/os-release")


def _os_release(call: Call) -> bool:
    """os-release(5) of the base image, as far as its release tells: False when that is not known."""
    os = call.image.base.os if call.image.base is not None else None
    if os is None or os.id not in ("debian", "ubuntu") or not os.version or not os.codename:
        return False
    known = {"ID": os.id, "VERSION_ID": os.version, "VERSION_CODENAME": os.codename}
    known |= {"ID_LIKE": "debian", "UBUNTU_CODENAME": os.codename} if os.id == "ubuntu" else {}
    unknown = ("NAME", "VERSION", "PRETTY_NAME", "HOME_URL", "SUPPORT_URL", "BUG_REPORT_URL")
    call.shell.variables.update(dict.fromkeys(unknown, UNKNOWN))
    call.shell.variables.update(known)
    return True


def _activate(call: Call, prefix: str) -> Answer:
    old = call.variable("PATH")
    call.shell.variables["PATH"] = UNKNOWN if old is UNKNOWN else f"{prefix}/bin:{old or ''}"
    call.shell.variables["VIRTUAL_ENV"] = prefix
    return YES


def run_text(
    call: Call,
    text: Value,
    *,
    own_process: bool = True,
    strict: bool = False,
    positional: list[Argument] | None = None,
    dialect: str = "",
) -> Answer:
    """Follow a shell text; failures in it are reported at the command that runs it."""
    if text is UNKNOWN or len(str(text)) > LIMIT or call.shell.depth > 20:
        return _cloud(call, "its text is not known")
    script = parse_script(str(text), lambda start, end: call.span)
    shell = call.shell.fork() if own_process else call.shell
    shell.image = call.shell.image
    shell.depth += 1
    if own_process:
        shell.fatal, shell.loose, shell.lenient = shell.fatal and call.shell.living, False, False
        shell.calls = shell.loops = 0
        shell.stdin = call.stdin if call.stdin is not None else shell.stdin
        shell.options = {"errexit"} if strict else set()
        shell.functions = {}
        shell.dialect = dialect or shell.dialect
        shell.positional = tuple(argument.value for argument in positional or ())
    mark = len(shell.recorder.unmet)
    answer = shell.run(script.body, False)
    failures = shell.take(mark)
    shell.depth -= 1
    call.shell.image = shell.image
    if answer is NO:
        _report(call, failures)
    return answer


def _report(call: Call, failures: list[Unmet]) -> None:
    for failure in failures:
        call.failed = YES
        call.shell.fail(failure)


def _cloud(call: Call, why: str) -> Answer:
    return unfollowed(call.shell, why, call.span)
