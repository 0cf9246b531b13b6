"""May a file be executed: its mode, line ends and interpreter (execve(2))."""

from __future__ import annotations

from dockwright.finding import NO, UNKNOWN, YES, Answer, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.source import Span


def executable(call: Call, path: str, span: Span) -> Answer:
    """UNKNOWN where the image does not say what the file holds; what forbids it is recorded."""
    node = call.image.find(path).node
    if node is None or node.kind == "dir":
        return UNKNOWN
    evidence: tuple[Evidence, ...] = tuple(proof for proof in (node.changed or node.made,) if proof is not None)
    if node.mode is not UNKNOWN and not node.mode & 0o111:
        return call.lacks(needs.Executable(path, "mode"), span, evidence)
    if node.text is UNKNOWN or not str(node.text).startswith("#!"):
        return UNKNOWN
    line = str(node.text).split("\n", 1)[0]
    words = line[2:].split()
    if line.endswith("\r"):
        return call.lacks(needs.Executable(path, "crlf", words[0] if words else ""), span, evidence)
    if words and not words[0].endswith("/env") and call.image.find(words[0]).answer is NO:
        return call.lacks(needs.Executable(path, "interpreter", words[0]), span, evidence)
    return YES
