"""Sphinx: Markdown through MyST, the theme furo. Pages of causes and of the score are made when the docs are built."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS.parent / "src"))

from dockwright import __version__  # noqa: E402
from dockwright.causes.shape import Cause, causes  # noqa: E402

project = "dockwright"
author = "the dockwright authors"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = f"dockwright {__version__}"
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_typehints = "description"
suppress_warnings = ["myst.header"]

GROUPS = {
    "context": "The build context",
    "dockerfile": "The Dockerfile itself",
    "system": "Packages, commands and users of the system",
    "deps": "Python's dependencies",
    "node": "Node's dependencies",
    "runtime": "The start",
    "image": "Base images",
    "network": "The network",
    "resources": "Disk, memory, time",
    "compose": "Compose",
    "engine": "The engine",
    "gpu": "GPUs",
}


def write(name: str, lines: list[str]) -> None:
    """Only what changed is written, so that Sphinx reads only that again."""
    path, text = DOCS / name, "\n".join(lines).rstrip() + "\n"
    path.parent.mkdir(exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def cause_pages() -> None:
    groups: dict[str, list[Cause]] = {}
    for cause in causes().values():
        groups.setdefault(cause.name.partition("/")[0], []).append(cause)
    order = sorted(groups, key=lambda group: (list(GROUPS).index(group) if group in GROUPS else 99, group))
    lines = [
        "# Causes",
        "",
        f"{len(causes())} causes, each with its page; `dockwright cause NAME` shows the same text.",
        "",
    ]
    for group in order:
        lines += ["", f"## {GROUPS.get(group, group)}", ""]
        lines += [f"- [`{cause.name}`]({cause.name.replace('/', '-')}.md): {cause.summary}" for cause in groups[group]]
    pages = [cause.name.replace("/", "-") for group in order for cause in groups[group]]
    lines += ["", "```{toctree}", ":hidden:", "", *pages, "```"]
    write("causes/index.md", lines)
    for cause in causes().values():
        write(f"causes/{cause.name.replace('/', '-')}.md", page(cause))
    for stale in set((DOCS / "causes").glob("*.md")) - {DOCS / f"causes/{name}.md" for name in (*pages, "index")}:
        stale.unlink()


def page(cause: Cause) -> list[str]:
    module: Any = cause.module
    lines = [f"# {cause.name}", "", cause.page.replace("\n\n\n", "\n\n"), ""]
    ways = [
        "before the build, by rehearsal" * hasattr(module, "check"),
        "before the build, in the files that define targets" * hasattr(module, "judge"),
        "in a log" * bool(cause.signatures),
    ]
    lines += [f"Found: {'; '.join(way for way in ways if way)}.", ""]
    if cause.transient:
        lines += ["It may pass when the same command is tried again.", ""]
    if cause.explains:
        linked = ", ".join(f"[`{name}`]({name.replace('/', '-')}.md)" for name in cause.explains if name in causes())
        lines += [f"Its symptoms: {linked}.", ""] if linked else []
    literals = list(dict.fromkeys(signature.literal for signature in cause.signatures))
    if literals:
        lines += ["## What a log says", "", "```text", *literals, "```", ""]
    return lines


def score_page() -> None:
    path = DOCS / "score.json"
    score: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    lines = (DOCS / "score.md.in").read_text().split("\n")
    titles = {"corpus": "1,776 failed builds of 2020", "recorded": "Our own recorded logs"}
    for name, part in score.items():
        lines += ["", f"## {titles.get(name, name)}", "", "| | |", "|---|---|"]
        lines += [f"| {key} | {told(value)} |" for key, value in part.items() if plain(key, value)]
        lines += [
            "",
            "| cause | given | right | wrong | missed | foreseen | false alarms |",
            "|---|---|---|---|---|---|---|",
        ]
        for cause, row in part["causes"].items():
            counts = " | ".join(str(row[key]) for key in ("given", "right", "wrong", "missed", "foreseen", "alarms"))
            lines.append(f"| `{cause}` | {counts} |")
    write("score.md", lines)


def plain(key: str, value: Any) -> bool:
    return key != "causes" and not isinstance(value, list)


def told(value: Any) -> str:
    return "; ".join(f"{key}: {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)


cause_pages()
score_page()
