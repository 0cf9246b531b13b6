"""Remedies where there is a log and no file: the Dockerfile as the log shows it, and edits of it said in words.

The instructions that a log names tell the base image and the lines above the failing one. They are not the user's text
(folded, perhaps cut), so no edit of them is offered: the exact line is.
"""

from __future__ import annotations

from msgspec.structs import replace

from dockwright.dockerfile import parse
from dockwright.finding import Place, Remedy, Safety
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.targets import Target
from dockwright.inputs.tree import ListTree
from dockwright.log import BuildLog, LogStep
from dockwright.project import Project
from dockwright.source import Edit, Source

NAME = "Dockerfile"
LONGEST = 20_000  # characters of one instruction that are taken over
MOST = 300  # instructions


def output_of(step: LogStep | None, most: int = 400_000) -> str:
    """The end of the failing step's output."""
    if step is None:
        return ""
    pieces: list[str] = []
    left = most
    for block in reversed(step.lines.blocks):
        pieces.append(block[-left:])
        left -= len(block)
        if left <= 0:
            break
    return "\n".join(reversed(pieces))


def imagined(log: BuildLog, step: LogStep | None) -> tuple[Project, Place | None]:
    """A project that holds the Dockerfile as far as the log names its instructions, and the place of the failing one."""
    texts: list[str] = []
    at = None
    for each in log.steps[:MOST]:
        text = " ".join(each.instruction.split("\n"))[:LONGEST]
        if each.keyword and not text.endswith("\\"):
            if each is step or (step is not None and each.id == step.id):
                at = len(texts)
            texts.append(text)
    text = "\n".join(texts) + "\n"
    tree = OverlayTree(ListTree((), False), {NAME: text})
    project = Project(name="log", tree=tree, targets=(Target(name=NAME, dockerfile=NAME),), output=output_of(step))
    source = project.source(NAME)
    if at is None or source is None or not texts[at]:
        return project, None
    start = sum(len(each) + 1 for each in texts[:at])
    found = [each for each in parse(text, NAME).instructions if each.span.start == start]
    return project, Place(source, found[0].span, found[0].text) if found else None


def in_words(remedy: Remedy, project: Project) -> Remedy:
    """The edits of a remedy as the lines to write."""
    if not remedy.patch:
        return remedy
    said = [_said(edit, project) for edit in remedy.patch.edits]
    return replace(remedy, title=f"{remedy.title}: {'; '.join(said)}", safety=Safety.ADVICE, patch=type(remedy.patch)())


def _said(edit: Edit, project: Project) -> str:
    source = project.source(edit.file)
    if source is None:
        return f"make the file {edit.file}"
    line = source.line_text(source.line(edit.span.start))
    if edit.text.endswith("\n") and edit.span.start == edit.span.end:
        return f"write `{edit.text.strip()}` above `{_short(line)}`"
    old, new = source[edit.span], edit.text
    if old and new:
        return f"write `{new.strip()}` for `{_short(old)}`"
    if old:
        return f"leave out `{old.strip()}`"
    return f"write `{_around(source, edit)}`"


def _around(source: Source, edit: Edit) -> str:
    """What is inserted, with the command that it stands in."""
    line = source.line_span(source.line(edit.span.start))
    before = source.text[line.start : edit.span.start]
    after = source.text[edit.span.start : line.end].rstrip("\n")
    head = max((before.rfind(mark) + len(mark) for mark in ("&& ", "; ") if mark in before), default=0)
    tail = min((at for at in (after.find(" &&"), after.find(";")) if at >= 0), default=len(after))
    whole = f"{before[head:]}{edit.text}{after[:tail]}".strip()
    return whole if len(whole) < 300 else edit.text.strip()


def _short(text: str) -> str:
    return text if len(text) < 100 else text[:97] + "…"
