"""Edits of the lines that make users: what gives an account its home folder."""

from __future__ import annotations

from collections.abc import Iterator

from dockwright.dockerfile import shell as tree
from dockwright.dockerfile.nodes import Instruction
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.finding import Place
from dockwright.remedy import swap_span
from dockwright.remedy_packages import Around, around, simple_commands
from dockwright.source import Edit, Source, Span

MAKERS = ("adduser", "useradd")
WITHOUT = {"adduser": ("--no-create-home", "--create-home", "-H"), "useradd": ("-M", "--no-create-home")}


def home_for(place: Place, user: str) -> Edit | None:
    """Have the line above that makes the user give it a home: /home/USER, made by the tool and owned by the user."""
    spot = around(place)
    found = next(_makers(spot, user), None) if spot is not None else None
    if spot is None or found is None:
        return None
    words = [word.literal or "" for word in found.words]
    if words[0] == "useradd":
        return _useradd(place.source, found, words)
    os = spot.base.os if spot.base is not None else None
    if os is not None and os.id in ("debian", "ubuntu"):
        return _adduser(place.source, found, words, user)
    return None


def _makers(spot: Around, user: str) -> Iterator[tree.Simple]:
    for instruction in spot.stage.instructions:
        if instruction.span.start <= spot.instruction.span.start:
            yield from (each for each in _commands(instruction) if _makes(each, user))


def _commands(instruction: Instruction) -> Iterator[tree.Simple]:
    if instruction.keyword == "RUN" and instruction.exec_form is None and not instruction.heredocs:
        yield from simple_commands(parse_shell(instruction.rest.text, instruction.rest.span).body)


def _makes(command: tree.Simple, user: str) -> bool:
    words = [word.literal for word in command.words]
    return bool(words) and words[0] in MAKERS and user in words[1:] and None not in words


def _useradd(source: Source, command: tree.Simple, words: list[str]) -> Edit | None:
    """useradd makes the home folder when told so (useradd(8): --create-home), in the style of the options beside it."""
    if {"-m", "--create-home"} & set(words):
        return None
    wanted = "--create-home" if any(word.startswith("--") for word in words) or len(words) == 2 else "-m"
    for word, text in zip(command.words, words, strict=True):
        if text in WITHOUT["useradd"]:
            return swap_span(source, word.span, wanted)
    end = command.words[0].span.end
    return swap_span(source, Span(end, end), f" {wanted}")


def _adduser(source: Source, command: tree.Simple, words: list[str], user: str) -> Edit | None:
    """A system user has the home /nonexistent unless --home names one, which adduser then makes (adduser(8), Debian 12)."""
    named = any(word.partition("=")[0] == "--home" for word in words)
    wanted = "" if named or "--system" not in words else f"--home /home/{user}"
    for word, text in zip(command.words, words, strict=True):
        if text in WITHOUT["adduser"]:
            return swap_span(source, word.span, wanted) if wanted else _dropped(source, word.span)
    if not wanted:
        return None
    end = command.words[words.index("--system")].span.end
    return swap_span(source, Span(end, end), f" {wanted}")


def _dropped(source: Source, span: Span) -> Edit:
    """The word and the blank before it."""
    start = span.start - (1 if source.text[span.start - 1 : span.start] == " " else 0)
    return swap_span(source, Span(start, span.end), "")
