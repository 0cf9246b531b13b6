"""In which order images are built, and how many at once: dependencies first, then what takes longest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from dockwright.errors import ToolError

MB = 1_000_000
MEMORY = 400 * MB  # that a build takes for itself
COMPILING = 1_500 * MB  # and a compiler besides
SHARE = 0.8  # of the memory that is free


class Task(Struct, frozen=True):
    """One image: what it must wait for, how long it will take (any unit), the memory that its build takes."""

    name: str
    needs: tuple[str, ...] = ()
    weight: float = 0.0
    memory: int = MEMORY


class Host(Struct, frozen=True):
    """The machine that builds, which need not be this one. 0 memory is not known."""

    cpus: int
    memory: int = 0


class Schedule:
    """Hands out tasks; told how each ended, it knows which can't be tried any more."""

    def __init__(self, tasks: Iterable[Task], host: Host, jobs: int | None = None) -> None:
        self.tasks = {task.name: task for task in tasks}
        self.jobs = jobs or max(1, host.cpus)
        self.memory = 0 if jobs else int(host.memory * SHARE)  # who says how many has thought of the memory
        self.waiting = sorted(self.tasks, key=lambda name: -self._ahead(name, ()))
        self.running: set[str] = set()
        self.built: set[str] = set()
        self.lost: dict[str, str] = {}  # task -> the dependency that failed
        _refuse_circles(self.tasks)

    def next(self, ready: Mapping[str, bool] | None = None) -> str | None:
        """The task to start now. `ready` tells of those that can't start yet for other reasons."""
        if len(self.running) >= self.jobs:
            return None
        for name in self.waiting:
            task = self.tasks[name]
            if self.built.issuperset(task.needs) and (ready is None or ready.get(name, True)) and self._fits(task):
                self.waiting.remove(name)
                self.running.add(name)
                return name
        return None

    def finish(self, name: str, built: bool) -> tuple[str, ...]:
        """Answers the tasks that will now never be tried."""
        self.running.discard(name)
        if built:
            self.built.add(name)
            return ()
        lost = []
        for other in list(self.waiting):
            if self._needs(other, name, ()):
                self.waiting.remove(other)
                self.lost[other] = name
                lost.append(other)
        return tuple(lost)

    def weigh(self, task: Task) -> None:
        """Better known now than when the schedule was made."""
        self.tasks[task.name] = task
        self.waiting.sort(key=lambda name: -self._ahead(name, ()))

    @property
    def over(self) -> bool:
        return not self.waiting and not self.running

    def _fits(self, task: Task) -> bool:
        """One build may always run, whatever it takes."""
        taken = sum(self.tasks[name].memory for name in self.running)
        return not self.running or not self.memory or taken + task.memory <= self.memory

    def _ahead(self, name: str, above: tuple[str, ...]) -> float:
        """Its own time and that of the longest chain which waits for it."""
        after = [other for other, task in self.tasks.items() if name in task.needs and other not in above]
        return self.tasks[name].weight + max((self._ahead(other, (*above, name)) for other in after), default=0.0)

    def _needs(self, name: str, failed: str, above: tuple[str, ...]) -> bool:
        needs = self.tasks[name].needs
        return failed in needs or any(self._needs(each, failed, (*above, name)) for each in needs if each not in above)


def _refuse_circles(tasks: Mapping[str, Task]) -> None:
    left = dict(tasks)
    while left:
        free = [name for name, task in left.items() if not set(task.needs) & set(left)]
        if not free:
            raise ToolError(
                "circle", f"these images wait for each other: {', '.join(sorted(left))}",
                hint="look at their FROM, COPY --from and additional_contexts",
            )  # fmt: skip
        for name in free:
            del left[name]
