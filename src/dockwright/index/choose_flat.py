"""pdm.lock, Pipfile.lock and pylock.toml (PEP 751): lists, of which groups and markers choose."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

from dockwright.index.chosen import Chosen, LockedFile, holds, sha256_of
from dockwright.index.environment import environment
from dockwright.index.question import Locked


def choose(locked: Locked) -> Iterator[Chosen]:
    if locked.tool == "pipenv":
        return _pipenv(locked)
    return _pdm(locked) if locked.tool == "pdm" else _pylock(locked)


def _pdm(locked: Locked) -> Iterator[Chosen]:
    data, env = tomllib.loads(locked.text), environment(locked.image)
    said = data.get("metadata", {}).get("groups", [])
    groups = {"default", *locked.groups}
    if locked.development:
        groups |= set(_development(locked))
    if "*" in locked.extras:
        groups |= set(said)
    groups = set(locked.only) if locked.only else (groups | set(locked.extras)) - set(locked.without)
    for package in data.get("package", ()):
        chosen = not package.get("groups") or groups & set(package["groups"])
        if not chosen or not holds(str(package.get("marker", "")), env):
            continue
        name, version = str(package["name"]), str(package.get("version", ""))
        if "path" in package:
            yield Chosen(name, version, local=str(package["path"]))
            continue
        if "git" in package:
            yield Chosen(name, version, outside="a git repository")
            continue
        own = str(package.get("url", ""))
        files = [
            LockedFile(sha256_of(each.get("hash")), str(each.get("file", "")), str(each.get("url", own)))
            for each in package.get("files") or data.get("metadata", {}).get("files", {}).get(f"{name} {version}", ())
        ]
        yield Chosen(name, version, tuple(files))


def _development(locked: Locked) -> Iterator[str]:
    try:
        manifest = tomllib.loads(locked.manifest)
    except ValueError:
        return
    yield from manifest.get("dependency-groups", {})
    yield from manifest.get("tool", {}).get("pdm", {}).get("dev-dependencies", {})


def _pipenv(locked: Locked) -> Iterator[Chosen]:
    data, env = json.loads(locked.text), environment(locked.image)
    sources = {each.get("name"): str(each.get("url", "")) for each in data.get("_meta", {}).get("sources", ())}
    first = "" if list(sources) == ["pypi"] else next(iter(sources.values()), "")  # pipenv's own default
    categories = locked.only or ("default", *(["develop"] if "develop" in locked.groups else []), *locked.groups)
    for category in dict.fromkeys(categories):
        for name, entry in data.get(category, {}).items():
            if not holds(str(entry.get("markers", "")), env):
                continue
            version = str(entry.get("version", "")).removeprefix("==")
            if entry.keys() & {"path", "file"}:
                yield Chosen(name, version, local=str(entry.get("path") or entry["file"]))
                continue
            if "git" in entry:
                yield Chosen(name, version, outside="a git repository")
                continue
            files = tuple(LockedFile(sha256_of(each)) for each in entry.get("hashes", ()))
            yield Chosen(name, version, files, sources.get(entry.get("index"), first).rstrip("/"))


def _pylock(locked: Locked) -> Iterator[Chosen]:
    data = tomllib.loads(locked.text)
    groups = set(data.get("default-groups", ())) | set(locked.groups)
    env = {**environment(locked.image), "extras": set(locked.extras), "dependency_groups": groups}
    for package in data.get("packages", ()):
        if not holds(str(package.get("marker", "")), env):
            continue
        name, version = str(package["name"]), str(package.get("version", ""))
        if "directory" in package:
            yield Chosen(name, version, local=str(package["directory"].get("path", "")))
            continue
        if "vcs" in package:
            yield Chosen(name, version, outside="a repository")
            continue
        entries = [*package.get("wheels", ()), *(package[key] for key in ("sdist", "archive") if key in package)]
        files = tuple(
            LockedFile(
                sha256_of(each.get("hashes")), str(each.get("name", "")), str(each.get("url", "")), each.get("size")
            )
            for each in entries
        )
        yield Chosen(name, version, files, str(package.get("index", "")).rstrip("/"))
