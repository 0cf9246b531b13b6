"""Pipes: what one command prints is read by the next (POSIX, Shell Command Language, 2.9.2)."""

from __future__ import annotations

from dockwright.dockerfile import shell as tree
from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse.dispatch import simple
from dockwright.rehearse.expansion import expand_words
from dockwright.rehearse.journal import Value
from dockwright.rehearse.leaving import enclosed, returned
from dockwright.rehearse.redirections import printed
from dockwright.rehearse.shell import Shell


def pipeline(shell: Shell, command: tree.Pipeline, live: bool) -> Answer:
    """`a | b`: without pipefail only the last one's success counts."""
    *first, last = command.commands
    if not first:
        return shell.run(last, live)
    strict, answer, stdin = "pipefail" in shell.options, YES, None
    mark = len(shell.recorder.masked)
    for item in first:
        answer = answer & (_piped(shell, item, live, stdin) if strict else _swallow(shell, item, stdin))
        stdin = _output(shell, item)
    if len(shell.recorder.masked) > mark and live:
        from dockwright.rehearse.addresses import surfaced

        surfaced(shell.recorder, mark, last)
    tail = _piped(shell, last, live, stdin)
    return answer & tail if strict else tail


def _swallow(shell: Shell, item: tree.Command, stdin: Value | None) -> Answer:
    before, mark = shell.fork(), len(shell.recorder.unmet)
    answer = _piped(shell, item, False, stdin)
    shell.mask(shell.take(mark), item, before)
    return answer


def _piped(shell: Shell, item: tree.Command, live: bool, stdin: Value | None) -> Answer:
    """One side, in a process of its own."""
    inner = enclosed(shell, live)
    if isinstance(item, tree.Simple) and stdin is not None:
        inner.recorder.commands += 1
        answer = simple(inner, item, live, stdin)
    else:
        inner.stdin = inner.stdin if stdin is None else UNKNOWN
        answer = inner.run(item, live)
    returned(shell, inner)
    return answer


def _output(shell: Shell, item: tree.Command) -> Value:
    if not isinstance(item, tree.Simple) or not item.words:
        return UNKNOWN
    arguments = expand_words(item.words, shell.scope())
    if arguments and arguments[0].value == "yes":
        return "y\n" * 20 if len(arguments) == 1 else UNKNOWN
    if arguments and arguments[0].value in ("curl", "wget"):
        from dockwright.rehearse.installers import printed as installer

        base = shell.image.base
        codename = base.os.codename if base is not None and base.os is not None else ""
        return installer((argument.value for argument in arguments), codename) or UNKNOWN
    return printed(arguments)
