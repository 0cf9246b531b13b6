"""What BuildKit refuses of an instruction when it makes the build's graph, as far as values are known (dockerfile2llb)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dockwright.dockerfile import values
from dockwright.dockerfile.nodes import Flag, Instruction, Word
from dockwright.dockerfile.pieces import Value

Expand = Callable[[str], Value]  # UNKNOWN where a variable's value is not known
Found = Iterator[tuple[Word | Flag, str]]

KEYWORDS = frozenset({"FROM", "EXPOSE", "STOPSIGNAL", "COPY", "ADD", "VOLUME", "RUN"})


def problems(instruction: Instruction, expand: Expand) -> Found:
    """Each word or flag with BuildKit's complaint, in the order in which BuildKit looks."""
    return _CHECKS[instruction.keyword](instruction, expand)


def _expose(instruction: Instruction, expand: Expand) -> Found:
    for word in instruction.words:
        if word.text.isdigit() and len(word.text) < 5:
            continue
        value = expand(word.text)
        for text in value.split() if isinstance(value, str) else ():
            if problem := values.port(text):
                yield word, problem


def _stopsignal(instruction: Instruction, expand: Expand) -> Found:
    for word in instruction.words:
        value = expand(word.text)
        if isinstance(value, str) and (problem := values.signal(value)):
            yield word, problem


def _volume(instruction: Instruction, expand: Expand) -> Found:
    for word in instruction.words:
        if expand(word.text) == "":
            yield word, "VOLUME specified can not be an empty string"


def _copy(instruction: Instruction, expand: Expand) -> Found:
    if instruction.flags:
        yield from _of_flags(instruction, expand)
    if instruction.keyword == "COPY":
        for word in instruction.words[:-1]:
            if ":" not in word.text and "$" not in word.text:
                continue
            value = expand(word.text)
            if isinstance(value, str) and (problem := values.source(value)):
                yield word, problem


def _of_flags(instruction: Instruction, expand: Expand) -> Found:
    for flag in instruction.flags:
        value = expand(flag.value or "")
        if not isinstance(value, str) or not value:
            continue
        problem = None
        if flag.name == "chmod":
            problem = values.mode(value)
        elif flag.name == "checksum" and instruction.keyword == "ADD":
            sources = [expand(word.text) for word in instruction.words[:-1]]
            known = [source for source in sources if isinstance(source, str)]
            problem = values.checksum(value, known) if len(known) == len(sources) else None
        elif flag.name == "from":
            problem = _origin(value)
        if problem:
            yield flag, problem


def _origin(name: str) -> str | None:
    """--from: a number means a stage, also a negative one; a name that no stage can have is an image's."""
    if name[:1] == "-" and name[1:].isdigit():
        return f"invalid stage index {int(name)}"
    return values.reference(name)


def _run(instruction: Instruction, expand: Expand) -> Found:
    for flag in instruction.flags:
        if flag.name == "mount" and "from=" in (flag.value or ""):
            for mount in instruction.mounts:
                if mount.span == flag.span and mount.from_ and (problem := values.reference(mount.from_)):
                    yield flag, problem


def _from(instruction: Instruction, expand: Expand) -> Found:
    for flag in instruction.flags:
        written = flag.value or ""
        value = expand(written) if flag.name == "platform" and written else None
        if isinstance(value, str) and (problem := values.platform(value, written)):
            yield flag, problem
    for word in instruction.words[:1]:
        value = expand(word.text)
        if isinstance(value, str) and not _template(value) and (problem := values.reference(value)):
            yield word, problem


def _template(name: str) -> bool:
    """A placeholder that nobody filled in is told as one."""
    return not _PLACEHOLDERS.isdisjoint(name) and any(char.isalpha() for char in name)


_PLACEHOLDERS = frozenset("<>{}%#")

_CHECKS: dict[str, Callable[[Instruction, Expand], Found]] = {
    "ADD": _copy,
    "COPY": _copy,
    "EXPOSE": _expose,
    "FROM": _from,
    "RUN": _run,
    "STOPSIGNAL": _stopsignal,
    "VOLUME": _volume,
}
