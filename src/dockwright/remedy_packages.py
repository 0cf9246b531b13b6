"""Edits that bring an operating-system package into an image: into the line that installs others, else as a line of its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from msgspec import Struct

from dockwright.dockerfile import parse
from dockwright.dockerfile import shell as tree
from dockwright.dockerfile.nodes import Dockerfile, Instruction, Stage
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.facts.base import BaseImage, base_image
from dockwright.finding import Place
from dockwright.remedy import line_before, line_break, swap_span
from dockwright.source import Edit, Source, Span

MANAGERS = {"apt": ("apt-get", "apt"), "apk": ("apk",), "dnf": ("dnf", "microdnf", "yum"), "yum": ("yum",)}
ACTIONS = ("install", "add")


class Around(Struct, frozen=True):
    """The instruction that a place lies in, its stage, and the base image that the stage comes from."""

    dockerfile: Dockerfile
    instruction: Instruction
    stage: Stage
    base: BaseImage | None

    @property
    def manager(self) -> str | None:
        return self.base.package_manager if self.base is not None else None


def around(place: Place, platform: str = "linux/amd64") -> Around | None:
    dockerfile = parse(place.source.text, place.source.name)
    for stage in dockerfile.stages:
        for instruction in stage.instructions:
            if instruction.span.start <= place.span.start < max(instruction.span.end, instruction.span.start + 1):
                reference = reference_of(dockerfile, stage)
                return Around(
                    dockerfile, instruction, stage, base_image(reference, platform=platform) if reference else None
                )
    return None


def reference_of(dockerfile: Dockerfile, stage: Stage) -> str | None:
    """The image that a stage goes back to, global arguments at their defaults."""
    from dockwright.dockerfile.expand import ExpandError, expand_partial

    known: dict[str, str | None] = {
        pair.key.text: pair.value.text if pair.value is not None else None
        for instruction in dockerfile.global_args
        for pair in instruction.pairs
    }
    for _ in dockerfile.stages:
        try:
            value = expand_partial(stage.base.text, known.get, dockerfile.escape).value
        except ExpandError:
            return None
        if not isinstance(value, str):
            return None
        parent = next(
            (other for other in reversed(dockerfile.stages[: stage.index]) if other.name == value.lower()), None
        )
        if parent is None:
            return value
        stage = parent
    return None


def install(place: Place, package: str, spot: Around | None = None) -> Edit | None:
    """The package added to the nearest install line above the place (or in its own line before it), else a line of its own."""
    spot = spot or around(place)
    if spot is None or spot.manager is None:
        return None
    found = _nearest(spot, place)
    if found is not None:
        return _extend(place.source, *found, package)
    return line_before(place.source, _above(spot).span.start, install_line(spot.manager, package))


def install_line(manager: str, package: str) -> str:
    """A RUN line in the manager's own way that leaves no caches behind."""
    if manager == "apk":
        return f"RUN apk add --no-cache {package}"
    if manager in ("dnf", "yum"):
        return f"RUN {manager} install -y {package} && {manager} clean all"
    return f"RUN apt-get update && apt-get install -y --no-install-recommends {package} && rm -rf /var/lib/apt/lists/*"


def _above(spot: Around) -> Instruction:
    """The instruction to stand above: before any USER that gives up root."""
    for instruction in spot.stage.instructions:
        if instruction.span.start >= spot.instruction.span.start:
            break
        if instruction.keyword == "USER":
            rest = instruction.rest.text.strip()
            later = [
                other
                for other in spot.stage.instructions
                if other.keyword == "USER" and _between(instruction, other, spot.instruction)
            ]
            if rest.split(":")[0] not in ("root", "0") and not any(
                other.rest.text.strip() in ("root", "0") for other in later
            ):
                return instruction
    return spot.instruction


def _between(first: Instruction, middle: Instruction, last: Instruction) -> bool:
    return first.span.start < middle.span.start < last.span.start


def _nearest(spot: Around, place: Place) -> tuple[list[tree.Word], tree.Simple] | None:
    best = None
    for instruction in spot.stage.instructions:
        if instruction.span.start > spot.instruction.span.start:
            break
        if instruction.keyword != "RUN" or instruction.exec_form is not None or instruction.heredocs:
            continue
        for words, command in _installs(instruction, spot.manager or ""):
            if command.span.end <= place.span.start:
                best = (words, command)
    return best


def _installs(instruction: Instruction, manager: str) -> Iterator[tuple[list[tree.Word], tree.Simple]]:
    """The install commands of a RUN with their package words; only those that run whenever the RUN succeeds."""
    script = parse_shell(instruction.rest.text, instruction.rest.span)
    for command in simple_commands(script.body):
        words = [word.literal for word in command.words]
        if not words or words[0] not in MANAGERS.get(manager, ()) or not set(ACTIONS) & set(words):
            continue
        at = min(words.index(action) for action in ACTIONS if action in words)
        packages = [word for word in command.words[at + 1 :] if word.literal and not word.literal.startswith("-")]
        virtual = any(word is not None and (word.startswith("--virtual") or word == "-t") for word in words)
        if packages and not virtual and all("/" not in (word.literal or "") for word in packages):
            yield packages, command


def simple_commands(command: tree.Command | None) -> Iterator[tree.Simple]:
    """Simple commands of `a && b; c`, in order."""
    stack = [command]
    while stack:
        each = stack.pop()
        if isinstance(each, tree.Simple):
            yield each
        elif isinstance(each, tree.AndOr) and each.operator == "&&":
            stack += [each.right, each.left]
        elif isinstance(each, tree.Sequence):
            stack += reversed(each.commands)
        elif isinstance(each, tree.AndOr):
            stack.append(each.left)


def _extend(source: Source, packages: list[tree.Word], command: tree.Simple, package: str) -> Edit:
    """After the last package, or where a sorted list wants it; on a line of its own where the others have one."""
    names = [word.literal or "" for word in packages]
    own_lines = len(packages) > 1 and all(
        source.line(one.span.start) != source.line(two.span.start) for one, two in itertools.pairwise(packages)
    )
    at = len(packages)
    if names == sorted(names) and len(names) > 2:
        at = next((at for at, name in enumerate(names) if name > package), len(names))
    if not own_lines:
        end = packages[at - 1].span.end if at else packages[0].span.start
        text = f" {package}" if at else f"{package} "
        return swap_span(source, Span(end, end), text)
    line = source.line_text(source.line(packages[-1].span.start))
    indent = line[: len(line) - len(line.lstrip())]
    if at == len(packages) or at == 0:
        end = packages[-1].span.end
        return swap_span(source, Span(end, end), f" \\{line_break(source)}{indent}{package}")
    end = packages[at - 1].span.end
    return swap_span(source, Span(end, end), f" \\{line_break(source)}{indent}{package}")
