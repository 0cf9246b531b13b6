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
from dockwright.rehearse.expansion import Scope, expand_value, expand_words
from dockwright.rehearse.image import Image, Value
from dockwright.rehearse.meet import View, meet
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Recorder

if TYPE_CHECKING:
    from dockwright.rehearse.world import World

DEPTH = 90  # of nested commands; a chain of && counts once
COMMANDS = 1_000  # of one step that are followed
LOOPS = 40  # rounds of a `for` that are followed


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
        """Become what is true after either of the two: what differs is UNKNOWN."""
        from dockwright.rehearse.join import join

        self.image = join(self.image, other.image)
        self.cwd = self.cwd if self.cwd == other.cwd else UNKNOWN
        names = set(self.variables) | set(other.variables)
        both = {name: (self.variables.get(name), other.variables.get(name)) for name in names}
        self.variables = {name: one if one is not None and one == two else UNKNOWN for name, (one, two) in both.items()}
        self.exited = self.exited if self.exited is other.exited else UNKNOWN

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
        """What a command substitution prints, where that is plain."""
        command = script.body
        if isinstance(command, tree.Simple) and not command.redirects:
            words = tuple(word.literal for word in command.words)
            if words == ("pwd",):
                return self.cwd
            if words == ("whoami",):
                return self.user
            if words in (
                ("lsb_release", "-cs"),
                ("lsb_release", "-sc"),
                ("lsb_release", "-c", "-s"),
                ("lsb_release", "-s", "-c"),
            ):
                base = self.image.base
                return base.os.codename if base is not None and base.os is not None and base.os.codename else UNKNOWN
        return UNKNOWN

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
            return self._unfollowed("nested too deeply", command)
        self.recorder.commands += 1
        if self.recorder.commands > COMMANDS:
            # `f() { f; f; }` would run for ever
            first = self.recorder.commands == COMMANDS + 1
            return self._unfollowed("too many commands", command) if first else UNKNOWN
        self.depth += 1
        answer = RUNNERS[type(command)](self, command, live)
        self.depth -= 1
        return answer

    def _unfollowed(self, why: str, command: Any) -> Answer:
        self.recorder.unknown.append(why)
        self.image.cloud(self.recorder.says(f"may have changed anything ({why})", command.span))
        self.strange = True
        return UNKNOWN

    def _simple(self, command: tree.Simple, live: bool) -> Answer:
        from dockwright.rehearse.dispatch import simple

        return simple(self, command, live)

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
                answer = self._maybe(item) & UNKNOWN
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
        right = self.run(command.right, live and left is NO) if left is NO else self._maybe(command.right)
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

    def _maybe(self, command: tree.Command | None) -> Answer:
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

    def swallowed(self, command: tree.Command) -> Answer:
        """Run a command whose success the shell ignores: `a` in `a; b`, `a | b`, `a &`."""
        before, mark = self.fork(), len(self.recorder.unmet)
        answer = self.run(command, False)
        self.mask(self.take(mark), command, before)
        if answer is UNKNOWN:
            self.merge(before)
        return answer

    def _sequence(self, command: tree.Sequence, live: bool) -> Answer:
        answer = YES
        *others, last = command.commands
        for item in others:
            answer = self.run(item, live) if "errexit" in self.options else self.swallowed(item)
            if self.exited is YES or ("errexit" in self.options and answer is NO and not live):
                return answer
        errexit = "errexit" in self.options
        return (answer if errexit and answer is not YES else YES) & self.run(last, live)

    def _pipeline(self, command: tree.Pipeline, live: bool) -> Answer:
        from dockwright.rehearse.dispatch import pipeline

        if not command.negated:
            return pipeline(self, command, live)
        mark = len(self.recorder.unmet)
        answer = ~pipeline(self, command, False)
        self.take(mark)  # `! git --version`: what fails is meant to
        return answer

    def _background(self, command: tree.Background, live: bool) -> Answer:
        self.swallowed(command.command)
        return YES

    def _group(self, command: tree.Group, live: bool) -> Answer:
        answer = self.run(command.body, live)
        return answer & self._redirect(command.redirects)

    def _subshell(self, command: tree.Subshell, live: bool) -> Answer:
        inner = self.fork()
        inner.recorder = self.recorder
        answer = inner.run(command.body, live)
        self.image = inner.image
        return answer & self._redirect(command.redirects)

    def _redirect(self, redirects: tuple[tree.Redirect, ...]) -> Answer:
        from dockwright.rehearse.dispatch import redirect

        return redirect(self, redirects)

    def test(self, command: tree.Command) -> Answer:
        """Run a condition: its failures are answers, not failures."""
        mark = len(self.recorder.unmet)
        answer = self.run(command, False)
        self.take(mark)
        return answer

    def _if(self, command: tree.If, live: bool) -> Answer:
        return self._branch(list(command.branches), command.otherwise, live)

    def _branch(
        self, branches: list[tuple[tree.Command, tree.Command]], otherwise: tree.Command | None, live: bool
    ) -> Answer:
        if not branches:
            return self.run(otherwise, live)
        (condition, body), *rest = branches
        answer = self.test(condition)
        if answer is YES:
            return self.run(body, live)
        if answer is NO:
            return self._branch(rest, otherwise, live)
        return self.either(lambda shell: shell._maybe(body), lambda shell: shell._unsure_branch(rest, otherwise))

    def _unsure_branch(
        self, branches: list[tuple[tree.Command, tree.Command]], otherwise: tree.Command | None
    ) -> Answer:
        outer, self.conditional = self.conditional, True
        answer = self._branch(branches, otherwise, False)
        self.conditional = outer
        return answer

    def either(self, one: Callable[[Shell], Answer], two: Callable[[Shell], Answer]) -> Answer:
        """Both ways are possible: run each on its own copy and keep what is equal."""
        other = self.fork()
        first, second = one(self), two(other)
        self.merge(other)
        return first if first is second else UNKNOWN

    def _for(self, command: tree.For, live: bool) -> Answer:
        words = None if command.words is None else expand_words(command.words, self.scope())
        if words is None or len(words) > LOOPS or any(word.value is UNKNOWN or word.glob for word in words):
            self.variables[command.name] = UNKNOWN
            return self.either(lambda shell: shell._maybe(command.body), lambda shell: YES)
        answer = YES
        for at, word in enumerate(words):
            self.variables[command.name] = word.value
            strict = "errexit" in self.options or at == len(words) - 1
            answer = self.run(command.body, live) if strict else self.swallowed(command.body)
        return answer & self._redirect(command.redirects)

    def _while(self, command: tree.While, live: bool) -> Answer:
        self.test(command.condition)
        return self.either(lambda shell: shell._maybe(command.body), lambda shell: YES)

    def _case(self, command: tree.Case, live: bool) -> Answer:
        import fnmatch

        value = expand_value(command.word, self.scope())
        for patterns, body in command.items:
            texts = [expand_value(pattern, self.scope()) for pattern in patterns]
            if value is UNKNOWN or UNKNOWN in texts:
                bodies = [body for _, body in command.items]
                return self._any_of(bodies)
            if any(fnmatch.fnmatchcase(str(value), str(text)) for text in texts):
                return self.run(body, live)
        return YES

    def _any_of(self, bodies: list[tree.Command | None]) -> Answer:
        if not bodies:
            return YES
        return self.either(lambda shell: shell._maybe(bodies[0]), lambda shell: shell._any_of(bodies[1:]))

    def _function(self, command: tree.Function, live: bool) -> Answer:
        self.functions[command.name] = command.body
        return YES

    def _declaration(self, command: tree.Declaration, live: bool) -> Answer:
        from dockwright.rehearse.dispatch import declare

        return declare(self, command, live)

    def _condition(self, command: tree.Condition, live: bool) -> Answer:
        from dockwright.rehearse.dispatch import condition

        return condition(self, command, live)

    def _arithmetic(self, command: tree.ArithmeticCommand, live: bool) -> Answer:
        return UNKNOWN

    def _unread(self, command: tree.Unfollowed, live: bool) -> Answer:
        return self._unfollowed(command.reason, command)

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


RUNNERS: dict[type, Callable[[Shell, Any, bool], Answer]] = {
    tree.Simple: Shell._simple,
    tree.AndOr: Shell._and_or,
    tree.Sequence: Shell._sequence,
    tree.Pipeline: Shell._pipeline,
    tree.Background: Shell._background,
    tree.Group: Shell._group,
    tree.Subshell: Shell._subshell,
    tree.If: Shell._if,
    tree.For: Shell._for,
    tree.While: Shell._while,
    tree.Case: Shell._case,
    tree.Function: Shell._function,
    tree.Declaration: Shell._declaration,
    tree.Condition: Shell._condition,
    tree.ArithmeticCommand: Shell._arithmetic,
    tree.Unfollowed: Shell._unread,
}
