"""Dockerfiles lying in a tree, and the context that each is meant for when no file says so."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from dockwright.inputs.files import UNKNOWN, Tree, join
from dockwright.inputs.targets import in_tree, is_file, parent, read_text

NAMES = ("Dockerfile", "Containerfile", "dockerfile")
_HEADS = ("Dockerfile.", "Dockerfile-", "Containerfile.")
_TAILS = (".Dockerfile", ".dockerfile", ".Containerfile")
_NOT_DOCKERFILES = (".dockerignore", ".j2", ".jinja", ".jinja2", ".tmpl", ".template", ".tpl", ".erb", ".mustache",
                    ".md", ".py", ".txt", ".sh", ".yml", ".yaml", ".json", ".bak", ".orig", ".swp", "~")  # fmt: skip
_VENDORED = frozenset({
    "node_modules", "site-packages", "vendor", "third_party", "venv", "env", "virtualenv", "__pycache__",
    "bower_components", "dist-packages", "target", "lost+found",
})  # fmt: skip
_HIDDEN_KEPT = frozenset({".devcontainer", ".github", ".docker", ".ci", ".circleci", ".gitlab"})
MAX_FOLDERS = 2_000
MAX_DEPTH = 8


def is_dockerfile(name: str) -> bool:
    if name in NAMES:
        return True
    return (name.startswith(_HEADS) or name.endswith(_TAILS)) and not name.endswith(_NOT_DOCKERFILES)


def walk_files(tree: Tree, start: str = "") -> Iterator[str]:
    """Files under `start`, nearest first, without vendored folders, virtual environments and links to folders."""
    folders, seen = [start], 0
    while folders and seen < MAX_FOLDERS:
        deeper: list[str] = []
        for folder in folders[: MAX_FOLDERS - seen]:
            names = tree.names(folder)
            seen += 1
            if names is UNKNOWN or ("pyvenv.cfg" in names and folder != start):
                continue
            for name in sorted(names):
                path = join(folder, name)
                kind = tree.kind(path)
                if kind == "file" or (kind == "link" and is_file(tree, path)):
                    yield path
                elif kind == "dir" and _entered(name) and path.count("/") < MAX_DEPTH:
                    deeper.append(path)
        folders = deeper


def _entered(name: str) -> bool:
    return name not in _VENDORED and (not name.startswith(".") or name in _HIDDEN_KEPT)


def default_context(tree: Tree, dockerfile: str) -> str:
    """The Dockerfile's own folder, unless what it copies lies only beneath the root.

    `docker build -f docker/Dockerfile .` is as common as `docker build docker/`; the file says which one it means:
    the sources of its COPY and ADD instructions are there in one of the two.
    """
    folder = parent(dockerfile)
    if folder == ".":
        return folder
    sources = copied_sources(read_text(tree, dockerfile) or "")
    candidates = [folder, *_ancestors(folder)]
    scores = [sum(_exists(tree, context, source) for source in sources) for context in candidates]
    best = max(scores)
    return candidates[scores.index(best)]


def _ancestors(folder: str) -> Iterator[str]:
    """Nearer first, the root last."""
    while folder != ".":
        folder = parent(folder)
        yield folder


def _exists(tree: Tree, context: str, source: str) -> bool:
    return tree.kind(in_tree(posixpath.join(context, source))) is not None


def copied_sources(text: str) -> tuple[str, ...]:
    """Literal paths that COPY and ADD take from the context: enough to tell contexts apart, no more."""
    sources: list[str] = []
    for line in text.replace("\\\r\n", " ").replace("\\\n", " ").splitlines():
        words = line.split()
        if len(words) < 3 or words[0].upper() not in ("COPY", "ADD") or any(w.startswith("--from=") for w in words):
            continue
        paths = [word for word in words[1:] if not word.startswith("--")]
        if paths and paths[0].startswith("["):
            paths = [path.strip('[],"') for path in paths]
        sources += [path.lstrip("/") for path in paths[:-1] if _telling(path)]
    return tuple(dict.fromkeys(sources))


def _telling(path: str) -> bool:
    """`.` is everywhere; globs, variables, URLs and here-documents tell nothing."""
    return path.strip("./") != "" and not any(mark in path for mark in ("*", "?", "$", "://", "<<"))
