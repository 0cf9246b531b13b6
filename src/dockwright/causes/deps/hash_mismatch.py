"""What was downloaded, or listed, does not fit the hashes that the requirements demand.

One requirement with `--hash` puts pip into hash-checking mode: from then on every requirement, also those that come
along, must be pinned and must have a hash, and each file must have one of the hashes listed for it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.edits import below_context, target_of
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.inputs.targets import in_tree
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Edit, Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    name: str = ""
    path: str = ""


TITLE = "[{name}: ]the hashes of the requirements don't fit"
WHY = "In hash-checking mode every requirement must be pinned, with a hash of the file that is downloaded."

MISSING = "Hashes are required in --require-hashes mode"

SIGNATURES = (
    # ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
    sign("THESE PACKAGES DO NOT MATCH THE HASHES", sure=0.97),
    # ERROR: Hashes are required in --require-hashes mode, but they are missing from some requirements.
    sign(MISSING, sure=0.97),
    # ERROR: In --require-hashes mode, all requirements must have their versions pinned with ==. These do not:
    sign("In --require-hashes mode, all requirements must have", sure=0.97),
    # ERROR: Can't verify hashes for these requirements because we don't have a way to hash version control repositories
    sign("Can't verify hashes for these", sure=0.95),
    # error: In `--require-hashes` mode, all requirements must have a hash, but none were provided for: idna==3.6
    sign("In `--require-hashes` mode", r"mode, all requirements must .*?(?::\s*(?P<name>[\w.-]+)==\S+)?$", sure=0.97),
    #   ╰─▶ Hash mismatch for `idna==3.6`
    sign("Hash mismatch for `", r"Hash mismatch for `(?P<name>[\w.-]+)", sure=0.97),
    # no recorded log yet: Hash for six (1.17.0) from archive six-1.17.0-py2.py3-none-any.whl not found in known hashes (was: sha256:…)
    sign("not found in known hashes", r"Hash for (?P<name>[\w.-]+) .* not found in known hashes", sure=0.95),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Manifest):
        if need.problem == "hash":
            yield found(unmet, Facts(need.name, need.path))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    edit = _written_in(finding, project)
    if edit is not None:
        yield remedy.risky("Write in the hashes that pip names, of the files that the index gives today", *edit)
    yield remedy.advice(
        "Write the requirements anew with their hashes (pip-compile --generate-hashes, uv pip compile --generate-hashes)."
    )


def _written_in(finding: Finding, project: Project) -> list[Edit] | None:
    """Hashes that are missing, as pip's list has them. One that differs is never replaced: it is what they are for."""
    output = project.output[-100_000:]
    said = re.findall(r"^[ \t]+([\w.-]+==[\w.!+-]+) --hash=(sha256:[0-9a-f]{64})[ \t]*$", output, re.M)
    if MISSING not in output or not said or finding.where is None:
        return None
    named = set(re.findall(r"(?:-r|--requirement)[ =]?(\S+)", finding.where.source[finding.where.span]))
    target = target_of(finding, project)
    context = target.context if target is not None else ""
    files = {path for name in named for path in below_context(finding, project, posixpath.basename(name))}
    edits = []
    for requirement, wanted in said:
        line = re.compile(rf"^{re.escape(requirement)}(?=[ \t]*$)", re.M)
        for path in sorted(in_tree(posixpath.join(context, each)) for each in files):
            text = project.tree.read(path)
            found = line.finditer(text) if isinstance(text, str) else ()
            edits += [Edit(path, Span(at.end(), at.end()), f" --hash={wanted}") for at in found]
    return edits if len(edits) == len(said) else None


CASES = (
    r"""
a repository among hashed requirements
-- from --
recorded with pip 24.3, 2026-11
-- build.log --
Collecting git+file:/tmp/rem/pv/gr (from -r h.txt (line 2))
>>ERROR: Can't verify hashes for these requirements because we don't have a way to hash version control repositories:
    git+file:/tmp/rem/pv/gr (from -r h.txt (line 2))
""",
    r"""
one requirement has no hash
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
# found: name=idna
RUN pip install --require-hashes -r requirements.txt
-- requirements.txt --
idna==3.6
-- build.log --
#8 [4/4] RUN pip install --require-hashes -r requirements.txt
>>#8 4.634 ERROR: Hashes are required in --require-hashes mode, but they are missing from some requirements. Here is a list of those requirements along with the hashes their downloaded archives actually had. Add lines like these to your requirements files to prevent tampering. (If you did not enable --require-hashes manually, note that it turns on automatically when any package has a hash.)
#8 4.634     idna==3.6 --hash=sha256:c05567e9c24a6b9faaa835c4821bad0590fbb9d5779e7caa6e1cc4978e7eb24f
#8 ERROR: process "/bin/sh -c pip install --require-hashes -r requirements.txt" did not complete successfully: exit code: 1
""",
    r"""
all have one
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
-- requirements.txt --
idna==3.6 --hash=sha256:c05567e9c24a6b9faaa835c4821bad0590fbb9d5779e7caa6e1cc4978e7eb24f
""",
)
