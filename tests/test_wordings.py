"""How today's tools word their failures, with noise around it and as bare lines; and what steps say that succeed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockwright.api import explain
from dockwright.diagnose import Diagnosis

FOLDER = Path(__file__).parent / "wordings"
BEFORE = """#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 412B done
#1 WARN: FromAsCasing: 'as' and 'FROM' keywords' casing do not match (line 1)
#1 DONE 0.0s

#4 [stage-0 1/4] FROM docker.io/library/python:3.12-slim@sha256:804ddf3251a60bbf9c92e73b7566c40428d54d0e79d3428194edf40da6521286
#4 CACHED

#5 [stage-0 2/4] RUN apt-get update && apt-get install -y --no-install-recommends curl
#5 3.810 debconf: delaying package configuration, since apt-utils is not installed
#5 DONE 5.2s

"""
AFTER = "\n#20 exporting to image\n#20 exporting layers 0.4s done\n#20 naming to docker.io/library/app:latest done\n#20 DONE 0.5s\n"


def parts(name: str) -> Iterator[tuple[list[str], str]]:
    """The words of each part's head, and its lines."""
    _, *found = re.split(r"^=== (.*)\n", (FOLDER / name).read_text(encoding="utf-8"), flags=re.M)
    for head, lines in zip(found[::2], found[1::2], strict=True):
        yield [word.strip() for word in head.split("|")], lines.rstrip("\n") + "\n"


def said() -> list[object]:
    return [
        pytest.param(cause, run, int(code), lines, id=f"{file.stem}: {lines.strip()[:50]}")
        for file in sorted(FOLDER.glob("*.txt"))
        for (cause, run, code), lines in parts(file.name)
    ]


def step(run: str, code: int, lines: str) -> str:
    """As BuildKit shows a step that fails: its output, the error, the last lines once more, the place in the Dockerfile."""
    error = f'process "/bin/sh -c {run}" did not complete successfully: exit code: {code}'
    output = "".join(f"#7 {number / 10 + 1:.3f} {line}\n" for number, line in enumerate(lines.splitlines()))
    return (
        f"{BEFORE}#7 [stage-0 4/4] RUN {run}\n#7 0.511 WARNING: Running as the 'root' user is not advised\n{output}#7 ERROR: {error}\n"
        f"------\n > [stage-0 4/4] RUN {run}:\n{''.join(lines.splitlines(True)[-6:])}------\nDockerfile:9\n--------------------\n"
        f"   8 |     COPY . .\n   9 | >>> RUN {run}\n--------------------\nERROR: failed to build: failed to solve: {error}\n"
    )


def first(diagnosis: Diagnosis) -> str:
    """The first cause, told in whole words."""
    best = diagnosis.ranked[0].finding
    assert best.title and best.title == best.title.strip() and "  " not in best.title and "[" not in best.title[:1]
    assert all(remedy.title.strip() for remedy in best.remedies)
    return best.cause


@pytest.mark.parametrize(("cause", "run", "code", "lines"), said())
def test_its_cause_comes_first(cause: str, run: str, code: int, lines: str) -> None:
    assert first(explain(lines)) == cause
    if run:
        assert first(explain(step(run, code, lines))) == cause


@pytest.mark.parametrize(("cause", "name", "log"), [(*head[:2], log) for head, log in parts("builders.log")])
def test_builders_own_words(cause: str, name: str, log: str) -> None:
    assert first(explain(log)) == cause, name


QUIET = [pytest.param(lines, id=head[0]) for head, lines in parts("quiet.log")]


@pytest.mark.parametrize("lines", QUIET)
def test_nothing_is_said_of_a_step_that_succeeds(lines: str) -> None:
    whole = explain(BEFORE + lines + AFTER)
    assert whole.log.outcome == "succeeded" and not whole.ranked
    assert not explain(BEFORE + lines).ranked, "the log was cut behind the step"


@pytest.mark.parametrize("lines", QUIET)
def test_nothing_is_said_of_it_by_other_builders(lines: str) -> None:
    head, *body = [re.sub(r"^#\d+ [\d.]+ ?", "", line) for line in lines.splitlines()[:-1]]
    run, output = head.partition("] ")[2], "\n".join(body)
    classic = (
        f"Step 1/2 : FROM python:3.12\n ---> 7f5b6ccd03e9\nStep 2/2 : {run}\n ---> Running in 2eb06287ab78\n{output}\n"
        "Removing intermediate container 2eb06287ab78\n ---> 9e9ec5d21deb\nSuccessfully built 9e9ec5d21deb\n"
    )
    podman = f"STEP 1/2: FROM docker.io/library/python:3.12\nSTEP 2/2: {run}\n{output}\nCOMMIT app\n--> 0c1d6e9a3f2b\nSuccessfully tagged localhost/app:latest\n"
    assert not explain(classic).ranked
    assert not explain(podman).ranked


@pytest.mark.parametrize(
    "last", ["Successfully installed flask-3.0.3", "=== 7 passed, 1 xfailed in 2.1s ===", "[INFO] BUILD SUCCESS", "OK"]
)
def test_a_fragment_whose_tool_says_last_that_it_is_done(last: str) -> None:
    assert not explain(f"ModuleNotFoundError: No module named 'nothere'\n{last}\n").ranked
    assert explain("ModuleNotFoundError: No module named 'nothere'\n1 failed, 3 passed in 2.1s\n").ranked
