"""Poetry 1 and 2: install, sync, lock, export, build, config."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty
from dockwright.inputs.lockfiles import staleness
from dockwright.rehearse import installation, needs, packaging, poetrynames
from dockwright.rehearse.caches import made, wanted
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.installation import version_of
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import Python
from dockwright.rehearse.requirements import Wanted
from dockwright.rehearse.toolversions import check_option, older

if TYPE_CHECKING:
    from dockwright.inputs.manifests import LocalProject, Needed

VALUES = frozenset(
    (
        "-C --directory -P --project --only --with --without -E --extras --group -G --source --python --platform "
        "-f --format -o --output --venv -r --repository -u --username --dist-dir"
    ).split()
)


def run(call: Call) -> Answer:
    words = [word for word in call.rest if word.value is UNKNOWN or not str(word.value).startswith("-")]
    action = str(words[0].value) if words else ""
    if action == "config":
        return _config(call)
    if action in ("install", "sync", "update", "lock", "export", "build", "add", "check", "run"):
        return Poetry(call, action).run()
    if action == "self" or action in ("", "about", "env", "cache", "show", "version", "source"):
        return _self(call, words)
    return UNKNOWN


def _config(call: Call) -> Answer:
    """`poetry config NAME VALUE` writes the user's configuration; `--local` a poetry.toml."""
    words = [str(word.value) for word in call.rest if not str(word.value).startswith("-")]
    if len(words) == 3:
        name = "POETRY_" + words[1].upper().replace(".", "_").replace("-", "_")
        call.image.env.setdefault(name, words[2])
        call.shell.variables.setdefault(name, words[2])
    return YES


def _self(call: Call, words: list[Argument]) -> Answer:
    """`poetry self add poetry-plugin-export`."""
    python = python_of(call, "poetry")
    if len(words) > 2 and words[0].value == "self" and words[1].value == "add" and python is not None:
        installation.add(call, python, [Wanted(name=str(word.value)) for word in words[2:]])
    return UNKNOWN if words and words[0].value == "self" else YES


def _written(words: list[Argument], action: str) -> Iterator[Argument]:
    """The options given to the action; what follows the program of `poetry run` is the program's."""
    for word in words:
        if str(word.value).startswith("-"):
            yield word
        elif action == "run":
            return


def _own(call: Call, action: str) -> tuple[dict[str, Argument | None], list[Argument]]:
    """The options and operands of poetry itself: `-C` in `poetry run make -C docs` is make's."""
    options, operands = call.options(VALUES)
    if action != "run" or len(operands) < 2:
        return options, operands
    program = operands[1].span.start
    return {name: value for name, value in options.items() if value is None or value.span.start < program}, operands


class Poetry:
    """One poetry command: its options, the folder it works in, the version that runs it."""

    def __init__(self, call: Call, action: str) -> None:
        self.call, self.action = call, action
        self.options, self.operands = _own(call, action)
        self.tool = python_of(call, "poetry")
        self.version = version_of(self.tool, "poetry")
        given = next(
            (self.options[name] for name in ("-C", "--directory", "-P", "--project") if self.options.get(name)), None
        )
        self.folder = call.path(given.value if given is not None else ".")
        at = next((at for at, word in enumerate(call.arguments) if word.value == action), 0)
        self.span = call.arguments[at].span
        self.written = list(_written(call.arguments[at + 1 :], action))

    def has(self, *names: str) -> bool:
        return any(name in self.options for name in names)

    @property
    def modern(self) -> Answer:
        """Is this Poetry 2?"""
        return ~older(self.call, "poetry", "2.0", self.version, self.tool)[0] if self._known else UNKNOWN

    @property
    def _known(self) -> bool:
        return older(self.call, "poetry", "2.0", self.version, self.tool)[0] is not UNKNOWN

    def run(self) -> Answer:
        call = self.call
        check_option(call, "poetry", self.action, self.written, self.version, self.tool)
        if self.action == "export":
            self._plugin()
            self._export()
        if self.folder is UNKNOWN:
            return call.done(call.unsure("the project's folder is not known"))
        folder = str(self.folder)
        if not self._manifest(folder):
            return call.done(UNKNOWN)
        if self.action == "run":
            return self._run()
        local = packaging.read(call, folder, builds=self.action in ("install", "sync", "build"))
        if local is not None:
            packaging.invalid(call, local, folder, self.span)
            if local.problems:
                return call.done(UNKNOWN)
            self._names(folder, local)
        self._lock(folder)
        if self.action in ("install", "sync", "export"):
            self._locked(folder, local)
        if self.action in ("install", "sync", "build") and local is not None:
            self._root(folder, local)
        if self.action in ("install", "sync", "update", "add"):
            self._environment(folder, local)
        if self.action == "build":
            packaging.distributed(call, self.options.get("-o") or self.options.get("--output"), folder)
        return call.done(UNKNOWN)

    def _export(self) -> None:
        given = self.options.get("-o") or self.options.get("--output")
        if given is not None:
            self.call.make(self.call.path(given.value), why="poetry writes it")

    def _plugin(self) -> None:
        """Poetry 2.0 left `export` to poetry-plugin-export."""
        if self.tool is None or self.modern is not YES or self.tool.has("poetry-plugin-export") is YES:
            return
        if self.call.image.opaque is not None or self.tool.blind:
            return
        certainty = older(self.call, "poetry", "2.0", self.version, self.tool)[1]
        need = needs.Option("poetry", "export", self.version[0], "poetry-plugin-export")
        self.call.lacks(need, self.span, certainty=certainty, by="poetry")

    def _manifest(self, folder: str) -> bool:
        """pyproject.toml here or in a folder above (poetry: "in /app or its parents")."""
        at, answer = folder, NO
        while True:
            answer = answer | self.call.image.find(posixpath.join(at, "pyproject.toml")).answer
            if at == "/" or answer is YES:
                break
            at = posixpath.dirname(at)
        if answer is NO:
            packaging.no_metadata(self.call, folder, ("pyproject.toml",), self.span)
        elif answer is UNKNOWN:
            self.call.unsure(f"what is in {folder} is not known")
        return answer is YES and at == folder

    def _run(self) -> Answer:
        from dockwright.rehearse.dispatch import unfollowed

        return self.call.done(unfollowed(self.call.shell, "poetry run is not followed", self.call.span))

    def _names(self, folder: str, local: LocalProject) -> None:
        if self.modern is YES:
            certainty = older(self.call, "poetry", "2.0", self.version, self.tool)[1]
            poetrynames.groups(self.call, folder, local, certainty)
        if self.action in ("install", "sync"):
            poetrynames.extras(self.call, folder, local)

    def _lock(self, folder: str) -> None:
        call, path = self.call, posixpath.join(folder, "poetry.lock")
        if self.action in ("lock", "update", "add"):
            if isinstance(call.user, str):
                call.wants(needs.Writable(path, call.user, "poetry"), self.span)
            call.make(path, why="poetry writes the lock file")
            return
        if call.image.find(path).answer is not YES:
            return
        found = staleness(ImageTree(call.image, folder), "pyproject.toml", "poetry.lock", self.version[0] or None)
        if found.answer is YES and self.action in ("install", "sync", "export", "check"):
            need = needs.Manifest(path, "stale", against=posixpath.join(folder, "pyproject.toml"), asked_by="poetry")
            call.lacks(need, self.span, found.evidence)

    def _locked(self, folder: str, local: object) -> None:
        from dockwright.rehearse.locked import Selection, export, install, repeated

        call = self.call
        chosen = Selection(
            tuple(repeated(call, "--with", "--dev")),
            tuple(repeated(call, "--without")),
            ("main",) if self.has("--no-dev") else tuple(repeated(call, "--only")),
            ("*",) if self.has("--all-extras") else tuple(repeated(call, "-E", "--extras")),
            self.action != "export",
            local=not self.has("--no-directory"),
            installs=self.action != "export",
        )
        python = self._interpreter(local)
        install(call, "poetry", folder, python, self.span, chosen)
        if self.action == "export":
            export(call, "poetry", folder, python, chosen, self.options.get("-o") or self.options.get("--output"))

    def _interpreter(self, local: object) -> Python | None:
        """The active environment's, else the one that runs Poetry; None where it is not known, or the project refuses it.

        `The currently activated Python version 3.12.1 is not supported by the project (>=3.13,<4).`
        """
        from dockwright.rehearse.locked import unfit_python
        from dockwright.rehearse.requirespython import admits

        active = self.call.variable("VIRTUAL_ENV")
        python = self.call.image.pythons.get(active) if isinstance(active, str) else None
        if active is UNKNOWN or (active and python is None):
            return None
        python = python or self.tool or python_of(self.call, "python3")
        wants = getattr(local, "requires_python", None) or ""
        answer = admits(wants, python.version) if python is not None else UNKNOWN
        if answer is NO and self.action != "export":
            unfit_python(self.call, "poetry", wants, python, self.span)
        return python if answer is YES else None

    def _root(self, folder: str, local: LocalProject) -> None:
        """The project itself is installed too: its files must be there. Poetry 1 only warns."""
        if not local.installable:
            return
        if self.has("--no-root", "--only-root") and not self.has("--only-root"):
            return
        if self.has("--only") and "main" not in str(getattr(self.options.get("--only"), "value", "")):
            return
        if self.modern is not YES and self.action != "build":
            return
        certainty = older(self.call, "poetry", "2.0", self.version, self.tool)[1]
        for needed in local.missing(ImageTree(self.call.image, folder)):
            if needed.fatal and local.family in ("poetry", "setuptools"):
                self._lacking(folder, needed, local, certainty)

    def _lacking(self, folder: str, needed: Needed, local: LocalProject, certainty: Certainty) -> None:
        mark = len(self.call.shell.recorder.unmet)
        packaging.lacking(self.call, folder, needed.paths, needed.why, self.span, local)
        if certainty is Certainty.LIKELY:
            from msgspec.structs import replace

            unmet = self.call.shell.recorder.unmet
            unmet[mark:] = [
                replace(each, certainty=Certainty.LIKELY)
                for each in unmet[mark:]
                if each.certainty is Certainty.CERTAIN
            ]

    def _environment(self, folder: str, local: object) -> None:
        """Into the environment that is active, the interpreter's own with virtualenvs.create false, else a new one."""
        call = self.call
        create = call.text("POETRY_VIRTUALENVS_CREATE", "true").lower()
        active = call.variable("VIRTUAL_ENV")
        python: Python | None
        if isinstance(active, str) and active in call.image.pythons:
            python = call.image.pythons[active]
        elif create in ("false", "0"):
            python = self.tool
        elif call.text("POETRY_VIRTUALENVS_IN_PROJECT").lower() in ("true", "1"):
            made(call, posixpath.join(folder, ".venv"), "poetry", self.span)
            python = installation.venv(call, posixpath.join(folder, ".venv"), self.tool)
        else:
            if active in (None, "") and call.image.find(posixpath.join(folder, ".venv")).answer is NO:
                wanted(call, "poetry", self.span)
            return
        if python is None:
            return
        items = self._items(folder, local)
        installation.add(call, python, items, says=call.says("poetry installs it"))

    def _items(self, folder: str, local: object) -> list[Wanted]:
        items = [
            Wanted(
                name=each.name, specifier=each.constraint if each.constraint.startswith(("=", "<", ">", "~=")) else ""
            )
            for each in getattr(local, "dependencies", ())
        ]
        if local is None:
            return [Wanted(text="?")]
        name = getattr(local, "name", None)
        if not self.has("--no-root") and name and getattr(local, "installable", True):
            items.append(Wanted(name=name, path=folder, editable=True))
        return items
