"""`uv sync` and its kin: what a uv project needs, reads and installs."""

from __future__ import annotations

import posixpath

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs.lockfiles import staleness
from dockwright.rehearse import installation, needs, packaging
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.uv import VALUES, compiled
from dockwright.rehearse.dispatch import unfollowed
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import Python
from dockwright.rehearse.requirements import Wanted


class Project:
    """`uv sync` and its kin: pyproject.toml here or above, uv.lock, the environment .venv."""

    def __init__(self, call: Call, action: str, start: int) -> None:
        self.call, self.action = call, action
        self.options, self.operands = call.options(VALUES, start)
        given = self.options.get("--project") or self.options.get("--directory")
        folder = call.path(given.value if given is not None else ".")
        self.folder = "" if folder is UNKNOWN else str(folder)
        self.span = call.arguments[start - 1].span

    def has(self, name: str) -> bool:
        value = self.call.variable("UV_" + name[2:].upper().replace("-", "_"))
        return name in self.options or (value is not None and str(value).lower() not in ("", "0", "false"))

    def run(self) -> Answer:
        call = self.call
        if self.action == "build":
            self._built()
        if self.action == "export":
            compiled(call, self.options)
        folder = self._root()
        if folder is None:
            return self._end(call.done(UNKNOWN))
        local = packaging.read(call, folder)
        if local is not None:
            packaging.invalid(call, local, folder, self.span)
            self._groups(folder, local)
        self._lock(folder)
        if self.action == "export":
            self._locked(folder, None)
        if local is not None and self._installs(local):
            packaging.build(call, local, folder, self.span, editable=not self.has("--no-editable"))
        if self.action in ("sync", "run", "add"):
            self._environment(folder, local)
        return self._end(call.done(UNKNOWN))

    def _built(self) -> None:
        """uv build writes to dist of the source folder, or of the workspace's root above it."""
        given = self.options.get("-o") or self.options.get("--out-dir")
        source = self.call.path(self.operands[0].value) if self.operands else self.folder
        packaging.distributed(self.call, given, source)

    def _end(self, answer: Answer) -> Answer:
        if self.action == "run" and not self.call.shell.started:
            return answer & unfollowed(self.call.shell, "uv run is not followed", self.call.span)
        return answer

    def _installs(self, local: object) -> bool:
        built = bool(getattr(local, "installable", True)) and bool(getattr(local, "build_requires", None))
        if self.action == "build":
            return built
        return (
            built
            and self.action in ("sync", "run")
            and not (self.has("--no-install-project") or self.has("--no-sync") or self._partly())
        )

    def _partly(self) -> bool:
        return any(
            self.has(name)
            for name in ("--only-group", "--only-dev", "--no-install-workspace", "--package", "--all-packages")
        )

    def _root(self) -> str | None:
        """The folder of pyproject.toml (uv: "in current directory or any parent directory")."""
        if not self.folder:
            self.call.unsure("the project's folder is not known")
            return None
        at, answer = self.folder, NO
        while True:
            here = self.call.image.find(posixpath.join(at, "pyproject.toml")).answer
            answer = answer | here
            if here is YES:
                return at
            if at == "/":
                break
            at = posixpath.dirname(at)
        if answer is NO and self.action != "run":
            packaging.no_metadata(self.call, self.folder, ("pyproject.toml",), self.span)
        return None

    def _groups(self, folder: str, local: object) -> None:
        """Group `x` is not defined in the project's `dependency-groups` table."""
        for option, known in (("--group", getattr(local, "groups", {})), ("--extra", getattr(local, "extras", {}))):
            argument = self.options.get(option)
            if argument is None or argument.value is UNKNOWN or self._partly() or getattr(local, "problems", None):
                continue
            if str(argument.value) not in known and not (option == "--group" and argument.value == "dev"):
                need = needs.Manifest(
                    posixpath.join(folder, "pyproject.toml"), "group", name=str(argument.value), asked_by="uv"
                )
                self.call.lacks(need, argument.span)

    def _lock(self, folder: str) -> None:
        call, path = self.call, posixpath.join(folder, "uv.lock")
        if self.has("--frozen") or self.has("--locked"):
            if call.wants(needs.File(path, "lock"), self.span) is not YES:
                return
            if self.has("--locked"):
                found = staleness(ImageTree(call.image, folder), "pyproject.toml", "uv.lock")
                if found.answer is YES:
                    need = needs.Manifest(
                        path, "stale", against=posixpath.join(folder, "pyproject.toml"), asked_by="uv"
                    )
                    call.lacks(need, self.span, found.evidence)
            return
        if self.action in ("lock", "add") or (self.action in ("sync", "run") and call.image.find(path).answer is NO):
            call.make(path, why="uv writes the lock file")

    def _locked(self, folder: str, python: Python | None) -> None:
        from dockwright.rehearse.locked import note, repeated

        call = self.call
        if self.has("--no-sync") or self.action == "add":
            return
        only = [*repeated(call, "--only-group"), *(["dev"] if self.has("--only-dev") else [])]
        groups = ["*"] if self.has("--all-groups") else repeated(call, "--group")
        without = [*repeated(call, "--no-group"), *(["dev"] if self.has("--no-dev") else [])]
        extras = ["*"] if self.has("--all-extras") else repeated(call, "--extra")
        given = {"groups": groups, "without": without, "only": only, "extras": extras}
        note(call, "uv", folder, python, development=not self.has("--no-default-groups"), **given)

    def _environment(self, folder: str, local: object) -> None:
        """.venv beside pyproject.toml, or UV_PROJECT_ENVIRONMENT."""
        call = self.call
        given = call.variable("UV_PROJECT_ENVIRONMENT")
        if given is UNKNOWN:
            return
        path = call.path(given) if given else posixpath.join(folder, ".venv")
        if path is UNKNOWN:
            return
        python = call.image.pythons.get(str(path))
        if python is None:
            base = python_of(call, "python3")
            python = installation.venv(call, str(path), base, pip=False, by="uv")
        self._locked(folder, python)
        items = (
            [Wanted(name=each.name) for each in getattr(local, "dependencies", ())]
            if local is not None
            else [Wanted(text="?")]
        )
        name = getattr(local, "name", None)
        if name and self._installs(local):
            items.append(Wanted(name=name, path=folder, editable=True))
        installation.add(call, python, items, says=call.says("uv installs it"))
