"""Settings with which no process starts: a SHELL that takes no command, a group that nobody made, a host that is not allowed."""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from itertools import islice
from typing import TYPE_CHECKING

from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.finding import NO, UNKNOWN, YES, Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.needs import Unmet

if TYPE_CHECKING:
    from dockwright.rehearse.image import Image
    from dockwright.rehearse.run import Build
    from dockwright.rehearse.step import Recorder
    from dockwright.source import Span

_DEEPEST = 50  # folders above a WORKDIR that are looked at
_SHELLS = frozenset({"sh", "bash", "ash", "dash", "ksh", "zsh"})


def judge(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    keyword = instruction.keyword
    if keyword == "SHELL" and any(_of_shell(each) for each in _later(stage, instruction)):
        _shell(build, instruction, image, recorder)
    elif keyword == "USER":
        _group(build, instruction, image, recorder)
    elif keyword == "RUN":
        _entitlements(build, instruction, recorder)
        _interpreter(build, instruction, image, recorder)
    elif keyword in ("ADD", "COPY"):
        _owner(build, instruction, image, recorder)
        _pattern(build, instruction, image, recorder)


def _later(stage: Stage, instruction: Instruction) -> list[Instruction]:
    """What runs with this SHELL: up to the next one."""
    found = []
    first = bisect_right(stage.instructions, instruction.span.start, key=lambda each: each.span.start)
    for each in islice(stage.instructions, first, None):
        if each.keyword == "SHELL":
            break
        found.append(each)
    return found


def _of_shell(instruction: Instruction) -> bool:
    return instruction.keyword == "RUN" and instruction.exec_form is None


def _shell(build: Build, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    """The text of a RUN is the last argument: behind -c it is a command, else the name of a script."""
    words = instruction.exec_form or ()
    name = posixpath.basename(words[0].text) if words else ""
    if name not in _SHELLS:
        return
    options = [word for word in words[1:] if word.text.startswith("-")]
    joined = next((word for word in options if " " in word.text), None)
    if joined is not None:
        message = f"{name} knows no option {joined.text!r}: its parts are words of their own"
        recorder.unmet.append(Unmet(needs.Shell("syntax", name, message), joined.span, name))
    elif not any("c" in word.text[1:] and not word.text.startswith("--") for word in options):
        message = "without -c it takes the text of a RUN for the name of a script"
        recorder.unmet.append(Unmet(needs.Shell("syntax", name, message), instruction.span, name))
    else:
        _pipefail(build, instruction, image, recorder)


def _pipefail(build: Build, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    """`SHELL ["/bin/sh", "-o", "pipefail", "-c"]`, of which Debian's dash knew nothing before version 13."""
    word = next((word for word in instruction.exec_form or () if word.text == "pipefail"), None)
    if word is None:
        return
    from dockwright.dockerfile.shell_features import Effect, effect
    from dockwright.rehearse.dialect import implementation, version_of
    from dockwright.rehearse.process import shell_for

    later = image.fork()
    later.shell = tuple(each.text for each in instruction.exec_form or ())
    shell = shell_for(build, later, recorder)
    name = implementation(shell)
    if name is not None and effect("pipefail", name, version_of(shell, name)) is Effect.ABORTS:
        recorder.unmet.append(Unmet(needs.Shell("pipefail", name, effect="aborts"), word.span, name))


def _group(build: Build, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    """`USER name:group`: the engine looks the group up, as it does the user, when a process starts."""
    value = build.value(instruction.rest.text.strip(), image)
    group = str(value).partition(":")[2] if value is not UNKNOWN else ""
    if group and not group.isdigit() and image.group(group) is NO:
        span = instruction.rest.span(0, len(instruction.rest.text))
        recorder.unmet.append(Unmet(needs.User(group, "group"), span, "USER", (), Certainty.LIKELY))


def _owner(build: Build, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    """BuildKit takes root for a name that /etc/passwd does not have; without such a file it has no user at all (0.25)."""
    for flag in instruction.flags:
        if flag.name == "chown" and image.origin == "scratch" and image.find("/etc/passwd").answer is NO:
            value = build.value(flag.value or "", image)
            user = str(value).partition(":")[0] if value is not UNKNOWN else ""
            if user and not user.isdigit() and user != "root":
                recorder.unmet.append(Unmet(needs.User(user), flag.span, instruction.keyword))


def _pattern(build: Build, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    from dockwright.dockerfile.values import pattern

    for word in instruction.words[:-1] if instruction.exec_form is None else ():
        value = build.value(word.text, image) if "[" in word.text else UNKNOWN
        if isinstance(value, str) and (problem := pattern(value)):
            recorder.unmet.append(Unmet(needs.Syntax(problem, "build"), word.span, instruction.keyword))
            return


def _entitlements(build: Build, instruction: Instruction, recorder: Recorder) -> None:
    """What a build may do only where who starts it allows it; `docker build --network=host` does."""
    for name, value, given in (("network", "host", build.world.target.network), ("security", "insecure", None)):
        flag = next((flag for flag in instruction.flags if (flag.name, flag.value) == (name, value)), None)
        if flag is not None and given != value:
            need = needs.Syntax(f"{name}.{value} is not allowed", "build")
            recorder.unmet.append(Unmet(need, flag.span, "BuildKit", (), Certainty.LIKELY))


def _interpreter(build: Build, instruction: Instruction, image: Image, recorder: Recorder) -> None:
    """`RUN <<EOF` whose text begins with #! is a script that the kernel starts."""
    if len(instruction.heredocs) != 1 or not instruction.heredocs[0].content.startswith("#!"):
        return
    from dockwright.rehearse.process import shell_for

    first = instruction.heredocs[0].content.partition("\n")[0][2:].split()
    path, span = first[0] if first else "", instruction.heredocs[0].span
    shell = shell_for(build, image, recorder)
    if path and shell.meets(needs.Command(path)) is NO:
        recorder.unmet.append(Unmet(needs.Command(path), span, "#!"))
    elif posixpath.basename(path) == "env" and len(first) == 2 and shell.meets(needs.Command(first[1])) is NO:
        recorder.unmet.append(Unmet(needs.Command(first[1]), span, "env"))


def on_a_file(image: Image, path: str, span: Span, recorder: Recorder) -> None:
    """WORKDIR makes the folder, which can't be where a file is."""
    for _ in range(_DEEPEST):
        if path in ("", "/"):
            break
        look = image.find(path)
        if look.answer is YES and look.node is not None and look.node.kind == "file":
            message = f"mkdir {path}: not a directory"
            recorder.unmet.append(Unmet(needs.Syntax(message, "build"), span, "WORKDIR"))
            return
        path = posixpath.dirname(path)
