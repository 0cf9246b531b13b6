"""The text of a case: a title, then files after `-- name --` lines.

`Dockerfile` is the broken file; a `# found: fact=value …` comment in it speaks of the instruction below (without facts:
only that the cause is found there). `build.log` is a recorded log; `>>` marks the line that a signature must match.
`mended` is the Dockerfile after the best remedy; `mended NAME` another file after it. `from` says where the case comes
from. Every other name is a file of the build context. A case without marks is a negative one.
"""

from __future__ import annotations

import re
import shlex

from msgspec import Struct

MARK = re.compile(r"^[ \t]*# found:(.*)\n", re.M)


class Mark(Struct, frozen=True):
    """`line`: of the marked instruction in the Dockerfile without marks, 1-based."""

    line: int
    facts: dict[str, str]


class Case(Struct, frozen=True):
    title: str
    files: dict[str, str]  # the context, the Dockerfile among them
    marks: tuple[Mark, ...]
    log: str
    marked_lines: tuple[int, ...]  # of the log, 1-based
    mended: dict[str, str]
    origin: str = ""

    @property
    def positive(self) -> bool:
        return bool(self.marks or self.marked_lines)


def read_case(text: str) -> Case:
    title, *parts = re.split(r"^-- (.+?) --\n", text.lstrip("\n"), flags=re.M)
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    origin, log = files.pop("from", ""), files.pop("build.log", "")
    mended = {
        name[7:] or "Dockerfile": files.pop(name)
        for name in list(files)
        if name == "mended" or name.startswith("mended ")
    }
    marks: tuple[Mark, ...] = ()
    if "Dockerfile" in files:
        files["Dockerfile"], marks = _unmarked(files["Dockerfile"])
    lines = log.split("\n")
    marked = tuple(number for number, line in enumerate(lines, 1) if line.startswith(">>"))
    log = "\n".join(line.removeprefix(">>") for line in lines)
    return Case(title.strip(), files, marks, log, marked, mended, origin.strip())


def _unmarked(text: str) -> tuple[str, tuple[Mark, ...]]:
    marks, line, kept = [], 1, []
    for each in text.splitlines(keepends=True):
        found = MARK.match(each)
        if found:
            facts = dict(word.split("=", 1) for word in shlex.split(found[1]))
            marks.append(Mark(line, facts))
        else:
            kept.append(each)
            line += 1
    return "".join(kept), tuple(marks)
