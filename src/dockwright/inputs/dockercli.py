"""`docker build …` lines as targets: literal words only, no shell is followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from dockwright.finding import Place
from dockwright.inputs.targets import Target, is_remote, join

# options of `docker build`, `docker buildx build`, `podman build` and `buildah bud` that take a value
_VALUED = (
    "--add-host --allow --annotation --attest --build-arg --build-context --builder --cache-from --cache-to --call "
    "--cgroup-parent --cpu-period --cpu-quota --cpu-shares --cpuset-cpus --cpuset-mems --file --format --iidfile "
    "--isolation --label --memory --memory-swap --metadata-file --network --no-cache-filter --output --platform "
    "--progress --provenance --sbom --secret --security-opt --shm-size --ssh --tag --target --ulimit -f -t -o -m -c "
)
_STARTS = (
    ("docker", "build"), ("docker", "image", "build"), ("docker", "buildx", "build"), ("docker", "buildx", "b"),
    ("docker", "builder", "build"), ("podman", "build"), ("podman", "image", "build"), ("buildah", "bud"),
    ("buildah", "build"), ("nerdctl", "build"),
)  # fmt: skip


class _Options(Struct):
    values: dict[str, list[str]]
    operands: list[str]

    def all(self, *names: str) -> list[str]:
        return [value for name in names for value in self.values.get(name, [])]

    def last(self, *names: str) -> str | None:
        found = self.all(*names)
        return found[-1] if found else None


def build_command(words: Sequence[str], name: str, folder: str, origin: str, place: Place | None) -> Iterator[Target]:
    """The target of one command, run in `folder`; nothing when it builds nothing or a path in it is a variable."""
    start = next((start for start in _STARTS if tuple(words[: len(start)]) == start), None)
    if start is None:
        return
    options = _options(words[len(start) :])
    if len(options.operands) != 1:
        return
    context, file = options.operands[0], options.last("--file", "-f")
    if context == "-" or file == "-" or "$" in context + (file or "") or "`" in context + (file or ""):
        return
    image = options.last("--tag", "-t")
    path = join(folder, context)
    default = "Dockerfile" if is_remote(path) else join(path, "Dockerfile")
    yield Target(
        name=_short(image) or name,
        dockerfile=join(folder, file) if file else default,
        context=path,
        origin=origin,
        origin_place=place,
        build_args=_arguments(options.all("--build-arg")),
        stage=_literal(options.last("--target")),
        platforms=tuple(p for p in (_literal(options.last("--platform")) or "").split(",") if p),
        named_contexts=_contexts(options.all("--build-context"), folder),
        secrets=tuple(_id(secret) for secret in options.all("--secret") if _id(secret)),
        ssh=tuple(ssh.partition("=")[0] for ssh in options.all("--ssh")),
        network=_literal(options.last("--network")),
        image=_literal(image),
        unsure=frozenset({"stage"} if "$" in (options.last("--target") or "") else ()),
    )


def _options(words: Sequence[str]) -> _Options:
    options = _Options({}, [])
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            options.operands.append(word)
            continue
        name, equals, value = word.partition("=")
        if not word.startswith("--") and len(word) > 2:  # -tname, -f=path
            name, equals, value = word[:2], "=", word[2:].removeprefix("=")
        if f"{name} " in _VALUED and not equals:
            value = next(rest, "")
        options.values.setdefault(name, []).append(value)
    return options


def _literal(value: str | None) -> str | None:
    return None if value is None or "$" in value or "`" in value else value


def _arguments(words: Sequence[str]) -> dict[str, str | None]:
    """`NAME=value`; a name alone, or a value with a variable in it, is not known."""
    found: dict[str, str | None] = {}
    for word in words:
        name, equals, value = word.partition("=")
        found[name] = _literal(value) if equals else None
    return found


def _contexts(words: Sequence[str], folder: str) -> dict[str, str]:
    pairs = (word.partition("=") for word in words)
    return {name: join(folder, path) for name, _, path in pairs if path and "$" not in path}


def _id(secret: str) -> str:
    return next((part[3:] for part in secret.split(",") if part.startswith("id=")), "")


def _short(image: str | None) -> str | None:
    """`registry.example/team/app:1.2` is called `app`."""
    if image is None:
        return None
    name = image.rpartition("/")[2].partition(":")[0]
    return name if name and "$" not in name else None
