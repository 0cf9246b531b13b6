"""COPY and ADD: what the plan of a copy means for the image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from dockwright.dockerfile.nodes import Instruction, Stage, Word
from dockwright.finding import NO, UNKNOWN, YES, Certainty, Evidence
from dockwright.inputs.copy import CopyPlan, Move, plan
from dockwright.inputs.files import Files, Kind, Unknown
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import MISSING, UNSURE, Contents, Look, Node, Value, normal
from dockwright.rehearse.shell import Shell
from dockwright.rehearse.step import Recorder
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build


class ImageFiles(Files):
    """An image as a place to copy from or to; paths without the leading slash."""

    def __init__(self, image: Image) -> None:
        self.image = image

    def kind(self, path: str) -> Kind | Unknown | None:
        look = self.image.look("/" + path)
        if look.answer is NO:
            return None
        return UNKNOWN if look.node is None else look.node.kind

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        return UNKNOWN

    def target(self, path: str) -> str | Unknown | None:
        node = self.image.look("/" + path).node
        return node.target or UNKNOWN if node is not None and node.kind == "link" else None


def copy(build: Build, stage: Stage, instruction: Instruction, image: Image, recorder: Recorder) -> Image:
    call = _call(build, image, recorder, instruction)
    words = _words(build, instruction, image)
    if not words:
        return image
    *sources, dest = words
    if dest.value is UNKNOWN or image.workdir is UNKNOWN or any(source.value is UNKNOWN for source in sources):
        _unsure(call, dest)
        return image
    _empty(call, instruction, words)
    origin, files = _origin(build, stage, instruction, call)
    made = _plan(build, instruction, image, files, [str(source.value) for source in sources], str(dest.value))
    if _fails(made):
        from dockwright.rehearse.copyproblems import corrected, record

        record(call, made, words, origin, build)
        instead = corrected(made, sources)
        if instead is not None:
            made = _plan(build, instruction, image, files, instead, str(dest.value))
    owner, group, mode = _flags(build, call, instruction)
    _put(call, made, files, owner, group, mode, instruction)
    _carry(build, stage, call, made, origin)
    if _fails(made):
        from dockwright.rehearse.copyproblems import assume

        assume(call, made, str(dest.value))
    return image


def _fails(made: CopyPlan) -> bool:
    return any(problem.fails is YES for problem in made.problems)


def _call(build: Build, image: Image, recorder: Recorder, instruction: Instruction) -> Call:
    shell = Shell(image, build.world, recorder, {}, "root")
    return Call(shell, [Argument(instruction.keyword, instruction.keyword_span)], instruction.span)


def _words(build: Build, instruction: Instruction, image: Image) -> list[Argument]:
    words: tuple[Word, ...] = instruction.exec_form or instruction.words
    documents = {f"<<{doc.name}" for doc in instruction.heredocs}
    kept = [word for word in words if word.text.replace("<<-", "<<").replace('"', "").replace("'", "") not in documents]
    return [Argument(build.value(word.text, image), word.span, variable=_variable(word.text)) for word in kept]


def _variable(text: str) -> str:
    if "$" not in text:
        return ""
    import re

    match = re.search(r"\$\{?(\w+)", text)
    return match[1] if match else ""


def _empty(call: Call, instruction: Instruction, words: list[Argument]) -> None:
    """A word that an unset argument left empty: COPY takes it for the whole context, or the working directory."""
    for word in words:
        if word.value == "" and word.variable:
            used = f"{instruction.keyword} {instruction.rest.text}"
            call.lacks(needs.Variable(word.variable, used, "unset"), word.span, certainty=Certainty.POSSIBLE)


def _unsure(call: Call, dest: Argument) -> None:
    call.unsure("a source or the destination is not known")
    folder = call.path(dest.value)
    call.image.blur("/" if folder is UNKNOWN else str(folder), call.says("copies something there"))


def _origin(build: Build, stage: Stage, instruction: Instruction, call: Call) -> tuple[str | None, Files | Unknown]:
    """Where the sources are: the context, an earlier stage, a named context or another image."""
    name = instruction.flag("from")
    if name is None:
        return None, build.world.context
    value = build.value(name, call.image)
    if value is UNKNOWN:
        return "", UNKNOWN
    found = build.source_stage(str(value), stage)
    if found is not None and found.index in build.images:
        return str(value), ImageFiles(build.images[found.index])
    from dockwright.rehearse.copyproblems import no_stage

    no_stage(build, stage, instruction, call, str(value))
    from dockwright.rehearse.bases import named

    span = next(flag.span for flag in instruction.flags if flag.name == "from")
    span = Span(span.end - len(name), span.end) if name == value else span
    other = named(build, str(value), span, call.shell.recorder)
    return str(value), UNKNOWN if other is None else ImageFiles(other)


def _plan(
    build: Build, instruction: Instruction, image: Image, files: Files | Unknown, sources: list[str], dest: str
) -> CopyPlan:
    if files is UNKNOWN:
        path = normal(posixpath.join(str(image.workdir), dest))
        into = dest.endswith("/") or dest in (".", "./")
        paths = [posixpath.join(path, posixpath.basename(source)) if into else path for source in sources]
        return CopyPlan(
            tuple(Move(source, path, "dir", None, UNKNOWN) for source, path in zip(sources, paths, strict=True))
        )
    exclude = [flag.value or "" for flag in instruction.flags if flag.name == "exclude"]
    return plan(
        files,
        sources,
        dest,
        workdir=str(image.workdir),
        add=instruction.keyword == "ADD",
        parents=instruction.flag("parents") is not None,
        exclude=exclude,
        image=ImageFiles(image),
        inline=[doc.name for doc in instruction.heredocs],
        link=instruction.flag("link") is not None,
    )


def _flags(build: Build, call: Call, instruction: Instruction) -> tuple[Value, Value, int | Unknown | None]:
    """--chown and --chmod."""
    owner: Value = "root"
    group: Value = "root"
    chown = instruction.flag("chown")
    if chown is not None:
        value = build.value(chown, call.image)
        span = next(flag.span for flag in instruction.flags if flag.name == "chown")
        owner, group = (UNKNOWN, UNKNOWN) if value is UNKNOWN else _accounts(call, str(value), span)
    chmod = instruction.flag("chmod")
    if chmod is None:
        return owner, group, None
    value = build.value(chmod, call.image)
    digits = str(value)
    return owner, group, int(digits, 8) if digits.isdigit() and set(digits) <= set("01234567") else UNKNOWN


def _accounts(call: Call, text: str, span: Span) -> tuple[str, str]:
    """The classic builder and buildah stop at a name that the image does not know; BuildKit quietly takes root (0.25)."""
    user, _, group = text.partition(":")
    for name, kind in ((user, "user"), (group, "group")):
        need = needs.User(name, kind)
        if name and not name.isdigit() and name != "root" and call.shell.meets(need) is NO:
            call.lacks(need, span, certainty=Certainty.POSSIBLE)
    from dockwright.rehearse.instructions import account_name

    return account_name(call.image, user), group or user


def _put(
    call: Call,
    made: CopyPlan,
    files: Files | Unknown,
    owner: Value,
    group: Value,
    mode: int | Unknown | None,
    instruction: Instruction,
) -> None:
    chown = instruction.flag("chown") is not None
    for move in made.moves:
        says = call.says(_brings(move))
        node = Maker(says, files, owner, group, mode, chown)
        if move.kind == "inline":
            text: Value = next((doc.content for doc in instruction.heredocs if doc.name == move.source), UNKNOWN)
            call.image.put(move.dest, Node("file", says, owner, group, 0o644 if mode is None else mode, text))
        elif move.is_folder:
            call.image.lay(move.dest, node.below(move), says)
        elif move.certain is YES:
            call.image.put(move.dest, node.file(move.source))
        else:
            call.image.blur(move.dest, says)


def _carry(build: Build, stage: Stage, call: Call, made: CopyPlan, origin: str | None) -> None:
    """Python environments in the folders of another stage, or image, come along."""
    found = build.source_stage(origin, stage) if origin else None
    image = build.others.get(str(origin)) if found is None else build.images.get(found.index)
    if image is None:
        return
    from dockwright.rehearse.carried import carry

    for move in made.moves:
        if move.is_folder:
            carry(image, call.image, move.source, move.dest, call.says(_brings(move)))


def _brings(move: Move) -> str:
    what = move.source or "the context"
    return f"brings {what} to {move.dest}"


class Maker:
    """Makes the nodes that a copy brings, with the owner and mode that its flags say."""

    def __init__(
        self, says: Evidence, files: Any, owner: Value, group: Value, mode: int | Unknown | None, chown: bool
    ) -> None:
        self.says, self.files, self.owner, self.group, self.mode, self.chown = says, files, owner, group, mode, chown

    def file(self, source: str) -> Node:
        return self.node(source, "file")

    def node(self, source: str, kind: Any) -> Node:
        if isinstance(self.files, ImageFiles):
            return self._from_stage(source, kind)
        tree = getattr(self.files, "tree", None)
        mode = self.mode
        if mode is None:
            known = None if tree is None else tree.mode(source)
            mode = UNKNOWN if known is None else known
        content: Value | Contents = UNKNOWN if tree is None or kind == "dir" else Contents(tree, source)
        target = ""
        if kind == "link" and tree is not None:
            found = tree.target(source)
            target = found if isinstance(found, str) else ""
        return Node(kind, self.says, self.owner, self.group, mode, content, target)

    def _from_stage(self, source: str, kind: Any) -> Node:
        """A copy from a stage keeps owner and mode, but for the folder itself (seen on BuildKit, 2026-11)."""
        node = self.files.image.find("/" + source).node or Node(kind)
        node = replace(node, made=self.says, changed=None)
        if self.chown:
            node = replace(node, owner=self.owner, group=self.group)
        return node if self.mode is None else replace(node, mode=self.mode)

    def below(self, move: Move) -> _Laid:
        return _Laid(self, move)

    def folder(self, kind: Any) -> Node:
        return Node(kind, self.says, self.owner, self.group, 0o755 if self.mode is None else self.mode)


class _Laid:
    """What a copied folder shows at a path below it; `files` is the folder itself, as far as it is known."""

    def __init__(self, maker: Maker, move: Move) -> None:
        self.maker = maker
        self.source = move.source
        self.files = move.files
        self.kind: Any = "dir" if move.certain is YES or move.files is not None else UNKNOWN

    def __call__(self, path: str) -> Look:
        if not path:
            return Look(YES, self.maker.folder(self.kind))
        kind = UNKNOWN if self.files is None else self.files.kind(path)
        if kind is None:
            return MISSING
        if kind is UNKNOWN:
            return UNSURE
        return Look(YES, self.maker.node(posixpath.join(self.source, path), kind))
