"""Recording. A run that can't be recorded must still build: where the database fails, `History.broken` says why, once.

    with History.open().run("build", project.root, sys.argv, engine="docker", secrets=values) as run:
        target = run.target("web", dockerfile="web/Dockerfile", tag="shop-web")
        attempt = target.attempt()
        attempt.watch(event)                       # each event of the engine
        attempt.finish("failed", Why(cause="network/reset", …))
        target.finish("built")
        run.finish("built", 0)

A run that is left by an exception is `interrupted` (Ctrl-C) or `crashed`; one whose process is gone is shown as `gone`.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, update
from sqlalchemy.exc import SQLAlchemyError

from dockwright import __version__
from dockwright.errors import ToolError
from dockwright.history import process
from dockwright.history.migrations import migrate
from dockwright.history.redact import redact, redacted_words
from dockwright.history.schema import ATTEMPTS, EVENTS, RUNS, TARGETS
from dockwright.history.values import Why

if TYPE_CHECKING:
    from dockwright.engine.events import Event

BUSY = 10  # seconds to wait for another process that writes


def place() -> str:
    """Where the history is: DOCKWRIGHT_HISTORY (an SQLAlchemy URL), else SQLite in the user's state folder."""
    named = os.environ.get("DOCKWRIGHT_HISTORY")
    if named:
        return named if "://" in named else f"sqlite:///{os.path.abspath(named)}"
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return f"sqlite:///{os.path.join(state, 'dockwright', 'history.sqlite')}"


class History:
    """One database, closed when nobody uses it any more. `broken`: why nothing is recorded, empty when all is well."""

    def __init__(self, engine: Engine | None, broken: str = "") -> None:
        self.engine = engine
        self.broken = broken
        if engine is not None:
            weakref.finalize(self, engine.dispose)

    @classmethod
    def open(cls, url: str | None = None) -> History:
        """Opens, and makes or migrates where needed. Never raises for a database that can't be used, except a newer one."""
        try:
            engine = _engine(url or place())
            history = cls(engine)
            migrate(engine)
        except (SQLAlchemyError, OSError, ImportError) as error:
            return cls(None, _reason(error))
        return history

    def run(
        self, verb: str, project: str, words: Sequence[str] = (), *, engine: str = "", secrets: Sequence[str] = ()
    ) -> Run:
        """`secrets` are values that must appear nowhere (`redact.secret_values`)."""
        return Run(self, verb, os.path.abspath(project), words, engine, tuple(secrets))

    def write(self, statement: Any) -> int:
        """The row's id for an insert; 0 when nothing could be written."""
        with self.connection() as connection:
            if connection is not None:
                made = connection.execute(statement)
                return int(made.inserted_primary_key[0]) if made.is_insert and made.inserted_primary_key else 0
        return 0

    @contextlib.contextmanager
    def connection(self) -> Iterator[Connection | None]:
        if self.engine is None:
            yield None
            return
        try:
            with self.engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            self.broken, self.engine = _reason(error), None

    def close(self) -> None:
        if self.engine is not None:
            self.engine.dispose()


class Run:
    def __init__(
        self, history: History, verb: str, project: str, words: Sequence[str], engine: str, secrets: tuple[str, ...]
    ) -> None:
        self.history, self.project, self.secrets = history, project, secrets
        self.finished = False
        self.id = history.write(
            insert(RUNS).values(
                verb=verb, project=project, words=shlex.join(redacted_words(words, secrets)), engine=engine,
                version=__version__, host=process.here(), pid=os.getpid(), pid_started=process.mark(), started=time.time(),
            )
        )  # fmt: skip

    def clean(self, text: str) -> str:
        return redact(text, self.secrets)

    def target(
        self, name: str, *, dockerfile: str = "", context: str = "", tag: str = "", platform: str = ""
    ) -> TargetRun:
        return TargetRun(self, name, self.clean(dockerfile), self.clean(context), self.clean(tag), platform)

    def event(self, kind: str, text: str, target: str = "") -> None:
        """Something worth knowing later: a wait, a note, what the preflight said."""
        if self.id:
            values = {"run_id": self.id, "at": time.time(), "kind": kind, "target": target, "text": self.clean(text)}
            self.history.write(insert(EVENTS).values(values))

    def progress(self, text: str) -> None:
        """What `dockwright status` shows in another terminal."""
        self.update(progress=self.clean(text))

    def update(self, **values: object) -> None:
        _update(self.history, RUNS, self.id, values)

    def finish(self, outcome: str, exit_code: int, bytes: int = 0) -> None:
        self.finished = True
        self.update(outcome=outcome, exit_code=exit_code, bytes=bytes, finished=time.time())

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.finished:
            code = error.exit_code if isinstance(error, ToolError) else 130 if kind is KeyboardInterrupt else 4
            outcome = (
                "interrupted" if kind is KeyboardInterrupt else "refused" if isinstance(error, ToolError) else "crashed"
            )
            self.finish(outcome, code if error is not None else 0)


class TargetRun:
    def __init__(self, run: Run, name: str, dockerfile: str, context: str, tag: str, platform: str) -> None:
        self.run, self.name = run, name
        self.attempts = 0
        self._began = time.monotonic()
        values = {"name": name, "dockerfile": dockerfile, "context": context, "tag": tag, "platform": platform}
        self.id = run.history.write(insert(TARGETS).values(run_id=run.id, **values)) if run.id else 0

    def begin(self, began: float) -> None:
        self._began = time.monotonic() - (time.time() - began)
        _update(self.run.history, TARGETS, self.id, {"started": began, "outcome": "running"})

    def attempt(self, words: Sequence[str] = (), began: float | None = None) -> Attempt:
        """`began`: seconds since 1970, if it is not now."""
        began = began or time.time()
        if not self.attempts:
            self.begin(began)
        self.attempts += 1
        return Attempt(self, self.attempts, words, began)

    def finish(self, outcome: str, says: str = "", bytes: int = 0) -> None:
        seconds = time.monotonic() - self._began if self.attempts else None
        values = {"outcome": outcome, "says": self.run.clean(says), "seconds": seconds, "bytes": bytes}
        _update(self.run.history, TARGETS, self.id, values)


class Attempt:
    def __init__(self, target: TargetRun, number: int, words: Sequence[str], began: float) -> None:
        from dockwright.history.steps import Steps

        self.target, self.number = target, number
        self._began = time.monotonic() - (time.time() - began)
        run = target.run
        text = shlex.join(redacted_words(words, run.secrets))
        values = {"target_id": target.id, "number": number, "started": began, "words": text}
        self.id = run.history.write(insert(ATTEMPTS).values(values)) if target.id else 0
        self.steps = Steps(self)

    def watch(self, event: Event) -> None:
        """An event of the engine; steps are recorded as they begin and end."""
        self.steps.watch(event)

    def finish(self, outcome: str, why: Why | None = None) -> None:
        """`outcome`: built, failed, interrupted."""
        self.steps.finish("failed" if outcome == "failed" else "interrupted")
        clean = self.target.run.clean
        values: dict[str, object] = {"outcome": outcome, "seconds": time.monotonic() - self._began}
        for name, value in _given(why).items():
            values[name] = clean(value) if isinstance(value, str) else value
        _update(self.target.run.history, ATTEMPTS, self.id, values)


def _given(why: Why | None) -> Mapping[str, object]:
    return {} if why is None else {name: getattr(why, name) for name in why.__struct_fields__}


def _update(history: History, table: Table, row: int, values: Mapping[str, object]) -> None:
    if row:
        history.write(update(table).where(table.c.id == row).values(**values))


def _engine(url: str) -> Engine:
    if url.startswith("sqlite:///") and url != "sqlite:///:memory:":
        folder = os.path.dirname(url.removeprefix("sqlite:///").partition("?")[0])
        os.makedirs(folder or ".", mode=0o700, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY} if url.startswith("sqlite") else {})
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settle)
    return engine


def _settle(connection: Any, record: object) -> None:
    """WAL: a reader in a second terminal never waits, and a killed writer leaves the database whole."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _reason(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).split("\n")[0]
