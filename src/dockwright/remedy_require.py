"""One more requirement, where the stage that runs gets its distributions from: the requirements file, or pip's own words."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockwright.dockerfile import shell as tree
from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.finding import Place, Remedy
from dockwright.inputs.targets import Target, in_tree
from dockwright.project import Project
from dockwright.remedy import line_break, risky, swap_span
from dockwright.remedy_packages import Around, around, simple_commands
from dockwright.source import Edit, Source, Span

PIP = re.compile(r"(?:\S*/)?pip[23]?(?:\.\d+)?")
# A program -> the distribution that brings it, where the names differ.
BRINGS = {
    "supervisord": "supervisor",
    "django-admin": "django",
    "fastapi": "fastapi[standard]",
    "jupyter": "jupyterlab",
    "sphinx-build": "sphinx",
}
# Programs of Python distributions of the same name: servers and runners that containers are started with.
PROGRAMS = frozenset(
    "alembic celery daphne dramatiq flask granian gunicorn huey_consumer hypercorn mkdocs prefect scrapy streamlit uvicorn uwsgi "
    "waitress-serve dagster airflow arq rq gradio chainlit locust pytest poetry pipenv uv".split()
)


def distribution_of_program(program: str) -> str | None:
    name = posixpath.basename(program)
    return BRINGS.get(name) or (name if name in PROGRAMS else None)


# Distributions whose module has their own name. Only a well-known name may be asked of an index: another may be anybody's.
KNOWN = frozenset(
    "aiofiles aiohttp alembic anyio arrow asgiref asyncpg attrs babel boto3 botocore celery certifi cffi chardet click colorama "
    "cryptography dask django dnspython docutils email_validator fastapi filelock flask gevent gradio greenlet grpcio gunicorn "
    "h11 httpcore httptools httpx humanize hypercorn idna invoke isort itsdangerous jinja2 joblib jsonschema keras kombu loguru "
    "lxml mako marshmallow matplotlib msgpack msgspec mypy networkx nltk numba numpy oauthlib openai openpyxl orjson packaging "
    "pandas paramiko passlib pendulum pika plotly polars prometheus_client psutil psycopg pyarrow pydantic pydantic_settings "
    "pygments pymongo pymysql pytest pytz redis regex requests rich scipy seaborn sentry_sdk simplejson six sqlalchemy sqlmodel "
    "starlette statsmodels streamlit structlog supervisor sympy tabulate tenacity termcolor toml tornado tqdm transformers twisted "
    "typer typing_extensions tzdata ujson urllib3 uvicorn uvloop waitress watchfiles websocket websockets werkzeug whitenoise "
    "xgboost xlrd yarl zipp".split()
)


def distribution_of_module(module: str) -> str | None:
    from dockwright.facts.python import distribution_of

    top = module.partition(".")[0]
    return distribution_of(module) or (top.replace("_", "-") if top.lower() in KNOWN else None)


def require(place: Place, project: Project, target: Target | None, name: str) -> Iterator[Remedy]:
    """RISKY: which version, nobody has said."""
    spot = around(place)
    if spot is None or target is None:
        return
    for stage in _stages(spot):
        for run in reversed(stage.instructions):
            edit = _in_run(run, stage, place.source, project, target, name) if run.keyword == "RUN" else None
            if edit is not None:
                where = "" if edit.file == place.source.name else f" in {edit.file}"
                yield risky(f"Require {name}{where}, the newest that fits", edit)
                return


def _stages(spot: Around) -> Iterator[Stage]:
    """The stage itself, then those it is made from or copies from."""
    names = [spot.stage]
    for other in reversed(spot.dockerfile.stages[: spot.stage.index]):
        flags = [each.flag("from") for each in spot.stage.instructions]
        if (other.name and (other.name == spot.stage.base.text.lower() or other.name in flags)) or str(
            other.index
        ) in flags:
            names.append(other)
    yield from names


def _in_run(run: Instruction, stage: Stage, source: Source, project: Project, target: Target, name: str) -> Edit | None:
    if run.exec_form is not None or run.heredocs:
        return None
    for command in simple_commands(parse_shell(run.rest.text, run.rest.span).body):
        words = [word.literal or "" for word in command.words]
        if len(words) < 3 or not _installs(words):
            continue
        listed = _listed(words)
        if listed is not None:
            file = _in_context(listed, stage, project, target)
            if file is not None:
                return _appended(file, name)
        elif not {"-e", ".", "--editable", "--no-deps", "--no-index"} & set(words) and "/" not in words[-1]:
            return _added(command, source, name)
    return None


def _installs(words: list[str]) -> bool:
    if "install" not in words and "wheel" not in words:
        return False
    return PIP.fullmatch(words[0]) is not None or words[1:3] == ["-m", "pip"] or words[:2] == ["uv", "pip"]


def _listed(words: list[str]) -> str | None:
    """The first requirements file that is named."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("-r", "--requirement"):
            return following
        if word.startswith("-r") and len(word) > 2:
            return word[2:]
        if word.startswith("--requirement="):
            return word.partition("=")[2]
    return None


def _in_context(listed: str, stage: Stage, project: Project, target: Target) -> Source | None:
    """The file of the context that a COPY of the stage brings under that name; without hashes, which one more line would break."""
    name = posixpath.basename(listed)
    brought = [word.text for each in stage.instructions if each.keyword in ("COPY", "ADD") for word in each.words[:-1]]
    paths = [path for path in brought if posixpath.basename(path) == name]
    paths += [
        posixpath.join(path, name)
        for path in brought
        if path in (".", "./") or listed.startswith(path.strip("./") + "/")
    ]
    for path in paths:
        found = project.source(in_tree(posixpath.join(target.context, path)))
        if found is not None:
            return None if "--hash" in found.text else found
    return None


def _appended(file: Source, name: str) -> Edit:
    end = len(file.text)
    gap = "" if not file.text or file.text.endswith("\n") else line_break(file)
    return Edit(file.name, Span(end, end), f"{gap}{name}{line_break(file)}")


def _added(command: tree.Simple, source: Source, name: str) -> Edit:
    """Behind the last word of the command."""
    end = command.words[-1].span.end
    quoted = f'"{name}"' if set(name) & set("[]<>") else name
    return swap_span(source, Span(end, end), f" {quoted}")
