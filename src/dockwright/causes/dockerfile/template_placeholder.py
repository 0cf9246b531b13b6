"""A placeholder of a template was never filled in.

The file was meant to go through a generator (Jinja, sed, a release script) that puts a version or a name in the place of
`{{ version }}`, `%VERSION%`, `#TAG#` or `<name>`. Built as it is, the engine takes the placeholder for the name itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    placeholder: str = ""


TITLE = "{placeholder} is a placeholder that nothing has filled in"
WHY = "No image has such a name: the file was meant to go through a generator first."
EXPLAINS = ("dockerfile/syntax", "dockerfile/arg-scope", "image/not-found", "dockerfile/stage-missing")

SIGNATURES = (
    # ERROR: failed to build: failed to solve: failed to parse stage name "debian:%VERSION%": invalid reference format
    sign(
        "failed to parse stage name",
        r'failed to parse stage name "[^"]*?(?P<placeholder>%+\w+%+|#\w+#|<\w[\w -]*>|(?<!\$)\{+\s*\w[^{}"]*\}+|@\w+@)',
        sure=0.96,
    ),
    # Step 1/8 : FROM resin/%%RESIN_MACHINE_NAME%%-node
    sign(
        ">>> FROM ",
        r">>> FROM [^ ]*?(?P<placeholder>%+\w+%+|#\w+#|<\w[\w -]*>|(?<!\$)\{\{?\s*\w[^{}]*\}\}?|@\w+@)",
        also="invalid reference format",
        sure=0.97,
    ),
    sign(
        ">>> FROM ",
        r">>> FROM [^ ]*?(?P<placeholder>%+\w+%+|(?<!\$)\{\{?\s*\w[^{}]*\}\}?)",
        also="either one or three arguments",
        sure=0.97,
    ),
)


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Form):
        if need.problem == "placeholder" and step.kind in ("parse", "build"):
            yield found(unmet, Facts(need.text))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    yield remedy.advice(
        f"Run the generator that fills in {facts.placeholder}, and build what it writes; or make it an ARG."
    )


CASES = (
    r"""
a version that a release script puts in
-- Dockerfile --
# found: placeholder=%VERSION%
FROM debian:%VERSION%
RUN true
-- build.log --
Dockerfile:1
--------------------
   1 | >>> FROM debian:%VERSION%
   2 |
--------------------
>>ERROR: failed to build: failed to solve: failed to parse stage name "debian:%VERSION%": invalid reference format
""",
    r"""
a Jinja expression
-- Dockerfile --
# found: "placeholder={{ base_image }}"
FROM {{ base_image }}
RUN true
""",
    r"""
braces of a variable are none
-- Dockerfile --
ARG TAG=bookworm-slim
FROM debian:${TAG}
RUN echo '{{.State.Status}}' '%VERSION%'
""",
)
