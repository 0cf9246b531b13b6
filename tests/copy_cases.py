"""Small contexts with the COPY and ADD lines to try on them; what an engine makes of them is in copy_recorded.json.

Record anew, where an engine runs: python tests/copy_cases.py
"""

from __future__ import annotations

import gzip
import io
import json
import random
import shlex
import subprocess
import tarfile
import tempfile
from pathlib import Path

import msgspec

RECORDED = Path(__file__).with_name("copy_recorded.json")


class Case(msgspec.Struct, frozen=True):
    """`files` are names: `a/` a folder, `a->b` a link, `a.tar=x,y` an archive of two files. Lines are instructions."""

    files: str
    lines: tuple[str, ...]
    ignore: str = ""

    @property
    def name(self) -> str:
        return " | ".join((self.files, *self.lines, *([repr(self.ignore)] if self.ignore else [])))


class Result(msgspec.Struct, frozen=True):
    """`paths` holds the image's paths: folders with a slash behind, links with `@`."""

    builds: bool
    paths: tuple[str, ...] = ()
    error: str = ""


def _cases(text: str) -> list[Case]:
    """One a line: files | instruction | … | ignore: patterns separated by blanks."""
    found = []
    for line in text.strip().splitlines():
        files, *lines = (part.strip() for part in line.split(" | "))
        ignore = ""
        if lines[-1].startswith("ignore:"):
            ignore = "\n".join(lines.pop().removeprefix("ignore:").split())
        found.append(Case(files, tuple(lines), ignore))
    return found


BY_HAND = _cases("""
a | COPY a /d/
a | COPY a /d
a | COPY a .
a | COPY a /d/.
a | COPY a /d/e/..
a | COPY a /d//e/../f
a | COPY a/ /d/
a | COPY A /d/
a | COPY nope /d/
a | COPY /a ./b
a | COPY ../a /d/
a | COPY ../nope /d/
a | COPY ../../ /d/
a | COPY .// /d/
a | WORKDIR /w | COPY a .
a | WORKDIR /w | COPY a b
a | WORKDIR /w | COPY a ..
a | WORKDIR /w/v | COPY a ../../../q/
a | COPY *.nope /d/
a | COPY no/*.x /d/
a b/c | COPY b/*.x /d/
a b/c | COPY b/c /q | COPY b/*.x /d/
a b/c | COPY . /q | COPY b/*.x /d/
a.t b.t | COPY *.t /d
a.t b.t | COPY a.t b.t /d
a.t b.t | COPY a.t b.t /d/
x/a y/b .h | COPY * /d/
x/a y/b | COPY x y /d/
x/a y/b | COPY x /d
x/a | COPY x/. /d/
x/a z | COPY x/.. /d/
x/a b | COPY x /d/ | COPY b /d
x/a b | COPY b /d | COPY x /d
x/a b | COPY b /d | COPY x /d/
x/a b | COPY b /d | COPY b /d/
x/a b | COPY b /d | COPY b /d/e
x/d/a d | COPY d /r/ | COPY x /r/
x/d/a d | COPY x /r/ | COPY d /r/
x/d/a y/d | COPY x /r/ | COPY y /r/
a b/c | COPY a b /d
a b/c | COPY b a /d
a x/a/q | COPY a x /r/
x/a l->x | COPY l /d
x/a l->x | COPY l/a /d
x/a l->x | COPY . /d
x/a l->x | COPY l* /d/
x/a l->x | COPY l/* /d/
x/a x/l->a | COPY x /d
x/a l->x/a | COPY l /d/
x/a l->/x/a | COPY l /d
x/a l->../../x/a | COPY l /d
x/a l->nope | COPY l /d
x/a l->l | COPY l /d
x/a l->x/a | COPY l /d | ignore: x
a/b m->a n->m/b | COPY n /d/
a/b m->a n->m/b | COPY n /d/ | ignore: m
a/b l->a c | COPY . /d | COPY c /d/l
a/b l->a c | COPY . /d | COPY a/b /d/l/
a/b l->zz c | COPY . /d | COPY c /d/l
a/b l->zz c | COPY . /d | COPY c /d/l/
a/q/x l/q->zz | COPY l /r | COPY a /r
a/q l/q->zz | COPY l /r | COPY a /r
a/b | COPY a/b/ /d
a/b | COPY a/b/c /d
a/b | COPY a/c/d* /d
a/b/c a/e | COPY a/* /d/
a/b/c a/e | COPY a/*/c /d
a e/ | COPY e /d
a e/ | COPY e /d/e/
a/b/c a/d e | COPY --exclude=* a /p/
a/b/c a/d e | COPY --exclude=b a /p/
a/b/c a/d e | COPY --exclude=a/b a /p/
a/b/c a/d e | COPY --exclude=e e /p/
a/b/c a/d e | COPY --exclude=** --exclude=!b/c a /p/
a/b/c a/d e | COPY --exclude=**/c . /p/
a/b/c a/d e | COPY --exclude=[ a /p/
a[b | COPY a[b /d
a[b | COPY a[[]b /d
a | COPY a https://example.com/f /d/
t.tar=x/y,z a | ADD t.tar /d/
t.tar=x/y,z a | ADD t.tar /d
t.tgz=x/y,z a | ADD *.tgz a /d/
t=x/y,z | ADD t /d
t.tar= | ADD t.tar /d/
t.txt | ADD t.txt /d/
q/t.tar=x | ADD q /d
t.tar=x d | COPY d / | ADD t.tar /d
t.tar=x | COPY t.tar /d/
a x/b | COPY . /d | ignore: **
a x/b | COPY . /d | ignore: *
a x/b | COPY x /d | ignore: x
a x/b | COPY x/b /d | ignore: x !x/b
a x/b x/c | COPY x /d | ignore: x !x/b
a x/b | COPY x /d | ignore: x/b
a x/b | COPY x /d | ignore: x/*
x/y/z | COPY x /d | ignore: x !x/*/z
x/y/z | COPY x /d | ignore: x !x/y
x/y/z | COPY x /d | ignore: **/y
x/y/z | COPY x/y /d | ignore: **/z
x/y/z | COPY x/y /d | ignore: **/z/**
x/y/z x/w | COPY x/w /d | ignore: * !x/y
x/y/z x/w | COPY x /d | ignore: * !x/y
a/b | COPY . / | ignore: a/b !a
a x.md r.md | COPY *.md /d/ | ignore: *.md !r.md
a | COPY Dockerfile .dockerignore /d/ | ignore: Dockerfile .dockerignore
a | COPY Dockerfile .dockerignore /d/ | ignore: a
a | COPY a /d/ | ignore: /a
a | COPY a /d/ | ignore: ./a/
a | COPY a /d/ | ignore: a !a
x/a | FROM scratch | COPY x /d
x/a b | FROM scratch AS s | COPY x b /r/ | FROM scratch | COPY --from=s /r /d
x/a b | FROM scratch AS s | COPY x b /r/ | FROM scratch | COPY --from=s r/a* /d/
x/a b | FROM scratch AS s | COPY x b /r/ | FROM scratch | COPY --from=s /r/z* /d/
x/a b | FROM scratch AS s | COPY x b /r/ | FROM scratch | COPY --from=s /e/* /d/
x/a b | FROM scratch AS s | COPY x b /r/ | FROM scratch | COPY --from=s /e /d/
""")


def drawn(count: int, seed: int = 20) -> list[Case]:
    """Contexts, ignore files and instructions by chance, out of few names so that they meet."""
    dice = random.Random(seed)
    return [_draw(dice) for _ in range(count)]


def _draw(dice: random.Random) -> Case:
    files: dict[str, None] = {}
    for _ in range(dice.randint(1, 7)):
        path = "/".join(dice.choice("abcd") for _ in range(dice.randint(1, 3)))
        if not any(path == old or path.startswith(f"{old}/") or old.startswith(f"{path}/") for old in files):
            files[path] = None
    names = [*files, *(path.rpartition("/")[0] for path in files if "/" in path)]
    words = [*names, *names, ".", "*", "a*", "*/b", "[ab]", "b/*", "../c", "a/", "d"]
    patterns = [*names, "*", "**/b", "a/*", "!a", "!**/b", "c", "!b/*", "a/**", "!a/b", "?"]
    lines = []
    for _ in range(dice.randint(1, 3)):
        dest = dice.choice(["/d", "/d/", "/d/a", "/d/a/", "/d/b", ".", "/d/e/f"])
        lines.append(f"COPY {' '.join(dice.choice(words) for _ in range(dice.choice([1, 1, 2])))} {dest}")
    ignore = "\n".join(dice.choice(patterns) for _ in range(dice.choice([0, 0, 1, 2, 4])))
    return Case(" ".join(files), tuple(lines), ignore)


CASES = BY_HAND + drawn(80)


def write(case: Case, root: Path) -> None:
    for word in case.files.split():
        name, arrow, target = word.partition("->")
        name, archive, members = name.partition("=")
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if arrow:
            path.symlink_to(target)
        elif archive:
            path.write_bytes(_tar(members, compressed=not name.endswith(".tar")))
        elif name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_text(name)
    if case.ignore:
        (root / ".dockerignore").write_text(case.ignore)
    (root / "Dockerfile").write_text("\n".join((*([] if staged(case) else ["FROM scratch"]), *case.lines)) + "\n")


def staged(case: Case) -> bool:
    return case.lines[0].startswith("FROM")


def _tar(members: str, compressed: bool) -> bytes:
    if not members:
        return b"no archive at all"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name in members.split(","):
            tar.addfile(tarfile.TarInfo(name))
    return gzip.compress(buffer.getvalue()) if compressed else buffer.getvalue()


def build(case: Case) -> Result:
    """What the engine makes of it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "context")
        root.mkdir()
        write(case, root)
        out = Path(folder, "out.tar")
        command = ["docker", "build", "--no-cache", "--progress=plain", "-o", f"type=tar,dest={out}", str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return Result(False, error=_error(done.stderr))
        with tarfile.open(out) as tar:
            return Result(True, tuple(sorted(_shown(member) for member in tar)))


def _shown(member: tarfile.TarInfo) -> str:
    return member.name.removeprefix("./").rstrip("/") + ("/" if member.isdir() else "@" if member.issym() else "")


def _error(log: str) -> str:
    errors = [line for line in log.splitlines() if line.startswith("ERROR")]
    return errors[-1].rpartition("failed to solve: ")[2] if errors else log[-200:]


def words(line: str) -> tuple[str, dict[str, list[str]], list[str]]:
    """Keyword, flags and words of an instruction of these cases."""
    keyword, *rest = shlex.split(line)
    flags: dict[str, list[str]] = {}
    while rest and rest[0].startswith("--"):
        name, _, value = rest.pop(0)[2:].partition("=")
        flags.setdefault(name, []).append(value)
    return keyword, flags, rest


def recorded() -> dict[str, Result]:
    return msgspec.json.decode(RECORDED.read_bytes(), type=dict[str, Result])


if __name__ == "__main__":
    found = {case.name: msgspec.to_builtins(build(case)) for case in CASES}
    RECORDED.write_text(json.dumps(found, indent=0, ensure_ascii=False) + "\n")
