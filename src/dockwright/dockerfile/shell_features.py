"""What shells do with the constructs beyond POSIX sh that `Script.features` names.

Observed by running each construct in dash 0.5.12 (Debian 12), BusyBox 1.35 ash (Debian 12) and bash 5.2. That Debian's
dash has pipefail since 0.5.12-7 is said by its changelog (Debian bug 1071238): Debian 13 and Ubuntu 25.04 have it.
"""

from __future__ import annotations

import re
from enum import Enum

from dockwright.finding import NO, UNKNOWN, YES, Answer


class Effect(Enum):
    WORKS = "works"
    SYNTAX_ERROR = "syntax error"  # exit 2 before anything of that line runs
    ABORTS = "aborts"  # the shell ends there with exit 2
    NOT_FOUND = "not found"  # that command is not found (127), the shell goes on
    FAILS = "fails"  # that command fails (exit 2), the shell goes on
    DIFFERENT = "different"  # no message, another meaning
    UNKNOWN = "unknown"


_W, _S, _A, _N, _F, _D, _U = Effect

# name -> (dash, ash); bash takes them all, but for what is left unfollowed
_EFFECTS: dict[str, tuple[Effect, Effect]] = {
    "ampersand-redirect": (_D, _W),  # &>file: dash runs the command in the background, and empties the file
    "ansi-c-quote": (_D, _W),
    "append-assignment": (_N, _N),
    "arithmetic-command": (_N, _N),  # ((i++)): a subshell in a subshell that runs `i++`
    "array": (_S, _S),  # a=(…)
    "array-element": (_N, _N),  # a[0]=x
    "array-index": (_A, _A),  # ${a[0]}: Bad substitution
    "brace-expansion": (_D, _D),
    "c-style-for": (_S, _S),
    "case-fall-through": (_S, _S),
    "case-modification": (_A, _A),
    "coproc": (_N, _N),
    "declare": (_N, _N),
    "double-bracket": (_N, _W),
    "double-bracket-order": (_D, _D),  # [[ a < b ]]: a redirection
    "double-bracket-parenthesis": (_S, _S),
    "double-equals": (_F, _W),  # [: a: unexpected operator
    "extended-glob": (_S, _S),
    "file-after-ampersand": (_A, _W),  # >& file: Bad fd number
    "function-keyword": (_S, _W),
    "here-string": (_S, _S),
    "indirect": (_A, _A),
    "let": (_N, _W),
    "locale-quote": (_D, _D),
    "mapfile": (_N, _N),
    "parameter-transformation": (_A, _A),
    "pattern-substitution": (_A, _W),
    "pipe-ampersand": (_S, _S),
    "pipefail": (_A, _W),
    "popd": (_N, _N),
    "process-substitution": (_S, _W),
    "pushd": (_N, _N),
    "readarray": (_N, _N),
    "select": (_S, _S),
    "shopt": (_N, _N),
    "source": (_N, _W),
    "subshell-after-dollar": (_S, _S),  # $((a) && b): Missing '))'
    "substring": (_A, _W),
    "typeset": (_N, _N),
}
_SINCE = {  # where it depends on the version: unknown without one, and before it what the other releases did
    ("pipefail", "dash"): ((0, 5, 12, 7), _A),
    ("process-substitution", "ash"): ((1, 35), _U),
}


def effect(feature: str, shell: str, version: str | None = None) -> Effect:
    """What `shell` ("dash", "ash" or "busybox", "bash", …) does with a feature. `version` is its package's version."""
    if feature not in _EFFECTS:
        return Effect.UNKNOWN
    if shell == "bash":
        return Effect.UNKNOWN if feature == "extended-glob" else Effect.WORKS  # needs shopt -s extglob
    if shell not in ("dash", "ash", "busybox"):
        return Effect.UNKNOWN
    name = "dash" if shell == "dash" else "ash"
    if (feature, name) in _SINCE:
        first, before = _SINCE[feature, name]
        if version is None:
            return Effect.UNKNOWN
        return Effect.WORKS if _numbers(version) >= first else before
    return _EFFECTS[feature][name == "ash"]


def supported(feature: str, shell: str, version: str | None = None) -> Answer:
    """Does `shell` take the feature as bash does."""
    found = effect(feature, shell, version)
    if found is Effect.UNKNOWN:
        return UNKNOWN
    return YES if found is Effect.WORKS else NO


def _numbers(version: str) -> tuple[int, ...]:
    """`1:1.35.0-4+deb12u1` -> (1, 35, 0, 4, 12, 1): enough to compare releases of one package."""
    return tuple(int(digits[:9]) for digits in re.findall(r"[0-9]+", version.rpartition(":")[2])[:8])
