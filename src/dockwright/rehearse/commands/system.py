"""Services, compilers and other programs whose effects are not followed: they must be there, and may make files."""

from __future__ import annotations

from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse.call import Call

# They change nothing that a later line names.
QUIET = frozenset(
    (
        "gpg gpgconf openssl ssh-keyscan ssh-keygen systemctl service supervisord supervisorctl cron crond nginx "
        "redis-server redis-cli psql pg_isready mysql mysqladmin java javac ruby perl php rustc strip upx jq vi "
        "vim nano less clear top free uptime ping nslookup dig ip ifconfig netstat ss lsof ulimit sysctl mount "
        "umount strace gdb curl-config pg_config mysql_config pkg-config chronic fc-cache git-lfs updatedb mandb "
        "ssh scp setcap getcap openrc rc-update rc-service tzselect hwclock timedatectl"
    ).split()
)
# They make files somewhere below the working directory (compilers).
MAKING = frozenset("gcc g++ cc c++ clang autoconf automake libtoolize ar ld protoc msgfmt".split())
NAMES = (*sorted(QUIET), *sorted(MAKING))


def run(call: Call) -> Answer:
    if call.name in MAKING:
        return _makes(call)
    return YES if call.name in ("updatedb", "mandb", "fc-cache") else UNKNOWN


def _makes(call: Call) -> Answer:
    call.image.blur(str(call.shell.cwd) if isinstance(call.shell.cwd, str) else "/", call.says("compiles here"))
    return UNKNOWN
