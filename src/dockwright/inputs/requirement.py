"""One requirement: a name with extras, versions and a marker; a URL; or a local path (PEP 508, and pip's additions).

`packaging` reads the same grammar, but importing it costs more than reading a whole requirements file may.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from dockwright.source import Span

ARCHIVES = (
    ".whl",
    ".zip",
    ".tar.gz",
    ".tgz",
    ".tar",
    ".tar.bz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tlz",
    ".tar.lz",
    ".tar.lzma",
)
_VCS = ("git", "hg", "svn", "bzr")
_SCHEMES = ("http", "https", "file", "ftp")


class Requirement(Struct, frozen=True):
    """Exactly one of `specifiers` (maybe empty), `url` and `path` says where it comes from; a URL or path may go
    without a name. Spans are in the file that holds the requirement; `path` is seen from the working directory."""

    text: str
    span: Span
    name: str | None = None
    extras: tuple[str, ...] = ()
    specifiers: tuple[tuple[str, str], ...] = ()  # (operator, version)
    marker: str | None = None
    url: str | None = None
    path: str | None = None
    name_span: Span | None = None
    specifier_span: Span | None = None

    @property
    def key(self) -> str | None:
        return None if self.name is None else canonical(self.name)

    @property
    def pinned(self) -> str | None:
        """The one version that fits."""
        exact = [version for operator, version in self.specifiers if operator in ("==", "===") and "*" not in version]
        return exact[0] if exact else None

    @property
    def vcs(self) -> str | None:
        """`git` of `git+https://…`."""
        scheme = (self.url or "").partition("+")[0].lower()
        return scheme if scheme in _VCS else None


class Malformed(Exception):
    """`code` says how; the span is in the text that was read."""

    def __init__(self, code: str, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.code, self.message, self.start, self.end = code, message, start, end


def canonical(name: str) -> str:
    """PEP 503: `Flask_SQLAlchemy` and `flask-sqlalchemy` are one."""
    name = name.replace("_", "-").replace(".", "-")
    while "--" in name:
        name = name.replace("--", "-")
    return name.lower()


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_IN_NAMES = _LETTERS | frozenset("._-")
_OPERATORS = ("===", "~=", "==", "!=", "<=", ">=", "<", ">")


def _name(text: str) -> str:
    """The name at the beginning: it begins with a letter or digit and ends with one, or with `_`; empty when there is none."""
    end = next((at for at, char in enumerate(text) if char not in _IN_NAMES), len(text))
    return text[:end].rstrip(".-") if text[:1] in _LETTERS else ""


@lru_cache(maxsize=1)
def _version() -> re.Pattern[str]:
    """PEP 440, appendix B, with the wildcard that `==` and `!=` allow."""
    return re.compile(
        r"""v?(?:\d+!)?\d+(?:\.\d+)*(?P<wild>\.\*)?
        (?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?
        (?P<local>\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?""",
        re.VERBOSE | re.IGNORECASE | re.ASCII,
    )


def valid_version(version: str, operator: str = "==") -> bool:
    usual = version.removesuffix(".*") if operator in ("==", "!=") else version
    if usual.isascii() and usual.replace(".", "0").isdigit() and operator != "===":  # nearly all; no pattern is needed
        return "" not in usual.split(".") and (operator != "~=" or "." in usual)
    match = _version().fullmatch(version)
    if operator == "===":
        return bool(version) and not set(version) & set(" ;,)")
    if match is None:
        return False
    if operator in ("==", "!="):
        return not (match["wild"] and not version.endswith(".*"))
    return not match["wild"] and not match["local"] and not (operator == "~=" and "." not in version)


def parse(text: str, at: int = 0) -> Requirement:
    """Raises Malformed. `at` is the offset of the text in its file."""
    body = text.rstrip()
    scheme = _scheme(body)
    if scheme is not None or _is_path(body):
        from dockwright.inputs.located import located

        return located(body, at, scheme is not None)
    return _named(body, at)


def _scheme(text: str) -> str | None:
    scheme, colon, _ = text.partition(":")
    scheme = scheme.lower()
    return (
        scheme
        if colon and (scheme in _SCHEMES or scheme.partition("+")[0] in _VCS) and "+" not in scheme[-1:]
        else None
    )


def _is_path(text: str) -> bool:
    """pip: a separator, a leading dot, or an archive's ending; `name @ …` is never a path."""
    head = text.partition(";")[0].strip()
    if "@" in head and _name(head) and re.match(r"[^/@]*\s*@", head):
        return False
    bare = head.rpartition("[")[0] if head.endswith("]") else head  # without extras
    return "/" in bare or bare.startswith(".") or bare.lower().endswith(ARCHIVES)


def _named(text: str, at: int) -> Requirement:
    name = _name(text)
    if not name:
        raise Malformed("requirement-name", "expected the name of a package", 0, len(text))
    position, extras = _extras(text, skip(text, len(name)))
    position = skip(text, position)
    url: str | None = None
    specifiers: tuple[tuple[str, str], ...] = ()
    span: Span | None = None
    if text.startswith("@", position):
        url, position = _url(text, position + 1)
    else:
        start = position
        specifiers, position = _specifiers(text, position)
        span = Span(at + start, at + start + len(text[start:position].rstrip())) if specifiers else None
    position = skip(text, position)
    if position < len(text) and text[position] != ";":
        raise _unexpected(text, position)
    return Requirement(
        text=text,
        span=Span(at, at + len(text)),
        name=name,
        extras=extras,
        specifiers=specifiers,
        marker=_marker(text, position + 1) if position < len(text) else None,
        url=url,
        name_span=Span(at, at + len(name)),
        specifier_span=span,
    )


def _marker(text: str, start: int) -> str:
    from dockwright.inputs.markers import checked

    return checked(text, start)


def _unexpected(text: str, position: int) -> Malformed:
    rest = text[position:].split()[0]
    if rest.startswith("=") and not rest.startswith("=="):
        message = "`=` is no operator: a version is pinned with `==`"
    elif _name(rest) or rest.startswith("("):
        message = f"expected an operator such as == before {rest!r}"
    else:
        message = f"unexpected {rest!r}"
    return Malformed("requirement-syntax", message, position, position + len(rest))


def skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t":
        position += 1
    return position


def _extras(text: str, position: int) -> tuple[int, tuple[str, ...]]:
    if not text.startswith("[", position):
        return position, ()
    end = text.find("]", position)
    if end < 0:
        raise Malformed("requirement-syntax", "`[` without `]`", position, len(text))
    names = tuple(name.strip() for name in text[position + 1 : end].split(",") if name.strip())
    wrong = next((name for name in names if _name(name) != name), None)
    if wrong is not None:
        raise Malformed("requirement-syntax", f"{wrong!r} is no name of an extra", position, end + 1)
    return end + 1, names


def _url(text: str, position: int) -> tuple[str, int]:
    start = skip(text, position)
    end = start
    while end < len(text) and text[end] not in " \t":
        end += 1
    if end == start:
        raise Malformed("requirement-syntax", "expected a URL after @", position - 1, position)
    return text[start:end], end


def _specifiers(text: str, position: int) -> tuple[tuple[tuple[str, str], ...], int]:
    """`>=1,<2`, in parentheses or not."""
    opened = text.startswith("(", position)
    position = skip(text, position + opened)
    found: list[tuple[str, str]] = []
    while operator := next((each for each in _OPERATORS if text.startswith(each, position)), ""):
        start = skip(text, position + len(operator))
        end = start
        while end < len(text) and text[end] not in " \t,;)":
            end += 1
        version = text[start:end]
        if not valid_version(version, operator):
            raise _bad_version(version, operator, position, max(end, position + len(operator)))
        found.append((operator, version))
        position = skip(text, end)
        if not text.startswith(",", position):
            break
        position = skip(text, position + 1)
    if opened and not text.startswith(")", position):
        raise Malformed("requirement-syntax", "`(` without `)`", position, max(position, len(text)))
    return tuple(found), position + opened


def _bad_version(version: str, operator: str, start: int, end: int) -> Malformed:
    if not version:
        return Malformed("requirement-version", f"{operator} without a version", start, end)
    if operator != "==" and operator != "!=" and valid_version(version.removesuffix(".*")):
        # packaging before 22, and so pip before 24.1, read `>=1.*`
        return Malformed("requirement-legacy-version", f"{operator} can't be used with {version}", start, end)
    return Malformed("requirement-legacy-version", f"{version!r} is no version that PEP 440 knows", start, end)
