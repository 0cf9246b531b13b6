"""pip 20 to 26: install, download, wheel, uninstall. What it reads, which environment it changes, who may write there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of, site_of
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.python import Installed, Python, canonical
from dockwright.rehearse.requirements import Wanted, read_files, wanted

NAMES = ("pip",)

# Options of pip and of `pip install` that take a value (pip 26.0 --help).
VALUES = frozenset(
    "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation --abi --root --prefix "
    "--src -i --index-url --extra-index-url -f --find-links --no-binary --only-binary --progress-bar --report --config-settings -C "
    "--global-option --build-option --install-option --upgrade-strategy --use-feature --use-deprecated --cache-dir --timeout "
    "--default-timeout --retries --proxy --trusted-host --cert --client-cert --log --exists-action --keyring-provider --python "
    "--root-user-action -w --wheel-dir -d --dest --group --uploaded-prior-to --build-constraint --requirements-from-script".split()
)
REPEATED = ("-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-f", "--find-links")


def run(call: Call) -> Answer:
    return pip(call, 1)


def pip(call: Call, start: int) -> Answer:
    """Run pip with the arguments from `start` on (2 or 3 for `python -m pip`)."""
    words = call.arguments[start:]
    at = next((at for at, word in enumerate(words) if not _global_option(words, at)), None)
    if at is None:
        return YES
    action = words[at].value
    if action == "install":
        return _install(call, start + at + 1)
    if action in ("download", "wheel"):
        return _wheel(call, start + at + 1)
    if action == "uninstall":
        return _uninstall(call, start + at + 1)
    return UNKNOWN


def _global_option(words: list[Argument], at: int) -> bool:
    text = str(words[at].value)
    before = str(words[at - 1].value) if at else ""
    return text.startswith("-") or (before in VALUES and "=" not in before)


class Options:
    """pip install's options; those that repeat are kept in order."""

    def __init__(self, call: Call, start: int) -> None:
        self.single, self.operands = call.options(VALUES, start)
        self.repeated: list[tuple[str, Argument]] = list(_repeated(call.arguments[start:]))

    def has(self, *names: str) -> bool:
        return any(name in self.single for name in names)

    def all(self, *names: str) -> list[Argument]:
        return [argument for name, argument in self.repeated if name in names]


def _repeated(words: list[Argument]) -> Iterator[tuple[str, Argument]]:
    for at, word in enumerate(words):
        text = str(word.value)
        name, has, value = text.partition("=")
        if name in REPEATED and has:
            yield name, Argument(value, word.span)
        elif text in REPEATED and at + 1 < len(words):
            yield text, words[at + 1]
        elif text[:2] in ("-r", "-c", "-e", "-f") and len(text) > 2 and not text.startswith("--"):
            yield text[:2], Argument(text[2:], word.span)


def _install(call: Call, start: int) -> Answer:
    options = Options(call, start)
    python = python_of(call, str(call.arguments[0].value))
    elsewhere = options.has("-t", "--target", "--prefix", "--root")
    if python is not None and not elsewhere:
        _managed(call, options, python)
    items = list(_wanted(call, options))
    if options.has("--no-index"):
        _wheelhouse(call, options)
    if python is not None and not elsewhere:
        if not _writable(call, options, python):
            return call.done()
        _clash(call, options, python, items)
        _ask_index(call, options, python, items)
        _add(call, python, items, options)
    return call.done(UNKNOWN)


def _wanted(call: Call, options: Options) -> Iterator[Wanted]:
    """Everything that the command line and its requirements files ask for."""
    for argument in options.operands:
        yield wanted(call, argument)
    for argument in options.all("-e", "--editable"):
        yield wanted(call, argument, editable=True)
    yield from read_files(call, options.all("-r", "--requirement"), "requirements")
    for _ in read_files(call, options.all("-c", "--constraint"), "constraints"):
        pass


def _managed(call: Call, options: Options, python: Python) -> None:
    """PEP 668: pip 23.0.1 and newer refuse to change an environment that the system's package manager owns."""
    if python.managed is not YES or options.has("--break-system-packages", "--user"):
        if not (python.managed is YES and options.has("--user") and not options.has("--break-system-packages")):
            return
    if call.variable("PIP_BREAK_SYSTEM_PACKAGES"):
        return
    proof = (Evidence(f"{site_of(python)}/EXTERNALLY-MANAGED is there"),)
    call.lacks(needs.Distribution("", problem="externally-managed", installed=str(python.version)), None, proof)


def _writable(call: Call, options: Options, python: Python) -> bool:
    """Without write access pip installs into the user's home, which must be writable in turn; into a venv it fails."""
    if not isinstance(call.user, str):
        return True
    site = site_of(python)
    answer, by = call.image.writable(site, call.user)
    if answer is not NO and not options.has("--user"):
        return True
    if python.venv:
        call.wants(needs.Writable(site, call.user, "pip"))
        return call.failed is not YES
    home = call.variable("PYTHONUSERBASE") or call.variable("HOME")
    if isinstance(home, str):
        base = home if call.variable("PYTHONUSERBASE") else posixpath.join(home, ".local")
        call.wants(needs.Writable(base, call.user, "pip"))
    return True


def _clash(call: Call, options: Options, python: Python, items: list[Wanted]) -> None:
    """pip can't replace what distutils or the system installed without a file list."""
    if options.has("--ignore-installed", "-I", "--user"):
        return
    for item in items:
        there = python.distributions.get(canonical(item.name)) if item.name else None
        if there is None or there.installer != "distutils" or item.allows(there.version) is not NO:
            continue
        proof = tuple(filter(None, (there.made, item.proof)))
        version = "" if there.version is UNKNOWN else str(there.version)
        need = needs.Distribution(item.name, item.specifier, "distutils", version, item.asked_by)
        call.lacks(need, None, proof)


def _ask_index(call: Call, options: Options, python: Python, items: list[Wanted]) -> None:
    """What only the package index can say: conflicts, missing versions, source builds and what they need."""
    from dockwright.rehearse.resolution import judge

    judge(call, python, items, no_index=options.has("--no-index"), ignore_installed=options.has("--ignore-installed", "-I"))


def _add(call: Call, python: Python, items: list[Wanted], options: Options) -> None:
    says = call.says("pip installs it")
    named = {
        item.name: Installed(item.pinned, "editable" if item.editable else "pip", says, item.path) for item in items if item.name
    }
    closed = options.has("--no-deps") and all(item.name for item in items)
    call.image.pythons[python.prefix] = python.with_(named, closed=closed)


def _wheelhouse(call: Call, options: Options) -> None:
    for argument in options.all("-f", "--find-links"):
        path = call.path(argument.value)
        if path is UNKNOWN or "://" in str(argument.value) or argument.glob:
            continue
        call.wants(needs.File(str(path), "wheelhouse"), argument.span)


def _wheel(call: Call, start: int) -> Answer:
    options = Options(call, start)
    for _ in _wanted(call, options):
        pass
    name = options.single.get("-w") or options.single.get("--wheel-dir") or options.single.get("-d") or options.single.get("--dest")
    folder = call.path(name.value if name is not None else ".")
    if folder is not UNKNOWN:
        call.make(folder, "dir", why="pip writes wheels here")
        call.image.blur(str(folder), call.says("pip writes wheels here"))
    return call.done(UNKNOWN)


def _uninstall(call: Call, start: int) -> Answer:
    options, operands = call.options(VALUES, start)
    if not options.keys() & {"-y", "--yes"} and call.stdin is None:
        call.lacks(needs.Confirmation("pip uninstall", "-y"))
    python = python_of(call, str(call.arguments[0].value))
    if python is not None:
        names = tuple(str(operand.value) for operand in operands)
        call.image.pythons[python.prefix] = python.without(names)
    return call.done(UNKNOWN)
