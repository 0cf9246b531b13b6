"""RUN --mount: its keys and what BuildKit says of wrong ones (instructions/commands_runmount.go)."""

from __future__ import annotations

import re

from dockwright.dockerfile.expand import ExpandError, Lookup, expand_partial
from dockwright.dockerfile.gotext import boolean, quote, suggestion, unsigned
from dockwright.dockerfile.nodes import Flag, Mount
from dockwright.finding import UNKNOWN, Answer

_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_SHARING = ("shared", "private", "locked")
_FIELDS = {
    "type": "type",
    "from": "from_",
    "source": "source",
    "src": "source",
    "target": "target",
    "dst": "target",
    "destination": "target",
    "id": "id",
    "sharing": "sharing",
    "mode": "mode",
    "uid": "uid",
    "gid": "gid",
    "env": "env",
    "size": "size",
}
_SWITCHES = {"readonly": True, "ro": True, "readwrite": False, "rw": False}
_SUGGESTED = (*_FIELDS, *_SWITCHES, "required")


class BadMount(ValueError):
    pass


def fields(text: str) -> list[str]:
    """The comma-separated fields as encoding/csv reads one record. Raises BadMount."""
    if '"' not in text:
        if not text:
            raise BadMount("EOF")
        return text.split(",")
    found, at = [], 0
    while at <= len(text):
        if text[at : at + 1] == '"':
            field, at = _quoted(text, at)
        else:
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            field, at = text[at:end], end
            if '"' in field:
                column = end - len(field) + field.index('"') + 1
                raise BadMount(f'parse error on line 1, column {column}: bare " in non-quoted field')
        found.append(field)
        at += 1
    return found


def _quoted(text: str, start: int) -> tuple[str, int]:
    match = re.compile(r'"((?:[^"]|"")*+)"').match(text, start)
    if match is None or text[match.end() : match.end() + 1] not in ("", ","):
        raise BadMount(f'parse error on line 1, column {len(text) + 1}: extraneous or missing " in quoted-field')
    return match[1].replace('""', '"'), match.end()


def read_mount(flag: Flag) -> Mount:
    """A mount, as far as it can be read; `problem` says what is wrong with it."""
    try:
        parts = fields(flag.value or "")
    except BadMount:
        parts = []
    found: dict[str, str] = {}
    readonly: bool | None = None
    required = False
    for part in parts:
        key, equals, value = part.partition("=")
        key = key.lower()
        if key in _SWITCHES:
            given = boolean(value) if equals else True
            readonly = (given is not False) == _SWITCHES[key]
        elif key == "required":
            required = boolean(value) is not False if equals else True
        elif key in _FIELDS and equals:
            found[_FIELDS[key]] = value.lower() if key in ("type", "sharing") else value
    kind = found.pop("type", "bind")
    if readonly is None:
        readonly = kind not in ("cache", "tmpfs")
    return Mount(kind, flag.span, required=required, readonly=readonly, **found)


def early_problem(flag: Flag) -> str | None:
    """What BuildKit says before it knows any variable."""
    try:
        parts = fields(flag.value or "")
    except BadMount as error:
        return f"failed to parse csv mounts: {error}"
    for part in parts:
        key, _, value = part.partition("=")
        if key.lower() == "from" and re.search(r"\$.", value):
            return "'from' doesn't support variable expansion, define alias stage instead"
    return None


def _unknown(name: str) -> Answer:
    return UNKNOWN


def problem(flag: Flag, escape: str, lookup: Lookup = _unknown) -> str | None:
    """What BuildKit says when it makes the mount; a value with a variable in it that is not known is not judged."""
    kind: str | None = "bind"
    known: dict[str, str] = {}
    try:
        for part in fields(flag.value or ""):
            kind = _check(part, kind, known, escape, lookup)
        if kind is not None:
            _check_together(kind, known)
    except (BadMount, ExpandError) as error:
        return str(error)
    return None


def _check(part: str, kind: str | None, known: dict[str, str], escape: str, lookup: Lookup) -> str | None:
    """Raises BadMount for a wrong field; gives the type of the mount as far as read, None for an unknown one."""
    key, equals, value = part.partition("=")
    key = key.lower()
    if not equals:
        if key == "required":
            _only_for(key, kind, ("secret", "ssh"))
        elif key not in _SWITCHES:
            raise BadMount(f"invalid field '{part}' must be a key=value pair")
        return kind
    if key not in _FIELDS and key not in _SWITCHES and key != "required":
        raise BadMount(f"unexpected key '{key}' in '{part}'{suggestion(key, _SUGGESTED)}")
    expanded = expand_partial(value, lookup, escape).value
    if not isinstance(expanded, str):
        known[key] = "$"
        return None if key == "type" else kind
    known[key] = value = expanded
    if key == "type":
        return _known(value, _TYPES, "unsupported mount type")
    _check_value(key, value, kind)
    return kind


def _check_value(key: str, value: str, kind: str | None) -> None:
    if key == "required":
        _only_for(key, kind, ("secret", "ssh"))
    if key == "size":
        _only_for(key, kind, ("tmpfs",))
    if key in _SWITCHES or key == "required":
        if boolean(value) is None:
            raise BadMount(f"invalid value for {key}: {value}")
    elif key == "size" and not re.fullmatch(r"(?=[0-9.]*[0-9])[0-9]*\.?[0-9]* ?(?:b|[kmgtp](?:i?b)?)?", value.lower()):
        raise BadMount(f"invalid value for {key}: {value}")
    elif key == "sharing":
        _known(value, _SHARING, "unsupported sharing value")
    elif key in ("mode", "uid", "gid") and unsigned(value, 8 if key == "mode" else 10) is None:
        raise BadMount(f"invalid value {value} for {key}")


def _known(value: str, options: tuple[str, ...], complaint: str) -> str:
    if value.lower() not in options:
        raise BadMount(f"{complaint} {quote(value)}{suggestion(value, options)}")
    return value.lower()


def _only_for(key: str, kind: str | None, kinds: tuple[str, ...]) -> None:
    if kind is not None and kind not in kinds:
        raise BadMount(f"unexpected key '{key}' for mount type '{kind}'")


def _check_together(kind: str, known: dict[str, str]) -> None:
    for key in ("mode", "uid", "gid"):
        if key in known and kind not in ("secret", "ssh", "cache"):
            raise BadMount(f'{key} not allowed for "{kind}" type mounts')
    source = known.get("source") or known.get("src")
    target = known.get("target") or known.get("dst") or known.get("destination")
    if kind == "secret":
        if known.get("from"):
            raise BadMount("secret mount should not have a from")
        if known.get("sharing"):
            raise BadMount("secret mount should not define sharing")
        if not source and not target and not known.get("id"):
            raise BadMount("invalid secret mount. one of source, target required")
        if source and known.get("id"):
            raise BadMount("both source and id can't be set")
    if kind == "ssh" and source:
        raise BadMount("ssh does not support source")
    if known.get("sharing") and kind != "cache":
        raise BadMount(f"invalid cache sharing set for {kind} mount")
    if kind in ("bind", "cache", "tmpfs") and target and target.startswith("/") and not target.strip("/."):
        raise BadMount('invalid mount target "/"')


def device_problem(text: str) -> str | None:
    """RUN --device, of frontends that have it (instructions/commands_rundevice.go)."""
    try:
        parts = fields(text)
    except BadMount as error:
        return f"failed to parse csv devices: {error}"
    name = ""
    for part in parts:
        key, equals, value = part.partition("=")
        key = key.lower()
        if key == "required":
            if equals and boolean(value) is None:
                return f"invalid value for {key}: {value}"
        elif key == "name" and equals:
            if name:
                return f"device name already set to {name}"
            name = value
        elif not name:
            name = part
        elif not equals:
            return f"invalid field '{part}' must be a key=value pair"
        else:
            return f"unexpected key '{key}' in '{part}'{suggestion(key, ('name', 'required'))}"
    return None
