"""What `npm install` meets in an image whose Node or npm is old, and commands that are there already.

Sources: docker-library/official-images history of library/node (yarn is in the images since 6.10 and 7.6, npx comes with npm
5.2), npm's changelog (the EEXIST check of global commands, that npm 5 left out; ENOENT for a missing package.json since 7),
nodejs/Release (end of life), the registry's change to TLS 1.2 and to certificates that npm 1 does not know.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection

from dockwright.facts import languages as facts
from dockwright.finding import NO, UNKNOWN, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value
from dockwright.rehearse.languages import Installed, day, installed

LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "node_modules", "pnpm-lock.yaml")
# What is published without a pin runs on this Node or newer: [since, version].
FLOOR = (("2017-06-01", "4"), ("2019-06-01", "6"), ("2022-06-01", "10"), ("2024-06-01", "12"))
NPM_TLS, NPM_SCOPES = "1.4", "2"  # the first npm that accepts the registry's certificate; that knows @scope/name
LIGHT = frozenset(["bower", "grunt-cli", "n", "npm", "yarn"])  # need nothing, or bring it along


def judge(
    call: Call, tool: str, folder: Value, operands: list[Argument], everywhere: bool, options: Collection[str]
) -> None:
    names = [each for each in operands[1:] if each.value not in ("add", "install", UNKNOWN)]
    npm, node = installed(call, "npm"), installed(call, "node")
    if tool == "npm" and npm is not None and call.image.opaque is None and facts.older(npm.version, NPM_SCOPES):
        _registry(call, npm, bool(names) or everywhere)
        return
    if tool == "npm" and everywhere and not set(options) & {"-f", "--force"}:
        _there(call, node, names)
    if node is not None and tool in ("npm", "yarn") and (names or _unlocked(call, folder)):
        _floor(call, node, names)


def _registry(call: Call, npm: Installed, named: bool) -> None:
    if facts.older(npm.version, NPM_TLS):
        says = Evidence(f"npm {npm.version} does not accept the registry's certificate")
        need: needs.Need = needs.Address("the registry of npm", "tls")
        call.lacks(need, call.arguments[0].span, (*npm.proof, says), certainty=Certainty.LIKELY)
    elif not named:
        says = Evidence(f"npm {npm.version} knows no scoped packages (@owner/name), which most projects use by now")
        need = needs.Language("Node", "with npm 2 or newer", f"npm {npm.version}", "the registry")
        call.lacks(need, call.arguments[0].span, (*npm.proof, says), certainty=Certainty.LIKELY)


def _there(call: Call, node: Installed | None, names: list[Argument]) -> None:
    """`npm install -g yarn` does not overwrite a command that something else put there."""
    base = call.image.base
    if node is None or base is None or base.family != "node" or call.image.opaque is not None:
        return
    version = facts.key(node.version)
    without_yarn = version < (7, 6) and not (6, 10) <= version < (7,)
    silent = (8, 0) <= version < (8, 12)  # npm 5
    if (len(version) > 1 and (without_yarn or silent)) or version < (6,) or version >= (26,):
        return
    for each in names:
        if each.value in ("yarn", "npx"):
            says = Evidence(f"{base.reference} has /usr/local/bin/{each.value}")
            call.lacks(
                needs.Absent(f"/usr/local/bin/{each.value}"), each.span, (*node.proof, says), certainty=Certainty.LIKELY
            )


def _unlocked(call: Call, folder: Value) -> bool:
    """Is nothing there that says which releases are wanted?"""
    if folder is UNKNOWN:
        return False
    return all(call.image.find(posixpath.join(str(folder), name)).answer is NO for name in LOCKS)


def _floor(call: Call, node: Installed, names: list[Argument]) -> None:
    wants = next((version for since, version in reversed(FLOOR) if since <= day(call)), "")
    pinned = names and all(
        "@" in str(each.value)[1:] or "/" in str(each.value)[1:] or each.value in LIGHT for each in names
    )
    if not wants or not facts.older(node.version, wants) or pinned:
        return
    says = Evidence(f"what is published without a pin runs on Node {wants} or newer by {day(call)}")
    what = str(names[0].value) if names else "what package.json asks for"
    need = needs.Language("Node", f"{wants} or newer", node.version, what)
    span = names[0].span if names else call.arguments[0].span
    call.lacks(need, span, (*node.proof, says), certainty=Certainty.LIKELY)


def strict(call: Call) -> bool:
    """npm 7 and later (Node 15) stop where there is no package.json; those before warn."""
    node = installed(call, "node")
    return node is not None and not facts.older(node.version, "15")
