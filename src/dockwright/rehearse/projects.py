"""Requirements that are no name: a project's folder, an archive, a repository, a dependency group."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from dockwright.finding import UNKNOWN, YES, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.requirements import Wanted, of
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.inputs.manifests import Declared


ARCHIVES = (".whl", ".tar.gz", ".zip", ".tgz", ".tar.bz2")
VCS = {"git": "git", "hg": "hg", "svn": "svn", "bzr": "bzr"}


def repository(call: Call, text: str, span: Span, editable: bool = False, proof: Evidence | None = None) -> Wanted:
    """A URL; one of a repository is cloned with the tool of its kind."""
    from dockwright.inputs.requirement import Malformed, parse

    try:
        found = parse(text)
    except Malformed:
        return Wanted(text=text, editable=editable)
    if editable and found.vcs in VCS and call.name == "uv":  # `Git sources cannot be editable`
        where = proof.place.source.name if proof is not None and proof.place is not None else ""
        need = needs.Manifest(where, "line", name=f"-e {text}", asked_by="uv")
        call.lacks(need, span, (proof,) if proof is not None else ())
    if found.vcs in VCS:
        call.wants(needs.Command(VCS[found.vcs], asked_by="pip"), span, by="pip")
    return structs.replace(of(found, proof=proof), editable=editable, path="")


def group(call: Call, argument: Argument) -> Iterator[Wanted]:
    """`--group [path:]name` (pip 25.1, uv): a dependency group of pyproject.toml (PEP 735)."""
    path, _, name = str(argument.value).rpartition(":")
    folder = call.path(posixpath.dirname(path) or ".") if argument.value is not UNKNOWN else UNKNOWN
    if folder is UNKNOWN:
        yield Wanted(text="?")
        return
    yield from _known_file(call, str(folder), name, argument.span)


def _known_file(call: Call, folder: str, group: str, span: Span) -> Iterator[Wanted]:
    """The requirements of a dependency group of the pyproject.toml in a folder."""
    from dockwright.rehearse.packaging import read

    path = posixpath.join(folder, "pyproject.toml")
    answer = call.wants(needs.File(path, "project"), span)
    local = read(call, folder) if answer is YES else None
    if local is None:
        call.unsure(f"the groups in {path} are not known")
        yield Wanted(text="?")
        return
    if group not in local.groups:
        call.lacks(needs.Manifest(path, "group", name=group, asked_by=call.name), span)
    yield from of_declared(local.groups.get(group, ()), path)


def of_declared(listed: Iterable[Declared], asked_by: str = "") -> Iterator[Wanted]:
    """Dependencies as a manifest has them, with the lines that ask for them."""
    for one in listed:
        text = one.place.source.line_text(one.place.line).strip()
        proof = Evidence(f"asks for {one.name}{one.constraint}", one.place, text=text)
        elsewhere = one.path or one.url
        yield Wanted(
            one.name,
            "" if elsewhere else one.constraint,
            one.extras,
            one.marker or "",
            text=one.url or one.name,
            asked_by=asked_by,
            proof=proof,
        )


def local(call: Call, argument: Argument, bare: str, editable: bool, extras: tuple[str, ...] = ()) -> Wanted:
    from dockwright.rehearse.packaging import project

    path = call.path(bare)
    if path is UNKNOWN:
        call.unsure("the project's folder is not known")
        return Wanted(text=bare, editable=editable)
    glob = argument.glob and not (str(argument.value).endswith("]") and not set(bare) & set("*?"))
    if glob or str(path).endswith(ARCHIVES):  # `.[dev]` is a pattern that matches nothing, which sh leaves as it is
        if not glob:
            call.wants(needs.File(str(path), "archive"), argument.span)
        name = posixpath.basename(str(path)).partition("-")[0] if str(path).endswith(".whl") and not glob else ""
        return Wanted(name=name, text=bare)
    name = project(call, str(path), argument.span, editable=editable)
    if not extras and str(argument.value).endswith("]"):
        extras = tuple(part.strip() for part in str(argument.value).rpartition("[")[2][:-1].split(","))
    return Wanted(name=name, extras=extras, path=str(path), editable=editable, text=bare)
