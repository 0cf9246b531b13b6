"""virtualenv, and the venv module: a new environment with its own bin, pip and site-packages."""

from __future__ import annotations

from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse import installation, needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.environments import python_of, system_python
from dockwright.rehearse.installation import version_of
from dockwright.rehearse.python import Python
from dockwright.rehearse.toolversions import check_option

VALUES = frozenset(
    [
        "-p",
        "--python",
        "--prompt",
        "--app-data",
        "--pip",
        "--setuptools",
        "--wheel",
        "--creator",
        "--seeder",
        "--activators",
        "--discovery",
        "--extra-search-dir",
    ]
)


def run(call: Call) -> Answer:
    return make(call, 1, call.name)


def make(call: Call, start: int, tool: str) -> Answer:
    """`python -m venv [--without-pip] [--system-site-packages] DIR…`, `virtualenv [-p PYTHON] DIR`."""
    values = VALUES if tool == "virtualenv" else frozenset({"--prompt"})
    options, operands = call.options(values, start)
    base = _base(call, options.get("-p") or options.get("--python"), tool)
    if tool == "virtualenv":
        owner = python_of(call, "virtualenv")
        check_option(call, tool, "", call.arguments[start:], version_of(owner, tool), owner)
    pip = not options.keys() & {"--without-pip", "--no-pip"}
    if tool == "venv" and pip:
        _ensurepip(call, base)
    for operand in operands:
        path = call.path(operand.value)
        if path is UNKNOWN:
            return call.done(call.unsure("the environment's folder is not known"))
        if isinstance(call.user, str):
            call.wants(needs.Writable(str(path), call.user, tool), operand.span)
        if "--upgrade" in options and str(path) in call.image.pythons:
            continue
        installation.venv(call, str(path), base, pip=pip, sees="--system-site-packages" in options, by=tool)
    return call.done(YES if tool == "venv" else UNKNOWN)


def _base(call: Call, given: object, tool: str) -> Python | None:
    value = getattr(given, "value", None)
    if isinstance(value, str):
        return python_of(call, value if value.startswith(("python", "pypy", "/")) else f"python{value}")
    name = str(call.arguments[0].value)
    return python_of(call, name if "python" in name.rpartition("/")[2] else "python3")


def _ensurepip(call: Call, base: Python | None) -> None:
    """Debian and Ubuntu package ensurepip apart, in python3-venv."""
    image = call.image
    if base is None or base.prefix != "/usr" or system_python(image) is None or image.os is None:
        return
    if image.os.os.id not in ("debian", "ubuntu") or image.opaque is not None or not image.closed or not image.packages:
        return
    names = (
        "python3-venv",
        f"python{base.version}-venv",
        "python3-full",
        f"python{base.version}-full",
        "virtualenv",
        "python3-virtualenv",
    )
    if all(image.packages.get(name) is None for name in names) and not any("venv" in name for name in image.packages):
        call.lacks(needs.Command("ensurepip", asked_by="venv"), by="venv")
