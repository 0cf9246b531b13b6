"""What BuildKit refuses to read: one pseudo-step for each instruction with an error, before any step that runs.

A file with an error in it runs nothing. The rest is rehearsed all the same, so that all failures show at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockwright.dockerfile.instructions import KEYWORDS
from dockwright.dockerfile.nodes import Dockerfile, Instruction, Joined, ParseError, Stage
from dockwright.finding import Certainty
from dockwright.inputs.targets import Target
from dockwright.rehearse import needs
from dockwright.rehearse.image import Image
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.step import Step
from dockwright.source import Source, Span

if TYPE_CHECKING:
    from dockwright.inputs.globs import PatternError
    from dockwright.rehearse.run import Build

FRONTENDS = ("docker/dockerfile", "docker.io/docker/dockerfile")


def reading(build: Build, target: Target, final: Stage | None) -> Iterator[Step]:
    """Steps of kind "parse", each with what can't be read of one instruction."""
    dockerfile = build.dockerfile
    if dockerfile.syntax is not None:
        yield from _frontend(dockerfile, dockerfile.syntax)
        if not dockerfile.syntax.startswith(FRONTENDS):
            return  # another grammar
    for error in _independent(dockerfile):
        if error.phase != "build" or _wanted(build, error, final):
            yield _step(
                dockerfile,
                error.span,
                needs.Syntax(error.message, error.phase, _line(dockerfile, error)),
                _sure(dockerfile, error),
            )
    if final is None and dockerfile.stages and not dockerfile.errors and target.stage:
        yield _step(
            dockerfile, dockerfile.stages[-1].span, needs.Stage(target.stage, "target", _near(dockerfile, target.stage))
        )


def ignoring(build: Build, refused: PatternError) -> Iterator[Step]:
    """A pattern of the ignore file that is none: BuildKit reads all of them before it sends a file."""
    from dockwright.inputs.context import find
    from dockwright.inputs.dockerignore import read
    from dockwright.inputs.targets import in_tree

    target = build.world.target
    source = find(build.world.project.tree, in_tree(target.dockerfile), in_tree(target.context))
    if not isinstance(source, Source):
        return
    patterns = read(source.text)
    span = patterns[refused.index][1] if 0 <= refused.index < len(patterns) else Span(0, 0)
    text = source.line_text(source.line(span.start)).strip()
    problem = f'{refused.message}: "{text}"' if refused.message.startswith("illegal") else refused.message
    name = source.name.rpartition("/")[2]
    unmet = Unmet(needs.Syntax(problem, "build", text, name), span, "BuildKit")
    image = Image(None)
    yield Step(instruction_at(build.dockerfile, 0), source, 0, image, image, (unmet,), kind="parse")


def _frontend(dockerfile: Dockerfile, name: str) -> Iterator[Step]:
    """`# syntax=` names an image that the build loads before anything else."""
    from difflib import SequenceMatcher

    from dockwright.dockerfile.values import reference

    span = next((each.value_span for each in dockerfile.directives if each.name == "syntax"), Span(0, 0))
    repository = name.partition(":")[0].partition("@")[0]
    if reference(name) or repository != repository.lower():
        message = f"invalid context name {name}: invalid reference format"
        yield _step(dockerfile, span, needs.Syntax(message, "parse", f"# syntax={name}"))
    elif repository not in FRONTENDS and SequenceMatcher(None, repository, FRONTENDS[0]).ratio() > 0.9:
        right = f"{FRONTENDS[0]}{name[len(repository) :]}"
        yield _step(dockerfile, span, needs.Stage(name, "not-found", right), Certainty.LIKELY)


def violations(build: Build, final: Stage) -> Iterator[Step]:
    """`# check=error=true`: a build ends with the rules that it breaks, before anything runs."""
    from dockwright.dockerfile import buildchecks

    options = buildchecks.of(build.dockerfile)
    if not options.error or build.dockerfile.errors:
        return
    found: dict[str, Instruction] = {}
    for rule, instruction in (*buildchecks.broken(build.dockerfile, needed(build, final)), *_undefined(build)):
        if options.counts(rule):
            found.setdefault(rule, instruction)
    if found:
        message = f"lint violation found for rules: {', '.join(sorted(found))}"
        first = min(found.values(), key=lambda each: each.span.start)
        yield _step(build.dockerfile, first.span, needs.Syntax(message, "build", first.text[:200]))


def _undefined(build: Build) -> Iterator[tuple[str, Instruction]]:
    from dockwright.dockerfile.buildchecks import undefined

    for step in build.steps:
        if step.kind == "build" and step.before.env_known and "$" in step.instruction.text:
            known = {"PATH", *step.before.args, *step.before.env}
            if undefined(step.instruction, known, build.dockerfile.escape):
                yield "UndefinedVar", step.instruction


def _independent(dockerfile: Dockerfile) -> Iterator[ParseError]:
    """Lines of text that stand right below an unread line, and are no near miss of a keyword, are the same mistake."""
    source, below = dockerfile.source, 0
    for error in dockerfile.errors:
        line = source.line(error.span.start)
        follows = (
            line == below and error.message.startswith("unknown instruction") and "did you mean" not in error.message
        )
        below = source.line(max(error.span.start, error.span.end - 1)) + 1
        if not follows:
            yield error


def _near(dockerfile: Dockerfile, name: str) -> str:
    from difflib import get_close_matches

    return next(
        iter(get_close_matches(name.lower(), [stage.name for stage in dockerfile.stages if stage.name], 1, 0.6)), ""
    )


def _wanted(build: Build, error: ParseError, final: Stage | None) -> bool:
    """Errors of the last phase count only in stages that the target needs."""
    return final is None or any(stage.span.holds(error.span) for stage in needed(build, final))


def needed(build: Build, final: Stage) -> list[Stage]:
    seen, todo = {final.index}, [final]
    for stage in todo:
        for other in build.needed_by(stage):
            if other.index not in seen:
                seen.add(other.index)
                todo.append(other)
    return todo


def _sure(dockerfile: Dockerfile, error: ParseError) -> Certainty:
    """A frontend named by `# syntax=` may know flags that this parser doesn't."""
    strange = dockerfile.syntax is not None and ("unknown flag" in error.message or "labs" in dockerfile.syntax)
    return Certainty.POSSIBLE if strange else Certainty.CERTAIN


def _line(dockerfile: Dockerfile, error: ParseError) -> str:
    source = dockerfile.source
    return source.line_text(source.line(error.span.start)).strip()[:200]


def _step(dockerfile: Dockerfile, span: Span, need: needs.Need, certainty: Certainty = Certainty.CERTAIN) -> Step:
    instruction = instruction_at(dockerfile, span.start)
    image = Image(None)
    unmet = Unmet(need, span, "the Dockerfile's parser", (), certainty)
    return Step(instruction, dockerfile.source, 0, image, image, (unmet,), kind="parse")


def instruction_at(dockerfile: Dockerfile, offset: int) -> Instruction:
    """The last instruction that begins at or before the offset; an empty one in a file without any."""
    found = None
    for instruction in dockerfile.instructions:
        if instruction.span.start > offset and found is not None:
            break
        found = instruction
    if found is not None:
        return found
    nothing = Span(0, 0)
    return Instruction("", "", nothing, nothing, nothing, "", 1, 1, (), Joined("", ((0, 0),)))


def unread(dockerfile: Dockerfile) -> frozenset[int]:
    """Where instructions begin that can't be followed: broken ones, and those that a broken one was part of."""
    broken: set[int] = set()
    before = None
    for instruction in dockerfile.instructions:
        if instruction.keyword not in KEYWORDS:
            broken.add(instruction.span.start)
            if before is not None and before.keyword in ("RUN", "CMD", "ENTRYPOINT"):
                broken.add(before.span.start)
        else:
            before = instruction
    errors = [error for error in dockerfile.errors if error.phase in ("parse", "instruction")]
    for error in errors:
        broken |= {
            each.span.start for each in dockerfile.instructions if each.span.start <= error.span.start < each.span.end
        }
    return frozenset(broken)
