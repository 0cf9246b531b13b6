"""Which version of a language is in the image: from the base image's tag, or from the release's own package."""

from __future__ import annotations

from msgspec import Struct

from dockwright.facts import languages
from dockwright.finding import Evidence
from dockwright.rehearse.call import Call


class Installed(Struct, frozen=True):
    version: str
    proof: tuple[Evidence, ...]


def installed(call: Call, language: str) -> Installed | None:
    """None when it is not known, or when a line may have brought another version."""
    packaged = _packaged(call, language)
    if packaged is not None:
        return packaged
    base = call.image.base
    if base is None or (call.image.opaque is not None and _replaced(call, language)):
        return None
    version = languages.of_image(base.reference, language, day(call))
    return Installed(version, (Evidence(f"{base.reference} has {language} {version}"),)) if version else None


def day(call: Call) -> str:
    from dockwright.rehearse.commands.debian import day as rehearsed

    return rehearsed(call)


def _packaged(call: Call, language: str) -> Installed | None:
    """Of packages that lines installed from the release's own sources."""
    from dockwright.rehearse.commands import sources

    image = call.image
    os = image.base.os if image.base is not None else None
    if os is None or sources.changed(call):
        return None
    for name, by in image.packages.items():
        brought, version = languages.brought_by(name)
        if brought == language:
            number = os.version
            found = version or languages.of_release(os.id, number, language)
            if found:
                return Installed(found, (by, Evidence(f"{os.id} {number} has {language} {found}")))
    return None


def _replaced(call: Call, language: str) -> bool:
    """May a command that is not known have brought another version, by one of the version managers?"""
    return any(f"/{manager}" in path for path in call.image.paths for manager in MANAGERS.get(language, ()))


MANAGERS = {"ruby": (".rbenv", ".rvm", "rbenv", "rvm"), "node": (".nvm", "nvm", "n"), "go": (".gvm",)}
