"""COPY, ADD and bind mounts: what the plan of a copy means for the image, and what its sources lack."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from dockwright.dockerfile.nodes import Instruction, Mount, Stage, Word
from dockwright.finding import NO, UNKNOWN, YES, Certainty, Evidence
from dockwright.inputs.copy import CopyPlan, Move, plan
from dockwright.inputs.copyplan import Problem
from dockwright.inputs.files import Files, Kind, Unknown
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import MISSING, UNSURE, Contents, Image, Look, Node, Value, normal
from dockwright.rehearse.shell import Shell
from dockwright.rehearse.step import Recorder
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.rehearse.instructions import Build


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
    _problems(call, made, words, origin, build)
    corrected = _corrected(made, sources)
    if corrected is not None:
        made = _plan(build, instruction, image, files, corrected, str(dest.value))
    owner, group, mode = _flags(build, call, instruction)
    _put(call, made, files, owner, group, mode, instruction)
    _carry(build, stage, call, made, origin)
    _assume(call, made, str(dest.value))
    return image


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
    _no_stage(build, stage, instruction, call, str(value))
    return str(value), UNKNOWN


def _no_stage(build: Build, stage: Stage, instruction: Instruction, call: Call, name: str) -> None:
    """A name that is no stage is an image; a number that is none is an error, a misspelled name most likely one."""
    if name in build.world.target.named_contexts or "/" in name or ":" in name or "." in name:
        return
    from difflib import get_close_matches

    names = [other.name for other in build.dockerfile.stages if other.name]
    span = next((flag.span for flag in instruction.flags if flag.name == "from"), instruction.span)
    later = any(other.name == name.lower() for other in build.dockerfile.stages[stage.index :])
    near = get_close_matches(name.lower(), names, 1, 0.7)
    if name.isdigit() or later:
        problem = "itself" if stage.name == name.lower() else "later" if later else "missing"
        call.lacks(needs.Stage(name, problem, near[0] if near else ""), span)
    elif near:
        call.lacks(needs.Stage(name, "missing", near[0]), span, certainty=Certainty.LIKELY)


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


def _problems(call: Call, made: CopyPlan, words: list[Argument], origin: str | None, build: Build) -> None:
    spans = {str(word.value): word.span for word in words[:-1]}
    for problem in made.problems:
        if problem.fails is YES:
            need = _need(problem, origin, build)
            evidence = _evidence(problem, origin, build) or _there(call.image, need, problem.path)
            deleted = next((proof for proof in evidence if origin and proof.says.startswith("removes")), None)
            sure = Certainty.POSSIBLE if origin is None and _unlisted(build, problem.path) else Certainty.CERTAIN
            call.lacks(need, spans.get(problem.source, call.span), evidence, deleted=deleted, certainty=sure)


def _unlisted(build: Build, path: str) -> bool:
    """A list of a repository's files names neither what is under .git nor what its submodules hold."""
    if path == ".git" or path.startswith(".git/"):
        return True
    tree = build.world.context.tree
    return tree.kind(".gitmodules") is not None and tree.read(".gitmodules") is UNKNOWN


def _corrected(made: CopyPlan, sources: list[Argument]) -> list[str] | None:
    """The sources as they are likely meant, so that what later lines need of them is told right."""
    from dockwright.inputs.nearest import meant

    instead = {}
    for problem in made.problems:
        if problem.fails is YES and problem.presence is not None and problem.kind in ("missing", "case"):
            found = meant(problem.source, problem.presence.nearest)
            if found is not None:
                instead[problem.source] = found
    return [instead.get(str(source.value), str(source.value)) for source in sources] if instead else None


def _need(problem: Problem, origin: str | None, build: Build) -> needs.Source:
    nearest = problem.presence.nearest if problem.presence is not None else ()
    if origin:
        nearest = _near_in_stage(problem, origin, build)
    conflict = problem.kind in ("folder-over-file", "file-over-folder", "destination-not-folder")
    kind = (
        "conflict"
        if conflict
        else "missing"
        if problem.kind in ("pattern-empty", "link-loop", "case")
        else problem.kind
    )
    return needs.Source(problem.source, kind, nearest, origin, problem.path)


def _near_in_stage(problem: Problem, origin: str, build: Build) -> tuple[str, ...]:
    """Paths of the stage that may be meant: the same one seen from its working directory, or another of that name."""
    image = _image_of(origin, build)
    if image is None:
        return ()
    if isinstance(image.workdir, str) and not problem.source.startswith("/"):
        path = normal(posixpath.join(image.workdir, problem.source))
        if image.find(path).answer is YES:
            return (path,)
    from dockwright.rehearse.nearby import nearby

    path = normal(problem.path)
    return nearby(image, path) or tuple(each for each in image.paths if _slip(image, each, path))[:3]


def _slip(image: Image, each: str, path: str) -> bool:
    """A path beside it that a slip of the keyboard made of it."""
    from dockwright.inputs.nearest import slipped

    if posixpath.dirname(each) != posixpath.dirname(path) or not slipped(
        posixpath.basename(each), posixpath.basename(path)
    ):
        return False
    return image.find(each).answer is YES


def _image_of(origin: str, build: Build) -> Image | None:
    found = build.source_stage(origin, build.dockerfile.stages[-1])
    return build.images.get(found.index) if found else None


def _evidence(problem: Problem, origin: str | None, build: Build) -> tuple[Evidence, ...]:
    if problem.presence is not None and problem.presence.rule is not None:
        rule = problem.presence.rule
        return (Evidence("this pattern keeps it out of the context", rule, text=rule.source.line_text(rule.line)),)
    image = _image_of(origin, build) if origin else None
    if image is None:
        return ()
    gone = image.find(normal(problem.path)).gone
    if gone is not None:
        return (gone,)
    nodes = [image.find(path).node for path in _near_in_stage(problem, str(origin), build)]
    return tuple(node.made for node in nodes if node is not None and node.made is not None)


def _there(image: Image, need: needs.Source, path: str) -> tuple[Evidence, ...]:
    """The line that made what is in the way of a copy."""
    node = image.find(normal(path)).node if need.problem == "conflict" else None
    return (node.made,) if node is not None and node.made is not None else ()


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
        node = _Maker(says, files, owner, group, mode, chown)
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
    """Python environments in the folders of another stage come along."""
    from dockwright.rehearse.environments import carry

    found = build.source_stage(origin, stage) if origin else None
    if found is None or found.index not in build.images:
        return
    for move in made.moves:
        if move.is_folder:
            carry(build.images[found.index], call.image, move.source, move.dest, call.says(_brings(move)))


def _brings(move: Move) -> str:
    what = move.source or "the context"
    return f"brings {what} to {move.dest}"


class _Maker:
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

    def __init__(self, maker: _Maker, move: Move) -> None:
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


def _assume(call: Call, made: CopyPlan, dest: str) -> None:
    """What a missing source would have brought is taken as brought, so that one mistake is told once."""
    failing = [problem for problem in made.problems if problem.fails is YES]
    if not failing:
        return
    path = normal(posixpath.join(str(call.image.workdir), dest))
    into = dest.endswith("/") or dest in (".", "./") or len(failing) > 1
    says = call.says("would bring it")
    for problem in failing:
        target = posixpath.join(path, posixpath.basename(problem.source.rstrip("/"))) if into else path
        call.image.put(target, Node(UNKNOWN, says, UNKNOWN, UNKNOWN))
        call.image.blur(target, says)


def bind(build: Build, stage: Stage, mount: Mount, image: Image, path: str, recorder: Recorder) -> None:
    """RUN --mount=type=bind: the context's or another stage's folder or file, as long as the RUN lasts."""
    source = build.value(mount.source or "", image)
    says = recorder.says("mounts it", mount.span)
    files: Any = build.world.context
    if mount.from_:
        found = build.source_stage(mount.from_, stage)
        files = ImageFiles(build.images[found.index]) if found is not None and found.index in build.images else UNKNOWN
    if source is UNKNOWN or files is UNKNOWN:
        image.put(path, Node(UNKNOWN, says))
        image.blur(path, says)
        return
    inner = str(source).strip("/").removeprefix("./").strip(".")
    maker = _Maker(says, files, "root", "root", None, False)
    kind = files.kind(inner)
    if kind == "dir" or inner == "":
        move = Move(inner, path, "dir", _Below(files, inner))
        image.lay(path, maker.below(move), says)
    elif kind is not None:
        image.put(path, maker.node(inner, kind))
    else:
        shell = Shell(image, build.world, recorder, {}, "root")
        call = Call(shell, [Argument("RUN --mount", mount.span)], mount.span)
        presence = files.look(inner) if hasattr(files, "look") else None
        need = needs.Source(
            inner, presence.status.value if presence else "missing", presence.nearest if presence else (), mount.from_
        )
        call.lacks(need, mount.span)
        image.put(path, Node(UNKNOWN, says))
        image.blur(path, says)


class _Below(Files):
    """A folder of some files, as a root of its own."""

    def __init__(self, files: Files, folder: str) -> None:
        self.files, self.folder = files, folder

    def kind(self, path: str) -> Kind | Unknown | None:
        return self.files.kind(posixpath.join(self.folder, path))

    def names(self, path: str) -> tuple[str, ...] | Unknown:
        return self.files.names(posixpath.join(self.folder, path))

    def target(self, path: str) -> str | Unknown | None:
        return self.files.target(posixpath.join(self.folder, path))
