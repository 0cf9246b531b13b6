"""Programs that import the project and serve or work it: uvicorn, gunicorn, hypercorn, flask, celery, django-admin, pytest."""

from __future__ import annotations

from dockwright.finding import UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.dispatch import unfollowed
from dockwright.rehearse.environments import python_of
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.imports import Process, wants_module
from dockwright.rehearse.journal import Value

# Options with a value (uvicorn 0.38, gunicorn 23, hypercorn 0.17, daphne 4, celery 5, Flask 3: --help).
VALUES = frozenset(
    [
        "--host",
        "--port",
        "--uds",
        "--fd",
        "--reload-dir",
        "--reload-include",
        "--reload-exclude",
        "--reload-delay",
        "--workers",
        "--loop",
        "--http",
        "--ws",
        "--ws-max-size",
        "--ws-max-queue",
        "--ws-ping-interval",
        "--ws-ping-timeout",
        "--lifespan",
        "--interface",
        "--env-file",
        "--log-config",
        "--log-level",
        "--root-path",
        "--forwarded-allow-ips",
        "--limit-concurrency",
        "--backlog",
        "--limit-max-requests",
        "--timeout-keep-alive",
        "--timeout-graceful-shutdown",
        "--ssl-keyfile",
        "--ssl-certfile",
        "--ssl-keyfile-password",
        "--ssl-version",
        "--ssl-cert-reqs",
        "--ssl-ca-certs",
        "--ssl-ciphers",
        "--header",
        "--app-dir",
        "--h11-max-incomplete-event-size",
        "-c",
        "--config",
        "-b",
        "--bind",
        "-w",
        "-k",
        "--worker-class",
        "--threads",
        "--worker-connections",
        "--max-requests",
        "--max-requests-jitter",
        "-t",
        "--timeout",
        "--graceful-timeout",
        "--keep-alive",
        "-D",
        "-p",
        "--pid",
        "--worker-tmp-dir",
        "-u",
        "--user",
        "-g",
        "--group",
        "--umask",
        "--access-logfile",
        "--access-logformat",
        "--error-logfile",
        "--chdir",
        "-e",
        "--env",
        "--pythonpath",
        "--paste",
        "-n",
        "--name",
        "--certfile",
        "--keyfile",
        "--logger-class",
        "--statsd-host",
        "--listen",
        "--call",
        "--url-prefix",
        "-A",
        "--app",
        "-l",
        "--loglevel",
        "-Q",
        "--queues",
        "--concurrency",
        "--pool",
        "-P",
        "-f",
        "--logfile",
        "--pidfile",
        "-s",
        "--schedule",
        "-m",
        "--debug-modules",
        "--scheduler",
        "--hostname",
        "--endpoint",
        "--unix-socket",
        "-i",
        "--interfaces",
        "--log-file",
        "-a",
        "--access-log",
        "-v",
        "--verbosity",
    ]
)


def run(call: Call) -> Answer:
    """The module that is served must be importable from where the program looks."""
    options, operands = call.options(VALUES)
    target, folder = _target(call, options, operands), _folder(call, options)
    config = options.get("-c") or options.get("--config")
    if call.name == "gunicorn" and config is not None:
        _config(call, config)
    if call.name == "streamlit" and len(operands) > 1 and operands[0].value == "run":
        _script(call, operands[1])
    if target is not None and isinstance(target.value, str) and _importable(target.value):
        process = Process(python_of(call, str(call.arguments[0].value)), (folder,))
        wants_module(call, process, target.value.partition(":")[0], target.span, by=call.name)
    if call.shell.started:
        return call.done(UNKNOWN)
    return call.done(unfollowed(call.shell, f"{call.name} runs the project", call.span))


def _script(call: Call, argument: Argument) -> None:
    """`streamlit run FILE`; an address is fetched."""
    path = call.path(argument.value)
    if path is not UNKNOWN and "://" not in str(argument.value) and str(path).endswith(".py"):
        call.wants(needs.File(str(path), "script"), argument.span)


def _importable(text: str) -> bool:
    """`module:attribute`, `package.module:factory('argument')` or a module alone; no path."""
    module, colon, attribute = text.partition(":")
    if not (module[:1].isascii() and module[:1].replace("_", "a").isalpha()):
        return False
    plain = all(char.isalnum() or char in "_.()[]'\"=, -" for char in attribute)
    return all(char.isalnum() or char in "_." for char in module) and (plain and attribute != "" if colon else True)


def _target(call: Call, options: dict[str, Argument | None], operands: list[Argument]) -> Argument | None:
    if call.name in ("flask", "celery"):
        given = options.get("-A") or options.get("--app")
        if given is None and call.name == "flask":
            value = call.variable("FLASK_APP")
            return (
                Argument(value, call.span)
                if isinstance(value, str) and not value.endswith(".py") and "/" not in value
                else None
            )
        return (
            given
            if given is not None and not str(given.value).endswith(".py") and "/" not in str(given.value)
            else None
        )
    if call.name in ("streamlit", "fastapi", "pytest"):
        return None
    return operands[0] if operands else None


def _folder(call: Call, options: dict[str, Argument | None]) -> Value:
    """Each puts its working directory in front of sys.path; some have an option for another one."""
    given = options.get("--app-dir") or options.get("--chdir")
    if options.get("--pythonpath") is not None:
        return UNKNOWN
    return call.shell.cwd if given is None else call.path(given.value)


def _config(call: Call, argument: Argument) -> None:
    text = str(argument.value)
    path = call.path(text.removeprefix("file:"))
    if argument.value is not UNKNOWN and path is not UNKNOWN and not text.startswith("python:"):
        call.wants(needs.File(str(path), "config"), argument.span)
