"""Whether and when a failed build is tried again. Pure: the clock and chance are handed in."""

from __future__ import annotations

import re

from msgspec import Struct

WAITS = (2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 90.0, 120.0)  # seconds; the last one goes on
SPREAD = 0.2  # of a wait, by chance: services that failed together shall not come back together
BUDGET = 15 * 60.0
KILLS = 2  # times that an engine or its client may go away before that is taken for an answer
# Commands whose second run is not the first one's: something outside of the build may have happened already.
WORDS = r"\s+(?:[\w=-]{1,80}\s+){0,4}"
BEFORE = (  # where a command stands: the arguments of another one don't count
    r"(?:^\s*RUN(?:\s+--\S{1,400}){0,20}\s|&&|[;|(\n])\s*"
    r"(?:(?:sudo|env|exec|then|do|else|time|set -\w{1,20}|!|[A-Za-z_]\w{0,80}=\S{0,400})\s+){0,6}"
)
OUTSIDE = re.compile(
    rf"(?i:{BEFORE})(?P<command>"
    r"(?:twine|rsync|scp|sftp|ssh|sendmail|mail|psql|mysql|mongosh?|redis-cli|ansible-playbook|s3cmd|rclone|sentry-cli)\s"
    rf"|(?:uv|poetry|flit|hatch|pdm|npm|yarn|pnpm|cargo|gem){WORDS}(?:publish|push)\b"
    rf"|(?:docker|podman|buildah|git|crane|skopeo|oras){WORDS}(?:push|copy)\b"
    rf"|(?:terraform|tofu|pulumi|cdk|serverless|kubectl|helm|heroku|flyctl|fly|vercel|netlify){WORDS}"
    r"(?:apply|up|upgrade|install|deploy|create|delete|destroy|patch|replace|run|set)\b"
    rf"|(?:aws|gcloud|gsutil|az){WORDS}(?:cp|mv|rm|sync|deploy|publish|(?:put|create|update|delete|send|run)\S{{0,80}})\b"
    rf"|(?:alembic|flask\s+db){WORDS}(?:upgrade|downgrade|stamp)\b"
    r"|(?:python[\d.]{0,8}\s+)?[\w./-]{0,80}manage\.py\s+(?:migrate|loaddata|createsuperuser|flush|sendtestemail)\b"
    r"|gh\s+(?:release|pr|issue|workflow|api)\b"
    r"|curl\b[^|;&\n]{0,400}?\s(?:(?:-X\s?|--request[= ])['\"]?(?!GET\b|HEAD\b)[A-Z]|-[dFT]\b|--(?:data|form|upload-file|json))"
    r"|wget\b[^|;&\n]{0,400}?\s--(?:post-|method=(?!GET|HEAD)|body-)"
    r")"
)


class Failure(Struct, frozen=True):
    """What is known of a failed attempt. `killed`: a signal ended the engine's client, or the engine went away."""

    transient: bool
    instruction: str = ""
    killed: bool = False


class Verdict(Struct, frozen=True):
    """`wait` seconds until the next attempt; None with the reason why there is none. `spent`: the budget was the reason."""

    wait: float | None
    why: str = ""
    spent: bool = False


def outside_effects(instruction: str) -> str:
    """The command of an instruction that changes something outside of the build; empty when none is seen."""
    if instruction.lstrip()[:3].upper() != "RUN":
        return ""
    exec_form = instruction.partition("[")[2] if instruction.lstrip()[3:].lstrip().startswith("[") else ""
    text = "RUN " + re.sub(r"[\]\",]+", " ", exec_form) if exec_form else instruction.replace("\\\n", " ")
    found = OUTSIDE.search(text)
    return " ".join(re.split(r"[;&|\n]", text[found.start("command") :], maxsplit=1)[0].split())[:60] if found else ""


class Budget:
    """Of one target. Each failure is judged; `now` is any clock's seconds, `chance` is in 0…1."""

    def __init__(self, seconds: float = BUDGET) -> None:
        self.seconds = seconds
        self.first: float | None = None  # when it first failed
        self.failures = 0
        self.kills = 0

    def judge(self, failure: Failure, now: float, chance: float = 0.5) -> Verdict:
        self.kills += failure.killed
        if failure.killed and self.kills > KILLS:
            return Verdict(None, "the engine or its client went away again and again")
        if not failure.transient and not failure.killed:
            return Verdict(None, "it would fail again")
        effect = outside_effects(failure.instruction)
        if effect:
            return Verdict(
                None, f"not tried again by itself: `{effect}` may already have done something outside of the build"
            )
        self.first = now if self.first is None else self.first
        wait = WAITS[min(self.failures, len(WAITS) - 1)] * (1 + SPREAD * (2 * chance - 1))
        self.failures += 1
        if now - self.first + wait > self.seconds:
            return Verdict(None, f"the budget of {_time(self.seconds)} for trying again is spent", True)
        return Verdict(wait)


def _time(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 120 else f"{seconds / 60:g} min"


UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds(text: str) -> float | None:
    """`90`, `90s`, `15m`, `1h`; None for what is no time."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s?(s|m|min|h)?", text.strip())
    return float(match[1]) * UNITS[match[2] or ""] if match else None
