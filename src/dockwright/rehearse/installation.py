"""What an installer does to an environment: who may write there, what is in it afterwards."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from msgspec.structs import replace

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import site_of
from dockwright.rehearse.journal import Node, under
from dockwright.rehearse.python import Installed, Python, canonical
from dockwright.rehearse.requirements import Wanted


def managed(call: Call, python: Python) -> tuple[Answer, Certainty]:
    """Is the interpreter still marked EXTERNALLY-MANAGED? `rm …/EXTERNALLY-MANAGED` is a common way out."""
    if python.managed is not YES or python.venv:
        return NO, Certainty.CERTAIN
    minor = "3" if python.minor is None else f"{python.minor[0]}.{python.minor[1]}"  # 3: which one is not known
    mark = f"/usr/lib/python{minor}/EXTERNALLY-MANAGED"
    gone = [cover.folder for cover in call.image.covers if cover.kind == "gone"]
    if call.image.find(mark).gone is not None or any(folder.endswith("/EXTERNALLY-MANAGED") for folder in gone):
        return NO, Certainty.CERTAIN
    if _configured(call):
        return UNKNOWN, Certainty.POSSIBLE
    touched = [cover for cover in call.image.covers if cover.kind in ("unsure", "gone") and under(mark, cover.folder)]
    if any(cover.folder != "/" for cover in touched):
        return UNKNOWN, Certainty.POSSIBLE
    return YES, Certainty.LIKELY if touched or call.image.opaque else Certainty.CERTAIN


def _configured(call: Call) -> bool:
    """May a configuration file that lines made say `break-system-packages`?"""
    from dockwright.rehearse.indexes import CONFIGS

    if call.text("PIP_CONFIG_FILE") or any(cover.folder in CONFIGS for cover in call.image.covers):
        return True
    nodes = [call.image.find(path).node for path in CONFIGS]
    made = [node.text for node in nodes if node is not None and node.made]
    return any(text is UNKNOWN or "break-system-packages" in str(text) for text in made)


def refuses(call: Call, python: Python, span: object = None, by: str = "") -> bool:
    """PEP 668: an installer refuses to change an environment that the system's package manager owns."""
    answer, certainty = managed(call, python)
    if answer is not YES:
        return False
    version = f"{python.minor[0]}.{python.minor[1]}" if python.minor is not None else ""
    proof = [Evidence(f"/usr/lib/python{version or '3'}/EXTERNALLY-MANAGED is there")]
    proof += [python.made] if python.made is not None else []
    need = needs.Distribution("", problem="externally-managed", installed=version, asked_by=by or call.name)
    call.lacks(need, None, tuple(proof), certainty=certainty)
    return True


def writable(call: Call, python: Python, *, user: bool, by: str = "pip") -> Python | None:
    """The environment that is written in the end: this one, or the user's own; None when that is not known.

    pip: "Defaulting to user installation because normal site-packages is not writeable".
    """
    if call.user is UNKNOWN:
        return None if user else python
    name = str(call.user)
    answer = call.image.writable(site_of(python), name)[0]
    if python.venv and not user:
        if answer is NO:
            call.wants(needs.Writable(site_of(python), name, by), by=by)
        return python
    if not user and answer is not NO:
        return python if answer is YES else None
    from dockwright.rehearse.userbase import own

    return own(call, python, name, by)


def add(
    call: Call, python: Python, items: Iterable[Wanted], *, closed: bool = False, says: Evidence | None = None
) -> None:
    """The distributions are installed; unless `closed`, so is what they require."""
    items, says = list(items), says or call.says("installs it")
    named = {
        item.name: Installed(item.pinned, "editable" if item.editable else "pip", says, item.path, item.specifier)
        for item in items
        if item.name
    }
    blind = any(not item.name for item in items)
    call.image.pythons[python.prefix] = python.with_(named, closed=closed, blind=blind)
    changed(call, python, says)


def changed(call: Call, python: Python, says: Evidence) -> None:
    """Files of an environment after an install: its own folders are there, what is in them is not known."""
    image = call.image
    prefix = "/usr/local" if python.prefix == "/usr" else python.prefix
    for folder in (site_of(python), *(f"{prefix}/{name}" for name in ("bin", "share", "etc", "include"))):
        if posixpath.dirname(folder) == prefix and image.find(folder).answer is NO:
            continue
        if image.find(folder).answer is not YES:
            image.put(folder, Node("dir", says, call.user, call.user, 0o755))
        image.blur(folder, says)


def venv(call: Call, prefix: str, base: Python | None, *, pip: bool = True, sees: bool = False, by: str = "") -> Python:
    """A new virtual environment (PEP 405)."""
    says = call.says("makes a virtual environment")
    version = base.version if base is not None else UNKNOWN
    minor = base.minor if base is not None else None
    names = ("python", "python3", *((f"python{minor[0]}.{minor[1]}",) if minor else ()))
    for path, kind in (
        (prefix, "dir"),
        (f"{prefix}/bin", "dir"),
        (f"{prefix}/lib", "dir"),
        (f"{prefix}/pyvenv.cfg", "file"),
    ):
        call.make(path, kind, why="makes a virtual environment")
    for name in (*names, "activate", *(("pip", "pip3") if pip else ())):
        call.make(
            f"{prefix}/bin/{name}", mode=0o644 if name == "activate" else 0o755, why="makes a virtual environment"
        )
    python = Python(prefix, version, names, venv=True, made=says, sees=base.prefix if base is not None and sees else "")
    python = replace(python, complete=not sees, distributions={"pip": Installed()} if pip else {})
    if pip and minor is not None and minor < (3, 12):
        python = python.with_({"setuptools": Installed()}, closed=True)
    call.image.pythons[prefix] = python
    call.make(site_of(python), "dir", why="makes a virtual environment")
    return python


def version_of(python: Python | None, name: str) -> tuple[str, str]:
    """(version, specifier) of a distribution as it was asked for; empty texts when not known."""
    there = python.distributions.get(canonical(name)) if python is not None else None
    if there is None:
        return "", ""
    return ("" if there.version is UNKNOWN else str(there.version)), there.specifier
