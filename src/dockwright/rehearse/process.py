"""RUN: the shell or the program that it starts, what its mounts bring, and what is gone when it ends."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.finding import NO, UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.dispatch import execute, unfollowed
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Value
from dockwright.rehearse.shell import Shell
from dockwright.rehearse.step import Recorder
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build

SHELLS = ("sh", "bash", "ash", "dash", "ksh", "zsh")


def run_process(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    mounted: list[str] = []
    if instruction.mounts:
        from dockwright.rehearse import mounts

        mounted = mounts.lay(build, stage, instruction, image, recorder)
    if image.pending is not None:
        from dockwright.rehearse.foreign import judge_start

        judge_start(image, recorder, instruction.keyword_span)
    shell = shell_for(build, image, recorder)
    check_user(shell, instruction.span)
    if instruction.exec_form is not None:
        arguments = [Argument(word.text, word.span) for word in instruction.exec_form]
        if arguments:
            execute(shell, arguments, instruction.span, True, direct=True)
    elif has_shell(shell, instruction.keyword_span):
        run_shell(shell, instruction, build.globals)
        _forget(shell, image.workdir, image.env.get("PATH"))
    after = shell.image
    if mounted:
        mounts.take_away(after, mounted)
    return after


def _forget(shell: Shell, workdir: Value, path: Value | None) -> None:
    """A shell takes its working directory and its PATH with it when it ends; what it had is kept to explain a later failure."""
    if shell.cwd is not UNKNOWN and shell.cwd != workdir:
        shell.image.lost = (
            *shell.image.lost,
            (
                "cd",
                str(shell.cwd),
                shell.recorder.says(f"leaves the shell in {shell.cwd}", shell.recorder.instruction.span),
            ),
        )
    last = shell.variables.get("PATH")
    if last is not UNKNOWN and last is not None and last != path:
        shell.image.lost = (
            *shell.image.lost,
            ("export", str(last), shell.recorder.says("sets PATH in this shell", shell.recorder.instruction.span)),
        )


def shell_for(build: Build, image: Image, recorder: Recorder) -> Shell:
    """The process that RUN starts: its variables are those of ARG and ENV."""
    variables: dict[str, Value] = {name: value for name, value in image.args.items() if value is not None}
    shell = Shell(image, build.world, recorder, variables | image.env, image.user)
    name, words = posixpath.basename(image.shell[0]) if image.shell else "sh", image.shell
    if name in ("conda", "mamba", "micromamba") and "run" in words:  # conda run -n NAME /bin/bash -c
        inner = next((at for at, word in enumerate(words) if posixpath.basename(word) in SHELLS), 0)
        name, words = posixpath.basename(words[inner]), words[inner:]
        shell.variables["PATH"] = UNKNOWN  # the environment's bin folder comes first
    shell.dialect = name
    for at, word in enumerate(words[1:], 1):
        if word.startswith("-") and not word.startswith("--"):
            shell.options |= {"errexit"} if "e" in word[1:] else set()
        if word == "pipefail" or (word == "errexit" and words[at - 1].endswith("o")):
            shell.options.add(word)
    return shell


def has_shell(shell: Shell, span: Span) -> bool:
    """The shell form starts a program of the image, which scratch and distroless images do not have."""
    path = shell.image.shell[0] if shell.image.shell else ""
    need = needs.Command(path)
    if not path.startswith("/") or shell.image.assumed or shell.image.find(path).answer is not NO:
        return True
    Call(shell, [Argument("RUN", span)], span).lacks(need, span, by="RUN")
    shell.image.assumed |= {need}
    unfollowed(shell, "the image has no shell", span)
    return False


def run_shell(shell: Shell, instruction: Instruction, declared: Mapping[str, Value | None]) -> Answer:
    """Shell form. A RUN that is one heredoc runs its body as a script."""
    if shell.dialect not in SHELLS:
        return unfollowed(shell, f"{shell.dialect} is not a shell that is followed", instruction.span)
    text, to_span = shell_text(instruction)
    if text.startswith("#!"):
        return unfollowed(shell, "the script names its own interpreter", instruction.span)
    script = parse_shell(text, to_span)
    if script.errors or script.features:
        from dockwright.rehearse.dialect import judge

        judge(shell, script, instruction)
    if "$" in text and ("==$" in text or "://" in text):
        from dockwright.rehearse.emptiness import judge_arguments

        judge_arguments(shell, text, to_span, instruction, dict(declared))
    if any(error for error in script.errors):
        return NO
    shell.fatal = True
    return shell.run(script.body, True)


def shell_text(instruction: Instruction) -> tuple[str, Any]:
    """The text that the shell gets, and how its offsets map to the Dockerfile."""
    joined = instruction.rest
    if not instruction.heredocs:
        return joined.text, joined.span
    first = instruction.heredocs[0]
    if (
        len(instruction.heredocs) == 1 and joined.text.strip() in (f"<<{first.name}", f"<<-{first.name}")
    ) or _only_heredoc(instruction):
        body, start = first.content, first.body_span.start
        exact = first.content == first.body
        return body, lambda one, two: Span(start + one, start + two) if exact else first.body_span
    text = joined.text + "\n" + "".join(doc.content + doc.name + "\n" for doc in instruction.heredocs)
    limit = len(joined.text)
    return text, lambda one, two: joined.span(min(one, limit), min(two, limit))


def _only_heredoc(instruction: Instruction) -> bool:
    words = instruction.rest.text.split()
    return len(words) == 1 and words[0].startswith("<<") and len(instruction.heredocs) == 1


def check_user(shell: Shell, span: Span) -> None:
    """The engine looks the user up when a process starts; a number need not be known."""
    name = shell.user
    if name is UNKNOWN or str(name).isdigit() or name == "root":
        return
    call = Call(shell, [Argument("USER", span)], span)
    by = shell.image.set_by.get("USER")
    if shell.meets(needs.User(str(name))) is NO and needs.User(str(name)) not in shell.image.assumed:
        call.lacks(needs.User(str(name)), span, (by,) if by else (), by="USER")
        shell.image.assumed |= {needs.User(str(name))}
