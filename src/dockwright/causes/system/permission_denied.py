"""The user of the line may not write, own or execute what it touches.

After USER every line runs as that user. What COPY and root's lines made belongs to root; folders at the root of the file
system, /etc and the system's packages stay closed, and apt-get, dpkg or useradd work for root alone. A script needs its
executable bit, which some checkouts lose.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Evidence, Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step
from dockwright.source import Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    path: str = ""
    user: str = ""
    what: str = "write"  # write, execute


TITLE = "[{user} ]may not {what} {path}"
WHY = "Its owner or its mode does not allow it[: {user} neither owns it nor may make it there]."

SIGNATURES = (
    # mkdir: cannot create directory '/app': Permission denied
    sign("ermission denied", r"^(?:mkdir|touch|cp|mv|ln|tee|install|rmdir): .*?['‘\"](?P<path>/[^'’\"]*)['’\"]: Permission denied", sure=0.93),
    # rm: cannot remove '/etc/passwd': Permission denied
    sign("ermission denied", r"^rm: cannot remove ['‘](?P<path>[^'’]+)['’]: Permission denied", sure=0.93),
    # /bin/sh: 1: cannot create /x: Permission denied
    sign(": Permission denied", r"(?:ba|da|a)?sh: (?:line )?(?:\d+: )?(?:cannot create |can't create )?(?P<path>/[^\s:]+): Permission denied", sure=0.9),
    # /bin/sh: 1: ./publish.py: Permission denied
    sign(": Permission denied", r"(?:ba|da|a)?sh: (?:line )?(?:\d+: )?(?P<path>\.{0,2}/?[^\s:]+): Permission denied", sure=0.9, what="execute"),
    # chown: changing ownership of '/etc': Operation not permitted
    sign("Operation not permitted", r"(?:chown|chmod|chgrp): (?:changing \w+ of )?['‘]?(?P<path>/[^\s'’:]*)['’]?: Operation not permitted", sure=0.93),
    # E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)
    sign(": Could not open lock file ", r"lock file (?P<path>\S+) - open \(13: Permission denied\)", sure=0.97),
    # E: List directory /var/lib/apt/lists/partial is missing. - Acquire (13: Permission denied)
    sign("Acquire (13: Permission denied)", r"E(?:rror)?: List directory (?P<path>\S+) is missing", sure=0.97),
    # dpkg: error: requested operation requires superuser privilege
    sign("requires superuser privilege", sure=0.97, path="/var/lib/dpkg"),
    # useradd: cannot lock /etc/passwd; try again later.
    sign("; try again later.", r"(?:user|group)\w+: cannot lock (?P<path>/\S+); try again later", sure=0.9),
    # ERROR: Unable to lock database: Permission denied        (apk)
    sign("ERROR: Unable to lock database: Permission denied", sure=0.97, path="/lib/apk/db"),
    # PermissionError: [Errno 13] Permission denied: '/nonexistent'
    sign("[Errno 13] Permission denied: ", r"\[Errno 13\] Permission denied: ['\"](?P<path>[^'\"]+)['\"]", sure=0.93),
    # ERROR: Could not install packages due to an OSError: [Errno 13] … Check the permissions.
    sign("Check the permissions.", sure=0.9, path="the folder that pip installs into"),
    # npm ERR! Error: EACCES: permission denied, mkdir '/app/node_modules'
    sign("EACCES: permission denied", r"EACCES: permission denied, \w+ '(?P<path>[^']+)'", sure=0.93),
    # exec /entrypoint.sh: permission denied
    sign(": permission denied", r"exec:? \"?(?P<path>/?[^\s\":]+)\"?: permission denied", sure=0.93, what="execute"),
    # error: could not create '/usr/local/lib/python3.11/site-packages/x': Permission denied
    sign("error: could not create '", r"error: could not create '(?P<path>[^']+)': Permission denied", sure=0.93),
    # error: failed to create directory `/app/.venv`: Permission denied (os error 13)        (uv, its cache too)
    sign(": Permission denied (os error 13)", r"[Ff]ailed to [\w ]+ `(?P<path>/[^`]+)`: Permission denied \(os error 13\)", sure=0.95),
    # error: Permission denied (os error 13) at path "/app/.tmpxMgSzO"
    sign("Permission denied (os error 13) at path", r'os error 13\) at path "(?P<path>/[^"]+)"', sure=0.93),
    # virtualenv: error: argument dest: the destination . is not write-able at /home        (Poetry)
    sign("argument dest: the destination . is not write-able", r"not write-able at (?P<path>/\S*)", sure=0.95),
    # OSError: [Errno 30] Read-only file system: '/app/cache'
    sign("[Errno 30] Read-only file system", r"Read-only file system: ['\"](?P<path>[^'\"]+)['\"]", sure=0.9),
    # no recorded log yet: EROFS: read-only file system, open '/app/x'
    sign("EROFS: read-only file system", r"EROFS: read-only file system, \w+ '(?P<path>[^']+)'", sure=0.9),
    # mkdir: cannot create directory '/app/cache': Read-only file system
    sign(": Read-only file system", r"^(?:mkdir|touch|cp|mv|ln|tee|rm): .*?['‘](?P<path>/[^'’]*)['’]: Read-only file system", sure=0.9),
    #   path: /opt/conda/pkgs/urls.txt   (NotWritableError: The current user does not have write permissions to a required path.)
    sign("  path: /", r"^\s+path: (?P<path>/\S+)$", sure=0.93, also="does not have write permissions to a required path"),
    # linuxgsm.sh: Permission denied   (wget: Cannot write to ‘linuxgsm.sh’ (Success).)
    sign(": Permission denied", r"^(?P<path>[\w./-]+): Permission denied$", sure=0.88, also="Cannot write to "),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Writable):
        yield found(unmet, Facts(need.path, need.user), *_homeless(step, need, unmet.evidence))
    for unmet, each in step.unmet(needs.Executable):
        if each.problem == "mode":
            yield found(unmet, Facts(each.path, "", "execute"))


def _homeless(step: Step, need: needs.Writable, known: tuple[Evidence, ...]) -> Iterator[Evidence]:
    """The line that made the user without the home folder that is written to."""
    account = step.before.accounts.get(need.user)
    if account is None or account.made is None or known or not isinstance(account.home, str):
        return
    if need.path == account.home or need.path.startswith(account.home + "/"):
        yield Evidence(
            f"makes {need.user}, whose home {account.home} is not made", account.made.place, text=account.made.text
        )


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and facts.what == "execute":
        yield from _executable(finding, where, facts)
    elif where is not None and facts.user and facts.path.startswith("/"):
        yield from _own_home(where, facts)
        yield from _given(finding, where, facts)
        yield from _as_root(where, facts)
    if facts.what == "execute":
        yield remedy.advice(
            f"Give {facts.path or 'the script'} its executable bit (COPY --chmod=755, or chmod +x in the repository)."
        )
    else:
        yield remedy.advice(
            f"Do this before USER, or give {facts.path or 'the path'} to that user first (COPY --chown, chown)."
        )


def _executable(finding: Finding, where: Place, facts: Facts) -> Iterator[Remedy]:
    from dockwright.remedy_packages import around

    spot = around(where)
    if spot is None or not facts.path.startswith("/"):
        return
    line, source = f"RUN chmod +x {facts.path}", where.source
    if spot.instruction.keyword == "RUN":
        yield remedy.safe("Make it executable first", remedy.line_before(source, spot.instruction.span.start, line))
        return
    places = [
        proof.place.span for proof in finding.evidence if proof.place is not None and proof.place.source == source
    ]
    for copy in spot.stage.instructions:
        if copy.keyword not in ("COPY", "ADD") or not any(copy.span.holds(place) for place in places):
            continue
        start = copy.span.start + len(copy.keyword)
        if (
            copy.flag("chmod") is None
            and len(copy.words) == 2
            and posixpath.basename(copy.words[0].text) == posixpath.basename(facts.path)
        ):
            yield remedy.safe(
                "Make it executable in the image", remedy.swap_span(source, Span(start, start), " --chmod=755")
            )
        end = max(copy.span.end - 1, copy.span.start)
        yield remedy.safe("Make it executable in the image", remedy.line_after(source, end, line))


def _own_home(where: Place, facts: Facts) -> Iterator[Remedy]:
    """A user whose home is not made can write nowhere that tools write to by themselves: ~/.local, ~/.cache."""
    home = f"/home/{facts.user}"
    if facts.path.partition("/")[2].partition("/")[0] != "nonexistent" and not (facts.path + "/").startswith(
        home + "/"
    ):
        return
    from dockwright.remedy_users import home_for

    edit = home_for(where, facts.user)
    if edit is not None:
        yield remedy.safe(f"Give {facts.user} the home {home}", edit)


def _given(finding: Finding, where: Place, facts: Facts) -> Iterator[Remedy]:
    """WORKDIR makes its folder as root, and COPY its files, whatever USER says (Dockerfile reference)."""
    from dockwright.remedy_packages import around

    spot = around(where)
    makers = [proof.place for proof in finding.evidence if proof.place is not None]
    if spot is None or spot.instruction.keyword != "RUN" or not makers:
        return
    above = [each for each in spot.stage.instructions if each.span.start < spot.instruction.span.start]
    maker = next((each for each in above if each.span.holds(makers[0].span)), None)
    user = next((each for each in reversed(above) if each.keyword == "USER"), None)
    if maker is None or user is None or makers[0].source.name != where.source.name:
        return
    folder = maker.rest.text.strip()
    if maker.keyword == "WORKDIR" and folder.startswith("/") and "$" not in folder and " " not in folder:
        edit = remedy.line_before(where.source, user.span.start, f"RUN chown {facts.user} {folder}")
        yield remedy.safe(f"Give {folder} to {facts.user}", edit)
    elif maker.keyword in ("COPY", "ADD") and "--chown" not in maker.rest.text:
        start = maker.span.start + len(maker.keyword)
        edit = remedy.swap_span(where.source, Span(start, start), f" --chown={facts.user}")
        yield remedy.safe(f"Give what {maker.keyword} brings to {facts.user}", edit)


def _as_root(where: Place, facts: Facts) -> Iterator[Remedy]:
    """A RUN that needs root stands between USER lines; for the system's own tools that is the whole remedy."""
    from dockwright.remedy_packages import around

    spot = around(where)
    if spot is None or spot.instruction.keyword != "RUN":
        return
    users = [
        other
        for other in spot.stage.instructions
        if other.keyword == "USER" and other.span.start < spot.instruction.span.start
    ]
    if not users:
        return
    name = users[-1].rest.text.strip()
    source, start, end = (
        where.source,
        spot.instruction.span.start,
        max(spot.instruction.span.end - 1, spot.instruction.span.start),
    )
    edits = (remedy.line_before(source, start, "USER root"), remedy.line_after(source, end, f"USER {name}"))
    yield remedy.risky("Run this line as root", *edits)
