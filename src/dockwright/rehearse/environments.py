"""Which Python a command means: the interpreters and virtual environments of the image, found as the shell would."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer
from dockwright.rehearse.image import Image
from dockwright.rehearse.journal import Value
from dockwright.rehearse.python import Python, canonical

if TYPE_CHECKING:
    from dockwright.rehearse.call import Call


def python_of(call: Call, name: str) -> Python | None:
    """The environment that `pip`, `python3.11` or a console script called `name` belongs to; None when not known."""
    system_python(call.image)
    if "/" in name:
        path = call.path(name)
        return None if path is UNKNOWN else by_path(call.image, str(path))
    folders = call.variable("PATH")
    if not isinstance(folders, str):
        return None
    for folder in folders.split(":"):
        python = by_bin(call.image, folder)
        if python is not None and offers(python, name) is YES:
            return python
        look = call.image.look(posixpath.join(folder or "/", name))
        if look.answer is YES:
            return by_path(call.image, posixpath.join(folder or "/", name))
        if python is not None and offers(python, name) is UNKNOWN:
            return None
    return None


def by_path(image: Image, path: str) -> Python | None:
    """The environment of an executable; a link is followed, unless it lies in an environment's own bin folder."""
    found = by_bin(image, posixpath.dirname(path))
    if found is not None and offers(found, posixpath.basename(path)) is not NO:
        return found
    target = image.follow(path)
    return by_bin(image, posixpath.dirname(target)) if target is not None and target != path else found


def by_bin(image: Image, folder: str) -> Python | None:
    folder = folder.rstrip("/") or "/"
    if folder in ("/bin", "/sbin"):
        folder = "/usr/bin"
    for python in image.pythons.values():
        if python.bin == folder:
            return python
    return None


def offers(python: Python, name: str) -> Answer:
    """Does this environment's bin folder hold the command?"""
    if name in python.executables:
        return YES
    if _numbered(name, "pip"):
        return python.has("pip")
    return script_of(python, name)


def script_of(python: Python, name: str) -> Answer:
    """Is there a console script of this name: what its distributions are known to bring, else one of the same name."""
    owners = SCRIPTS.get(name, ())
    if any(owner in python.distributions for owner in (*owners, canonical(name))):
        return YES
    interpreter = _numbered(name, "python") or _numbered(name, "pypy")
    return NO if python.complete or name in OF_THE_SYSTEM or interpreter else UNKNOWN


def _numbered(name: str, stem: str) -> bool:
    """`pip`, `pip3`, `pip3.11`."""
    number = name.removeprefix(stem)
    plain = number in ("", "3") or (number.startswith("3.") and number[2:].isdecimal())
    return name.startswith(stem) and plain


# Programs of the system; no distribution of the package index installs a script of this name (looked at 2026-11-22).
OF_THE_SYSTEM = frozenset(
    "apt-get apt apt-key add-apt-repository dpkg apk yum dnf microdnf rpm useradd adduser usermod userdel groupadd addgroup"
    " sudo su gosu chown curl wget git gcc g++ cc tar unzip xz gpg service systemctl bash"
    " make lsof psql pg_dump pg_restore mysql mysqldump redis-cli nginx openssl ssh ssh-keygen ssh-keyscan scp rsync ffmpeg ffprobe"
    " convert tesseract pdftotext unrar 7z zip nano vim vi ps top pgrep pkill killall ping telnet netstat ifconfig ip nslookup dig"
    " locale-gen crontab java javac mvn gradle gem ruby php composer perl lsb_release autoconf automake xvfb-run Xvfb"
    " google-chrome chromium chromium-browser wkhtmltopdf update-ca-certificates bc docker".split()
)

# Console scripts and the distributions that bring them, where the names differ (their published entry points).
SCRIPTS: dict[str, tuple[str, ...]] = {
    "uvx": ("uv",), "django-admin": ("django",), "fastapi": ("fastapi", "fastapi-cli"), "flask": ("flask",),
    "pytest": ("pytest",), "py.test": ("pytest",),
    "jupyter": ("jupyter-core", "notebook", "jupyterlab", "jupyter"), "jupyter-lab": ("jupyterlab",), "jupyter-notebook": ("notebook",),
    "aws": ("awscli",), "dbt": ("dbt-core",), "airflow": ("apache-airflow",), "superset": ("apache-superset",),
    "waitress-serve": ("waitress",),
    "pyproject-build": ("build",), "ipython": ("ipython",), "sphinx-build": ("sphinx",), "prefect": ("prefect",),
    "wheel": ("wheel",), "pipx": ("pipx",),
    "ansible-playbook": ("ansible-core", "ansible"), "ansible-galaxy": ("ansible-core", "ansible"),
    "cython": ("cython",), "pybabel": ("babel",),
    "pre-commit": ("pre-commit",), "huggingface-cli": ("huggingface-hub",), "nltk": ("nltk",), "watchmedo": ("watchdog",), "rq": ("rq",),
}  # fmt: skip


# -- the system's Python ------------------------------------------------------------------------------------------------


def system_python(image: Image) -> Python | None:
    """/usr/bin/python3 of the distribution, taken up once its package is there."""
    if "/usr" in image.pythons:
        return image.pythons["/usr"]
    by = image.packages.get("python3") or image.packages.get("python3-minimal")
    if by is None or image.os is None:
        return None
    known = image.os.version("python3") if image.os.exact else None
    match = re.match(r"(\d+)\.(\d+)", known or "")
    version: Value = f"{match[1]}.{match[2]}" if match else UNKNOWN
    names: tuple[str, ...] = ("python3", f"python{version}") if match else ("python3",)
    managed = _marked(image) if match else UNKNOWN
    image.pythons["/usr"] = Python("/usr", version, names, managed=managed, complete=False, made=by)
    return image.pythons["/usr"]


# Since when a distribution marks its Python as its own (PEP 668): Debian 12, Ubuntu 23.04.
MARKED = {"debian": 12, "ubuntu": 23}


def _marked(image: Image) -> Answer:
    os = image.os.os if image.os is not None else None
    if os is None or os.id not in MARKED or not os.number:
        return UNKNOWN
    return Answer.of(os.number >= MARKED[os.id])


def site_of(python: Python) -> str:
    """The folder that pip writes to."""
    minor = python.minor
    lib = f"lib/python{minor[0]}.{minor[1]}" if minor else "lib"
    if python.prefix == "/usr":  # Debian's and Ubuntu's patch: pip's own go below /usr/local
        return f"/usr/local/{lib}"
    return f"{python.prefix.rstrip('/')}/{lib}"
