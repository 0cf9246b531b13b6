"""Write the skeleton of a cause: `python tools/new_cause.py GROUP/NAME`. Nothing else has to be touched."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CAUSES = Path(__file__).resolve().parent.parent / "src/dockwright/causes"

SKELETON = r'''"""One sentence: what is wrong, never the cure.

What happens, in which tool and version, and why; what a reader should look at. This text is the cause's page, in the
program, in SARIF and in the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.rehearse.step import Step


class Facts(Struct, frozen=True):
    """What this cause binds: everything that title, why and remedies speak of."""

    name: str = ""


TITLE = "{name} is …"
WHY = "One sentence of why[, with a part in square brackets that is dropped when {name} is empty]."
EXPLAINS = ()  # names of causes that are only symptoms of this one

SIGNATURES = (
    # the real log line is quoted above each signature
    sign("a literal that must be in the line", r"a pattern that binds (?P<name>\S+)", sure=0.9),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.File):
        yield found(unmet, Facts(need.path))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    yield remedy.advice(f"What to do about {facts.name}.")


CASES = (
    """
a title: what the case shows
-- from --
a recorded log's origin and licence, or who built it
-- Dockerfile --
FROM python:3.12-slim
# found: name=what-is-bound
RUN cat what-is-bound
-- build.log --
>>the recorded line that a signature must match
-- mended --
FROM python:3.12-slim
""",
    """
with everything there, nothing is found
-- Dockerfile --
FROM python:3.12-slim
""",
)
'''


def main() -> int:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if not re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", name):
        print("usage: python tools/new_cause.py GROUP/NAME, such as deps/lock-stale", file=sys.stderr)
        return 2
    group, _, short = name.partition("/")
    path = CAUSES / group / f"{short.replace('-', '_')}.py"
    if path.exists():
        print(f"new_cause: {path} exists", file=sys.stderr)
        return 1
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(SKELETON)
    print(f"wrote {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    print(f"now: .venv/bin/pytest tests/test_causes.py -k {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
