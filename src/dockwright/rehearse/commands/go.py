"""go: what `go get` fetches against the version of Go, and the module or the sources that go reads.

Sources of the rules: cmd/go's documentation and the release notes of Go 1.11 to 1.18: modules are the default from 1.16 on,
`go get` installs no programs outside of a module from 1.18 on; go.dev/doc/devel/release#policy: a version has support until
the second newer one appears. Without modules `go get` fetches the newest state of everything, which is written for the
versions that have support.
"""

from __future__ import annotations

import posixpath
import re

from dockwright.facts import languages as facts
from dockwright.facts.tables import table
from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value
from dockwright.rehearse.languages import Installed, day, installed

VALUES = frozenset(
    "-o -p -tags -ldflags -gcflags -asmflags -mod -modfile -installsuffix -pkgdir -buildmode -run -C".split()
)
READS = frozenset(["get", "build", "install", "test", "vet", "list", "run"])
PINNED = ("vendor", "Godeps", "go.mod", "Gopkg.lock", "glide.lock", "vendor.conf")
AHEAD = ("golang.org/x/", "google.golang.org/", "cloud.google.com/go", "k8s.io/")
ENTRIES = 2000  # of the context, looked through for imports
DEEPEST = 4  # host/owner/repository/folder/folder
OLD, ANCIENT = 270, 730  # days without support: for what a project depends on, for any package that is fetched


def run(call: Call) -> Answer:
    words = call.rest
    action = str(words[0].value) if words else ""
    if action in ("version", "env", "help", "tool", "fmt", "clean"):
        return call.done(UNKNOWN)
    options, operands = _options(call)
    go = installed(call, "go")
    if action == "mod" and operands and operands[0].value in ("download", "vendor", "tidy", "verify"):
        _module(call)
    elif action in READS and go is not None:
        _judge(call, go, action, options, operands)
    _changes(call)
    return call.done(UNKNOWN)


def _options(call: Call) -> tuple[set[str], list[Argument]]:
    """Go's flags begin with one dash or two, and take `-flag value` or `-flag=value`."""
    given: set[str] = set()
    operands: list[Argument] = []
    queue = call.rest[1:]
    while queue:
        word = queue.pop(0)
        text = str(word.value)
        if word.value is not UNKNOWN and text.startswith("-") and len(text) > 1:
            name = "-" + text.lstrip("-").partition("=")[0]
            given.add(name)
            if name in VALUES and "=" not in text and queue:
                queue.pop(0)
        else:
            operands.append(word)
    return given, operands


def _judge(call: Call, go: Installed, action: str, options: set[str], operands: list[Argument]) -> None:
    remote = [each for each in operands if _fetched(each)]
    modules = _modules(call, go)
    if modules is True:
        _outside(call, go, action, operands, remote)
    elif modules is False and action == "get" and "-d" not in options:
        _newest(call, go, operands, remote)


def _fetched(operand: Argument) -> bool:
    """github.com/x/y: a path whose first part is a host."""
    return operand.value is not UNKNOWN and re.match(r"[\w-]+(\.[\w-]+)+/[\w.-]", str(operand.value)) is not None


def _modules(call: Call, go: Installed) -> bool | None:
    """Does this go read go.mod? None when that is not known."""
    if facts.older(go.version, "1.11"):
        return False
    given = call.shell.variables.get("GO111MODULE")  # the images of Go do not set it
    if given is UNKNOWN:
        return None
    if given == "off":
        return False
    if given == "on" or not facts.older(go.version, "1.16"):
        return True if given in ("on", None, "") else None
    return False if _find_module(call) is NO else None


def _find_module(call: Call) -> Answer:
    """Is there a go.mod (or go.work) here or above?"""
    at = call.path(".")
    if at is UNKNOWN:
        return UNKNOWN
    folder, answer = str(at), NO
    while True:
        for name in ("go.mod", "go.work"):
            answer = answer | call.image.find(posixpath.join(folder, name)).answer
        if folder == "/":
            return answer
        folder = posixpath.dirname(folder)


def _module(call: Call) -> None:
    if _find_module(call) is NO:
        call.wants(needs.File(posixpath.join(str(call.path(".")), "go.mod"), "manifest"), by="go")


def _outside(call: Call, go: Installed, action: str, operands: list[Argument], remote: list[Argument]) -> None:
    """With modules, what is not `package@version` needs a go.mod."""
    if action in ("list", "vet", "run", "test") or _find_module(call) is not NO:
        return
    versions = bool(operands) and all("@" in str(each.value) or each.value is UNKNOWN for each in operands)
    files = any(str(each.value).endswith(".go") for each in operands)
    if files or (versions and action == "install"):
        return
    if action == "get" and facts.older(go.version, "1.18") and (remote or versions):
        return  # deprecated, and works
    need = needs.File(posixpath.join(str(call.path(".")), "go.mod"), "manifest")
    call.lacks(need, operands[0].span if operands else None, go.proof, certainty=Certainty.LIKELY, by="go")


def _newest(call: Call, go: Installed, operands: list[Argument], remote: list[Argument]) -> None:
    """Without modules, the newest state of every package is fetched and built with an old Go."""
    age = facts.unsupported_since(go.version, day(call))
    whole = table("languages")["go"]["whole"]
    moving = [each for each in remote if str(each.value).removesuffix("/...") not in whole and _moves(call, go, each)]
    if age > ANCIENT and moving:
        _wants(call, go, str(moving[0].value), moving[0])
    elif age > OLD and not remote and not _vendored(call, call.path(".")) and not _alone(call):
        _wants(call, go, "what the project imports", operands[0] if operands else call.arguments[0])


def _moves(call: Call, go: Installed, package: Argument) -> bool:
    """Is what is fetched of today, and more than a part that needs little?

    gopkg.in serves a fixed version; what lies in GOPATH is not fetched, and may bring its dependencies; a package deep inside of
    a repository (`…/docker/api/types/plugins/logdriver`) has few imports; small libraries stay with old versions of Go. Of what
    Go 1.11 and later fetch, only the Go team's own and what stands on it is known to have moved on.
    """
    path = str(package.value).removesuffix("/...").rstrip("/")
    if path.startswith("gopkg.in/") or path.count("/") > DEEPEST or path in table("languages")["go"]["steady"]:
        return False
    if not facts.older(go.version, "1.11") and not path.startswith(AHEAD):
        return False
    gopath = call.variable("GOPATH")
    folder = gopath.partition(":")[0] if isinstance(gopath, str) and gopath.startswith("/") else "/go"
    own = f"{folder}/src/{path}"
    if facts.older(go.version, "1.6") or call.image.find(own).answer is not YES:  # vendor/ is read from 1.6 on
        return True
    return not _vendored(call, own)


def _vendored(call: Call, at: Value) -> bool:
    """Does the project at a folder bring its dependencies along, or name their versions?"""
    return at is UNKNOWN or any(call.image.find(posixpath.join(str(at), name)).answer is not NO for name in PINNED)


IMPORT = r'^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"[\w-]+\.[\w.-]+/'  # of a path that begins with a host


def _alone(call: Call) -> bool:
    """Do all of the context's Go files import nothing but the standard library, as far as they can all be read?"""
    tree, found = call.world.context.tree, False
    for seen, (path, _) in enumerate(tree.walk("", ENTRIES), 1):
        if path.endswith(".go"):
            text, found = tree.read(path), True
            if not isinstance(text, str) or re.search(IMPORT, text, re.MULTILINE):
                return False
        if seen == ENTRIES:
            return False
    return found


def _wants(call: Call, go: Installed, what: str, operand: Argument) -> None:
    newer = sorted(table("languages")["released"]["go"].items(), key=lambda item: facts.key(item[0]))
    wants = next((name for name, _ in newer if facts.unsupported_since(name, day(call)) == 0), "")
    says = Evidence(f"Go {go.version} has had no support for {facts.unsupported_since(go.version, day(call))} days")
    need = needs.Language("Go", f"{wants} or newer", go.version, what)
    call.lacks(need, operand.span, (*go.proof, says), certainty=Certainty.LIKELY)


def _changes(call: Call) -> None:
    """It fetches into GOPATH, and makes programs; a project that lies in GOPATH stays as it is."""
    says = call.says("may have made files")
    gopath = call.variable("GOPATH")
    path = gopath if isinstance(gopath, str) and gopath.startswith("/") else "/go"
    owners = {"/".join(str(each.value).split("/")[:2]) for each in call.rest if _fetched(each)}
    for folder in (
        f"{path}/bin",
        f"{path}/pkg",
        *(f"{path}/src/{owner}" for owner in sorted(owners)),
        "/usr/local",
        "/root",
        "/tmp",
    ):
        call.image.blur(folder, says)
    if call.rest and call.rest[0].value != "get" and isinstance(call.shell.cwd, str):
        call.image.blur(call.shell.cwd, says)
