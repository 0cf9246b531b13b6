"""What an install is told about package indexes, constraints and wheels: options, environment, requirements files."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dockwright.finding import UNKNOWN, YES
from dockwright.rehearse.call import Call

# Long names of options, each with the short and newer spellings that pip and uv take.
DEFAULT = ("-i", "--index-url", "--default-index", "--pypi-url")
EXTRA = ("--extra-index-url", "--index")
LINKS = ("-f", "--find-links")
CONSTRAINTS = ("-c", "--constraint", "--constraints")
REQUIREMENTS = ("-r", "--requirement", "--requirements")
NO_BINARY = ("--no-binary", "--no-binary-package")
ONLY_BINARY = ("--only-binary", "--no-build-package")
VALUED = (*DEFAULT, *EXTRA, *LINKS, *CONSTRAINTS, *REQUIREMENTS, *NO_BINARY, *ONLY_BINARY, "--prerelease")
FLAGS = ("--pre", "--no-deps", "--no-index", "--no-build", "--require-hashes")
# Options that make it another question than the ones asked here: other platforms, ways to resolve, overrides.
STRANGE = frozenset([
    "--prefer-binary", "--platform", "--python-version", "--implementation", "--abi", "--resolution", "--override",
    "--overrides", "--exclude-newer", "--uploaded-prior-to", "--python-platform", "--torch-backend",
    "--use-deprecated", "--dry-run", "--report", "--excludes", "--index-strategy", "--build-constraint",
])  # fmt: skip
CONFIGS = (
    "/etc/pip.conf",
    "/etc/xdg/pip/pip.conf",
    "/root/.pip/pip.conf",
    "/root/.config/pip/pip.conf",
    "/etc/uv/uv.toml",
)


class Told(Struct, frozen=True):
    """`doubt`: why nothing that this machine could find out would hold for the image."""

    values: dict[str, tuple[str, ...]] = {}
    flags: frozenset[str] = frozenset()
    constraints: tuple[str, ...] = ()
    doubt: str = ""
    blurred: bool = False  # something unknown may have configured the installer

    def all(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(value for name in names for value in self.values.get(name, ()))


def told(call: Call, tool: str) -> Told:
    pairs = [*_written(call), *_environment(call, tool)]
    pairs += [
        pair for name, value in list(pairs) if name in (*REQUIREMENTS, *CONSTRAINTS) for pair in _in_file(call, value)
    ]
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        values[name] = (*values.get(name, ()), value)
    flags = frozenset(name for name, _ in pairs if name in FLAGS)
    constraints, unread = _constraints(call, values)
    doubt = _doubt(call, values, pairs) or unread
    return Told(values, flags, constraints, doubt, call.image.opaque is not None)


def _written(call: Call) -> Iterator[tuple[str, str]]:
    """Options of the command line; a value that is not known is a question mark."""
    words = call.arguments[1:]
    for at, word in enumerate(words):
        text = "?" if word.value is UNKNOWN else str(word.value)
        name, has, value = text.partition("=")
        if has and name.startswith("--"):
            yield name, value
        elif text in VALUED:
            after = words[at + 1].value if at + 1 < len(words) else UNKNOWN
            yield text, "?" if after is UNKNOWN else str(after)
        elif text[:2] in ("-r", "-c", "-i", "-f") and len(text) > 2 and not text.startswith("--"):
            yield text[:2], text[2:]
        elif text.startswith("--"):
            yield text, ""


def _environment(call: Call, tool: str) -> Iterator[tuple[str, str]]:
    prefix = "UV_" if tool == "uv" else "PIP_"
    for name in (*VALUED, *FLAGS):
        if name.startswith("--"):
            value = call.variable(prefix + name[2:].upper().replace("-", "_"))
            if value is None or str(value).lower() in ("", "0", "false", "no", "off"):
                continue
            for word in ["?"] if value is UNKNOWN else str(value).split():
                yield name, word
    if call.variable(prefix + "CONFIG_FILE") not in (None, "", UNKNOWN):
        yield "--config-file", "?"


def _in_file(call: Call, value: str) -> Iterator[tuple[str, str]]:
    """Options that a requirements file sets for the whole command: indexes, links, binary or not."""
    from dockwright.inputs.requirements import read_all
    from dockwright.rehearse.imagetree import ImageTree

    path = call.path(value)
    if value == "?" or "://" in value or path is UNKNOWN:
        return
    for included in read_all(ImageTree(call.image, "/"), str(path).lstrip("/")):
        if included.file is None:
            continue
        for option in included.file.options:
            if option.name in (*VALUED, *FLAGS) and option.name not in (*REQUIREMENTS, *CONSTRAINTS):
                yield option.name, option.value or ""
        if included.constraint:
            yield "--constraint", "/" + included.path


def _constraints(call: Call, values: dict[str, tuple[str, ...]]) -> tuple[tuple[str, ...], str]:
    """Lines of the constraints files, and why they are not known."""
    from dockwright.inputs.requirements import parse
    from dockwright.source import Source

    lines: list[str] = []
    for value in dict.fromkeys(value for name in CONSTRAINTS for value in values.get(name, ())):
        path = UNKNOWN if value == "?" or "://" in value else call.path(value)
        node = None if path is UNKNOWN else call.image.find(str(path)).node
        if node is None or node.text is UNKNOWN:
            return (), "a constraints file is not known"
        file = parse(Source(str(path), str(node.text)))
        lines += [
            line.requirement.text for line in file.lines if line.requirement is not None and line.requirement.name
        ]
    return tuple(lines), ""


def _doubt(call: Call, values: dict[str, tuple[str, ...]], pairs: list[tuple[str, str]]) -> str:
    strange = next((name for name, _ in pairs if name in STRANGE), "")
    if strange:
        return f"{strange} is not followed"
    if any(name in values for name in LINKS):
        return "packages may come from --find-links"
    places = [value for name in (*DEFAULT, *EXTRA) for value in values.get(name, ())]
    if any(mark in value for value in places for mark in ("?", "$", "//@", ":@")):
        return "the package index is not known"
    if "--config-file" in values or any(call.image.find(path).answer is YES for path in CONFIGS):
        return "the image configures its own package index"
    return ""
