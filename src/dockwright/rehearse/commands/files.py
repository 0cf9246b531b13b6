"""Commands that make, move, remove, own and permit files (GNU coreutils 9 and BusyBox 1.36 alike)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import moved, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Node, Value


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def writable(call: Call, path: str, span: Argument, why: str = "") -> Answer:
    """May the current user write here? The need is recorded when not."""
    if not isinstance(call.user, str):
        return UNKNOWN
    return call.wants(needs.Writable(path, call.user, why or call.name), span.span)


# -- making -------------------------------------------------------------------------------------------------------------


def _mkdir(call: Call) -> Answer:
    options, operands = call.options({"-m", "--mode"})
    parents = "-p" in options or "--parents" in options
    mode = options.get("-m") or options.get("--mode")
    for operand in operands:
        if operand.value is UNKNOWN:
            call.somewhere(operand.span)
        for path in _plain(call, operand):
            _folder(call, operand, path, parents, octal(mode.value) if mode else None)
    return call.done()


def _plain(call: Call, operand: Argument) -> list[str]:
    path = call.path(operand.value)
    return [] if path is UNKNOWN or operand.glob else [str(path)]


def _folder(call: Call, operand: Argument, path: str, parents: bool, mode: int | None) -> None:
    if not parents:
        call.wants(needs.Absent(path), operand.span)
        call.wants(needs.File(posixpath.dirname(path), "directory"), operand.span)
    look = call.image.find(path)
    if parents and look.answer is YES:
        return
    writable(call, path, operand)
    call.make(path, "dir", mode=mode, why="made here")


def _touch(call: Call) -> Answer:
    _, operands = call.options({"-t", "-d", "-r", "--date", "--reference"})
    for operand in operands:
        path = call.path(operand.value)
        if path is UNKNOWN or operand.glob:
            call.somewhere(operand.span)
            continue
        call.wants(needs.File(posixpath.dirname(str(path)), "directory"), operand.span)
        if call.image.find(str(path)).answer is not YES:
            writable(call, str(path), operand)
            call.make(path, text="", why="made here")
    return call.done()


def _ln(call: Call) -> Answer:
    options, operands = call.options({"-S", "-t", "--target-directory"})
    if len(operands) != 2 or any(operand.value is UNKNOWN or operand.glob for operand in operands):
        return UNKNOWN
    target, path = str(operands[0].value), str(call.path(operands[1].value))
    look = call.image.find(path)
    if look.node is not None and look.node.kind == "dir" and "-n" not in options and "-T" not in options:
        path = posixpath.join(path, posixpath.basename(target.rstrip("/")))
    if "-f" not in options and "--force" not in options:
        call.wants(needs.Absent(path), operands[1].span)
    says = call.says("linked here")
    kind: Literal["link", "file"] = "link" if "-s" in options or "--symbolic" in options else "file"
    call.image.put(path, Node(kind, says, call.user, call.user, 0o777, UNKNOWN, target if kind == "link" else ""))
    return call.done()


# -- removing, moving, copying ------------------------------------------------------------------------------------------


def _rm(call: Call) -> Answer:
    options, operands = call.options(set())
    force = "-f" in options or "--force" in options
    for operand in operands:
        path = call.path(operand.value)
        if path is UNKNOWN:
            _lost_somewhere(call, operand)
            continue
        _remove(call, operand, str(path), force)
    return call.done()


def _lost_somewhere(call: Call, operand: Argument) -> None:
    """`rm $X`: anything may be gone, but what lines made explicitly is taken to stay."""
    call.image.blur(
        str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", call.says("may remove it", operand.span)
    )


def _remove(call: Call, operand: Argument, path: str, force: bool) -> None:
    says = call.says("removes it", operand.span)
    if operand.glob:
        _remove_pattern(call, path, says)
        return
    look = call.image.look(path)
    if not force:
        call.wants(needs.File(path, "remove"), operand.span)
    if look.answer is YES and isinstance(call.user, str) and not _own_folder(call, path):
        call.wants(needs.Writable(posixpath.dirname(path), call.user, "rm"), operand.span)
    call.image.remove(path, says)
    _forget_lists(call, path, says)


def _own_folder(call: Call, path: str) -> bool:
    return posixpath.dirname(path) == path


def _remove_pattern(call: Call, path: str, says: Evidence) -> None:
    """`folder/*`: all that is directly in the folder; other patterns: those of its children that match."""
    folder, pattern = posixpath.split(path)
    if any(char in folder for char in "*?["):
        call.image.blur(folder.split("*")[0].rsplit("/", 1)[0] or "/", says)
        return
    if pattern == "*":
        for name in call.image.children(folder):
            if not name.startswith("."):
                call.image.remove(posixpath.join(folder, name), says)
        call.image.blur(folder, says)
        _forget_lists(call, path, says)
        return
    import fnmatch

    for name in call.image.children(folder):
        if fnmatch.fnmatchcase(name, pattern):
            call.image.remove(posixpath.join(folder, name), says)


def _forget_lists(call: Call, path: str, says: Evidence) -> None:
    """apt's package lists (apt-get(8)): without them no package can be located."""
    if path.rstrip("/*") in ("/var/lib/apt/lists", "/var/lib/apt", "/var/lib"):
        from dockwright.rehearse.image import Look

        call.image.lists = Look(NO, gone=says)


def _cp(call: Call) -> Answer:
    options, operands = call.options({"-t", "--target-directory", "-S", "--suffix"})
    target = options.get("-t") or options.get("--target-directory")
    if target is not None:
        operands = [*operands, target]
    if len(operands) < 2:
        return UNKNOWN
    *sources, last = operands
    into = target is not None or len(sources) > 1 or str(last.value).endswith("/")
    recursive = options.keys() & {"-r", "-R", "-a", "--recursive", "--archive"} != set()
    keeps = options.keys() & {"-a", "-p", "--archive", "--preserve"} != set() and call.user in ("root", "0")
    if len(sources) > 1:
        last = Argument(UNKNOWN if last.value is UNKNOWN else str(last.value).rstrip("/") or "/", last.span, last.glob)
    for source in sources:
        _copy_one(call, source, last, into, recursive, keeps)
    return call.done()


def _copy_one(call: Call, source: Argument, last: Argument, into: bool, recursive: bool, keeps: bool = False) -> None:
    """`keeps`: owners stay, as cp -a and mv leave them to root."""
    path, dest = call.path(source.value), call.path(last.value)
    if path is UNKNOWN or dest is UNKNOWN or source.glob or last.glob:
        if dest is not UNKNOWN:
            call.image.blur(_fixed(str(dest)), call.says("copies there"))
        return
    answer = call.wants(needs.File(str(path), "copy"), source.span)
    node = call.image.find(str(path)).node
    says = call.says("copied here")
    content = re.search(r"(?:^|/)\.\.?/*$", str(source.value)) is not None  # `folder/.`: what is in it
    made = recursive and not (into and _several(call, last)) and node is not None and node.kind == "dir"
    target = str(dest) if content else _destination(call, str(path), str(dest), last, into, made)
    if node is None or node.kind != "file":
        there = call.image.find(str(dest))
        plain = there.answer is NO or (there.node is not None and there.node.kind == "dir")
        known = node is not None and node.kind == "dir" and recursive and plain
        if not known or not moved.lay(call.image, str(path), target, says, None if keeps else call.user):
            call.make(target, UNKNOWN, why="copied here")
            call.image.blur(target, says)
        return
    if answer is not NO:
        owned = node if keeps else replace(node, owner=call.user, group=call.user)
        call.image.put(target, replace(owned, made=says, changed=None))


def _several(call: Call, last: Argument) -> bool:
    """More than one source: the target must be a folder that is there."""
    return not str(last.value).endswith("/")


def _destination(call: Call, path: str, dest: str, last: Argument, into: bool, made: bool) -> str:
    """`made`: a folder copied or moved to a name that is not there takes that name, slash or not."""
    look = call.image.find(dest)
    folder = look.node is not None and look.node.kind == "dir"
    if into and look.answer is NO and not made:
        call.wants(needs.File(dest, "directory"), last.span)
    elif look.answer is NO:
        call.wants(needs.File(posixpath.dirname(dest), "directory"), last.span)
    writable(call, dest, last)
    if made and look.answer is NO:
        return dest
    return posixpath.join(dest, posixpath.basename(path)) if into or folder else dest


def _mv(call: Call) -> Answer:
    _, operands = call.options({"-t", "--target-directory", "-S"})
    if len(operands) < 2:
        return UNKNOWN
    *sources, last = operands
    for source in sources:
        _copy_one(call, source, last, len(sources) > 1 or str(last.value).endswith("/"), True, True)
        path = call.path(source.value)
        if path is not UNKNOWN and source.glob:
            _remove_pattern(call, str(path), call.says("moves it away", source.span))
        if path is not UNKNOWN and not source.glob:
            call.image.remove(str(path), call.says("moves it away", source.span))
    return call.done()


def _install(call: Call) -> Answer:
    """install(1): -d makes folders, else copies."""
    options, operands = call.options({"-m", "--mode", "-o", "--owner", "-g", "--group", "-t"})
    if "-d" not in options:
        return _cp(call)
    mode = options.get("-m") or options.get("--mode")
    for operand in operands:
        for path in _plain(call, operand):
            _installed_folder(call, operand, path, octal(mode.value) if mode is not None else 0o755)
            _given(call, path, options)
    return call.done()


def _installed_folder(call: Call, operand: Argument, path: str, mode: int | None) -> None:
    if call.image.find(path).answer is YES:
        call.image.permit(path, call.says("changes its mode"), UNKNOWN if mode is None else mode, False)
        return
    writable(call, path, operand)
    call.make(path, "dir", mode=UNKNOWN if mode is None else mode, why="made here")


def _given(call: Call, path: str, options: dict[str, Argument | None]) -> None:
    """install -o owner -g group."""
    names: list[Value | None] = []
    for short, long, kind in (("-o", "--owner", "user"), ("-g", "--group", "group")):
        word = options.get(short) or options.get(long)
        names.append(
            None if word is None else UNKNOWN if word.value is UNKNOWN else _known(call, str(word.value), kind, word)
        )
    if names != [None, None]:
        call.image.own(path, call.says("gives it to that owner"), names[0], names[1], False)


# -- owner and mode -----------------------------------------------------------------------------------------------------


def _chown(call: Call) -> Answer:
    options, operands = call.options({"--from", "--reference"})
    if "--reference" in options or len(operands) < 2:
        return UNKNOWN
    who, *paths = operands
    owner, group = _accounts(call, who)
    recursive = "-R" in options or "--recursive" in options
    _root_only(call, paths)
    for argument in paths:
        path = call.path(argument.value)
        if path is not UNKNOWN and argument.glob:
            call.image.own(_fixed(str(path)), call.says("may change its owner"), UNKNOWN, UNKNOWN, True)
        if path is UNKNOWN or argument.glob:
            continue
        call.wants(needs.File(str(path), "own"), argument.span)
        call.image.own(str(path), call.says("changes its owner"), owner, group, recursive)
    return call.done()


def _root_only(call: Call, paths: list[Argument]) -> None:
    """Only root may give files away (chown(2))."""
    if isinstance(call.user, str) and call.user not in ("root", "0") and paths:
        path = call.path(paths[0].value)
        if path is not UNKNOWN and call.image.writable(str(path), call.user)[0] is NO:
            writable(call, str(path), paths[0])


def _accounts(call: Call, argument: Argument) -> tuple[Value | None, Value | None]:
    if argument.value is UNKNOWN:
        return UNKNOWN, UNKNOWN
    text = str(argument.value)
    if call.name == "chgrp":
        return None, _known(call, text, "group", argument)
    user, colon, group = text.partition(":") if ":" in text else text.partition(".")
    owner = _known(call, user, "user", argument) if user else None
    if colon and not group:
        return owner, UNKNOWN  # `chown app:` means the login group, whatever its name
    return owner, (_known(call, group, "group", argument) if group else None)


def _known(call: Call, name: str, kind: str, argument: Argument) -> Value:
    if not name.isdigit() and name != "root":
        call.wants(needs.User(name, kind), argument.span)
    return name


def _fixed(pattern: str) -> str:
    """The folder above the first component that holds pattern characters."""
    kept: list[str] = []
    for part in pattern.split("/"):
        if any(char in part for char in "*?["):
            break
        kept.append(part)
    return "/".join(kept) or "/"


def octal(value: Value) -> int | None:
    return int(str(value), 8) if value is not UNKNOWN and re.fullmatch(r"[0-7]{3,4}", str(value)) else None


def _chmod(call: Call) -> Answer:
    words = [
        argument
        for argument in call.rest
        if argument.value is UNKNOWN or not re.fullmatch(r"-[RfvcH]+|--\w+", str(argument.value))
    ]
    recursive = any(re.fullmatch(r"-\w*R\w*|--recursive", str(argument.value)) for argument in call.rest)
    if len(words) < 2:
        return UNKNOWN
    given, *paths = words
    for argument in paths:
        path = call.path(argument.value)
        if path is not UNKNOWN and argument.glob:
            call.image.permit(_fixed(str(path)), call.says("may change its mode"), UNKNOWN, True)
        if path is UNKNOWN or argument.glob:
            continue
        call.wants(needs.File(str(path), "permit"), argument.span)
        _permit(call, str(path), given.value, recursive)
    return call.done()


def _permit(call: Call, path: str, given: Value, recursive: bool) -> None:
    node = call.image.find(path).node
    mode = octal(given)
    if mode is None and given is not UNKNOWN and node is not None and isinstance(node.mode, int):
        mode = symbolic(str(given), node.mode, node.kind == "dir")
    symbolic_plus = given is not UNKNOWN and re.fullmatch(r"[ugoa]*\+[rwxXst]+", str(given))
    if mode is None and symbolic_plus and "x" in str(given) and not recursive:
        mode = 0o755  # unknown before, executable after
    call.image.permit(path, call.says("changes its mode"), UNKNOWN if mode is None else mode, recursive)


def symbolic(text: str, mode: int, folder: bool) -> int | None:
    """A symbolic mode (chmod(1)) applied to a known one; None for a form that is not read."""
    for clause in text.split(","):
        match = re.fullmatch(r"([ugoa]*)([+=-])([rwxX]*)", clause)
        if match is None:
            return None
        who = match[1].replace("a", "ugo") or "ugo"
        bits = sum(
            {"r": 4, "w": 2, "x": 1, "X": 1 if folder or mode & 0o111 else 0}[letter] for letter in set(match[3])
        )
        for shift in (6 if w == "u" else 3 if w == "g" else 0 for w in set(who)):
            if match[2] == "+":
                mode |= bits << shift
            elif match[2] == "-":
                mode &= ~(bits << shift)
            else:
                mode = mode & ~(7 << shift) | bits << shift
    return mode


# -- reading and rewriting ----------------------------------------------------------------------------------------------


def _reads(call: Call) -> Answer:
    """cat, head, wc …: each operand must be there."""
    _, operands = call.options({"-n", "-c", "-d", "-f", "-k", "-t", "-o", "--lines", "--bytes"})
    for operand in operands:
        path = call.path(operand.value)
        if path is not UNKNOWN and not operand.glob and operand.value != "-":
            call.wants(needs.File(str(path), "read"), operand.span)
    return call.done()


def _sed(call: Call) -> Answer:
    options, operands = call.options({"-e", "--expression", "-f", "--file"})
    files = operands if options.keys() & {"-e", "-f", "--expression", "--file"} else operands[1:]
    in_place = any(name == "-i" or name.startswith(("--in-place", "-i")) for name in options)
    for operand in files:
        path = call.path(operand.value)
        if path is UNKNOWN or operand.glob:
            continue
        call.wants(needs.File(str(path), "read"), operand.span)
        look = call.image.find(str(path))
        if in_place and look.node is not None:
            call.image.put(str(path), replace(look.node, content=_edited(call, operands, look.node.text)))
        elif in_place and look.answer is UNKNOWN:
            call.image.put(str(path), Node("file", call.says("edits it"), UNKNOWN, UNKNOWN))
    return call.done()


def _edited(call: Call, operands: list[Argument], text: Value) -> Value:
    """`sed -i 's/\\r$//' file` is followed, any other edit makes the text UNKNOWN."""
    script = operands[0].value if operands else UNKNOWN
    if text is not UNKNOWN and script in (r"s/\r$//", r"s/\r//", r"s/\r//g", r"s/\r$//g", r"s/^M$//"):
        return str(text).replace("\r\n", "\n")
    return UNKNOWN


def _tee(call: Call) -> Answer:
    for operand in call.options(set())[1]:
        path = call.path(operand.value)
        if path is not UNKNOWN and not operand.glob and not str(path).startswith("/dev/"):
            call.wants(needs.File(posixpath.dirname(str(path)), "directory"), operand.span)
            writable(call, str(path), operand)
            call.make(path, text=UNKNOWN, why="written here")
    return call.done()


def _dos2unix(call: Call) -> Answer:
    for operand in call.options(set())[1]:
        path = call.path(operand.value)
        node = None if path is UNKNOWN else call.image.find(str(path)).node
        if node is not None and node.text is not UNKNOWN:
            call.image.put(str(path), replace(node, content=str(node.text).replace("\r\n", "\n")))
    return UNKNOWN


def _tar(call: Call) -> Answer:
    """Extracting makes unknown paths under a folder; the archive must be there."""
    words = [str(argument.value) for argument in call.rest if argument.value is not UNKNOWN]
    flags = words[0].lstrip("-") if words and not words[0].startswith("--") else ""
    creating = "c" in flags.split("=")[0] and "x" not in flags
    options, _ = call.options({"-f", "-C", "--file", "--directory", "--strip-components", "-T"})
    into = options.get("-C") or options.get("--directory")
    folder = call.path(into.value) if into is not None else call.shell.cwd
    if creating:
        call.image.blur(str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", call.says("makes an archive"))
        return UNKNOWN
    if into is not None and folder is not UNKNOWN:
        call.wants(needs.File(str(folder), "directory"), into.span)
    call.image.blur("/" if folder is UNKNOWN else str(folder), call.says("unpacks an archive"))
    return UNKNOWN


def _blurs(call: Call) -> Answer:
    """Commands that make files somewhere below the working directory or the folders that they name."""
    says = call.says("may make files here")
    for argument in call.rest:
        path = call.path(argument.value)
        if path is not UNKNOWN and str(argument.value).startswith(("/", "./", "../")):
            call.image.blur(str(path), says)
    call.image.blur(str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", says)
    return UNKNOWN


def _find(call: Call) -> Answer:
    """find: with -delete or -exec it may remove or change what is below its starting points."""
    words = [str(argument.value) for argument in call.rest]
    changes = any(word in ("-delete", "-exec", "-execdir", "-ok") for word in words)
    for argument in call.rest:
        if argument.value is UNKNOWN or str(argument.value).startswith(("-", "(", "!", "\\")):
            break
        path = call.path(argument.value)
        if path is UNKNOWN or argument.glob:
            continue
        if changes and not _caches(words):
            call.image.blur(str(path), call.says("find may change it"))
    return UNKNOWN


def _caches(words: list[str]) -> bool:
    """Clean-ups of bytecode and archives touch nothing that a later line names."""
    names = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-name", "-iname")]
    return bool(names) and all(
        name in ("__pycache__", "*.pyc", "*.pyo", "*.a", "*.so.debug", "test", "tests") for name in names
    )


def _none(call: Call) -> Answer:
    return UNKNOWN


def _fine(call: Call) -> Answer:
    return YES


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {
    "mkdir": _mkdir, "touch": _touch, "ln": _ln, "rm": _rm, "rmdir": _rm, "unlink": _rm, "cp": _cp, "mv": _mv,
    "install": _install, "chown": _chown, "chgrp": _chown, "chmod": _chmod, "cat": _reads, "head": _reads, "tail": _reads,
    "wc": _reads, "sort": _none, "uniq": _none, "cut": _none, "tr": _fine, "sed": _sed, "tee": _tee, "dos2unix": _dos2unix,
    "tar": _tar, "unzip": _blurs, "gunzip": _blurs, "gzip": _blurs, "xz": _blurs, "bzip2": _blurs, "rsync": _blurs,
    "patch": _blurs, "mktemp": _none, "find": _find, "grep": _none, "egrep": _none, "awk": _none, "ls": _none,
    "stat": _none, "du": _none, "df": _fine, "basename": _fine, "dirname": _fine, "realpath": _none, "readlink": _none,
    "id": _none, "whoami": _fine, "uname": _fine, "date": _fine, "sleep": _fine, "nproc": _fine, "env": _fine, "which": _none,
    "seq": _fine, "expr": _none, "sha256sum": _none, "md5sum": _none, "sync": _fine, "hostname": _fine, "ldconfig": _fine,
    "ldd": _none, "file": _none, "diff": _none, "cmp": _none, "tree": _none, "yes": _fine, "base64": _none, "printenv": _none,
    "locale-gen": _none, "update-ca-certificates": _none, "update-alternatives": _none, "ps": _fine, "kill": _none,
    "getent": _none, "arch": _fine, "tty": _fine, "lsb_release": _fine, "dpkg-architecture": _fine, "more": _none, "less": _none,
}  # fmt: skip
NAMES = tuple(name for name in FUNCTIONS if name != "env")
