"""A user's own installation: where pip puts things that it may not write to the environment."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN
from dockwright.rehearse import needs
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Value, normal
from dockwright.rehearse.python import Python

if TYPE_CHECKING:
    from dockwright.rehearse.call import Call


def user_base(call: Call) -> Value:
    """Where `pip install --user` puts things (site.getuserbase): PYTHONUSERBASE, else ~/.local."""
    base = call.variable("PYTHONUSERBASE")
    if base is UNKNOWN or base:
        return UNKNOWN if base is UNKNOWN else normal(str(base))
    home = call.variable("HOME")
    return UNKNOWN if home is UNKNOWN or not home else normal(posixpath.join(str(home), ".local"))


def first_made(image: Image, path: str) -> str:
    """The first folder on the way to `path` that os.makedirs would have to make; the path itself when all are there."""
    parts, at = normal(path).strip("/").split("/"), ""
    for part in parts:
        at += "/" + part
        if image.find(at).answer is NO:
            return at
    return at


def own(call: Call, python: Python, name: str, by: str) -> Python | None:
    """The user's own environment beside this one; None when that is not known."""
    base = user_base(call)
    if base is UNKNOWN:
        return None
    path = first_made(call.image, str(base))
    if call.wants(needs.Writable(path, name, by), by=by) is NO:
        _wherever(call)
        return None
    return _user_python(call, python, str(base))


def _wherever(call: Call) -> None:
    """The install is taken as mended, which may be to any folder: the commands that it brings may be in every home's."""
    folders = call.variable("PATH")
    for folder in str(folders).split(":") if isinstance(folders, str) else ():
        if folder.endswith("/bin") and not folder.startswith(("/usr/", "/bin", "/sbin")):
            call.image.blur(folder, call.says("may be installed here"))
    for each in list(call.image.pythons.values()):
        call.image.pythons[each.prefix] = each.clouded()


def _user_python(call: Call, python: Python, base: str) -> Python:
    return call.image.pythons.get(base) or Python(base, python.version, (), complete=True, sees=python.prefix)
