"""Whole Dockerfiles against the trees that they give: tests/dockerfiles/NAME/Dockerfile and tree.txt beside it.

DOCKWRIGHT_UPDATE=1 writes the trees anew; look at the difference before you commit it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Blank, Comment, Directive, Dockerfile, Instruction

FOLDER = Path(__file__).parent / "dockerfiles"


def outline(dockerfile: Dockerfile) -> Iterator[str]:
    for node in dockerfile.nodes:
        if isinstance(node, Instruction):
            yield f"{node.line}-{node.end_line} {node.keyword}"
            yield from (f"    {line}" for line in details(node))
        elif isinstance(node, Directive):
            yield f"directive {node.name} = {node.value!r}"
        elif isinstance(node, Comment):
            yield f"comment {node.text!r}"
        else:
            assert isinstance(node, Blank)
            yield "blank"
    yield from (f"stage {stage.index} {stage.name} of {stage.base.text!r}" for stage in dockerfile.stages)
    yield from (f"error line {error.line} {error.phase}: {error.message}" for error in dockerfile.errors)
    yield from (f"warning line {found.line} {found.rule}: {found.message}" for found in dockerfile.warnings)


def details(node: Instruction) -> Iterator[str]:
    for flag in node.flags:
        yield f"flag {flag.name} = {flag.value!r}"
    if node.pairs:
        for pair in node.pairs:
            yield f"pair {pair.key.text!r} = {pair.value.text if pair.value else None!r}"
    elif node.onbuild is None:
        yield f"{'exec' if node.exec_form is not None else 'words'} {[word.text for word in node.words]!r}"
    for doc in node.heredocs:
        yield f"heredoc {doc.name!r} expand={doc.expand} chomp={doc.chomp} fd={doc.fd} {doc.content!r}"
    if node.onbuild is not None:
        yield f"trigger {node.onbuild.keyword}"
        yield from (f"    {line}" for line in details(node.onbuild))


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.iterdir()))
def test_tree(name: str) -> None:
    text = (FOLDER / name / "Dockerfile").read_bytes().decode("utf-8", "surrogateescape")
    dockerfile = parse(text)
    tree = "\n".join(outline(dockerfile)) + "\n"
    expected = FOLDER / name / "tree.txt"
    if os.environ.get("DOCKWRIGHT_UPDATE"):
        expected.write_text(tree, encoding="utf-8")
    assert str(dockerfile) == text
    assert tree == expected.read_text(encoding="utf-8")
