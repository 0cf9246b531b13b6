"""Which mounts make a tool take its files from the wheelhouse, and when a step must be left as it is.

Each rule was tried on BuildKit 0.2x and buildah 1.28 with the versions that tests/engine/test_derive.py names.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from dockwright.build.derive import uv
from dockwright.build.derive.choice import NAMED, TAGGED, Choice, Setting, bind, secret
from dockwright.build.derive.frontend import CONTEXT
from dockwright.build.derive.places import disturbs, mounted
from dockwright.build.derive.use import Use, may_install, strangers, uses
from dockwright.finding import UNKNOWN
from dockwright.rehearse.journal import normal
from dockwright.rehearse.step import Step

PIP_CONF = "/etc/xdg/pip/pip.conf"  # read first of all: what any other configuration says wins
# pip's own are 15 seconds and 5 times. What the image or the user sets (PIP_TIMEOUT, …) wins.
PATIENT = "[global]\ntimeout = 60\nretries = 10\n"
LINKS = f"{PATIENT}find-links = file://{TAGGED}/index.html\n"
CONF = {
    "patient": PATIENT,
    "links": LINKS,
    "links-and-sources": f"{LINKS}extra-index-url = file://{TAGGED}/simple\n",
    "index": f"{PATIENT}extra-index-url = file://{NAMED}/simple\n",
}
INSTALLS = {
    "pip": frozenset(["install", "download", "wheel"]),
    "uv pip": frozenset(["install", "sync"]),
    "uv": frozenset(["sync", "run"]),
    "poetry": frozenset(["install", "sync"]),
    "pipenv": frozenset(["install", "sync", "update"]),
    "pip-sync": frozenset([""]),
}
# They would write the wheelhouse's address into the file that they make.
LOCKS = frozenset(["pip-compile", "pip lock", "uv pip compile", "uv lock", "pipenv install", "pipenv lock"])


def choose(step: Step, setting: Setting) -> Choice:
    choice = Choice([], {}, [], set(), {})
    found = [use for use in uses(step) if use.action in INSTALLS.get(use.tool, ())]
    tools = {use.tool for use in found}
    maybe = not found and may_install(step)
    if "pip" in tools or "pip-sync" in tools or maybe:
        _pip(step, setting, [use for use in found if use.tool in ("pip", "pip-sync")], choice)
    for tool, rule in (("poetry", _poetry), ("pipenv", _pipenv), ("uv", uv.uv), ("uv pip", uv.uv)):
        if tool in tools:
            rule(step, setting, [use for use in found if use.tool == tool], choice)
    return choice


# -- pip ----------------------------------------------------------------------------------------------------------------


def _pip(step: Step, setting: Setting, found: Sequence[Use], choice: Choice) -> None:
    """`pip install` prefers the file with the higher build tag, in all versions, with hashes too.

    Where the file's own name may come into the image (download, wheel, an unknown script), an index in a folder is
    given instead: it comes last of all indexes, and of two equal files pip from 20.3 on takes the last.
    """
    tag = bool(found) and all(use.tool == "pip-sync" or use.action == "install" for use in found)
    why = next(_pip_refuses(step, setting, found, tag), "")
    if why:
        choice.notes.append(f"left as it is: {why}")
        return
    if setting.relay:
        _relayed(setting.relay, tag, choice)
        return
    kind = _kind(setting, tag)
    if setting.there:
        choice.mounts.append(bind("tagged", TAGGED) if tag else bind("named", NAMED))
        choice.trees.add("tagged" if tag else "named")
    if setting.engine == "docker":
        choice.mounts.append(bind(f"conf/{kind}/pip/pip.conf", PIP_CONF))
    else:
        choice.mounts.append(bind(f"conf/{kind}", "/etc/xdg"))
    choice.files[f"conf/{kind}/pip/pip.conf"] = CONF[kind]
    verb = "takes" if found else "may install Python packages: pip would take"
    said = f"pip {verb} what it can of {len(setting.there)} files from the wheelhouse"
    choice.notes.append(said if setting.there else "pip waits longer for the index and tries more often")


def _relayed(relay: str, tag: bool, choice: Choice) -> None:
    """The same settings, with the relay's addresses: as a secret, since those are others in each run."""
    from urllib.parse import urlsplit

    name = f"{CONTEXT}-{'links' if tag else 'index'}"
    where = (
        f"find-links = {relay}/links\nextra-index-url = {relay}/sources" if tag else f"extra-index-url = {relay}/simple"
    )
    choice.secrets[name] = f"{PATIENT}trusted-host = {urlsplit(relay).hostname}\n{where}\n"
    choice.mounts.append(secret(name, PIP_CONF))
    choice.notes.append("pip takes what it can from the wheelhouse, while that is being filled")


def _kind(setting: Setting, tag: bool) -> str:
    if not setting.there:
        return "patient"
    if not tag:
        return "index"
    return "links" if all(each.filename.endswith(".whl") for each in setting.there) else "links-and-sources"


def _pip_refuses(step: Step, setting: Setting, found: Sequence[Use], tag: bool) -> Iterator[str]:
    lock = next((name for use in uses(step) for name in _named(use) if name in LOCKS), "")
    if lock:
        yield f"{lock} would write the wheelhouse's address into its file"
    if step.instruction.flag("network") == "none":
        yield "it runs without a network"
    for use in found:
        yield from _pip_deaf(step, use, tag)
    if any(disturbs(step, target, unsure=False) for target in (NAMED, TAGGED, PIP_CONF)):
        yield "it works on /run or /etc, where the mounts would be"
    if any(mounted(step, target, str(step.before.workdir)) for target in (NAMED, TAGGED, PIP_CONF)):
        yield "it has a mount of its own there"
    if setting.engine != "docker":
        yield from _whole_xdg(step)


def _named(use: Use) -> tuple[str, ...]:
    return use.tool, f"{use.tool} {use.action}"


def _pip_deaf(step: Step, use: Use, tag: bool) -> Iterator[str]:
    """Settings with which pip would not listen, or its result would differ."""
    if (
        use.has("--no-index")
        or use.switched("PIP_NO_INDEX")
        or any("--no-index" in text for text in _required(step, use))
    ):
        yield "pip reads no index there (--no-index)"
    if use.has("--isolated") or use.switched("PIP_ISOLATED"):
        yield "pip is isolated from all settings there"
    if use.variable("PIP_CONFIG_FILE") == "/dev/null":
        yield "PIP_CONFIG_FILE turns pip's settings off"
    own = "PIP_FIND_LINKS" if tag else "PIP_EXTRA_INDEX_URL"
    if use.variable(own):
        yield f"{own} is set, which replaces the wheelhouse's"
    if use.has("--uploaded-prior-to") or use.variable("PIP_UPLOADED_PRIOR_TO"):
        yield "pip asks when files were uploaded, which a folder can't say"
    if use.variable("XDG_CONFIG_DIRS"):
        yield "XDG_CONFIG_DIRS moves pip's settings"
    if use.has("--report", "--log"):
        yield "pip writes a report, which would name the wheelhouse"


def _required(step: Step, use: Use) -> Iterator[str]:
    """The texts of requirements files, as far as they are known."""
    for at, word in enumerate(use.words[:-1]):
        if word in ("-r", "--requirement") and use.ran.cwd is not UNKNOWN:
            node = step.before.find(normal(posixpath.join(str(use.ran.cwd), use.words[at + 1]))).node
            if node is not None and isinstance(node.text, str):
                yield node.text


def _whole_xdg(step: Step) -> Iterator[str]:
    """buildah and podman leave the folders above a mount in the image; so all of /etc/xdg is mounted, where that is safe."""
    risky = next((use.tool for use in uses(step) if use.tool in SYSTEM), "") or next(strangers(step), "")
    if risky:
        yield f"{risky} may write to /etc/xdg, which would be hidden from it"


SYSTEM = frozenset("apt-get apt aptitude apk dnf microdnf yum rpm dpkg".split())


# -- others -------------------------------------------------------------------------------------------------------------


def _poetry(step: Step, setting: Setting, found: Sequence[Use], choice: Choice) -> None:
    """Its artifact cache, filled. What is not in there is downloaded into the mount and gone with it."""
    cache = found[0].cache("POETRY_CACHE_DIR", "pypoetry")
    _cached(step, setting, choice, "poetry", cache and f"{cache}/artifacts", "Poetry")


def _pipenv(step: Step, setting: Setting, found: Sequence[Use], choice: Choice) -> None:
    """Its pip reads no settings (pipenv sets PIP_CONFIG_FILE), but keeps in pipenv's cache what it was answered."""
    if any(use.variable("PIP_NO_CACHE_DIR") for use in found):  # any value: pip's _handle_no_cache_dir
        choice.notes.append("left as it is: pipenv's pip reads no settings, and PIP_NO_CACHE_DIR turns its cache off")
        return
    cache = found[0].cache("PIPENV_CACHE_DIR", "pipenv")
    _cached(step, setting, choice, "http-v2", cache and f"{cache}/http-v2", "pipenv (from 2023.11 on)")


def _cached(step: Step, setting: Setting, choice: Choice, tree: str, folder: str, tool: str) -> None:
    if not setting.there:
        return
    why = refuses_cache(step, folder)
    if why:
        choice.notes.append(f"left as it is: {why}")
        return
    choice.mounts.append(bind(tree, folder, writable=True))
    choice.trees.add(tree)
    choice.notes.append(f"{tool} takes what it can of {len(setting.there)} files from the wheelhouse")


def refuses_cache(step: Step, folder: str) -> str:
    """The engine makes the folders above a mount for root: another user could not write beside it."""
    if not folder or folder.startswith("/dev/"):
        return "where the tool keeps its cache is not known"
    if disturbs(step, folder, unsure=True):
        return f"it works on {posixpath.dirname(folder)}, where the mount would be"
    if mounted(step, folder, str(step.before.workdir)):
        return "it has a mount for the cache already"
    stranger = next(strangers(step), "")
    if stranger:
        return f"what {stranger} does is not known"
    if any(use.action == "cache" and "clea" in " ".join(use.words) for use in uses(step)):
        return "it clears the cache"
    if step.before.user not in ("root", "0") or any(use.ran.user not in ("root", "0") for use in uses(step)):
        return "it does not run as root, whose folders those above the mount would be"
    return ""
