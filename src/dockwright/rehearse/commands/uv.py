"""uv: `uv pip`, sync, venv, run, lock, export, tool. Which environment it changes, what it reads."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs.lockfiles import staleness
from dockwright.rehearse import installation, needs, packaging
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.pip import Options as PipOptions
from dockwright.rehearse.dispatch import unfollowed
from dockwright.rehearse.environments import python_of, user_base
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import Python
from dockwright.rehearse.requirements import Wanted, read_files, wanted

VALUES = frozenset(
    [
        "-r",
        "--requirement",
        "--requirements",
        "-c",
        "--constraint",
        "--constraints",
        "-e",
        "--editable",
        "--python",
        "-p",
        "--index-url",
        "-i",
        "--extra-index-url",
        "--index",
        "--default-index",
        "-f",
        "--find-links",
        "--target",
        "--prefix",
        "--override",
        "--overrides",
        "-b",
        "--build-constraint",
        "--build-constraints",
        "--config-setting",
        "-C",
        "--no-binary",
        "--only-binary",
        "--resolution",
        "--prerelease",
        "--exclude-newer",
        "--link-mode",
        "--cache-dir",
        "--project",
        "--directory",
        "--group",
        "--no-group",
        "--only-group",
        "--extra",
        "--no-extra",
        "--package",
        "--with",
        "--with-requirements",
        "--env-file",
        "--output-file",
        "--out-dir",
        "-o",
        "--format",
        "--prompt",
        "--keyring-provider",
        "--index-strategy",
        "--refresh-package",
        "--upgrade-package",
        "-P",
        "--reinstall-package",
        "--no-build-package",
        "--no-binary-package",
        "--torch-backend",
        "--python-version",
        "--python-platform",
        "--color",
        "--config-file",
        "--no-install-package",
        "--from",
        "--name",
        "--fork-strategy",
        "--annotation-style",
        "--managed-python",
        "--allow-insecure-host",
    ]
) - {"--managed-python"}


def run(call: Call) -> Answer:
    if call.name == "uvx":
        return UNKNOWN
    words = call.rest
    at = _action_at(words)
    action = str(words[at].value) if at is not None else ""
    start = (at or 0) + 2
    if action == "pip":
        return _pip(call, start)
    if action in ("sync", "lock", "export", "build", "run", "add"):
        return Project(call, action, start).run()
    if action == "venv":
        return _venv(call, start)
    if action == "tool":
        return _tool(call, start)
    return YES if action in ("", "version", "help", "cache", "self") else UNKNOWN


def _action_at(words: list[Argument]) -> int | None:
    at = 0
    while at < len(words):
        text = str(words[at].value)
        if not text.startswith("-"):
            return at
        at += 2 if text in VALUES else 1
    return None


# -- uv pip -------------------------------------------------------------------------------------------------------------


def _pip(call: Call, start: int) -> Answer:
    action = str(call.arguments[start].value) if start < len(call.arguments) else ""
    if action not in ("install", "sync", "uninstall", "compile"):
        return UNKNOWN
    options, operands = call.options(VALUES, start + 1)
    given = Given(call, start + 1)
    python, known = environment(call, options)
    items = [wanted(call, operand) for operand in operands] if action == "install" else []
    items += [wanted(call, argument, editable=True) for argument in given.all("-e", "--editable")]
    items += list(_required(call, given.all("-r", "--requirement", "--requirements")))
    if action in ("sync", "compile"):
        items += list(_required(call, operands))
    if action == "compile":
        return _compiled(call, options)
    if "--no-index" in options:
        for argument in given.all("-f", "--find-links"):
            path = call.path(argument.value)
            if path is not UNKNOWN and "://" not in str(argument.value):
                call.wants(needs.File(str(path), "wheelhouse"), argument.span)
    elsewhere = options.keys() & {"--target", "--prefix"}
    if elsewhere:
        return call.done(UNKNOWN)
    if known is NO:
        call.lacks(needs.Distribution("", problem="no-environment", asked_by="uv"), by="uv")
    return _installed(call, python, options, items)


def _required(call: Call, files: list[Argument]) -> Iterator[Wanted]:
    """uv also takes requirements from pyproject.toml, setup.py, setup.cfg, pylock.toml and scripts."""
    for argument in files:
        if not str(argument.value).endswith((".toml", ".py", ".cfg")):
            yield from read_files(call, [argument], "requirements")
            continue
        path = call.path(argument.value)
        if path is not UNKNOWN:
            call.wants(needs.File(str(path), "requirements"), argument.span)
        yield Wanted(text="?")


class Given(PipOptions):
    """uv pip's repeated options read as pip's; its variables are other ones."""

    def _variable(self, name: str) -> bool:
        return False

    def all(self, *names: str) -> list[Argument]:
        extra = [
            self.call.arguments[at + 1]
            for at, word in enumerate(self.call.arguments[:-1])
            if word.value == "--requirements" and "--requirements" in names
        ]
        return [argument for name, argument in self.repeated if name in names] + extra


def _installed(call: Call, python: Python | None, options: dict[str, Argument | None], items: list[Wanted]) -> Answer:
    if python is None:
        for each in call.image.pythons.values():
            call.image.pythons[each.prefix] = each.clouded()
        return call.done(UNKNOWN)
    if "--break-system-packages" not in options and not call.variable("UV_BREAK_SYSTEM_PACKAGES"):
        installation.refuses(call, python, by="uv")
    if isinstance(call.user, str):
        from dockwright.rehearse.environments import site_of

        call.wants(needs.Writable(site_of(python), call.user, "uv"), by="uv")
    from dockwright.rehearse.resolution import judge

    judge(call, python, items, no_index="--no-index" in options, ignore_installed=True)
    installation.add(call, python, items, closed="--no-deps" in options and all(item.name for item in items))
    return call.done(UNKNOWN)


def environment(call: Call, options: dict[str, Argument | None]) -> tuple[Python | None, Answer]:
    """The environment that uv changes: --python, --system, VIRTUAL_ENV, CONDA_PREFIX, .venv here or above. NO: there is none."""
    given = options.get("--python") or options.get("-p")
    if given is not None:
        python = python_of(call, str(given.value)) if given.value is not UNKNOWN else None
        if python is None and given.value is not UNKNOWN:
            path = call.path(given.value)
            python = None if path is UNKNOWN else call.image.pythons.get(str(path))
        return python, UNKNOWN
    system = call.variable("UV_SYSTEM_PYTHON")
    if "--system" in options or (system is not None and str(system).lower() not in ("", "0", "false")):
        return python_of(call, "python3") or python_of(call, "python"), YES
    active = call.variable("VIRTUAL_ENV")
    if active is UNKNOWN or call.variable("CONDA_PREFIX") or call.variable("UV_PYTHON"):
        return None, UNKNOWN
    if active:
        return call.image.pythons.get(str(active)), UNKNOWN
    return _nearest(call)


def _nearest(call: Call) -> tuple[Python | None, Answer]:
    at, answer = call.shell.cwd, NO
    while at is not UNKNOWN:
        path = posixpath.join(str(at), ".venv")
        if path in call.image.pythons:
            return call.image.pythons[path], YES
        answer = answer | call.image.find(path).answer
        if at == "/":
            return None, answer
        at = posixpath.dirname(str(at))
    return None, UNKNOWN


def _compiled(call: Call, options: dict[str, Argument | None]) -> Answer:
    output = options.get("-o") or options.get("--output-file")
    if output is not None:
        call.make(call.path(output.value), why="uv writes it")
    return call.done(UNKNOWN)


# -- projects -----------------------------------------------------------------------------------------------------------


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
            _compiled(call, self.options)
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


def _venv(call: Call, start: int) -> Answer:
    options, operands = call.options(VALUES, start)
    path = call.path(operands[0].value if operands else ".venv")
    if path is UNKNOWN:
        return call.done(call.unsure("the environment's folder is not known"))
    if isinstance(call.user, str):
        call.wants(needs.Writable(str(path), call.user, "uv"), by="uv")
    given = options.get("--python") or options.get("-p")
    name = str(given.value) if given is not None and given.value is not UNKNOWN else "python3"
    base = python_of(call, name if name.startswith(("python", "/")) else f"python{name}")
    installation.venv(call, str(path), base, pip="--seed" in options, sees="--system-site-packages" in options, by="uv")
    return call.done(UNKNOWN)


def _tool(call: Call, start: int) -> Answer:
    """`uv tool install NAME`: its commands go to UV_TOOL_BIN_DIR, else ~/.local/bin."""
    words = call.arguments[start:]
    if not words or words[0].value != "install":
        return UNKNOWN
    _, operands = call.options(VALUES, start + 1)
    folder, base = call.variable("UV_TOOL_BIN_DIR"), user_base(call)
    if folder is UNKNOWN or (not folder and base is UNKNOWN):
        return UNKNOWN
    path = str(folder) if folder else f"{base}/bin"
    for operand in operands:
        if operand.value is not UNKNOWN:
            name = (
                str(operand.value)
                .partition("=")[0]
                .partition("[")[0]
                .partition("@")[0]
                .partition("<")[0]
                .partition(">")[0]
            )
            call.make(posixpath.join(path, name), mode=0o755, why="uv installs it")
    call.image.blur(path, call.says("uv installs there"))
    return call.done(UNKNOWN)
