"""The program starts, or the build runs, without a setting or secret that it needs.

An environment variable, a secret or a settings file that is there on the developer's machine is not given to the
container. What is in `.env` reaches a container through `env_file:`, `--env-file` or `environment:` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Remedy
from dockwright.rehearse import needs

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.rehearse.step import Step


class Facts(Struct, frozen=True):
    name: str = ""
    kind: str = "setting"
    state: str = "missing"


TITLE = "The {kind} [{name} ]is {state}"
WHY = "The container gets only the variables that ENV, compose or the command line give it."
EXPLAINS = (
    "runtime/crash",
    "runtime/unhealthy",
)

FIELD = r"^(?P<name>[A-Za-z_][\w.]*)\s*$"  # pydantic names the field in a line of its own
SETTINGS = ("pydantic_settings", "env_settings", " for Settings")
NUMBER = r"\b(?:int|float)\)?\(\s*(?:os\.)?(?:getenv|environ\.get)\(\s*['\"](?P<name>\w+)['\"]\s*\)"  # without a default: None
SIGNATURES = (
    # KeyError: 'DATABASE_URL'
    sign("KeyError: '", r"^(?:\S+ +\| )?\s*KeyError: '(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+|[A-Z]{4,})'", sure=0.85),
    # decouple.UndefinedValueError: SECRET_KEY not found. Declare it as envvar or define a default value.
    sign('UndefinedValueError', r"UndefinedValueError: (?P<name>\w+) not found", sure=0.97),
    # django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable
    sign('ImproperlyConfigured: Set the', r"Set the (?P<name>\w+) environment variable", sure=0.97),
    # django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.
    sign('setting must not be empty', r"The (?P<name>\w+) setting must not be empty", sure=0.97),
    # ImproperlyConfigured: settings.DATABASES is improperly configured. Please supply the ENGINE value.
    sign(' is improperly configured. Please supply the ', r"settings\.(?P<name>\w+) is improperly configured", sure=0.93),
    # AttributeError: module 'shop.settings' has no attribute 'API_HOSTS'
    sign(".settings' has no attribute '", r"module '[\w.]+\.settings' has no attribute '(?P<name>[A-Z]\w*)'", sure=0.85),
    # environs.EnvError: Environment variable "API_KEY" not set
    sign('EnvError', r'Environment variable "(?P<name>\w+)" not set', sure=0.97),
    # pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings
    sign('validation error', r"ValidationError: \d+ validation errors? for \w*(?:Settings|Config)\b", sure=0.93, state='missing or not valid'),
    # API_ID / Field required [type=missing, input_value={}, input_type=dict]
    *(sign('[type=missing, input_', above=FIELD, also=also, sure=0.96) for also in SETTINGS),
    # REMOVE_KEYS / Input should be a valid boolean, unable to interpret input [type=bool_parsing, input_value='', input_type=str]
    *(sign(', input_value=', r"\[type=(?!missing)\w+, input_value=", above=FIELD, also=also, sure=0.955, state='not valid') for also in SETTINGS),
    # cache_dsn / field required (type=value_error.missing)
    *(sign('field required (type=value_error.missing', above=FIELD, also=also, sure=0.96) for also in SETTINGS),
    # cache_dsn / invalid or missing URL scheme (type=value_error.url.scheme)
    *(sign(' (type=', r"\(type=(?:value|type)_error(?!\.missing)", above=FIELD, also=also, sure=0.955, state='not valid') for also in SETTINGS),
    # PORT = int(os.getenv('PORT')) / TypeError: int() argument must be a string, a bytes-like object or a real number, not 'NoneType'
    *(sign(get, NUMBER, also="argument must be a string", sure=0.93) for get in ("getenv(", "environ.get(")),
    # OSError: You are trying to access a gated repo. · Cannot access gated repo for url https://models.example/…
    sign('gated repo', r"(?:Cannot access|trying to access a) gated repo", sure=0.94, name='HF_TOKEN'),
    # Error: Database is uninitialized and superuser password is not specified.
    sign('superuser password is not specified', sure=0.98, name='POSTGRES_PASSWORD'),
    # Database is uninitialized and password option is not specified
    sign('password option is not specified', sure=0.98, name='MYSQL_ROOT_PASSWORD'),
    # ERROR: failed to build: failed to solve: secret npmrc: not found
    sign('failed to solve: secret ', r"failed to solve: secret (?P<name>\S+?): not found", sure=0.97, kind='secret'),
    # no recorded log yet: could not read secret / failed to stat /root/.npmrc: no such file  (--secret id=npmrc,src=…)
    sign('ERROR: failed to stat ', r"failed to stat (?P<name>\S+): stat .*no such file or directory", sure=0.85, kind='secret'),
    # ArgumentError: Missing `secret_key_base` for 'production' environment, set this string with `rails credentials:edit`
    sign("Missing `secret_key_base` for", sure=0.97, name='SECRET_KEY_BASE'),
)  # fmt: skip


def check(step: Step) -> Iterator[Found]:
    for unmet, need in step.unmet(needs.Setting):
        yield found(unmet, Facts(need.name))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts = finding.facts
    assert isinstance(facts, Facts)
    if facts.kind == "secret":
        yield remedy.advice(
            f"Give the build the secret: `docker build --secret id={facts.name},src=FILE` (or env=VARIABLE), in compose `secrets:` under `build:`; without required=true the step also runs without it."
        )
        return
    if facts.name == "HF_TOKEN":
        yield remedy.advice(
            "Accept the model's terms on its page with the account of a token, and give the container that token as HF_TOKEN; of what is downloaded while building, as a build secret."
        )
    if facts.name == "SECRET_KEY_BASE":
        yield remedy.advice(
            "For a step of the build that needs none, `SECRET_KEY_BASE_DUMMY=1` before the command (Rails 7.1 and newer; before, any value for SECRET_KEY_BASE in that step alone); at the start, the real one as a variable."
        )
    yield remedy.advice(
        "Give the container the variable (environment: or env_file: in compose, -e or --env-file with docker run), or a default in the program."
    )


CASES = (
    r"""
a secret that the build was not given
-- from --
recorded on Docker Engine 28 with BuildKit, 2026-11
-- build.log --
#5 [2/2] RUN --mount=type=secret,id=npmrc,required=true cat /run/secrets/npmrc
#5 ERROR: secret npmrc: not found
------
 > [2/2] RUN --mount=type=secret,id=npmrc,required=true cat /run/secrets/npmrc:
------
>>ERROR: failed to build: failed to solve: secret npmrc: not found
""",
    r"""
an environment variable
-- build.log --
Traceback (most recent call last):
  File "<string>", line 1, in <module>
  File "<frozen os>", line 685, in __getitem__
>>KeyError: 'DATABASE_URL'
""",
    r"""
compose gives no value to what the program reads when it is loaded
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /srv
COPY . .
# found: name=DATABASE_URL
CMD ["python", "main.py"]
-- compose.yaml --
services:
  web:
    build: .
    environment:
      DEBUG: "1"
-- main.py --
from config import URL

print(URL)
-- config.py --
import os

URL = os.environ["DATABASE_URL"]
DEBUG = os.environ["DEBUG"]
""",
    r"""
compose gives it, and what has a default needs none
-- Dockerfile --
FROM python:3.12-slim
WORKDIR /srv
COPY . .
CMD ["python", "main.py"]
-- compose.yaml --
services:
  web:
    build: .
    environment:
      DATABASE_URL: postgres://db/x
-- main.py --
import os

URL = os.environ["DATABASE_URL"]
KEY = os.environ.get("KEY") or os.environ["OTHER_KEY"]
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
