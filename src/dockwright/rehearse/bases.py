"""What the facts of a base image put into a fresh image."""

from __future__ import annotations

from dockwright.facts.base import BaseImage
from dockwright.finding import UNKNOWN, Answer
from dockwright.rehearse.image import Account, Image
from dockwright.rehearse.python import Installed, Python, canonical


def fill(image: Image, base: BaseImage) -> None:
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
        )
