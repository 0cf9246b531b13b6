"""What continuous integration, log collectors and people put before each line of a build log.

A prefix is taken off only where most of the first lines bear it: a program's own timestamps in the output of one step
are text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SAMPLE = 1000  # lines that are waited for
PROBES = 120  # of them looked at
LAYERS = 4
SHOWN = 400  # characters of a line looked at

_DATE = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| UTC)?"
_LEVEL = r"(?:inf|err|info|error|warn|warning|debug)"
PREFIXES = tuple(
    re.compile(rf"\n{pattern}(?: |(?=\n))", re.IGNORECASE)
    for pattern in (
        # build\tUNKNOWN STEP\t2024-05-01T12:00:00.1234567Z #1 [internal] load …         (gh run view --log)
        rf"[^\t\n]{{1,200}}\t[^\t\n]{{1,200}}\t\ufeff?{_DATE}",
        # 2024-05-01T12:00:00.123456789Z stdout F text                                    (Kubernetes)
        rf"{_DATE} std(?:out|err) [FP]",
        # 2024-05-01T12:00:00.123456Z 01O text                                            (GitLab with timestamps)
        rf"{_DATE} [0-9a-f]{{2}}[OE]\+?",
        # 2024-05-01T12:00:00.000000+00:00 app[web.1]: text (Heroku); … app[148e] ord [info] text (Fly)
        rf"{_DATE} \w{{1,40}}\[[\w.-]{{1,60}}\](?::| [a-z]{{3}} \[\w{{1,10}}\])",
        # 2024-05-01T12:00:00Z [inf]  text                                                (Railway, Render)
        rf"\[?{_DATE}\]? \[{_LEVEL}\] ?",
        # 2024-05-01T12:00:00.1234567Z text (GitHub, Azure); [2024-05-01T12:00:00.123Z] text (Jenkins)
        rf"\ufeff?\[?{_DATE}\]?",
        # May 01 12:00:00 host dockerd[123]: text                                         (journal)
        r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,80} [\w./-]{1,80}(?:\[\d{1,9}\])?:",
        # May 01 12:00:00 AM  text                                                        (Render)
        r"[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d [AP]M ?",
        # [12:00:00] text, 12:00:00  text                                                 (Jenkins, TeamCity, Vercel)
        r"\[?\d\d:\d\d:\d\d(?:\.\d{1,6})?\]?(?: [AP]M)? ?",
        # Step #0 - "build": text                                                         (Cloud Build)
        r'Step #\d{1,4}(?: - "[^"\n]{1,100}")?:',
        # remote: text                                                                    (git push to a platform)
        r"remote:",
        # [build : push] text                                                             (Tekton)
        r"\[[\w.-]{1,80} : [\w.-]{1,80}\]",
        # (APIServer pid=1) text                                                          (vLLM's processes)
        r"\((?:APIServer|EngineCore|Worker)[\w ]{0,40} pid=\d{1,9}\)",
        # > text                                                                          (quoted in a thread)
        r">",
    )
)

RULE = "------"  # below it BuildKit says in which line of the Dockerfile it was
CLOCK = re.compile(r"\n\d{1,6}\.\d{1,4}(?: |(?=\n))")


def detect(lines: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """The prefixes of these first lines, outermost first."""
    said = [line for line in lines[:SAMPLE] if line and not line.isspace()]
    texts = [f"\n{line[:SHOWN]}\n" for line in said[:: max(1, len(said) // PROBES)]]
    found: list[re.Pattern[str]] = []
    while len(found) < LAYERS and texts:
        prefix = next((each for each in PREFIXES if each not in found and _common(each, texts)), None)
        if prefix is None:
            break
        found.append(prefix)
        texts = [prefix.sub("\n", text, count=1) for text in texts]
    texts = [text.strip("\n") for text in texts]
    return tuple(found) + _clock(texts) + _indent(texts)


def _clock(texts: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """`42.34 text` without the head of the step, as people cut the last lines that BuildKit repeats."""
    texts = texts[: texts.index(RULE)] if RULE in texts else texts
    if any(text.startswith(("#", "=>", " =>", ">", " >")) for text in texts):
        return ()
    return (CLOCK,) if texts and _common(CLOCK, [f"\n{text}\n" for text in texts]) else ()


def _common(prefix: re.Pattern[str], texts: Sequence[str]) -> bool:
    return sum(1 for text in texts if prefix.match(text)) * 10 >= 6 * len(texts)


def _indent(texts: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """A log pasted as an indented block."""
    common = min((len(text) - len(text.lstrip(" ")) for text in texts if text and not text.isspace()), default=0)
    return (re.compile(rf"\n {{1,{common}}}"),) if common else ()


def strip(text: str, prefixes: Sequence[re.Pattern[str]]) -> str:
    if not prefixes:
        return text
    text = f"\n{text}\n"
    for prefix in prefixes:
        text = prefix.sub("\n", text)
    return text[1:-1]
