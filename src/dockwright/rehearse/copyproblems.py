"""What makes a COPY or ADD fail: sources that are not there, what may be meant instead, what is in their way."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.finding import UNKNOWN, YES, Certainty, Evidence
from dockwright.inputs.copyplan import CopyPlan, Problem
from dockwright.inputs.nearest import meant, slipped
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Node, normal
from dockwright.rehearse.nearby import nearby

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build


def record(call: Call, made: CopyPlan, words: list[Argument], origin: str | None, build: Build) -> None:
    """State the problems that stop the build, each at the word that names its source."""
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


def corrected(made: CopyPlan, sources: list[Argument]) -> list[str] | None:
    """The sources as they are likely meant, so that what later lines need of them is told right; None: as they are."""
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
    path = normal(problem.path)
    if origin in build.others:
        return _command_of(image, path)
    return nearby(image, path) or tuple(each for each in image.paths if _slip(image, each, path))[:3]


def _command_of(image: Image, path: str) -> tuple[str, ...]:
    """Where an image of somebody's has the command of that name."""
    known = image.base.path_of(posixpath.basename(path)) if image.base is not None else None
    return (known,) if known and known != path else ()


def _slip(image: Image, each: str, path: str) -> bool:
    """A path beside it that a slip of the keyboard made of it."""
    if posixpath.dirname(each) != posixpath.dirname(path) or not slipped(
        posixpath.basename(each), posixpath.basename(path)
    ):
        return False
    return image.find(each).answer is YES


def _image_of(origin: str, build: Build) -> Image | None:
    found = build.source_stage(origin, build.dockerfile.stages[-1])
    return build.images.get(found.index) if found else build.others.get(origin)


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


def assume(call: Call, made: CopyPlan, dest: str) -> None:
    """What a missing source would have brought is taken as brought, so that one mistake is told once."""
    failing = [problem for problem in made.problems if problem.fails is YES]
    path = normal(posixpath.join(str(call.image.workdir), dest))
    into = dest.endswith("/") or dest in (".", "./") or len(failing) > 1
    says = call.says("would bring it")
    for problem in failing:
        target = posixpath.join(path, posixpath.basename(problem.source.rstrip("/"))) if into else path
        call.image.put(target, Node(UNKNOWN, says, UNKNOWN, UNKNOWN))
        call.image.blur(target, says)


def no_stage(build: Build, stage: Stage, instruction: Instruction, call: Call, name: str) -> None:
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
