"""A container that started and died: what shows it, in a log that no builder wrote."""

from __future__ import annotations

import re

LAST = 400  # lines looked at
EVIDENCE = re.compile(
    r"Traceback \(most recent call last\):|^\s{0,20}File \"/[^\"]{1,300}\", line \d{1,7}, in "
    r"|exec (?:/|\"|\w)\S{0,200}: (?:no such file|exec format error|permission denied|not found)"
    r"|exec(?:: \S{1,200}|ing '[^']{1,200}'):? (?:executable file not found|no such file|permission denied|failed: )"
    r"|exec user process caused|OCI runtime (?:create|exec) failed|executable file not found in \$PATH"
    r"|Error response from daemon|failed to create (?:task|shim)|Worker failed to boot|Application startup failed"
    r"|(?:exited with|exit|exited with exit) (?:code|status):? [1-9]\d{0,5}\b|CrashLoopBackOff|is unhealthy\b"
    r"|^Segmentation fault|^Killed$|^Bus error|^Illegal instruction"
    r"|^(?:ba|da)?sh: (?:line )?(?:\d+: )?\S{1,200}: (?:command )?not found"
    r"|returned non-zero exit status [1-9]|did not complete successfully"
)
CODE = re.compile(r"(?:exited with|exit|exited with exit) (?:code|status):? (\d{1,6})\b")
# Served requests after a traceback: an error that was caught, and the program went on.
ALIVE = re.compile(r'" 200 |\b200 OK\b')


# The last words of tools that have done what they were asked to do; what they say after them is skipped.
DONE = re.compile(
    r"Successfully installed \S|OK(?: \(.*\))?$|=*\s*\d+ passed(?!.*(?:\d failed|error))|Done in [\d.]+ ?m?s\b|(?:\[INFO\] )?BUILD SUCCESS"
    r"|\s*Finished `?\w+`? |Bundle complete!|added \d+ packages|Installed \d+ packages? in |\d+ static files? copied"
    r"|webpack [\d.]+ compiled (?:successfully|with \d+ warnings?)|✓ built in "
)
AFTER = re.compile(
    r"\s*$|\[notice\]|npm notice|WARNING: (?:Running pip as|You are using pip)|You should consider upgrading|\d+ vulnerabilities|Run `npm"
    r"|To address|  npm (?:audit|fund)|\d+ packages are looking|found 0 vulnerabilities|Use `bundle info|Don't run Bundler"
)


def ended_well(texts: list[str]) -> bool:
    """Is the last that a fragment says that its tool has done its work?"""
    last = next((text for text in reversed(texts) if not AFTER.match(text[:500])), "")
    return DONE.match(last[:500]) is not None


def evidence(texts: list[str]) -> tuple[int, int | None]:
    """Index of the first line that shows a failure, or -1, and the exit code where one is told."""
    first, code = -1, None
    for index, text in enumerate(texts):
        text = text[:2000]
        if EVIDENCE.search(text):
            first = index if first < 0 else first
            told = CODE.search(text)
            code = int(told[1]) if told and told[1] != "0" else code
        elif first >= 0 and code is None and ALIVE.search(text):
            first = -1
    return first, code
