"""pip 20 to 26: install, download, wheel, uninstall. What it reads, which environment it changes, who may write there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse import hashing, installation, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.installation import version_of
from dockwright.rehearse.journal import Value
from dockwright.rehearse.python import Python, canonical
from dockwright.rehearse.requirements import Wanted, read_files, wanted
from dockwright.rehearse.toolversions import check_option

if TYPE_CHECKING:
    from dockwright.index.question import Answer as Told

# Options of pip and of `pip install` that take a value (pip 26.0 --help, and those of older versions).
VALUES = frozenset(
    (
        "-r --requirement -c --constraint -e --editable -t --target --platform --python-version --implementation "
        "--abi --root --prefix --src -i --index-url --extra-index-url -f --find-links --no-binary --only-binary "
        "--progress-bar --report --config-settings -C --global-option --build-option --install-option "
        "--upgrade-strategy --use-feature --use-deprecated --cache-dir --timeout --default-timeout --retries "
        "--proxy --trusted-host --cert --client-cert --log --exists-action --keyring-provider --python "
        "--root-user-action -w --wheel-dir -d --dest --group --uploaded-prior-to --build-constraint "
        "--requirements-from-script -b --build --pypi-url --index --download-cache"
    ).split()
)
AWARE = (3, 7)  # the first Python that never came with a pip which does not read Requires-Python
REPEATED = ("-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-f", "--find-links", "--group")


def run(call: Call) -> Answer:
    return pip(call, 1)


def pip(call: Call, start: int) -> Answer:
    """Run pip with the arguments from `start` on (2 or 3 for `python -m pip`)."""
    words = call.arguments[start:]
    at = next((at for at, word in enumerate(words) if not _global_option(words, at)), None)
    if at is None:
        return YES
    action = str(words[at].value)
    function = ACTIONS.get(action)
    if function is not None:
        return function(call, start + at + 1)
    return (
        YES
        if action in ("--version", "list", "freeze", "show", "cache", "debug", "help", "inspect", "index")
        else UNKNOWN
    )


def _global_option(words: list[Argument], at: int) -> bool:
    text = str(words[at].value)
    before = str(words[at - 1].value) if at else ""
    return text.startswith("-") or (before in VALUES and "=" not in before)


class Options:
    """pip install's options, with those that PIP_… variables give; those that repeat are kept in order."""

    def __init__(self, call: Call, start: int) -> None:
        self.call = call
        self.single, self.operands = call.options(VALUES, start)
        self.repeated: list[tuple[str, Argument]] = list(_repeated(call.arguments[start:]))
        self.written = [argument for argument in call.arguments[start:] if str(argument.value).startswith("-")]

    def has(self, *names: str) -> bool:
        return any(name in self.single or (name.startswith("--") and self._variable(name)) for name in names)

    def _variable(self, name: str) -> bool:
        value = self.call.variable("PIP_" + name[2:].upper().replace("-", "_"))
        return value is not None and str(value).lower() not in ("", "0", "false", "no", "off")

    def all(self, *names: str) -> list[Argument]:
        given = [argument for name, argument in self.repeated if name in names]
        for name in names:
            value = self.call.variable("PIP_" + name[2:].upper().replace("-", "_")) if name.startswith("--") else None
            if value is not None and name in REPEATED:
                words = str(value).split() if value is not UNKNOWN else [UNKNOWN]
                given += [Argument(word, self.call.span) for word in words]  # type: ignore[arg-type]
        return given


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


def _as_root(call: Call) -> None:
    """Airflow's images (from 2.3 on) have a pip in front of the real one that refuses to run as root."""
    base = call.image.base
    if base is None or base.family != "apache/airflow" or call.user not in ("root", "0") or call.shell.started:
        return
    tag = base.reference.rpartition(":")[2] if ":" in base.reference else "latest"
    words = tag.removeprefix("slim-").split("-")[0].split(".")
    old = words[0].isdigit() and (
        int(words[0]) < 2 or (words[0] == "2" and not (len(words) > 1 and words[1] not in "012"))
    )
    if call.arguments[0].value == "pip" and not old and "PATH" not in call.image.set_by:
        call.lacks(needs.Executable("pip", "root", base.user), call.arguments[0].span)


def _install(call: Call, start: int) -> Answer:
    options = Options(call, start)
    python = python_of(call, str(call.arguments[0].value))
    _as_root(call)
    check_option(call, "pip", "install", options.written, version_of(python, "pip"), python)
    elsewhere = options.has("-t", "--target", "--prefix", "--root")
    if python is not None and not elsewhere and not options.has("--break-system-packages", "--dry-run"):
        installation.refuses(call, python, by="pip")
    items = list(_wanted(call, options))
    hashed = python is not None and hashing.judge(call, python, items, asked=options.has("--require-hashes"))
    if not options.has("--no-index", "-t", "--target") and (python is None or (python.minor or (0, 0)) < AWARE):
        from dockwright.rehearse.oldpip import judge

        judge(call, python, items)
    if options.has("--no-index"):
        _wheelhouse(call, options)
    if elsewhere:
        _elsewhere(call, options, python, items)
    elif python is None:
        for each in call.image.pythons.values():  # one of them may be the one
            call.image.pythons[each.prefix] = each.clouded()
    else:
        _into(call, options, python, items, hashed)
    return call.done(UNKNOWN)


def _into(call: Call, options: Options, python: Python, items: list[Wanted], hashed: bool) -> None:
    clash(call, options, python, items)
    answer = _ask_index(call, options, python, items)
    if hashed and answer is not None and not options.has("--no-deps"):
        hashing.whole(call, answer, items)
    place = installation.writable(call, python, user=options.has("--user"))
    if place is None:
        call.image.pythons[python.prefix] = python.clouded()
        return
    hashed = hashed or (bool(items) and all(item.hashed for item in items))
    closed = (options.has("--no-deps") or hashed) and all(item.name for item in items)
    installation.add(call, place, items, closed=closed, says=call.says("pip installs it"))


def _elsewhere(call: Call, options: Options, python: Python | None, items: list[Wanted]) -> None:
    """--target puts packages into a folder; --prefix and --root make a tree as of an environment."""
    given = [options.single.get(name) for name in ("-t", "--target", "--prefix", "--root")]
    path: Value = next((call.path(argument.value) for argument in given if argument is not None), UNKNOWN)
    says = call.says("pip installs there")
    if path is UNKNOWN:
        return
    if call.image.find(str(path)).answer is not YES:
        call.make(path, "dir", why="pip installs there")
    call.image.blur(str(path), says)
    if options.has("--prefix"):
        version = python.version if python is not None else UNKNOWN
        installation.add(call, call.image.pythons.get(str(path)) or Python(str(path), version, ()), items, says=says)


def _wanted(call: Call, options: Options) -> Iterator[Wanted]:
    """Everything that the command line and its requirements files ask for."""
    for argument in options.operands:
        yield from _operand(call, argument)
    for argument in options.all("-e", "--editable"):
        yield wanted(call, argument, editable=True)
    yield from read_files(call, options.all("-r", "--requirement"), "requirements")
    for _ in read_files(call, options.all("-c", "--constraint"), "constraints"):
        pass
    for argument in options.all("--group"):
        from dockwright.rehearse.projects import group

        yield from group(call, argument)


def _operand(call: Call, argument: Argument) -> Iterator[Wanted]:
    """`pip install requirements.txt` takes the file's name for that of a package."""
    text = str(argument.value)
    if argument.value is not UNKNOWN and text.endswith(("requirements.txt", "requirement.txt")) and "/" not in text:
        need = needs.Manifest(text, "line", name=text, asked_by="pip")
        call.lacks(need, argument.span, (call.says("a requirements file is given with -r", argument.span),))
        yield from read_files(call, [argument], "requirements")
        return
    yield wanted(call, argument)


def clash(call: Call, options: Options, python: Python, items: list[Wanted]) -> None:
    """pip can't replace what distutils or the system installed without a file list.

    The pip that Debian and Ubuntu package leaves the system's own packages alone and installs beside them.
    """
    own = python.distributions.get("pip")
    if options.has("--ignore-installed", "-I", "--user") or (own is not None and own.installer == "deb"):
        return
    for item in items:
        there = python.distributions.get(canonical(item.name)) if item.name and not item.marker else None
        if there is None or there.installer != "distutils" or item.allows(there.version) is not NO:
            continue
        proof = tuple(filter(None, (there.made, item.proof)))
        version = "" if there.version is UNKNOWN else str(there.version)
        call.lacks(needs.Distribution(item.name, item.specifier, "distutils", version, item.asked_by), None, proof)


def _ask_index(call: Call, options: Options, python: Python, items: list[Wanted]) -> Told | None:
    """What only the package index can say: conflicts, missing versions, source builds and what they need."""
    from dockwright.rehearse.resolution import judge

    return judge(
        call,
        python,
        items,
        no_index=options.has("--no-index"),
        ignore_installed=options.has("--ignore-installed", "-I"),
    )


def _wheelhouse(call: Call, options: Options) -> None:
    """--no-index takes packages from --find-links alone: one of its places must be there."""
    places = [(call.path(argument.value), argument) for argument in options.all("-f", "--find-links")]
    if any(path is UNKNOWN or "://" in str(argument.value) or argument.glob for path, argument in places):
        return
    if all(call.image.find(str(path)).answer is NO for path, _ in places):
        for path, argument in places:
            call.wants(needs.File(str(path), "wheelhouse"), argument.span)


def _wheel(call: Call, start: int) -> Answer:
    options = Options(call, start)
    for _ in _wanted(call, options):
        pass
    given = [options.single.get(name) for name in ("-w", "--wheel-dir", "-d", "--dest", "--destination-directory")]
    name = next((argument for argument in given if argument is not None), None)
    folder = call.path(name.value if name is not None else ".")
    if folder is not UNKNOWN:
        if call.image.find(str(folder)).answer is not YES:
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
        installation.changed(call, python, call.says("pip uninstalls it"))
    return call.done(UNKNOWN)


def _config(call: Call, start: int) -> Answer:
    """`pip config set global.break-system-packages true` works as PIP_BREAK_SYSTEM_PACKAGES would."""
    words = [argument.value for argument in call.arguments[start:] if not str(argument.value).startswith("-")]
    if len(words) == 3 and words[0] == "set" and words[1] is not UNKNOWN:
        name = "PIP_" + str(words[1]).rpartition(".")[2].upper().replace("-", "_")
        call.image.env.setdefault(name, words[2])
        call.shell.variables.setdefault(name, words[2])
    return YES


def _check(call: Call, start: int) -> Answer:
    return UNKNOWN


ACTIONS = {
    "install": _install,
    "download": _wheel,
    "wheel": _wheel,
    "uninstall": _uninstall,
    "config": _config,
    "check": _check,
}
