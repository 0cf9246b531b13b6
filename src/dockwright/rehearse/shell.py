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
        self.exited: Answer = NO  # has exit, return, break or errexit left what was being run
        self.leaves: frozenset[str] = frozenset()  # which of them it was, or may have been
        self.status: Answer = YES  # with what
        self.fatal = False  # does the step fail when this process fails
        self.dead = False  # it has failed so: the build does not go this way
        self.lenient = False  # where errexit is ignored: in conditions, left of && and ||
        self.loose = False  # where only errexit looks at the result
        self.living = False  # is the command that runs one whose failure fails the step
        self.conditional = False  # inside of a branch that may not run
        self.stdin: Value | None = None  # what a command around this one reads from
        self.loops = 0  # around the command
        self.calls = 0  # of functions, one in the other
        self.hidden: dict[str, Value | None] = {}  # the values outside of a function that its `local` hides
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
        if self.user in ("root", "0"):
            return "/root"
        from dockwright.rehearse.accounts import nameless

        return "/" if isinstance(self.user, str) and nameless(self.image, self.user) else UNKNOWN

    def scope(self) -> Scope:
        home = self.home() if "HOME" not in self.variables else self.variables["HOME"]
        demand = self.demand if self.started == "start" and not self.conditional else None
        return Scope(self.variable, self.output, home, self.assign, self.braces, demand)

    def demand(self, name: str) -> None:
        """`${NAME:?}`: without a value the shell ends here."""
        span = self.recorder.instruction.span
        self.recorder.demands.append((name, "the command that starts it", span))

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
        if command is None:
            return YES
        if self.exited is not NO:
            from dockwright.rehearse.leaving import perhaps

            return self.status if self.exited is YES else perhaps(self, command)
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
        if answer is not YES and not live and self.strict:
            from dockwright.rehearse.leaving import errexit

            errexit(self, command, answer)
        return answer

    @property
    def strict(self) -> bool:
        """Does a command that fails end the shell?"""
        return "errexit" in self.options and not self.lenient

    @property
    def gone(self) -> bool:
        """Has what was being run been left, by exit or the like?"""
        return self.exited is YES

    def unfollowed(self, why: str, command: Any) -> Answer:
        self.recorder.unknown.append(why)
        self.image.cloud(self.recorder.says(f"may have changed anything ({why})", command.span))
        self.strange = True
        return UNKNOWN

    def maybe(self, command: tree.Command | None) -> Answer:
        """Run what may not run at all: its failures are only POSSIBLE."""
        outer, self.conditional = self.conditional, True
        answer = self.run(command, False)
        self.conditional = outer
        return answer

    def forgiven(self, command: tree.Command, live: bool = False) -> Answer:
        """Run a command where errexit is ignored: in a condition, left of && and ||, after `!`."""
        outer, self.lenient = self.lenient, True
        answer = self.run(command, live)
        self.lenient = outer
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


def _runner(kind: type) -> Callable[[Shell, Any, bool], Answer]:
    if kind is tree.Simple:
        from dockwright.rehearse.dispatch import simple

        return simple
    if kind is tree.AndOr:
        from dockwright.rehearse.andor import and_or

        return and_or
    from dockwright.rehearse.compound import RUNNERS

    return RUNNERS[kind]
