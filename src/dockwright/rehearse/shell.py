"""A shell that runs a RUN's text on an image without running anything.

Where a failure breaks the build, the rehearsal goes on as if the command had been mended, so that later failures show as
well. Where a failure is masked (`a || b`, `a; b`, a pipe, a condition), it goes on as the real shell would.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from dockwright.dockerfile import shell as tree
from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty
from dockwright.rehearse.expansion import Scope
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Value
from dockwright.rehearse.meet import View, meet
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Recorder

if TYPE_CHECKING:
    from dockwright.rehearse.run import World

DEPTH = 90  # of nested commands; a chain of && counts once
COMMANDS = 1_000  # of one step that are followed


class Shell:
    """One shell process: its working directory, variables, options and functions, on an image that it changes."""

    def __init__(
        self, image: Image, world: World, recorder: Recorder, variables: dict[str, Value], user: Value
    ) -> None:
        self.image = image
        self.world = world
        self.recorder = recorder
        self.cwd: Value = image.workdir
        self.variables = variables
        self.exported: set[str] = set(variables)
        self.user = user
        self.functions: dict[str, Any] = {}
        self.options: set[str] = set()
        self.positional: tuple[Value, ...] | None = ()
        self.strange = not image.env_known  # variables may be set that are not known
        self.exited: Answer = NO
        self.conditional = False  # inside of a branch that may not run
        self.depth = 0
        self.dialect = "sh"
        self.started = ""  # start or health: what runs is the container's own process, not a step of the build

    # -- state ------------------------------------------------------------------------------------------------------

    def fork(self) -> Shell:
        """A copy whose changes (to the image too) can be thrown away or joined."""
        twin = Shell.__new__(Shell)
        twin.__dict__.update(self.__dict__)
        twin.image = self.image.fork()
        twin.variables, twin.functions = dict(self.variables), dict(self.functions)
        twin.options, twin.exported = set(self.options), set(self.exported)
        return twin

    def adopt(self, other: Shell) -> None:
        self.__dict__.update(other.__dict__)

    def merge(self, other: Shell) -> None:
        """Become what is true after either of the two."""
        from dockwright.rehearse.join import join_shells

        join_shells(self, other)

    def variable(self, name: str) -> Value | None:
        """Value of a variable; None when it is known to be unset."""
        if name in self.variables:
            value = self.variables[name]
            return self._absolute(str(value)) if name == "PATH" and value is not UNKNOWN else value
        if name in SPECIAL:
            return self._special(name)
        return UNKNOWN if self.strange else None

    def value(self, name: str) -> Value:
        """Value of a variable; empty when it is unset."""
        value = self.variable(name)
        return "" if value is None else value

    def _absolute(self, path: str) -> Value:
        """PATH with its relative folders (`venv/bin:/usr/bin`) seen from the working directory."""
        if all(not folder or folder[0] in "/~$%" for folder in path.split(":")):
            return path
        if self.cwd is UNKNOWN:
            return UNKNOWN
        return ":".join(posixpath.join(str(self.cwd), folder) for folder in path.split(":") if folder)

    def _special(self, name: str) -> Value | None:
        if name == "PWD":
            return self.cwd
        if name == "HOME":
            return self.home()
        if name.isdigit() and name != "0":
            if self.positional is None:
                return UNKNOWN
            return self.positional[int(name) - 1] if int(name) <= len(self.positional) else None
        return UNKNOWN

    def home(self) -> Value:
        """HOME as the engine sets it for a RUN: from the account, / when the user has none."""
        account = self.image.accounts.get(str(self.user))
        if account is not None:
            return account.home
        return "/root" if self.user in ("root", "0") else UNKNOWN

    def scope(self) -> Scope:
        home = self.home() if "HOME" not in self.variables else self.variables["HOME"]
        return Scope(self.variable, self.output, home, self.assign, self.braces)

    def braces(self) -> Answer:
        """Does this shell expand braces: bash does, under the name sh too."""
        from dockwright.rehearse.dialect import implementation

        name = implementation(self)
        return UNKNOWN if name is None else Answer.of(name in ("bash", "zsh", "ksh"))

    def assign(self, name: str, value: Value) -> None:
        self.variables[name] = value

    def output(self, script: tree.Script) -> Value:
        """What a command substitution prints."""
        from dockwright.rehearse.substitution import output

        return output(self, script)

    def fail(self, unmet: Unmet) -> None:
        if self.conditional:
            unmet = replace(unmet, certainty=Certainty.POSSIBLE)
        self.recorder.unmet.append(unmet)

    # -- running ----------------------------------------------------------------------------------------------------

    def run(self, command: tree.Command | None, live: bool) -> Answer:
        """Run a command. `live`: its failure fails the step, so go on as if mended; else behave as the real shell."""
        if command is None or self.exited is YES:
            return YES
        if self.depth > DEPTH:
            return self.unfollowed("nested too deeply", command)
        self.recorder.commands += 1
        if self.recorder.commands > COMMANDS:
            # `f() { f; f; }` would run for ever
            first = self.recorder.commands == COMMANDS + 1
            return self.unfollowed("too many commands", command) if first else UNKNOWN
        self.depth += 1
        answer = _runner(type(command))(self, command, live)
        self.depth -= 1
        return answer

    def unfollowed(self, why: str, command: Any) -> Answer:
        self.recorder.unknown.append(why)
        self.image.cloud(self.recorder.says(f"may have changed anything ({why})", command.span))
        self.strange = True
        return UNKNOWN

    def _and_or(self, command: tree.AndOr, live: bool) -> Answer:
        return self._and(command, live) if command.operator == "&&" else self._or(command, live)

    def _and(self, command: tree.AndOr, live: bool) -> Answer:
        first, *rest = _members(command)
        answer = self.run(first, live)
        for item in rest:
            if live:
                # The step fails unless the left side succeeds: the right one runs in every build that goes on.
                answer = answer & self.run(item, True)
            elif answer is NO:
                return NO
            elif answer is YES:
                answer = self.run(item, False)
            else:
                other = self.fork()
                answer = self.maybe(item) & UNKNOWN
                self.merge(other)
        return answer

    def _or(self, command: tree.AndOr, live: bool) -> Answer:
        before, mark = self.fork(), len(self.recorder.unmet)
        left = self.run(command.left, False)
        failures = self.take(mark)
        if left is YES:
            return YES
        taken = self.fork()  # as if the left side had succeeded
        if left is UNKNOWN:
            self.adopt(before.fork())
        mark = len(self.recorder.unmet)
        right = self.run(command.right, live and left is NO) if left is NO else self.maybe(command.right)
        rescue = self.take(mark)
        if right is NO or self.exited is YES:
            return self._both_failed(command, live, left, before, taken, failures + rescue)
        self.recorder.unmet += rescue
        if left is NO:
            if _does_nothing(command.right):
                self.mask(failures, command.left, before)  # anything else is a second way to the same end
            return right
        self.merge(taken)
        return YES & right

    def _both_failed(
        self, command: tree.AndOr, live: bool, left: Answer, before: Shell, taken: Shell, failures: list[Unmet]
    ) -> Answer:
        """`a || exit 1`: the left side decides."""
        if self.exited is YES and right_succeeds(command.right):
            if left is UNKNOWN:
                self.adopt(taken)
                return UNKNOWN
            return YES
        if live:
            self.adopt(before)
            return self.run(command.left, True) if left is NO else self._assume(taken)
        if left is UNKNOWN:
            self.adopt(taken)
        self.recorder.unmet += failures if left is NO else []
        return left

    def _assume(self, taken: Shell) -> Answer:
        self.adopt(taken)
        return UNKNOWN

    def maybe(self, command: tree.Command | None) -> Answer:
        """Run what may not run at all: its failures are only POSSIBLE."""
        outer, self.conditional = self.conditional, True
        answer = self.run(command, False)
        self.conditional = outer
        return answer

    def take(self, mark: int) -> list[Unmet]:
        """Take the failures recorded since `mark` off the record."""
        taken = self.recorder.unmet[mark:]
        del self.recorder.unmet[mark:]
        return taken

    def mask(self, failures: list[Unmet], command: tree.Command | None, before: Shell) -> None:
        """Keep failures that the shell swallowed, with the image as it was meant to be."""
        if not failures:
            return
        meant = before.fork()
        meant.recorder = Recorder(self.recorder.source, self.recorder.instruction)
        meant.run(command, True)
        self.recorder.masked += [replace(failure, intended=meant.image) for failure in failures]

    def meets(self, need: Any, image: Image | None = None) -> Answer:
        return meet(need, View(image or self.image, self.user, self.value("PATH"), self.world.facts)).answer


SPECIAL = frozenset(
    "PWD HOME ? $ ! # @ * 0 1 2 3 4 5 6 7 8 9 - _ RANDOM HOSTNAME UID EUID SHELL IFS OLDPWD LINENO".split()
)


def _members(command: tree.AndOr) -> list[tree.Command]:
    """The members of `a && b && c`, which nests to the left and may be long."""
    members: list[tree.Command] = []
    left: tree.Command = command
    while isinstance(left, tree.AndOr) and left.operator == "&&":
        members.append(left.right)
        left = left.left
    return [left, *reversed(members)]


def _does_nothing(command: tree.Command) -> bool:
    """`|| true`, `|| :`, `|| echo …`: what only hides that the left side failed."""
    return (
        isinstance(command, tree.Simple)
        and bool(command.words)
        and command.words[0].literal in ("true", ":", "echo", "printf")
    )


def right_succeeds(command: tree.Command) -> bool:
    """Is this `exit 0`, the one way to leave a `||` early and well?"""
    return isinstance(command, tree.Simple) and [word.literal for word in command.words] == ["exit", "0"]


def _runner(kind: type) -> Callable[[Shell, Any, bool], Answer]:
    if kind is tree.Simple:
        from dockwright.rehearse.dispatch import simple

        return simple
    if kind is tree.AndOr:
        return Shell._and_or
    from dockwright.rehearse.compound import RUNNERS

    return RUNNERS[kind]
