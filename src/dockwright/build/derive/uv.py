"""uv: over HTTP it takes the wheelhouse's files as it takes an index's; from a folder it installs one file more, uv_cache.json
in each package's .dist-info.

So an exact image is given to it by the relay alone; where the network is lost anyway, the user may prefer an image with that file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from dockwright.build.derive.choice import NAMED, Choice, Setting, bind, secret
from dockwright.build.derive.frontend import CONTEXT
from dockwright.build.derive.places import disturbs, mounted
from dockwright.build.derive.use import Use, uses
from dockwright.finding import UNKNOWN, YES
from dockwright.rehearse.journal import normal
from dockwright.rehearse.step import Step
from dockwright.wheels.artefact import Artefact

SETTINGS = "/etc/uv"
EXACT = "uv leaves a file (uv_cache.json) beside each package that it takes from a folder"
INDEX = f'[pip]\nextra-index-url = ["file://{NAMED}/simple"]\nindex-strategy = "unsafe-best-match"\n'
LINKS = f'[pip]\nfind-links = ["{NAMED}/files"]\n'
FILES = {"uv-index": INDEX, "uv-links": LINKS}
RELAYED = {
    "uv-index": '[pip]\nextra-index-url = ["{relay}/simple"]\nindex-strategy = "unsafe-best-match"\n',
    "uv-links": '[pip]\nfind-links = ["{relay}/named"]\n',
}
SECRET = 500 * 1024  # bytes that BuildKit lets a secret have (session/secrets/secretsprovider)
# With indexes of the user's own the strategy would change what is installed.
INDEXES = ("--extra-index-url", "--index", "--find-links", "-f", "--index-strategy", "--torch-backend")
VARIABLES = ("UV_EXTRA_INDEX_URL", "UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY", "UV_TORCH_BACKEND")


def uv(step: Step, setting: Setting, found: Sequence[Use], choice: Choice) -> None:
    if not setting.there and not setting.relay:
        return
    why = EXACT if setting.exact and not setting.relay else next(_refuses(step, found), "")
    if not why and found[0].tool == "uv":
        why = _sync(step, setting, found, choice)
    elif not why:
        own = any(use.has(*INDEXES) or any(map(use.variable, VARIABLES)) for use in found)
        name = "uv-links" if own else "uv-index"
        if setting.relay:
            _hide(f"{CONTEXT}-{name}", f"{SETTINGS}/uv.toml", RELAYED[name].format(relay=setting.relay), choice)
        else:
            choice.mounts.append(bind(f"conf/{name}", SETTINGS))
            choice.files[f"conf/{name}/uv.toml"] = FILES[name]
    if why:
        choice.notes.append(f"left as it is: {why}")
        return
    if setting.relay:
        choice.notes.append("uv takes what it can from the wheelhouse, while that is being filled")
        return
    if (house := bind("named", NAMED)) not in choice.mounts:
        choice.mounts.append(house)
    choice.trees.add("named")
    choice.notes.append(f"uv takes what it can of {len(setting.there)} files from the wheelhouse, {EXACT[3:]}")


def _refuses(step: Step, found: Sequence[Use]) -> Iterator[str]:
    others = {f"{use.tool} {use.action}" for use in uses(step)}
    if others & {"uv pip compile", "uv lock", "uv export", "uv add"}:
        yield "uv would write the wheelhouse's address into a file"
    if step.instruction.flag("network") == "none":
        yield "it runs without a network"
    for use in found:
        if use.has("--no-index", "--config-file", "--no-config", "--isolated"):
            yield "uv reads no settings or no index there"
        if any(use.variable(name) for name in ("UV_NO_CONFIG", "UV_CONFIG_FILE", "UV_NO_INDEX", "XDG_CONFIG_DIRS")):
            yield "variables of uv turn its settings off"
    if step.before.find(f"{SETTINGS}/uv.toml").answer is YES:
        yield f"{SETTINGS}/uv.toml is there already"
    places = (NAMED, SETTINGS)
    if any(disturbs(step, at, unsure=False) or mounted(step, at, str(step.before.workdir)) for at in places):
        yield "it works on /run or /etc, where the mounts would be"


# -- uv sync ------------------------------------------------------------------------------------------------------------


def _sync(step: Step, setting: Setting, found: Sequence[Use], choice: Choice) -> str:
    """A copy of uv.lock, which names the mounted files instead of the index's, lies over the lock; why not, else."""
    texts = {}
    for use in found:
        if not (use.has("--frozen", "--locked") or use.switched("UV_FROZEN") or use.switched("UV_LOCKED")):
            return "without --frozen or --locked uv may write its lock file again"
        path = _lock(use)
        node = step.before.find(path).node if path else None
        text = node.text if node is not None else _bound(step, path, setting)
        if not isinstance(text, str):
            return "its lock file is not known"
        if disturbs(step, path, unsure=True) or _hidden(step, path):
            return f"it works on {path}, where the mount would be"
        texts[path] = locked(text, setting.there, setting.relay)
        if setting.relay and len(texts[path].encode()) > SECRET:
            return "its lock file is too large to be given as a secret"
    for at, (path, text) in enumerate(texts.items()):
        if setting.relay:
            _hide(f"{CONTEXT}-lock-{step.instruction.line}-{at}", path, text, choice)
            continue
        name = f"locks/{step.instruction.line}-{at}/uv.lock"
        choice.mounts.append(bind(name, path))
        choice.files[name] = text
    return ""


def _hide(name: str, path: str, text: str, choice: Choice) -> None:
    choice.secrets[name] = text
    choice.mounts.append(secret(name, path))


def _lock(use: Use) -> str:
    folder = use.value("--project") or use.value("--directory") or "."
    if use.ran.cwd is UNKNOWN or "?" in folder:
        return ""
    return normal(posixpath.join(str(use.ran.cwd), folder, "uv.lock"))


def _bound(step: Step, path: str, setting: Setting) -> str | None:
    """The lock file may be a bind mount of the context: then the image never holds it."""
    workdir = str(step.before.workdir)
    for mount in step.instruction.mounts:
        if mount.type == "bind" and not mount.from_ and normal(posixpath.join(workdir, mount.target or "/")) == path:
            return setting.context(mount.source or "")
    return None


def _hidden(step: Step, path: str) -> bool:
    """A mount of the user's own above the lock; one exactly there is shadowed by ours, which comes later."""
    workdir = str(step.before.workdir)
    there = {normal(posixpath.join(workdir, mount.target or "/")) for mount in step.instruction.mounts}
    return mounted(step, path, workdir) and path not in there


def locked(text: str, there: Sequence[Artefact], relay: str = "") -> str:
    """uv.lock with the addresses of files that are mounted; with a relay, of all files there."""
    by_hash: Mapping[str, str] = {each.sha256: each.filename for each in there}

    def local(match: re.Match[str]) -> str:
        if relay:
            return f"{match[1]}{relay}/at/{match[4]}/{match[2]}{match[3]}{match[4]}"
        name = by_hash.get(match[4])
        return f"{match[1]}file://{NAMED}/files/{name}{match[3]}{match[4]}" if name else match[0]

    return re.sub(r'(\burl = ")(https?://[^"\n]*)("[^}\n]*?hash = "sha256:)([0-9a-f]{64})', local, text)
