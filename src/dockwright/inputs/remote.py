"""Sources of ADD that are fetched: which words are URLs or git repositories, and what the file is called.

Source of the rules: moby/buildkit util/gitutil (ParseGitRef) and dockerfile2llb/convert.go (dispatchCopy).
"""

from __future__ import annotations

from typing import Literal


def kind(word: str) -> Literal["url", "git"] | None:
    """None for a path. `github.com/user/repository` without a scheme is a path too."""
    scheme, separator, rest = word.partition("://")
    if separator and scheme in ("http", "https"):
        return "git" if rest.partition("#")[0].partition("?")[0].endswith(".git") else "url"
    if separator and scheme in ("git", "ssh"):
        return "git"
    user, at, host = word.partition("@")
    scp_like = bool(at) and ":" in host and all(char.isalnum() or char in "-_" for char in user)
    return "git" if scp_like and "/" not in host.partition(":")[0] else None


def file_name(url: str) -> str:
    """The last part of the URL's path."""
    from urllib.parse import unquote

    path = url.partition("://")[2].partition("#")[0].partition("?")[0].partition("/")[2]
    return unquote(path).rstrip("/").rpartition("/")[2] or "__unnamed__"
