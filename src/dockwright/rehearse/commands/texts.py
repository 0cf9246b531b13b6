"""Commands that read and rewrite texts (GNU coreutils 9 and BusyBox 1.36 alike)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from msgspec.structs import replace

from dockwright.finding import UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Node, Value


def run(call: Call) -> Answer:
    return FUNCTIONS[call.name](call)


def _reads(call: Call) -> Answer:
    """cat, head, wc …: each operand must be there."""
    _, operands = call.options({"-n", "-c", "-d", "-f", "-k", "-t", "-o", "--lines", "--bytes"})
    for operand in operands:
        path = call.path(operand.value)
        if path is not UNKNOWN and not operand.glob and operand.value != "-":
            call.wants(needs.File(str(path), "read"), operand.span)
    return call.done()


def _sed(call: Call) -> Answer:
    options, operands = call.options({"-e", "--expression", "-f", "--file"})
    files = operands if options.keys() & {"-e", "-f", "--expression", "--file"} else operands[1:]
    in_place = any(name == "-i" or name.startswith(("--in-place", "-i")) for name in options)
    for operand in files:
        path = call.path(operand.value)
        if path is UNKNOWN or operand.glob:
            continue
        call.wants(needs.File(str(path), "read"), operand.span)
        look = call.image.find(str(path))
        if in_place and look.node is not None:
            call.image.put(str(path), replace(look.node, content=_edited(call, operands, look.node.text)))
        elif in_place and look.answer is UNKNOWN:
            call.image.put(str(path), Node("file", call.says("edits it"), UNKNOWN, UNKNOWN))
    return call.done()


def _edited(call: Call, operands: list[Argument], text: Value) -> Value:
    """`sed -i 's/\\r$//' file` is followed, any other edit makes the text UNKNOWN."""
    script = operands[0].value if operands else UNKNOWN
    if text is not UNKNOWN and script in (r"s/\r$//", r"s/\r//", r"s/\r//g", r"s/\r$//g", r"s/^M$//"):
        return str(text).replace("\r\n", "\n")
    return UNKNOWN


def _tee(call: Call) -> Answer:
    for operand in call.options(set())[1]:
        path = call.path(operand.value)
        if path is not UNKNOWN and not operand.glob and not str(path).startswith("/dev/"):
            call.wants(needs.File(posixpath.dirname(str(path)), "directory"), operand.span)
            call.writes(str(path), operand.span)
            call.make(path, text=UNKNOWN, why="written here")
    return call.done()


def _dos2unix(call: Call) -> Answer:
    for operand in call.options(set())[1]:
        path = call.path(operand.value)
        node = None if path is UNKNOWN else call.image.find(str(path)).node
        if node is not None and node.text is not UNKNOWN:
            call.image.put(str(path), replace(node, content=str(node.text).replace("\r\n", "\n")))
    return UNKNOWN


FUNCTIONS: dict[str, Callable[[Call], Answer]] = {
    "cat": _reads, "head": _reads, "tail": _reads, "wc": _reads, "sed": _sed, "tee": _tee, "dos2unix": _dos2unix,
}  # fmt: skip
