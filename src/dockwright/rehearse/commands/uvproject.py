"""`uv sync` and its kin: what a uv project needs, reads and installs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.inputs.lockfiles import staleness
from dockwright.patterns import pattern
from dockwright.rehearse import installation, needs, packaging, uvpython
from dockwright.rehearse.caches import made
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.uv import VALUES, compiled
from dockwright.rehearse.dispatch import unfollowed
from dockwright.rehearse.locked import Selection, export, given, install, repeated
from dockwright.rehearse.packaging import ImageTree
from dockwright.rehearse.python import canonical
from dockwright.rehearse.requirements import Wanted

# A workspace's member as uv.lock has it: `name = "core"`, its version, `source = { editable = "packages/core" }`.
MEMBER = pattern(
    r'^name = "([^"\n]+)"\n(?:version = "[^"\n]*"\n)?source = \{ (?:virtual|editable|directory) = "([^"\n]+)" \}$', re.M
)
PARTS = ("--only-group", "--only-dev", "--no-install-workspace", "--no-install-local", "--package", "--all-packages")


class Project:
    """pyproject.toml here or above, uv.lock beside it or beside that of the workspace, the environment .venv."""

    def __init__(self, call: Call, action: str, start: int) -> None:
        program = _program(call, start) if action == "run" else len(call.arguments)
        self.script = str(call.arguments[program].value) if program < len(call.arguments) else ""
        call = Call(call.shell, call.arguments[:program], call.span, call.stdin)
        self.call, self.action = call, action
        self.options, self.operands = call.options(VALUES, start)
        named = self.options.get("--project") or self.options.get("--directory")
        folder = call.path(named.value if named is not None else ".")
        self.folder = "" if folder is UNKNOWN else str(folder)
        self.span = call.arguments[start - 1].span
        self.member = ""  # the name of the project, where its workspace is in a folder above

    def has(self, name: str) -> bool:
        value = self.call.variable("UV_" + name[2:].upper().replace("-", "_"))
        return name in self.options or (value is not None and str(value).lower() not in ("", "0", "false"))

    def run(self) -> Answer:
        call = self.call
        if self.action == "build":
            self._built()
        if self.action == "export":
            compiled(call, self.options)
        if self.action == "run" and (self.has("--no-project") or self._apart()):
            return self._end(call.done(UNKNOWN))
        folder = self._root()
        if folder is None:
            return self._end(call.done(UNKNOWN))
        local = packaging.read(call, folder)
        if local is not None:
            packaging.invalid(call, local, folder, self.span)
            self._groups(folder, local)
        top = self._workspace(folder, local)
        if top is None:
            return self._end(call.done(UNKNOWN))
        self._lock(top)
        if self.action in ("sync", "run"):
            self._packages(top)
        if self.action == "export":
            self._exported(top, local)
        if local is not None and self._installs(local):
            packaging.build(call, local, folder, self.span, editable=not self.has("--no-editable"))
        if self.action in ("sync", "run", "add"):
            self._environment(top, folder, local)
        return self._end(call.done(UNKNOWN))

    def _exported(self, top: str, local: object) -> None:
        """The project itself is among what is exported where it can be built, unless it is left out."""
        python, chosen = uvpython.of(self.call, self, top)[0], self._chosen(installs=False)
        install(self.call, "uv", top, python, self.span, chosen)
        left = any(self.has(name) for name in ("--no-emit-project", "--no-emit-workspace", "--no-emit-local"))
        if left or not (getattr(local, "installable", True) and getattr(local, "build_requires", None)):
            output = self.options.get("-o") or self.options.get("--output-file")
            export(self.call, "uv", top, python, chosen, output)

    def _apart(self) -> bool:
        """A script with metadata of its own (PEP 723) has an environment of its own."""
        path = self.call.path(self.script)
        node = self.call.image.find(str(path)).node if path is not UNKNOWN and self.script.endswith(".py") else None
        return node is not None and (node.text is UNKNOWN or "# /// script" in str(node.text))

    def _built(self) -> None:
        """uv build writes to dist of the source folder, or of the workspace's root above it."""
        output = self.options.get("-o") or self.options.get("--out-dir")
        source = self.call.path(self.operands[0].value) if self.operands else self.folder
        packaging.distributed(self.call, output, source)

    def _end(self, answer: Answer) -> Answer:
        if self.action == "run" and not self.call.shell.started:
            return answer & unfollowed(self.call.shell, "uv run is not followed", self.call.span)
        return answer

    def _installs(self, local: object) -> bool:
        built = bool(getattr(local, "installable", True)) and bool(getattr(local, "build_requires", None))
        if self.action == "build":
            return built
        left_out = canonical(str(getattr(local, "name", ""))) in self._left_out()
        return (
            built
            and not left_out
            and self.action in ("sync", "run")
            and not (self.has("--no-install-project") or self.has("--no-sync") or self._partly())
        )

    def _partly(self) -> bool:
        return any(self.has(name) for name in PARTS)

    def _left_out(self) -> list[str]:
        return [canonical(name) for name in repeated(self.call, "--no-install-package")]

    def _root(self) -> str | None:
        """The folder of pyproject.toml (uv: "in current directory or any parent directory")."""
        if not self.folder:
            self.call.unsure("the project's folder is not known")
            return None
        answer = NO
        for at in _upward(self.folder):
            here = self.call.image.find(posixpath.join(at, "pyproject.toml")).answer
            answer = answer | here
            if here is YES:
                return at
        if answer is NO and self.action != "run":
            packaging.no_metadata(self.call, self.folder, ("pyproject.toml",), self.span)
        return None

    def _workspace(self, folder: str, local: object) -> str | None:
        """The folder of uv.lock: that of the workspace, which may be above. None: not known."""
        if self.call.image.find(posixpath.join(folder, "uv.lock")).answer is YES:
            return folder
        for at in list(_upward(folder))[1:]:
            answer = self.call.image.find(posixpath.join(at, "pyproject.toml")).answer
            text = ImageTree(self.call.image, at).read("pyproject.toml") if answer is YES else None
            if answer is UNKNOWN or text is UNKNOWN:
                return None
            if isinstance(text, str) and "[tool.uv.workspace]" in text:
                self.member = str(getattr(local, "name", "") or "")
                return at if self.member else None
        return folder

    def _groups(self, folder: str, local: object) -> None:
        """Group `x` is not defined in the project's `dependency-groups` table."""
        groups, extras = getattr(local, "groups", {}), getattr(local, "extras", {})
        if self.has("--package") or self.has("--all-packages") or getattr(local, "problems", None):
            return
        for option, known in (
            ("--group", groups), ("--only-group", groups), ("--no-group", groups), ("--extra", extras), ("--no-extra", extras),
        ):  # fmt: skip
            for argument in given(self.call, option):
                name = canonical(str(argument.value))
                if name not in map(canonical, known) and not (known is groups and name == "dev"):
                    path = posixpath.join(folder, "pyproject.toml")
                    need = needs.Manifest(path, "group", name=str(argument.value), asked_by="uv")
                    self.call.lacks(need, argument.span)

    def _lock(self, folder: str) -> None:
        call, path = self.call, posixpath.join(folder, "uv.lock")
        if self.has("--frozen") or self.has("--locked"):
            if call.wants(needs.File(path, "lock"), self.span) is not YES:
                return
            if self.has("--locked") and not self.member:
                found = staleness(ImageTree(call.image, folder), "pyproject.toml", "uv.lock")
                if found.answer is YES:
                    against = posixpath.join(folder, "pyproject.toml")
                    call.lacks(needs.Manifest(path, "stale", against, asked_by="uv"), self.span, found.evidence)
        if not self.has("--frozen"):
            self._members(folder)
        if self.has("--frozen") or self.has("--locked"):
            return
        if self.action in ("lock", "add") or (self.action in ("sync", "run") and call.image.find(path).answer is NO):
            call.make(path, why="uv writes the lock file")

    def _packages(self, folder: str) -> None:
        """`error: Could not find root package `x``: --package names a member of the workspace, as the lock file knows them."""
        lock = ImageTree(self.call.image, folder).read("uv.lock")
        for argument in given(self.call, "--package") if isinstance(lock, str) else ():
            if f'name = "{canonical(str(argument.value))}"' not in str(lock):
                path = posixpath.join(folder, "pyproject.toml")
                self.call.lacks(needs.Manifest(path, "group", name=str(argument.value), asked_by="uv"), argument.span)

    def _members(self, folder: str) -> None:
        """uv resolves anew to see whether the lock still holds, for which it reads every member's pyproject.toml."""
        tree = ImageTree(self.call.image, folder)
        lock, manifest = tree.read("uv.lock"), tree.read("pyproject.toml")
        if not isinstance(lock, str) or not isinstance(manifest, str) or "[tool.uv.workspace]" not in manifest:
            return
        for name, path in MEMBER.findall(lock):
            asked = re.search(rf"^[\"']?{re.escape(name)}[\"']?\s*=.*workspace\s*=\s*true", manifest, re.M | re.I)
            place = posixpath.normpath(posixpath.join(folder, path))
            metadata = posixpath.join(place, "pyproject.toml")
            if path != "." and (asked or self.has("--locked")) and self.call.image.find(metadata).answer is NO:
                proof = tuple(packaging.filled(self.call, folder))
                self.call.lacks(needs.File(place, "source"), self.span, proof)
                self.call.make(place, "dir", why="taken as there")
                self.call.image.blur(place, self.call.says("taken as there"))

    def _chosen(self, *, installs: bool = True) -> Selection:
        call = self.call
        members = [self.member] if self.member else ["*"] if self.has("--all-packages") else repeated(call, "--package")
        return Selection(
            ("*",) if self.has("--all-groups") else tuple(repeated(call, "--group")),
            (*repeated(call, "--no-group"), *(["dev"] if self.has("--no-dev") else [])),
            (*repeated(call, "--only-group"), *(["dev"] if self.has("--only-dev") else [])),
            ("*",) if self.has("--all-extras") else tuple(repeated(call, "--extra")),
            not self.has("--no-default-groups"),
            tuple(members),
            (*self._left_out(), *([self.member] if self.member else [])),
            not self.has("--no-install-local"),
            not self.has("--no-install-workspace"),
            installs,
        )

    def _environment(self, top: str, folder: str, local: object) -> None:
        """.venv beside the lock file, or UV_PROJECT_ENVIRONMENT."""
        call = self.call
        named = call.variable("UV_PROJECT_ENVIRONMENT")
        if named is UNKNOWN:
            return
        path = call.path(named) if named else posixpath.join(top, ".venv")
        if path is UNKNOWN:
            return
        base, wants = uvpython.of(call, self, folder)
        if base is None and wants:
            uvpython.refused(call, self, wants, self.span)
        python = call.image.pythons.get(str(path))
        if python is None:
            if not self.has("--no-sync"):
                made(call, str(path), "uv", self.span)
            python = installation.venv(call, str(path), base, pip=False, by="uv")
        if not self.has("--no-sync") and self.action != "add":
            fits = base is not None and base.minor == python.minor
            install(call, "uv", top, python if fits else None, self.span, self._chosen())
        installation.add(call, python, self._items(folder, local), says=call.says("uv installs it"))

    def _items(self, folder: str, local: object) -> list[Wanted]:
        if local is None:
            return [Wanted(text="?")]
        items = [Wanted(name=each.name) for each in getattr(local, "dependencies", ())]
        name = getattr(local, "name", None)
        if name and self._installs(local):
            items.append(Wanted(name=name, path=folder, editable=True))
        return items


def _program(call: Call, start: int) -> int:
    """Where the words of `uv run` begin that are not its own."""
    at = start
    while at < len(call.arguments):
        text = str(call.arguments[at].value)
        if text in ("-m", "--module", "-s", "--script", "--gui-script"):
            return at + 1
        if not text.startswith("-") or text == "--":
            return at
        at += 2 if text in VALUES else 1
    return at


def _upward(folder: str) -> Iterator[str]:
    yield folder
    while folder != "/":
        folder = posixpath.dirname(folder)
        yield folder
