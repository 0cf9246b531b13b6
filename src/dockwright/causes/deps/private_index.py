"""A private package index or repository can't be read: credentials, a key or the address are missing.

A build sees none of the logins of the machine it runs on. An index that asks for a login answers 401 or 403, and often 404;
Git over SSH wants a key and the server's host key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.source import Edit, Span

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    url: str = ""
    status: str = ""


TITLE = "The private index or repository[ {url}] can't be read[ ({status})]"
WHY = "The build has no credentials for it: no login, token or key is passed into the step."
EXPLAINS = ("deps/no-matching-version", "network/gone", "context/project-metadata-missing", "build/file-missing")

NO_REPOSITORY = "no repository"
SIGNATURES = (
    # no recorded log yet: ERROR: HTTP error 401 while getting https://packages.example/simple/x/
    sign("HTTP error 40", r"HTTP error (?P<status>40[13]) while getting (?P<url>\S+)", sure=0.9),
    # no recorded log yet: ERROR: 401 Client Error: Unauthorized for url: https://packages.example/simple/x/
    sign("Client Error: ", r"(?P<status>40[13]) Client Error: (?:Unauthorized|Forbidden) for url: (?P<url>\S+)", sure=0.85),
    # User for 127.0.0.1:8731: ERROR: Exception: … EOFError: EOF when reading a line
    sign("User for ", r"User for (?P<url>[\w.:-]+):", sure=0.95),
    # Host key verification failed.
    sign("Host key verification failed", sure=0.9, status="host key"),
    # no recorded log yet: git@github.com: Permission denied (publickey).
    sign("Permission denied (publickey", r"(?P<url>\S+@[\w.-]+)?:? ?Permission denied \(publickey", sure=0.92, status="publickey"),
    # fatal: could not read Username for 'https://github.com': No such device or address
    sign("fatal: could not read Username for", r"Username for '(?P<url>[^']+)'", sure=0.9, status="no login"),
    # fatal: could not read Password for 'http://token@127.0.0.1:8731': terminal prompts disabled
    sign("fatal: could not read Password for", r"Password for '(?P<url>[^']+)'", sure=0.9, status="no login"),
    # fatal: Authentication failed for 'http://127.0.0.1:8731/x/y.git/'
    sign("fatal: Authentication failed for", r"Authentication failed for '(?P<url>[^']+)'", sure=0.93),
    # fatal: 'example.org/x/y.git' does not appear to be a git repository
    sign("does not appear to be a git repository", r"fatal: '(?P<url>[^']*[/.][^']*)' does not appear to be", sure=0.8, status=NO_REPOSITORY),
    # WARNING: Url '${PIP_EXTRA_INDEX_URL}/marshmallow/' is ignored. It is either a non-existing path or lacks a specific scheme.
    sign("is ignored. It is either a non-existing path or lacks a specific scheme", r"Url '(?P<url>[^']*\$\{?\w+[^']*)' is ignored", sure=0.9),
    # hint: An index URL (http://127.0.0.1:8731/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
    sign("could not be queried due to a lack of valid authentication", r"\((?P<url>https?://[^)]+)\) could not be queried .*\((?P<status>40\d)", sure=0.95),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    variable = re.search(r"\$\{?(\w+)", facts.url)
    if variable is not None:
        yield from _variable(where, variable[1])
    elif facts.status in ("host key", "publickey"):
        host = _host(f"{facts.url} {where.instruction if where is not None else ''} {project.output[-5_000:]}")
        yield remedy.advice(
            f"Reach {host} by ssh with the key of the one who builds: "
            f"`RUN mkdir -p -m 0700 ~/.ssh && ssh-keyscan {host} >> ~/.ssh/known_hosts` above (compare the key with the published one), "
            "`RUN --mount=type=ssh …` here, and `docker build --ssh default`."
        )
    elif facts.status == "no login":
        yield remedy.advice(
            f"{facts.url or 'The host'} asks for a login: the repository is private or gone. Give the token as a secret: "
            "`RUN --mount=type=secret,id=netrc,target=/root/.netrc …`, and `docker build --secret id=netrc,src=$HOME/.netrc`."
        )
    elif facts.status == NO_REPOSITORY:
        yield remedy.advice(
            f"Look at the address: git takes {facts.url} for a folder where it has no https:// or git@."
        )
        return
    elif facts.status.startswith("40"):
        yield remedy.advice(
            "Give the index' login as a secret: `RUN --mount=type=secret,id=netrc,target=/root/.netrc …`, and "
            "`docker build --secret id=netrc,src=$HOME/.netrc`; pip, uv and git read it."
        )
    yield remedy.advice(
        "Pass the login into the step as a secret (RUN --mount=type=secret,…) or the key with --mount=type=ssh; never as ARG or ENV."
    )


def _variable(where: Place | None, name: str) -> Iterator[Remedy]:
    """An index named by a variable that nobody set: pip takes a name that nothing replaced for the address."""
    if where is not None:
        text = where.source[where.span]
        if text[:4].upper() == "RUN " and "\n" not in text and "--mount" not in text:
            edit = Edit(
                where.source.name,
                Span(where.span.start + 4, where.span.start + 4),
                f"--mount=type=secret,id={name},env={name} ",
            )
            yield remedy.risky(
                f"`--mount=type=secret,id={name},env={name}`, and `docker build --secret id={name}`", edit
            )
    yield remedy.advice(
        f"{name} is not set in the step: `RUN --mount=type=secret,id={name},env={name} …`, and `docker build --secret id={name}` with {name} in the environment."
    )


def _host(text: str) -> str:
    match = re.search(r"(?:git\+)?(?:ssh://)?git@([\w.-]+)[:/]", text)
    return match[1] if match is not None else "the host"


CASES = (
    r"""
a password that is refused
-- from --
recorded with git and a server that answers 401, 2026-11
-- build.log --
Cloning into 'y'...
>>fatal: Authentication failed for 'http://127.0.0.1:8731/x/y.git/'
""",
    r"""
pip asks for a user and nobody answers
-- from --
recorded with pip 26 and a server that answers 401, 2026-11
-- build.log --
    _hook_data = hook(hook_data, **kwargs)
                 ^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/tmp/rem/pv/p26/lib/python3.12/site-packages/pip/_internal/network/auth.py", line 507, in handle_401
    username, password, save = self._prompt_for_password(parsed.netloc)
                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/tmp/rem/pv/p26/lib/python3.12/site-packages/pip/_internal/network/auth.py", line 462, in _prompt_for_password
    username = ask_input(f"User for {netloc}: ") if self.prompting else None
               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/tmp/rem/pv/p26/lib/python3.12/site-packages/pip/_internal/utils/misc.py", line 237, in ask_input
    return input(message)
           ^^^^^^^^^^^^^^
EOFError: EOF when reading a line
""",
    r"""
uv says what the index answered
-- from --
recorded with uv and a server that answers 401, 2026-11
-- build.log --
Using Python 3.12.1 environment at: p24
error: No solution found when resolving dependencies
  cause: Because shop was not found in the package registry and you require shop, we can conclude that your requirements are unsatisfiable.
>>hint: An index URL (http://127.0.0.1:8731/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
""",
    r"""
Git over SSH without a key
-- from --
corpus sw-1528, MIT; lines left out
-- build.log --
Step 7/11 : RUN pip install -r requirements.txt
 ---> Running in 9dda3625e537
  Cloning git@gitlab.com:thelabnyc/django-logpipe.git (to revision 19903ca7e940ef3a471c5505afdc1686d20278bc) to ./src/django-logpipe
  Running command git clone -q git@gitlab.com:thelabnyc/django-logpipe.git /code/src/django-logpipe
>>  Host key verification failed.
  fatal: Could not read from remote repository.
The command '/bin/sh -c pip install -r requirements.txt' returned a non-zero code: 1
""",
    r"""
a public index
-- Dockerfile --
FROM python:3.12-slim
RUN pip install idna==3.6
""",
)
