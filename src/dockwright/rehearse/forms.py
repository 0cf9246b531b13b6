"""Instructions that are read as something else than they were meant to be: a placeholder in FROM, a list that is not JSON.

Dockerfile reference, "Shell and exec form": the exec form is JSON and no shell reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockwright.finding import Certainty
from dockwright.rehearse import needs
from dockwright.rehearse.needs import Unmet

if TYPE_CHECKING:
    from dockwright.dockerfile.nodes import Instruction
    from dockwright.source import Span

PLACEHOLDER = r"%%?[A-Za-z]\w*%%?|#[A-Za-z]\w*#|<[A-Za-z][\w -]*>|(?<!\$)\{\{?\s*[A-Za-z][^{}]*\}\}?|@[A-Z]\w*@"
MARKS = frozenset("%#<{@")  # every placeholder has one
OPERATORS = frozenset({"&&", "||", "|", ">", ">>", "2>&1"})
QUOTED = r"\[\s*(?:'[^']*'|\"[^\"]*\")(?:\s*,\s*(?:'[^']*'|\"[^\"]*\"))*\s*,?\s*\]"
# They take an argument as it stands: `$PORT` is no port to them.
LITERAL = frozenset(
    {"uvicorn", "gunicorn", "hypercorn", "daphne", "waitress-serve", "flask", "fastapi", "celery", "streamlit"}
)
VARIABLE = r"\$(?:[A-Z_][A-Z0-9_]*|\{[A-Za-z_]\w*(?:[:?+-][^}]*)?\})"
ONE_QUOTED = r"\[(?:'[^']*'|\"[^\"]*\")\]"

# Installers whose failure nobody allows on purpose: what they bring is what the image is for.
INSTALLERS = {
    "pip": "install",
    "pip3": "install",
    "poetry": "install",
    "pipenv": "install",
    "npm": "install",
    "apt-get": "install",
    "apk": "add",
}


def malformed(instruction: Instruction) -> Iterator[Unmet]:
    if instruction.keyword == "FROM":
        yield from _placeholder(instruction)
    elif instruction.keyword in ("RUN", "CMD", "ENTRYPOINT"):
        words = instruction.exec_form
        yield from _quotes(instruction) if words is None else _exec(instruction)
        if "||" in instruction.rest.text and instruction.keyword == "RUN" and not instruction.heredocs:
            yield from _masked(instruction)


def _placeholder(instruction: Instruction) -> Iterator[Unmet]:
    """In FROM alone: there no reading of such a text is legal."""
    text = instruction.rest.text[:1000]
    found = re.search(PLACEHOLDER, text) if not MARKS.isdisjoint(text) else None
    if found:
        yield _unmet(found[0], "placeholder", instruction.span)


def _exec(instruction: Instruction) -> Iterator[Unmet]:
    words = instruction.exec_form
    if not words:
        return
    first = words[0].text
    if " " in first.strip() and "/" not in first.split(" ", 1)[0]:
        yield _unmet(first, "command", words[0].span)
    for word in words[1:]:
        if word.text in OPERATORS:
            yield _unmet(word.text, "operator", word.span, first, Certainty.LIKELY)
            return
    program = words[2].text if len(words) > 2 and words[1].text == "-m" else first
    if program.rpartition("/")[2] in LITERAL:
        for word in words[1:]:
            if "$" in word.text and re.search(VARIABLE, word.text):
                yield _unmet(word.text, "variable", word.span, program.rpartition("/")[2])
                return


def _quotes(instruction: Instruction) -> Iterator[Unmet]:
    """`['a', 'b']`: a list, but not JSON."""
    text = instruction.rest.text.strip()
    if not text.startswith("[") or instruction.heredocs or not re.fullmatch(QUOTED, text):
        return
    if "," in text or re.fullmatch(ONE_QUOTED, text):
        yield _unmet(text, "quotes", instruction.rest.span(0, len(instruction.rest.text)))


def _masked(instruction: Instruction) -> Iterator[Unmet]:
    """`pip install … || true`: should it ever fail, the image is built without it."""
    from dockwright.dockerfile.shell import AndOr, Simple
    from dockwright.dockerfile.shell_parse import parse_shell

    body = parse_shell(instruction.rest.text, instruction.rest.span).body
    if not isinstance(body, AndOr) or body.operator != "||" or not isinstance(body.right, Simple):
        return
    command = body.left if isinstance(body.left, Simple) else getattr(body.left, "right", None)
    hides = [word.literal for word in body.right.words]
    words = [word.literal or "" for word in command.words] if isinstance(command, Simple) else []
    if hides in (["true"], [":"]) and words and INSTALLERS.get(words[0]) in words[1:]:
        span = command.span if isinstance(command, Simple) else body.span
        yield _unmet(f"{words[0]} {INSTALLERS[words[0]]}", "masked", span, f"|| {hides[0]}")


def _unmet(text: str, problem: str, span: Span, program: str = "", certainty: Certainty = Certainty.CERTAIN) -> Unmet:
    return Unmet(needs.Form(text, problem, program), span, program, certainty=certainty)
