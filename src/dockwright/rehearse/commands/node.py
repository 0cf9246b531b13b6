"""npm, yarn, pnpm, npx and node: the manifest and the lock file that an install reads, the scripts that a project has.

Sources of the rules: npm-ci(1), npm-install(1), npm-run-script(1) of npm 10; Yarn 1's install; pnpm 9's install.
"""

from __future__ import annotations

import posixpath
from typing import Any

from msgspec import DecodeError, json

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.journal import Contents, Value

LOCKS = {"npm": ("package-lock.json", "npm-shrinkwrap.json"), "yarn": ("yarn.lock",), "pnpm": ("pnpm-lock.yaml",)}
# Options of npm, yarn and pnpm that take a value, as far as they stand before the command or change its folder.
VALUES = frozenset(
    "--prefix -C --dir --cwd --registry --cache --loglevel --omit --include -w --workspace --filter -F".split()
)
# Yarn's own commands (1 and 4); any other word is a script of the project, or a program of what it depends on.
YARN = frozenset(
    (
        "access add audit autoclean bin cache check config constraints create dedupe dlx exec explain generate-lock-entry global help "
        "import info init install licenses link list login logout node npm outdated owner pack patch plugin policies publish rebuild "
        "remove run search set stage tag team test unlink unplug up upgrade upgrade-interactive version versions why workspace "
        "workspaces"
    ).split()
)
INSTALLS = frozenset(["install", "i", "add", "ci", "clean-install"])


def run(call: Call) -> Answer:
    tool = {"yarnpkg": "yarn"}.get(call.name, call.name)
    if tool in ("npm", "yarn", "pnpm"):
        return _manager(call, tool)
    if tool in ("node", "nodejs"):
        return _node(call)
    return _changes(call)


def _manager(call: Call, tool: str) -> Answer:
    options, operands = call.options(VALUES)
    words = [str(operand.value) for operand in operands]
    if any(operand.value is UNKNOWN for operand in operands) or options.keys() & {"--version", "-v", "--help"}:
        return _changes(call)
    action = words[0] if words else ("install" if tool == "yarn" else "")
    home = options.get("--prefix") or options.get("-C") or options.get("--dir") or options.get("--cwd")
    folder = call.path(home.value if home is not None else ".")
    everywhere = bool(options.keys() & {"-g", "--global"}) or action == "global"
    if action in INSTALLS or everywhere:
        from dockwright.rehearse.nodeage import judge

        judge(call, tool, folder, operands, everywhere, options.keys())
    if folder is UNKNOWN or everywhere:
        return _changes(call) & call.done()
    if action in INSTALLS:
        frozen = action in ("ci", "clean-install") or bool(options.keys() & {"--frozen-lockfile", "--immutable"})
        return _install(call, tool, str(folder), frozen, named=len(words) > 1)
    if action in ("run", "run-script"):
        return _script(call, tool, str(folder), words[1] if len(words) > 1 else "", "--if-present" in options)
    if tool == "yarn" and action not in YARN and "." not in action and "/" not in action:
        return _script(call, tool, str(folder), action, False)
    return _changes(call)


def _changes(call: Call) -> Answer:
    """What it does is its own affair: it makes files, but no operating-system packages and no accounts."""
    says = call.says("may have made files")
    if isinstance(call.shell.cwd, str):
        call.image.blur(call.shell.cwd, says)
    for folder in ("/usr/local", "/usr/lib/node_modules", "/usr/bin", "/root", "/home", "/opt", "/tmp"):
        call.image.blur(folder, says)
    return UNKNOWN


# -- install -----------------------------------------------------------------------------------------------------------


def _install(call: Call, tool: str, folder: str, frozen: bool, *, named: bool) -> Answer:
    manifest = posixpath.join(folder, "package.json")
    if frozen and not named:
        call.wants(needs.File(manifest, "manifest"))
        _locked(call, tool, folder, manifest)
    elif tool == "npm" and not named and call.image.find(manifest).answer is NO:
        from dockwright.rehearse.nodeage import strict

        if strict(call):
            call.wants(needs.File(manifest, "manifest"))
    if isinstance(call.user, str):
        call.wants(needs.Writable(posixpath.join(folder, "node_modules"), call.user, tool))
    call.image.blur(folder, call.says(f"{tool} installs here"))
    return call.done(UNKNOWN)


def _locked(call: Call, tool: str, folder: str, manifest: str) -> None:
    """`npm ci` and frozen installs want a lock file, and one that fits. Workspaces keep theirs further up."""
    paths = [posixpath.join(folder, name) for name in LOCKS[tool]]
    answers = [call.image.find(path).answer for path in paths]
    if all(answer is NO for answer in answers):
        if tool == "npm" and _workspace(call, folder) is NO:
            call.wants(needs.File(paths[0], "node-lock"))
        return
    for path, answer in zip(paths, answers, strict=True):
        if answer is YES:
            _fits(call, manifest, path)


def _workspace(call: Call, folder: str) -> Answer:
    """Is there a package.json above, which would make this folder a part of a workspace?"""
    at = folder
    while at != "/":
        at = posixpath.dirname(at)
        if call.image.find(posixpath.join(at, "package.json")).answer is not NO:
            return UNKNOWN
    return NO


def _fits(call: Call, manifest: str, lock: str) -> None:
    from dockwright.inputs.lockfiles import staleness

    there = [_origin(call, path) for path in (manifest, lock)]
    if there[0] is None or there[1] is None or there[0].tree is not there[1].tree:
        return
    found = staleness(there[0].tree, there[0].path, there[1].path)
    if found.answer is YES:
        proof = found.evidence or (Evidence(found.reason),)
        call.lacks(needs.Manifest(lock, "stale", manifest), None, proof)


def _origin(call: Call, path: str) -> Contents | None:
    """The file of the context that this path of the image is."""
    node = call.image.find(path).node
    return node.content if node is not None and isinstance(node.content, Contents) else None


# -- scripts and programs ----------------------------------------------------------------------------------------------


def _script(call: Call, tool: str, folder: str, name: str, lenient: bool) -> Answer:
    manifest = posixpath.join(folder, "package.json")
    known = call.wants(needs.File(manifest, "manifest")) if name and not lenient else UNKNOWN
    scripts = _scripts(_text(call, manifest)) if known is YES else None
    own = tool != "npm"  # yarn and pnpm also run programs of what the project depends on
    if scripts is not None and name not in scripts and name not in ("start", "env") and not own:
        call.lacks(needs.Option("npm run", name))
    _changes(call)
    return call.done(UNKNOWN)


def _text(call: Call, path: str) -> Value:
    node = call.image.find(path).node
    return UNKNOWN if node is None else node.text


def _scripts(text: Value) -> dict[str, Any] | None:
    if text is UNKNOWN:
        return None
    try:
        data = json.decode(str(text))
    except (DecodeError, RecursionError, UnicodeError):
        return None
    scripts = data.get("scripts", {}) if isinstance(data, dict) else None
    return scripts if isinstance(scripts, dict) else None


def _node(call: Call) -> Answer:
    """`node file.js`: the file, with or without its ending, or a folder's index."""
    operand = next((word for word in call.rest if not str(word.value).startswith("-")), None)
    first = call.rest[0].value if call.rest else ""
    if operand is None or operand.value is UNKNOWN or str(first).startswith("-"):
        return _changes(call)
    path = call.path(operand.value)
    if path is not UNKNOWN:
        endings = ("", ".js", ".json", ".node", "/package.json", "/index.js")
        answers = [call.image.find(str(path) + ending).answer for ending in endings]
        if all(answer is NO for answer in answers):
            call.wants(needs.File(str(path), "script"), operand.span)
    _changes(call)
    return call.done(UNKNOWN)
