"""FROM: the image that a stage starts with, what the facts say of it, and a name that can't be one."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from dockwright.dockerfile.nodes import Instruction, Stage
from dockwright.facts.base import BaseImage
from dockwright.finding import UNKNOWN, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.image import Account, Image
from dockwright.rehearse.needs import Unmet
from dockwright.rehearse.python import Installed, Python, canonical
from dockwright.rehearse.step import Recorder

if TYPE_CHECKING:
    from dockwright.rehearse.run import Build
    from dockwright.source import Span


def start_from(build: Build, stage: Stage, instruction: Instruction, recorder: Recorder) -> Image:
    name = build.base_name(stage)
    parent = build.parent(stage)
    if parent is not None and parent.index in build.images:
        child = build.images[parent.index].fork()
        child.onbuild = ()
        return child
    if name is UNKNOWN:
        recorder.unknown.append("the base image is not known")
        return Image(None)
    if not name and build.world.classic:
        from dockwright.rehearse.classic import blank_base

        return blank_base(build, stage, recorder)
    _check_reference(build, stage, str(name), recorder)
    _check_registry(build, stage.base.span, str(name), recorder)
    if str(name).endswith((":", "@")):
        return Image(None)  # an argument without a value
    image = _image(build, str(name), instruction.flag("platform"))
    if "/" in str(name):  # Docker's official images are made for all platforms
        from dockwright.rehearse.foreign import judge_base

        wanted = instruction.flag("platform") or build.world.target.built_for
        judge_base(image, str(name), wanted, stage.base.span, recorder)
    return image


def named(build: Build, name: str, span: Span, recorder: Recorder) -> Image | None:
    """The image of `COPY --from=IMAGE` (at `span`); None where nothing is known of what it holds."""
    if name in build.world.target.named_contexts or name == "scratch" or name.isdigit():
        return None
    _check_registry(build, span, name, recorder)
    if name not in build.others:
        image = _image(build, name, None)
        if image.base is None:
            return None
        build.others[name] = image
    return build.others[name]


def _image(build: Build, name: str, platform: str | None) -> Image:
    """The image of a base, as far as its facts are known."""
    if name == "scratch":
        return Image(None, scratch=True)
    from datetime import date

    from dockwright.facts.base import base_image

    day = date.fromisoformat(build.world.as_of) if build.world.as_of else None
    facts = base_image(name, as_of=day, platform=platform or build.world.target.built_for)
    image = Image(facts)
    if facts is not None:
        _fill(image, facts)
    return image


def _fill(image: Image, base: BaseImage) -> None:
    """Environment, accounts, interpreters and settings of the base image."""
    image.env = dict(base.env)
    image.user = base.user or "root"
    image.workdir = base.workdir or "/"
    image.entrypoint, image.cmd = tuple(base.entrypoint or ()), tuple(base.cmd or ())
    if base.shell:
        image.shell = tuple(base.shell)
    for name, user in base.users.items():
        image.accounts[name] = Account(name, str(user.uid), str(user.gid), user.home, user.shell)
    for name, gid in base.groups.items():
        image.groups[name] = Account(name, str(gid))
    for python in base.pythons:
        distributions = {
            canonical(name): Installed(dist.version or UNKNOWN, dist.installer)
            for name, dist in python.distributions.items()
        }
        image.pythons[python.prefix] = Python(
            prefix=python.prefix,
            version=python.full_version or python.version,
            executables=tuple(path.rsplit("/", 1)[-1] for path in python.executables),
            managed=Answer.of(python.externally_managed),
            distributions=distributions,
            complete=python.complete,
        )


# -- the name --------------------------------------------------------------------------------------------------------


def _check_registry(build: Build, span: Span, name: str, recorder: Recorder) -> None:
    """An image that the registry is known not to have, or a name that none can have."""
    from dockwright.facts.made import today
    from dockwright.facts.registry import absent, malformed

    found = absent(name, build.world.as_of or today().isoformat())
    if found is not None:
        says = Evidence(f"gone since {found.since}" if found.since else "the registry never had this tag")
        need = needs.Stage(name, "not-found", found.instead)
        recorder.unmet.append(Unmet(need, span, "FROM", (says,), Certainty.LIKELY))
    elif malformed(name) and "$" not in name:
        says = Evidence("a repository's name is lower case")
        recorder.unmet.append(Unmet(needs.Stage(name, "not-found"), span, "FROM", (says,)))


def _check_reference(build: Build, stage: Stage, name: str, recorder: Recorder) -> None:
    """An unset argument leaves `FROM` without a name, or `python:` without a tag."""
    if name and not _gaping(name):
        return
    for argument in _variables(stage.base.text):
        if not build.globals.get(argument):
            scope = "later" if argument not in build.globals and argument in _all_args(build) else "unset"
            need = needs.Variable(argument, f"FROM {stage.base.text}", scope)
            # Declared without a default: whoever builds it may know to give a value.
            sure = Certainty.CERTAIN if scope == "later" else Certainty.LIKELY
            recorder.unmet.append(Unmet(need, stage.base.span, "FROM", (), sure))


def _gaping(name: str) -> bool:
    """What an empty variable leaves of a name: a part without letters, or one that begins or ends with what joins two."""
    if name[0] in ":/._-" or name[-1] in ":/@._-" or "//" in name or ":/" in name:
        return True
    return any((one in ":/" and two in "._-") or (one in "._-" and two in ":/@") for one, two in pairwise(name))


def _variables(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\$\{?(\w+)", text))


def _all_args(build: Build) -> set[str]:
    return {
        pair.key.text
        for instruction in build.dockerfile.instructions
        if instruction.keyword == "ARG"
        for pair in instruction.pairs
    }
