"""What is never stored: passwords and tokens in URLs, build arguments that look like secrets, and their values anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

HIDDEN = "***"
# PIP_INDEX_URL is no secret by its name; a password in its value is found as a URL's.
NAME = re.compile(
    r"(?i)passw|passphrase|secret|token|api_?key|credential"
    r"|(?:^|[_\-.])(?:pass|pwd|pw|key|auth|creds?|cookie|session|salt|signature|sig|sas|dsn|pat)(?:$|[_\-.\d])"
)
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
URL = re.compile(r"(?i)([a-z][a-z0-9+.\-]{0,20}://)[^/\s@'\"]{1,512}@")
QUERY = re.compile(
    r"(?i)([?&](?:[\w\-]{0,40}(?:token|key|secret|password|signature|sig|auth)[\w\-]{0,40})=)[^&\s'\"#]{1,2048}"
)
HEADER = re.compile(r"(?i)\b(authorization:\s*(?:basic|bearer|token)\s+|bearer\s+)[\w.~+/=\-]{4,2048}")
VALUE = r"(\"[^\"]{1,500}\"|'[^']{1,500}'|[^\s'\"&;|]{1,500})"
ASSIGNED = re.compile(r"(?<![\w\-.])(-{0,2}[A-Za-z_][\w\-.]{0,80})((?:[\"'] ?:|=|:) ?)" + VALUE)
OPTION = re.compile(r"(?<![\w\-.])(--[A-Za-z_][\w\-.]{0,80})( {1,4})" + VALUE)
KNOWN = re.compile(
    r"(?i)\b(gh[pousr]_\w{20,255}|glpat-[\w\-]{16,64}|pypi-[\w\-]{16,255}|AKIA[0-9A-Z]{16}|xox[abpr]-[\w\-]{10,255})"
)
SHORTEST = 4  # a value shorter than this would be found in every second word


def secret(name: str) -> bool:
    """Does the name of an argument or option say that its value is a secret?"""
    return NAME.search(HUMP.sub("_", name)) is not None


def secret_values(arguments: Mapping[str, str | None]) -> tuple[str, ...]:
    """Values to be hidden wherever they appear, the longest first."""
    found = {value for name, value in arguments.items() if value and len(value) >= SHORTEST and secret(name)}
    return tuple(sorted(found, key=len, reverse=True))


def redact(text: str, values: Iterable[str] = ()) -> str:
    for value in values:
        text = text.replace(value, HIDDEN)
    if "://" in text:
        text = URL.sub(rf"\1{HIDDEN}@", text)
    if NAME_LIKE.search(text):
        text = HEADER.sub(rf"\1{HIDDEN}", QUERY.sub(rf"\1{HIDDEN}", text))
        text = OPTION.sub(_hidden, ASSIGNED.sub(_hidden, text))
    return KNOWN.sub(HIDDEN, text)


NAME_LIKE = re.compile(r"(?i)pass|pwd|pw|secret|token|key|auth|bearer|cred|cookie|session|salt|sig|sas|dsn|pat")


def _hidden(match: re.Match[str]) -> str:
    """`TOKEN=value`, `--password value`, `"password": "value"`: only options and assignments, not prose (`a token: it`)."""
    name, sign, value = match.groups()
    if sign == ": " or name == "--secret" or value.startswith(("$", "/run/secrets/")) or not secret(name.lstrip("-")):
        return match[0]
    return f"{name}{sign}{HIDDEN}"


def redacted_words(words: Iterable[str], values: Iterable[str] = ()) -> list[str]:
    """A command line: `--build-arg TOKEN=…` in one word or two, `--password …`."""
    values, before, found = tuple(values), "", []
    for word in words:
        # --secret names where a secret is to be found, and holds none
        hidden = before.startswith("--") and "=" not in before and before != "--secret" and secret(before.lstrip("-"))
        found.append(HIDDEN if hidden and not word.startswith("-") else redact(_word(word), values))
        before = word
    return found


def _word(word: str) -> str:
    name, has, value = word.partition("=")
    if not has or "\n" in name:
        return word
    return f"{name}={HIDDEN}" if secret(name.lstrip("-")) and name != "--secret" else f"{name}={_word(value)}"
