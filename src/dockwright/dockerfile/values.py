"""Values that BuildKit refuses once their variables are replaced: ports, signals, modes, checksums, sources, platforms.

dockerfile2llb (convert.go, convert_copy.go, convert_expose.go), containerd's platforms, moby/sys/signal,
distribution/reference; the wording is that of BuildKit 0.25, which Docker Engine 28 has.
"""

from __future__ import annotations

import re

from dockwright.dockerfile.gotext import unsigned

_SIGNALS = frozenset(
    "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP"
    " TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX".split()
) | {f"RTMIN+{n}" for n in range(1, 16)} | {f"RTMAX-{n}" for n in range(1, 15)}  # fmt: skip
_SYMBOLIC = r"[ugoa]*(?:[-+=](?:[ugo]|[rwxXst]*))+(?:,[ugoa]*(?:[-+=](?:[ugo]|[rwxXst]*))+)*"
_GIT = r"git://.*|ssh://.*|[\w.-]+@[\w.-]+:.*|https?://[^?#]*\.git(?:[?#].*)?"
_DIGEST = r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+"
_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PATH = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REST = r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?"
_SYSTEMS = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos"
    " macos".split()
)
_MACHINES = frozenset(
    "386 i386 amd64 x86_64 x86-64 amd64p32 arm armhf armel armbe arm64 aarch64 arm64be ppc64 ppc64le loong64 mips mipsle"
    " mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm".split()
)


def port(text: str) -> str | None:
    """EXPOSE takes `[address:][host port:]port[/protocol]`; a port may be a range."""
    if text.isdigit() and len(text) < 5:
        return None
    front, _, container = text.rpartition(":")
    ip, _, host = front.rpartition(":")
    number, slash, protocol = container.partition("/")
    if not number:
        return f'invalid port: "{text}": no port specified'
    if protocol.lower() not in ("", "tcp", "udp", "sctp") or (slash and "/" in protocol):
        return f'invalid port: "{text}": invalid proto: {protocol}'
    if ip and not _address(ip):
        return f"invalid IP address: {ip}"
    inner, outer = _range(number), _range(host) if host else None
    if inner is None:
        return f"invalid containerPort: {number}"
    if host and outer is None:
        return f"invalid hostPort: {host}"
    if outer is not None and inner[0] != inner[1] and inner[1] - inner[0] != outer[1] - outer[0]:
        return f"invalid ranges specified for container and host Ports: {number} and {host}"
    return None


def _range(text: str) -> tuple[int, int] | None:
    first, dash, last = text.partition("-")
    first = first.removeprefix("+")  # taken by the engine's library, refused by newer frontends
    start, end = unsigned(first, 10, 16), unsigned(last if dash else first, 10, 16)
    return None if start is None or end is None or end < start else (start, end)


def _address(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(text[1:-1] if text[:1] == "[" and text[-1:] == "]" else text)
    except ValueError:
        return False
    return True


def signal(text: str) -> str | None:
    """STOPSIGNAL takes any number but 0, and the names of Linux, with or without SIG and in any case."""
    digits = text[1:] if text[:1] in ("+", "-") else text
    if digits.isascii() and digits.isdigit() and len(digits) < 19:
        return f"invalid signal: {text}" if int(digits) == 0 else None
    return None if text.upper().removeprefix("SIG") in _SIGNALS else f"invalid signal: {text}"


def mode(text: str) -> str | None:
    """--chmod: octal digits up to 7777, or chmod's letters (Dockerfile 1.14)."""
    value = unsigned(text, 8)
    if value is None and re.fullmatch(_SYMBOLIC, text):
        return None
    if value is not None and value <= 0o7777:
        return None
    if value is None and not text[:1].isdigit():
        return "invalid syntax"
    return f"invalid chmod parameter: '{text}'. it should be octal string and between 0 and 07777"


def is_git(source: str) -> bool:
    return re.fullmatch(_GIT, source) is not None


def source(text: str) -> str | None:
    """What COPY, unlike ADD, does not take."""
    if ":" not in text:
        return None
    if is_git(text):
        return "source can't be a git ref for COPY"
    return "source can't be a URL for COPY" if text.startswith(("http://", "https://")) else None


def pattern(text: str) -> str | None:
    """A source whose `[` has no end, as of a list that is not JSON: `COPY ['a', '/b']`."""
    at = text.find("[")
    if at < 0 or "\\" in text or "://" in text or "]" in text[at + 2 :]:
        return None
    return f"invalid includepatterns: [{text.lstrip('/')}]: syntax error in pattern"


def checksum(text: str, sources: list[str]) -> str | None:
    """ADD --checksum: of one source on the network; of a file there, a digest."""
    if len(sources) != 1:
        return "checksum can't be specified for multiple sources"
    if is_git(sources[0]):
        return None
    if not sources[0].startswith(("http://", "https://")):
        return "checksum requires HTTP(S) or Git sources"
    if not re.fullmatch(_DIGEST, text):
        return "invalid checksum digest format"
    algorithm, _, digits = text.partition(":")
    if algorithm not in _LENGTHS:
        return "unsupported digest algorithm"
    if len(digits) != _LENGTHS[algorithm]:
        return "invalid checksum digest length"
    return None if re.fullmatch("[0-9a-f]+", digits) else "invalid checksum digest format"


def platform(text: str, written: str) -> str | None:
    """FROM --platform; `written` is the flag's value with its variables."""
    if not text:
        return f"empty platform value from expression {written}"
    problem = _platform(text)
    return None if problem is None else f"failed to parse platform {written}: {problem}: invalid argument"


def _platform(text: str) -> str | None:
    if "*" in text:
        return f'"{text}": wildcards not yet supported'
    parts = text.split("/")
    for part in parts:
        if not re.fullmatch(r"[A-Za-z0-9_.-]+", _without_version(part) if part is parts[0] else part):
            return f'"{part}" is an invalid component of "{text}": platform specifier component must match "^[A-Za-z0-9_.-]+$"'
    if len(parts) > 3:
        return f'"{text}": cannot parse platform specifier'
    name = _without_version(parts[0]).lower()
    if len(parts) == 1 and name not in _SYSTEMS and name not in _MACHINES:
        return f'"{text}": unknown operating system or architecture'
    return None


def _without_version(system: str) -> str:
    """`windows(10.0.17763)`"""
    return system.partition("(")[0] if system.endswith(")") else system


def reference(name: str) -> str | None:
    """An image's name. Capital letters in it are told of elsewhere, as an image that can't be there."""
    if name.isalnum() or not name or len(name) > 500:
        return None
    first, slash, rest = name.partition("/")
    remote = slash and ("." in first or ":" in first or first == "localhost" or first != first.lower())
    path = (rest if remote else name).lower()
    pattern = rf"{_PATH}(?:/{_PATH})*{_REST}"
    if (not remote or re.fullmatch(_HOST, first)) and re.fullmatch(pattern, path, re.ASCII):
        return None
    return f'failed to parse stage name "{name}": invalid reference format'
