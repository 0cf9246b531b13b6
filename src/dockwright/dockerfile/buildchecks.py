"""BuildKit's build checks, as far as the text alone breaks them, for files that make a broken one an error.

`# check=error=true` (Dockerfile reference, "check") ends a build with "lint violation found for rules: …". Rules that need the
base image are left to who knows it. Checks about how a command is used count in stages that the target needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from dockwright.dockerfile import values
from dockwright.dockerfile.expand import ExpandError, expand_partial
from dockwright.dockerfile.gotext import boolean, quote
from dockwright.dockerfile.nodes import Dockerfile, Instruction, Stage
from dockwright.finding import UNKNOWN, Answer

EXPERIMENTAL = frozenset({"CopyIgnoredFile", "InvalidDefinitionDescription"})
PLATFORM_ARGS = frozenset(
    f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT")
)
_SECRET = r"(?i)(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)"
_NO_SECRET = r"(?i)(?:_|^)public(?:_|$)"
_ONCE = ("CMD", "ENTRYPOINT", "HEALTHCHECK")

Broken = Iterator[tuple[str, Instruction]]


class Options(Struct, frozen=True):
    error: bool = False
    skip: frozenset[str] = frozenset()  # "all" among them: every rule

    def counts(self, rule: str) -> bool:
        return "all" not in self.skip and rule not in self.skip and rule not in EXPERIMENTAL


def options(text: str) -> Options:
    """The value of `# check=`. Raises ValueError with BuildKit's words."""
    error, skip = False, frozenset[str]()
    for part in text.split(";") if text.strip() else ():
        key, equals, value = part.partition("=")
        key, value = key.strip(), value.strip()
        if not equals or key not in ("skip", "error", "experimental"):
            raise ValueError(f"failed to parse check options: invalid check option {quote(key if equals else part)}")
        if key == "skip":
            skip = frozenset(name.strip() for name in value.split(","))
        elif key == "error":
            read = boolean(value)
            if read is None:
                problem = f"failed to parse check option {quote(part)}: strconv.ParseBool: parsing {quote(value)}: invalid syntax"
                raise ValueError(f"failed to parse check options: {problem}")
            error = read
    return Options(error, skip)


def of(dockerfile: Dockerfile) -> Options:
    for directive in dockerfile.directives:
        if directive.name == "check":
            try:
                return options(directive.value)
            except ValueError:
                break
    return Options()


def broken(dockerfile: Dockerfile, needed: Iterable[Stage]) -> Broken:
    """Names of rules, each with an instruction that breaks it; `needed` are the stages that are built."""
    for warning in dockerfile.warnings:
        if warning.rule == "NoEmptyContinuation":
            yield warning.rule, next(each for each in dockerfile.instructions if each.span.end > warning.span.start)
    yield from _casing(dockerfile)
    seen: set[str] = set()
    for stage in dockerfile.stages:
        yield from _of_name(stage, seen)
        yield from _of_from(dockerfile, stage)
        yield from (("MaintainerDeprecated", each) for each in stage.instructions if each.keyword == "MAINTAINER")
    inherited = _inherited(dockerfile)
    for stage in needed:
        yield from _of_uses(stage, inherited[stage.index])


def _casing(dockerfile: Dockerfile) -> Broken:
    instructions = [each for stage in dockerfile.stages for each in stage.instructions]
    written = [each.written for each in instructions]
    lower = sum(name.islower() for name in written) > sum(name.isupper() for name in written)
    for each in instructions:
        if not (each.written.islower() if lower else each.written.isupper()):
            yield "ConsistentInstructionCasing", each


def _of_name(stage: Stage, seen: set[str]) -> Broken:
    first = stage.instructions[0]
    if stage.name is None:
        return
    if first.words[2].text != stage.name:
        yield "StageNameCasing", first
    as_, from_ = first.words[1].text, first.written
    if (from_.islower() and not as_.islower()) or (from_.isupper() and not as_.isupper()):
        yield "FromAsCasing", first
    if stage.name in ("context", "scratch"):
        yield "ReservedStageName", first
    if stage.name in seen:
        yield "DuplicateStageName", first
    seen.add(stage.name)


def _of_from(dockerfile: Dockerfile, stage: Stage) -> Broken:
    first = stage.instructions[0]
    declared = {pair.key.text: pair.value for each in dockerfile.global_args for pair in each.pairs}
    texts = [stage.base.text, stage.platform or ""]
    if any(
        name not in declared and name not in PLATFORM_ARGS for text in texts for name in _unset(text, dockerfile.escape)
    ):
        yield "UndefinedArgInFrom", first
    base = _with_defaults(dockerfile, stage.base.text)
    if isinstance(base, str) and "$" in stage.base.text and (not base or values.reference(base)):
        yield "InvalidDefaultArgInFrom", first
    if stage.platform in ("$TARGETPLATFORM", "${TARGETPLATFORM}"):
        yield "RedundantTargetPlatform", first
    elif stage.platform and "$" not in stage.platform and _constant(stage.platform, stage.name or ""):
        yield "FromPlatformFlagConstDisallowed", first


def _constant(platform: str, name: str) -> bool:
    """A stage may be called after its platform: `FROM --platform=linux/amd64 … AS tools-amd64`."""
    system, slash, machine = platform.lower().partition("/")
    parts = (system, machine.partition("/")[0]) if slash else (system, "linux", "amd64")
    return values.platform(platform, "") is None and not any(part in name for part in parts)


def _with_defaults(dockerfile: Dockerfile, text: str) -> str | Answer:
    known: dict[str, str | Answer | None] = dict.fromkeys(PLATFORM_ARGS, UNKNOWN)
    try:
        for each in dockerfile.global_args:
            for pair in each.pairs:
                if pair.value is not None:
                    known[pair.key.text] = expand_partial(pair.value.text, known.get, dockerfile.escape).value
        return expand_partial(text, known.get, dockerfile.escape).value
    except ExpandError:
        return UNKNOWN


def undefined(each: Instruction, known: set[str], escape: str) -> bool:
    """Rule UndefinedVar: a word that BuildKit itself expands uses a variable that nothing has set."""
    if each.keyword not in ("ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"):
        return False
    words = [word for pair in each.pairs for word in (pair.key, pair.value) if word is not None] or [*each.words]
    return any(not _unset(word.text, escape) <= known for word in words)


def _unset(text: str, escape: str) -> frozenset[str]:
    try:
        return expand_partial(text, lambda name: None, escape).unset if "$" in text else frozenset()
    except ExpandError:
        return frozenset()


def _of_uses(stage: Stage, inherited: frozenset[str]) -> Broken:
    once: dict[str, Instruction] = {}
    shell, folder = "SHELL" in inherited, "WORKDIR" in inherited
    for each in stage.instructions:
        keyword = each.keyword
        if keyword in _ONCE:
            if keyword in once:
                yield "MultipleInstructionsDisallowed", once[keyword]
            once[keyword] = each
        if keyword in ("CMD", "ENTRYPOINT") and each.exec_form is None and not shell:
            yield "JSONArgsRecommended", each
        if (
            keyword == "WORKDIR"
            and not folder
            and "$" not in each.rest.text
            and not each.rest.text.strip("\"' ").startswith("/")
        ):
            yield "WorkdirRelativePath", each
        shell, folder = shell or keyword == "SHELL", folder or keyword == "WORKDIR"
        yield from ((rule, each) for rule in _of_words(each))


def _of_words(each: Instruction) -> Iterator[str]:
    if each.keyword in ("ENV", "ARG"):
        for pair in each.pairs:
            if re.search(_SECRET, pair.key.text) and not re.search(_NO_SECRET, pair.key.text):
                yield "SecretsUsedInArgOrEnv"
    if each.keyword in ("ENV", "LABEL") and each.pairs and each.pairs[0].value is not None:
        key, value = each.pairs[0].key.span, each.pairs[0].value.span
        if "=" not in each.text[key.end - each.span.start : value.start - each.span.start]:
            yield "LegacyKeyValueFormat"
    if each.keyword == "EXPOSE":
        for word in each.words:
            if ":" in word.text:
                yield "ExposeInvalidFormat"
            if re.search("/.*[A-Z]", word.text):
                yield "ExposeProtoCasing"


def _inherited(dockerfile: Dockerfile) -> dict[int, frozenset[str]]:
    """Keywords of the stages that each one is built from."""
    found: dict[int, frozenset[str]] = {}
    named: dict[str, Stage] = {}
    for stage in dockerfile.stages:
        base = named.get(stage.base.text.lower())
        own = frozenset(each.keyword for each in base.instructions) if base is not None else frozenset()
        found[stage.index] = own | found[base.index] if base is not None else own
        if stage.name is not None:
            named[stage.name] = stage
    return found
