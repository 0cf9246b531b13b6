"""Families of commands: what each needs and does. A family is a module of this folder with `run(call) -> Answer`.

Adding a family is adding a file, and its commands to FAMILIES; no family is imported before a command of it is met.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from types import ModuleType

FAMILIES = {
    "adduser": "adduser addgroup",
    "apk": "apk",
    "apt": "apt-get apt aptitude",
    "archives": "tar unzip gunzip gzip xz bzip2 rsync patch",
    "builders": (
        "make gmake cmake ninja meson mvn gradle ant cargo dep glide govendor autoreconf stack lein bazel mix "
        "bower gulp grunt"
    ),
    "builtins": (
        "cd export readonly local unset set exit return command type hash . source eval exec test [ false read : "
        "true echo printf umask ulimit wait trap alias shift shopt pwd getopts times unalias break continue"
    ),
    "conda": "conda mamba micromamba",
    "copies": "cp mv install",
    "download": "curl wget",
    "dpkg": (
        "dpkg add-apt-repository apt-add-repository apt-key apt-mark apt-cache apt-config apt-file dpkg-query "
        "dpkg-divert dpkg-reconfigure dpkg-statoverride debconf-set-selections debconf-show apt-ftparchive "
        "dpkg-deb dpkg-scanpackages"
    ),
    "files": "mkdir touch ln rm rmdir unlink find",
    "go": "go",
    "net": "git",
    "node": "npm npx yarn yarnpkg pnpm pnpx node nodejs corepack",
    "owners": "chown chgrp chmod",
    "pdm": "pdm",
    "php": "pecl docker-php-ext-install composer composer.phar",
    "pip": "pip",
    "pipenv": "pipenv",
    "poetry": "poetry",
    "python": "python pypy",
    "quiet": (
        "sort uniq cut tr mktemp grep egrep awk ls stat du df basename dirname realpath readlink id whoami uname "
        "date sleep nproc which seq expr sha256sum md5sum sync hostname ldconfig ldd file diff cmp tree yes "
        "base64 printenv sha1sum sha224sum sha384sum sha512sum cksum "
        "tac nl rev paste comm zcat zgrep bzcat xzcat locale-gen update-ca-certificates update-alternatives ps kill getent arch tty "
        "lsb_release dpkg-architecture more"
    ),
    "rpm": "dnf yum microdnf rpm zypper pacman",
    "ruby": "gem bundle bundler",
    "scripts": "sh bash dash ash ksh zsh",
    "serve": "uvicorn gunicorn hypercorn daphne granian waitress-serve flask celery fastapi streamlit pytest",
    "system": (
        "less chronic clear cron crond curl-config dig fc-cache free gdb getcap git-lfs gpg gpgconf hwclock "
        "ifconfig ip java javac jq lsof mandb mount mysql mysql_config mysqladmin nano netstat nginx nslookup "
        "openrc openssl perl pg_config pg_isready php ping pkg-config psql rc-service rc-update redis-cli "
        "redis-server ruby rustc scp service setcap ss ssh ssh-keygen ssh-keyscan strace strip supervisorctl "
        "supervisord sysctl systemctl timedatectl top tzselect umount updatedb uptime upx vi vim ar autoconf "
        "automake c++ cc clang g++ gcc ld libtoolize msgfmt protoc"
    ),
    "texts": "cat head tail wc sed tee dos2unix",
    "usermod": "usermod groupmod userdel groupdel deluser delgroup gpasswd passwd chpasswd chsh",
    "users": "useradd groupadd",
    "uv": "uv uvx",
    "venv": "virtualenv pyvenv",
    "wrappers": (
        "env sudo nice timeout xargs time gosu su-exec tini dumb-init chroot stdbuf eatmydata nohup setsid "
        "runuser retry su"
    ),
}
VERSIONED = frozenset(["pip", "python", "system", "venv"])  # whose programs carry a version in their names
BUILTINS = frozenset(FAMILIES["builtins"].split())  # what the shell itself provides


def family(name: str) -> ModuleType | None:
    """The module that knows a command: by its name, else by the name without a version (python3.11, pip3)."""
    known = families()
    module = known.get(name)
    if module is None and (stem := name.rstrip("0123456789.")) != name:
        module = known[stem] if known.get(stem) in VERSIONED and not name.endswith(".") else None
    return importlib.import_module(f"{__name__}.{module}") if module else None


@lru_cache(1)
def families() -> dict[str, str]:
    """The name of each command's module."""
    return {name: module for module, names in FAMILIES.items() for name in names.split()}
