"""Texts in compose files that have a form of their own: ports, durations, sizes, numbers, choices, variables.

Rules: compose-go (`docker compose config` says the same), github.com/docker/go-connections/nat for ports, go-units for sizes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address

from dockwright.inputs import yamltext as yaml
from dockwright.source import Span

Told = Iterator[tuple[str, Span]]


def judge_texts(node: yaml.Node, path: str = "") -> Told:
    """Every text below a node; `path` as in `services.web.ports.0`."""
    waiting: list[tuple[yaml.Node, str, str]] = [(node, path, "")]
    budget = yaml.MAX_EXPANDED
    while waiting and budget > 0:
        one, at, rule = waiting.pop()
        budget -= 1
        if isinstance(one, yaml.Scalar):
            yield from _text(one, at, rule)
        elif isinstance(one, yaml.Sequence):
            waiting += [(item, f"{at}.{number}", f"{rule}.*") for number, item in reversed([*enumerate(one.items)])]
            yield from _equal(one, at, rule)
        else:
            yield from ((f"{at} has the key {key.text} twice".strip(), key.span) for key in one.doubled)
            waiting += [
                (value, f"{at}.{key.text}".lstrip("."), _rule(rule, key.text)) for key, value in one.pairs[::-1]
            ]


def _rule(above: str, key: str) -> str:
    """The place of a key without the names that a person chose."""
    name = "*" if above in ("services", "secrets", "networks", "volumes", "configs", "services.*.depends_on") else key
    return f"{above}.{name}".lstrip(".")


def _text(node: yaml.Scalar, path: str, rule: str) -> Told:
    text = node.text
    if "$" in text:
        if _unreadable(text):
            yield f"invalid interpolation format for {path}", node.span
        return
    form = FORMS.get(rule.removeprefix("services.*.")) if rule.startswith("services.*.") else None
    said = form(text) if form is not None and not yaml.is_null(node) else ""
    if said:
        yield f"{path}: {said}", node.span


def _unreadable(text: str) -> bool:
    """`${` without a name, an operator that there is, or an end."""
    rest = text.replace("$$", "")
    begin = rest.find("${")
    while begin >= 0:
        if (
            not re.match(r"\$\{[A-Za-z_][A-Za-z0-9_]*(\}|:?[-+?])", rest[begin : begin + 300])
            or "}" not in rest[begin:]
        ):
            return True
        begin = rest.find("${", begin + 2)
    return False


def required(node: yaml.Scalar) -> str:
    """The variable that a text demands: `${NAME?message}`, `${NAME:?message}`."""
    found = re.search(r"\$\{([A-Za-z_][A-Za-z0-9_]*):?\?", node.text.replace("$$", "")) if "?" in node.text else None
    return found.group(1) if found else ""


def texts_of(node: yaml.Node | None) -> Iterator[yaml.Scalar]:
    """Every text below a node."""
    waiting = [] if node is None else [node]
    for _ in range(yaml.MAX_EXPANDED):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, yaml.Scalar):
            yield one
        else:
            waiting += one.items if isinstance(one, yaml.Sequence) else [value for _, value in one.pairs]


def _equal(node: yaml.Sequence, path: str, rule: str) -> Told:
    """Most lists are rid of what is in them twice before they are looked at."""
    if rule != "services.*.depends_on":
        return
    seen: set[str] = set()
    for item in node.items:
        text = yaml.text(item)
        if text is not None and text in seen:
            yield f"{path} names {text} twice", item.span
        seen.add(text or "")


# -- forms -------------------------------------------------------------------------------------------------------------


def _whole(text: str) -> str:
    return "" if re.fullmatch(r"[-+]?\d+", text) else f"{text} is not a whole number"


def _number(text: str) -> str:
    try:
        float(text)
    except ValueError:
        return f"{text} is not a number"
    return ""


def _duration(text: str) -> str:
    """Go's durations, with days and weeks: `1m30s`."""
    if text == "0" or re.fullmatch(r"[-+]?((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w))+", text):
        return ""
    return f"{text} is not a duration such as 10s or 1m30s"


def _size(text: str) -> str:
    return (
        "" if re.fullmatch(r"-?\d+(\.\d+)? ?([kmgtpKMGTP]?[iI]?[bB]?)", text) else f"{text} is not a size such as 512m"
    )


def _port(text: str) -> str:
    """`[[address:]published:]target[/protocol]`, each of the two a number or a range."""
    ports, slash, protocol = text.partition("/")
    if slash and protocol.lower() not in ("tcp", "udp", "sctp"):
        return f"{protocol} is not a protocol"
    rest, _, target = ports.rpartition(":")
    address, colon, published = rest.rpartition(":")
    if colon and _no_address(address):
        return f"{address} is not an IP address"
    ranges = [_range(target), _range(published) if published else (0, 0)]
    if None in ranges or not target:
        return f"{text} is not a port"
    first, second = ranges[0], ranges[1]
    assert first is not None
    assert second is not None
    sizes = first[1] - first[0], second[1] - second[0]
    return f"{text} has ranges of different lengths" if published and sizes[0] != sizes[1] and sizes[0] else ""


def _no_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return bool(text)
    return False


def _range(text: str) -> tuple[int, int] | None:
    first, dash, last = text.partition("-")
    ends = (first, last) if dash else (first, first)
    if not all(end.isascii() and end.isdigit() and len(end) < 6 and int(end) <= 65535 for end in ends):
        return None
    return (int(ends[0]), int(ends[1])) if int(ends[0]) <= int(ends[1]) else None


def _one_of(*choices: str) -> Callable[[str], str]:
    return lambda text: "" if text in choices else f"{text} is none of {', '.join(choices)}"


def _container(text: str) -> str:
    return "" if re.search(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+", text) else f"{text} is not a name"


def _pull_policy(text: str) -> str:
    known = "always never build if_not_present missing refresh daily weekly".split()
    return "" if any(word in text for word in [*known, "every_"]) else f"{text} is no policy"


def _volume(text: str) -> str:
    return f"{text} has an empty part between colons" if text.endswith(":") or "::" in text else ""


FORMS: dict[str, Callable[[str], str]] = {
    "ports.*": _port,
    "volumes.*": _volume,
    "container_name": _container,
    "pull_policy": _pull_policy,
    "healthcheck.interval": _duration,
    "healthcheck.timeout": _duration,
    "healthcheck.start_period": _duration,
    "healthcheck.start_interval": _duration,
    "healthcheck.retries": _whole,
    "stop_grace_period": _duration,
    "deploy.replicas": _whole,
    "deploy.resources.limits.memory": _size,
    "deploy.resources.reservations.memory": _size,
    "deploy.resources.limits.cpus": _number,
    "deploy.resources.reservations.cpus": _number,
    "mem_limit": _size,
    "mem_reservation": _size,
    "shm_size": _size,
    "build.shm_size": _size,
    "cpus": _number,
    "scale": _whole,
    "depends_on.*.condition": _one_of("service_started", "service_healthy", "service_completed_successfully"),
    "develop.watch.*.action": _one_of("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
}
