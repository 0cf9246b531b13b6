"""uv: `uv pip`, sync, venv, run, lock, export, tool. Which environment it changes, what it reads."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import hashing, installation, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands.pip import Options as PipOptions
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.python import Python
from dockwright.rehearse.requirements import Wanted, read_files, wanted

VALUES = frozenset(
    (
        "-r --requirement --requirements -c --constraint --constraints -e --editable --python -p --index-url -i "
        "--extra-index-url --index --default-index -f --find-links --target --prefix --override --overrides -b "
        "--build-constraint --build-constraints --config-setting -C --no-binary --only-binary --resolution "
        "--prerelease --exclude-newer --link-mode --cache-dir --project --directory --group --no-group --only-group "
        "--extra --no-extra --python-preference --package --with --with-requirements --env-file --output-file "
        "--out-dir -o --format --prompt --keyring-provider --index-strategy --refresh-package --upgrade-package -P "
        "--reinstall-package --no-build-package --no-binary-package --torch-backend --python-version "
        "--python-platform --color --config-file --no-install-package --from --name --fork-strategy "
        "--annotation-style --allow-insecure-host"
    ).split()
)


def run(call: Call) -> Answer:
    if call.name == "uvx":
        return UNKNOWN
    words = call.rest
    at = _action_at(words)
    action = str(words[at].value) if at is not None else ""
    start = (at or 0) + 2
    if action in ("pip", "sync", "lock", "export", "build", "run", "add", "venv", "tool"):
        _cache(call)
    if action == "pip":
        return _pip(call, start)
    if action in ("sync", "lock", "export", "build", "run", "add"):
        from dockwright.rehearse.commands.uvproject import Project

        return Project(call, action, start).run()
    if action == "venv":
        return _venv(call, start)
    if action == "tool":
        return _tool(call, start)
    return YES if action in ("", "version", "help", "cache", "self") else UNKNOWN


def _cache(call: Call) -> None:
    """uv makes its cache before anything else; `--no-cache` has it in a temporary folder."""
    words = {str(word.value).partition("=")[0] for word in call.rest}
    if not words & {"--no-cache", "-n", "--no-cache-dir", "--cache-dir"} and call.text("UV_NO_CACHE", "0").lower() in (
        "0",
        "false",
    ):
        from dockwright.rehearse.caches import wanted

        wanted(call, "uv")


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
    files = given.all("-r", "--requirement", "--requirements") + (operands if action in ("sync", "compile") else [])
    items += list(_required(call, files, python, sync=action == "sync"))
    for argument in given.all("--group"):
        from dockwright.rehearse.projects import group

        items += list(group(call, argument))
    if action == "compile":
        return compiled(call, options)
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


def _required(call: Call, files: list[Argument], python: Python | None, *, sync: bool) -> Iterator[Wanted]:
    """uv also takes requirements from pyproject.toml, setup.py, setup.cfg, pylock.toml and scripts."""
    for argument in files:
        name = posixpath.basename(str(argument.value))
        if not name.endswith((".toml", ".py", ".cfg")):
            yield from read_files(call, [argument], "requirements")
            continue
        path = call.path(argument.value)
        there = path is not UNKNOWN and call.wants(needs.File(str(path), "requirements"), argument.span) is YES
        if there and name.startswith("pylock.") and name.endswith(".toml"):
            from dockwright.rehearse.locked import Selection, install, repeated

            chosen = Selection(tuple(repeated(call, "--group")), extras=tuple(repeated(call, "--extra")))
            install(call, "pylock", posixpath.dirname(str(path)), python, argument.span, chosen, name)
        yield from _declared(call, str(path)) if there and name == "pyproject.toml" else [Wanted(text="?")]


def _declared(call: Call, path: str) -> Iterator[Wanted]:
    """The dependencies of pyproject.toml, with those of the extras that are asked for."""
    from dockwright.rehearse.locked import repeated
    from dockwright.rehearse.packaging import read
    from dockwright.rehearse.projects import of_declared

    local = read(call, posixpath.dirname(path))
    if local is None or "dependencies" in local.dynamic or not local.complete:
        yield Wanted(text="?")
        return
    extras = set(local.extras) if _flag(call, "--all-extras") else set(repeated(call, "--extra"))
    yield from of_declared((one for one in local.dependencies if not one.optional), path)
    for name, listed in local.extras.items():
        if name in extras:
            yield from of_declared((one for one in listed if one.name != local.name), path)


def _flag(call: Call, name: str) -> bool:
    return any(word.value == name for word in call.arguments)


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
    if "--break-system-packages" not in options and not call.text("UV_BREAK_SYSTEM_PACKAGES"):
        installation.refuses(call, python, by="uv")
    if isinstance(call.user, str):
        from dockwright.rehearse.environments import site_of

        call.wants(needs.Writable(site_of(python), call.user, "uv"), by="uv")
    from dockwright.rehearse.resolution import judge

    asked = "--require-hashes" in options or call.text("UV_REQUIRE_HASHES").lower() in ("1", "true")
    hashing.judge(call, python, items, asked=asked)
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
    if active is UNKNOWN or any(call.variable(each) not in (None, "") for each in ("CONDA_PREFIX", "UV_PYTHON")):
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


def compiled(call: Call, options: dict[str, Argument | None]) -> Answer:
    output = options.get("-o") or options.get("--output-file")
    if output is not None:
        call.make(call.path(output.value), why="uv writes it")
    return call.done(UNKNOWN)


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
    from dockwright.rehearse.userbase import user_base

    folder, base = call.variable("UV_TOOL_BIN_DIR"), user_base(call)
    if folder is UNKNOWN or (not folder and base is UNKNOWN):
        return UNKNOWN
    path = str(folder) if folder else f"{base}/bin"
    if folder and operands:
        from dockwright.rehearse.caches import made

        made(call, path, "uv")
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
