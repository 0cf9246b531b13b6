"""What a Dockerfile asks for that an engine can't do, said before the build. Each row was tried on the engine itself.

docker-classic: Docker 28.5; older ones can do no more. It takes some of these without a word and makes another image.
buildah 1.28 and podman 4.3, which holds it; what later versions have learnt is not refused there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Dockerfile, Instruction
from dockwright.inputs.targets import Target

CLASSIC_FLAGS = {
    "RUN": ("mount", "network", "security", "device"),
    "COPY": ("chmod", "parents", "exclude"),
    "ADD": ("chmod", "checksum", "keep-git-dir", "unpack", "exclude"),
}
BUILDAH_FLAGS = {
    "RUN": ("network", "security", "device"),
    "COPY": ("link", "parents", "exclude"),
    "ADD": ("link", "checksum", "keep-git-dir", "unpack", "exclude"),
    "HEALTHCHECK": ("start-interval",),
}
TRIED = (1, 28)  # buildah
HEREDOCS = (1, 33)  # buildah's first version with here-documents
PLATFORM = (
    "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "BUILDPLATFORM", "BUILDOS", "BUILDARCH",
    "BUILDVARIANT",
)  # fmt: skip


class Unfit(Struct, frozen=True):
    line: int  # 0: not in the Dockerfile
    feature: str
    sentence: str
    hint: str = "--engine docker builds with BuildKit"


def unfit(engine: str, text: str, target: Target | None = None, version: tuple[int, ...] = ()) -> tuple[Unfit, ...]:
    """In the order of the file. `version`: buildah's; unknown refuses nothing."""
    dockerfile = parse(text)
    if engine == "docker-classic":
        return (*_classic_target(target), *_classic(dockerfile))
    if engine in ("buildah", "podman") and version:
        return tuple(_buildah(engine, dockerfile, version))
    return ()


def _classic_target(target: Target | None) -> Iterator[Unfit]:
    who = "Docker's classic builder has no"
    for given, name in (
        (target and target.named_contexts, "named contexts"),
        (target and target.secrets, "build secrets"),
        (target and target.ssh, "SSH agent"),
    ):
        if given and target:
            yield Unfit(0, name, f"{target.name} is built with {name}: {who} {name}")


def _classic(dockerfile: Dockerfile) -> Iterator[Unfit]:
    for instruction in dockerfile.instructions:
        feature = _flag(instruction, CLASSIC_FLAGS) or _heredoc(instruction) or _platform(instruction)
        if feature:
            sentence = f"line {instruction.line} uses {feature}, which Docker's classic builder can't do; BuildKit can"
            yield Unfit(instruction.line, feature, sentence)


def _buildah(engine: str, dockerfile: Dockerfile, version: tuple[int, ...]) -> Iterator[Unfit]:
    for instruction in dockerfile.instructions:
        feature = _flag(instruction, BUILDAH_FLAGS) if version[:2] <= TRIED else ""
        if not feature and version[:2] < HEREDOCS:
            feature = _heredoc(instruction)
        if feature:
            shown = ".".join(map(str, version))
            who = f"buildah {shown}" if engine == "buildah" else f"podman with buildah {shown}"
            sentence = f"line {instruction.line} uses {feature}, which {who} can't do"
            yield Unfit(
                instruction.line, feature, sentence, "a newer version may; --engine docker builds with BuildKit"
            )


def _flag(instruction: Instruction, table: dict[str, tuple[str, ...]]) -> str:
    for name in table.get(instruction.keyword, ()):
        if instruction.flag(name) is not None:
            return f"{instruction.keyword} --{name}"
    return ""


def _heredoc(instruction: Instruction) -> str:
    return f"a here-document (<<{instruction.heredocs[0].name})" if instruction.heredocs else ""


def _platform(instruction: Instruction) -> str:
    """BuildKit's automatic arguments are empty here."""
    if instruction.keyword == "FROM":
        value = instruction.flag("platform") or ""
        return f"FROM --platform={value}" if _named(value, PLATFORM) else ""
    if instruction.keyword == "ARG":
        names = [pair.key.text for pair in instruction.pairs if pair.value is None and pair.key.text in PLATFORM]
        return f"ARG {names[0]}" if names else ""
    return ""


def _named(text: str, names: Iterable[str]) -> bool:
    return any(f"${name}" in text or f"${{{name}" in text for name in names)
