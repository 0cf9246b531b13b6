"""email-assistant on a real engine: the broken states fail as told, the edits by hand work, the traps don't."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from . import examples
from .examples import ByHand, Example, Trap

pytestmark = pytest.mark.engine
NAME = "email-assistant"
EXPECTED = examples.read(NAME)
TARGET = EXPECTED.targets[0]
Copy = Callable[[str], Example]


def test_the_build_finds_no_packaging_metadata(example: Copy) -> None:
    examples.fails_as_told(example(NAME), TARGET, EXPECTED.findings[0])


def test_masked_it_builds_and_dies_at_its_start(example: Copy, tag: str) -> None:
    variant = EXPECTED.variants[0]
    examples.variant_builds(example(NAME), variant, tag)
    examples.dies(tag, variant.start_log)


@pytest.mark.parametrize("mend", EXPECTED.mended.by_hand, ids=lambda mend: mend.title)
def test_mended_by_hand_it_answers(example: Copy, tag: str, mend: ByHand) -> None:
    copy = example(NAME)
    copy.edit(mend.edits)
    examples.builds(copy, TARGET, tag, mend.context)
    examples.answers(tag, copy.starts(TARGET.name))


@pytest.mark.parametrize("trap", EXPECTED.mended.traps, ids=lambda trap: trap.title)
def test_what_looks_like_a_mend_fails(example: Copy, tag: str, trap: Trap) -> None:
    examples.trap_closes(example(NAME), trap, tag)
