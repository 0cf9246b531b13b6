"""Services, compilers and other programs whose effects are not followed: they must be there, and may make files."""

from __future__ import annotations

from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse.call import Call

# They make files somewhere below the working directory (compilers).
MAKING = frozenset("gcc g++ cc c++ clang autoconf automake libtoolize ar ld protoc msgfmt".split())


def run(call: Call) -> Answer:
    if call.name in MAKING:
        return _makes(call)
    return YES if call.name in ("updatedb", "mandb", "fc-cache") else UNKNOWN


def _makes(call: Call) -> Answer:
    call.image.blur(str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", call.says("compiles here"))
    return UNKNOWN
