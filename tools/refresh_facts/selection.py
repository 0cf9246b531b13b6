"""Which packages are kept in full: what a Dockerfile plausibly names, and everything that those depend on.

All names of main are kept for "does it exist"; dependencies, commands, headers and libraries only of these.
"""

from __future__ import annotations

from .release_index import Release

NEVER = {
    "doc",
    "haskell",
    "debug",
    "localization",
    "rust",
    "kernel",
    "games",
    "golang",
    "gnu-r",
    "ocaml",
    "lisp",
    "tasks",
}
PROGRAMS = {
    "utils", "net", "admin", "web", "database", "devel", "interpreters", "httpd", "mail", "graphics", "video",
    "text", "vcs", "shells",
    "editors", "misc", "metapackages", "comm",
}  # fmt: skip
BROAD = {"database", "httpd", "vcs", "shells", "interpreters", "web", "utils", "net", "admin"}


def roots(release: Release) -> set[str]:
    return {name for name in release.packages if _plausible(release, name)}


def _plausible(release: Release, name: str) -> bool:
    fields, popularity = release.packages[name], release.popularity[name]
    section = fields.get("Section", "").rpartition("/")[2]
    if section in NEVER:
        return popularity >= 60
    if section in PROGRAMS:
        has_commands = bool(release.commands.get(name))
        standard = fields.get("Priority") not in ("optional", "extra")
        return (
            standard
            or popularity >= 8
            or (has_commands and (popularity >= 2 or (section in BROAD and popularity >= 1)))
        )
    least = {"libdevel": 3, "libs": 8, "oldlibs": 2, "python": 8, "java": 30, "perl": 20}.get(section, 20)
    return popularity >= least


def closure(release: Release, names: set[str]) -> set[str]:
    """`names` and what they need, by the alternative that apt takes first."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        groups = release.depends(name) + (
            release.recommends(name) if name in names and release.popularity[name] >= 40 else []
        )
        waiting += [found[0] for group in groups if (found := release.candidates(group))]
    return seen
