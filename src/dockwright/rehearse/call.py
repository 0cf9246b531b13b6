"""One command as its family sees it: arguments, the state around it, and the two verbs `wants` and `lacks`."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Node, Value, normal
from dockwright.rehearse.meet import Verdict, View, meet
from dockwright.rehearse.needs import Need, Unmet, Writable
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.run import World
    from dockwright.rehearse.shell import Shell


class Call:
    """A command about to run. A family reads it, states needs, changes `image`, and returns whether it succeeds.

    `arguments[0]` is the command's name. After an unmet need the family goes on as if it had been met: the shell takes
    the effects back where the failure is masked.
    """

    def __init__(self, shell: Shell, arguments: list[Argument], span: Span, stdin: Value | None = None) -> None:
        self.shell = shell
        self.arguments = arguments
        self.span = span
        self.stdin = stdin  # text piped or redirected in; None: nothing
        self.failed = NO  # becomes YES or UNKNOWN with the first need that is (or may be) unmet

    @property
    def image(self) -> Image:
        return self.shell.image

    @property
    def world(self) -> World:
        return self.shell.world

    @property
    def name(self) -> str:
        """The command's name without its folder."""
        return posixpath.basename(str(self.arguments[0].value))

    @property
    def rest(self) -> list[Argument]:
        return self.arguments[1:]

    @property
    def user(self) -> Value:
        return self.shell.user

    def variable(self, name: str) -> Value | None:
        return self.shell.variable(name)

    def text(self, name: str, default: str = "") -> str:
        """A variable's value where it is known and not empty, else the default."""
        value = self.variable(name)
        return default if value is None or value is UNKNOWN or value == "" else str(value)

    def path(self, value: Value) -> Value:
        """A path argument made absolute and normal; UNKNOWN when it or the working directory is."""
        if value is UNKNOWN or (not str(value).startswith("/") and self.shell.cwd is UNKNOWN):
            return UNKNOWN
        return normal(posixpath.join(str(self.shell.cwd), str(value)))

    def says(self, text: str, span: Span | None = None) -> Evidence:
        return self.shell.recorder.says(text, span or self.span)

    # -- needs ------------------------------------------------------------------------------------------------------

    def wants(self, need: Need, span: Span | None = None, *, by: str = "") -> Answer:
        """State a need that the image can answer; NO is recorded as unmet."""
        verdict = meet(need, self.view())
        if verdict.answer is NO:
            self._record(need, span, verdict, by, Certainty.CERTAIN)
        elif verdict.answer is UNKNOWN:
            self.failed = self.failed | UNKNOWN
        return verdict.answer

    def lacks(
        self,
        need: Need,
        span: Span | None = None,
        evidence: tuple[Evidence, ...] = (),
        *,
        certainty: Certainty = Certainty.CERTAIN,
        by: str = "",
        deleted: Evidence | None = None,
    ) -> Answer:
        """State a need that the family itself found unmet."""
        if need not in self.image.assumed:
            self._record(need, span, Verdict(NO, evidence, deleted), by, certainty)
        return NO

    def unsure(self, why: str) -> Answer:
        """Something that decides about success could not be followed."""
        self.shell.recorder.unknown.append(why)
        self.failed = self.failed | UNKNOWN
        return UNKNOWN

    def _record(self, need: Need, span: Span | None, verdict: Verdict, by: str, certainty: Certainty) -> None:
        self.failed = YES
        asked_by = by or self.name
        self.shell.fail(Unmet(need, span or self.span, asked_by, verdict.evidence, certainty, verdict.deleted))

    def view(self) -> View:
        return View(self.image, self.user, self.shell.value("PATH"), self.world.facts)

    def done(self, success: Answer = YES) -> Answer:
        """Success of the command, given what was stated so far."""
        return success & ~self.failed

    def writes(self, path: str, span: Span) -> Answer:
        """State that the current user may write here."""
        if not isinstance(self.user, str):
            return UNKNOWN
        return self.wants(Writable(path, self.user, self.name), span)

    # -- effects that many families share ---------------------------------------------------------------------------

    def make(self, path: Value, kind: Any = "file", *, mode: Any = None, text: Value = UNKNOWN, why: str = "") -> None:
        """Make a path as the current user."""
        if path is UNKNOWN:
            return
        default = 0o755 if kind == "dir" else 0o644
        owner = self.user
        node = Node(kind, self.says(why or "made here"), owner, owner, default if mode is None else mode, text)
        self.image.put(str(path), node)

    def somewhere(self, span: Span, why: str = "may be made here") -> None:
        """A path that is not known was made: anything below what is written of it may be there."""
        written = self.shell.recorder.source[span].strip("\"'")
        start = written.partition("$")[0].partition("`")[0]
        folder = posixpath.dirname(start) if start.startswith("/") else self.shell.cwd if start else "/"
        self.image.blur(folder if isinstance(folder, str) else "/", self.says(why, span))

    def options(
        self, values: frozenset[str] | set[str], start: int = 1
    ) -> tuple[dict[str, Argument | None], list[Argument]]:
        """Options and operands as getopt_long reads them: `values` names the options that take a value.

        `--name=value`, `--name value`, `-nvalue`, `-n value`, clusters of short ones; `--` ends them.
        """
        options: dict[str, Argument | None] = {}
        operands: list[Argument] = []
        queue = self.arguments[start:]
        while queue:
            argument = queue.pop(0)
            text = argument.value
            if text is UNKNOWN or not str(text).startswith("-") or text == "-":
                operands.append(argument)
            elif text == "--":
                operands += queue
                break
            elif str(text).startswith("--"):
                name, has, value = str(text).partition("=")
                if has:
                    options[name] = Argument(value, argument.span)
                else:
                    options[name] = queue.pop(0) if name in values and queue else None
            else:
                _cluster(argument, values, options, queue)
        return options, operands


def _cluster(
    argument: Argument, values: frozenset[str] | set[str], options: dict[str, Argument | None], queue: list[Argument]
) -> None:
    text = str(argument.value)
    for at in range(1, len(text)):
        name = "-" + text[at]
        if name in values:
            rest = text[at + 1 :]
            options[name] = Argument(rest, argument.span) if rest else (queue.pop(0) if queue else None)
            return
        options[name] = None


def root_only(call: Call, path: str) -> None:
    """Commands that refuse to work for anyone but root."""
    user = call.user
    account = call.image.accounts.get(str(user))
    if not isinstance(user, str) or user in ("root", "0") or (account is not None and account.number == "0"):
        return
    by = call.image.set_by.get("USER")
    call.lacks(Writable(path, user, call.name), call.arguments[0].span, (by,) if by else ())
