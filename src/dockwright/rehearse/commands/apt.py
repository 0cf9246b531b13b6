"""apt-get, apt and aptitude (apt-get(8), apt.conf(5); apt 1.8 to 3.0): lists, sources, what is installed and who confirms."""

from __future__ import annotations

import fnmatch
import re
from typing import TYPE_CHECKING

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands import debian, sources
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Look, Node, under

if TYPE_CHECKING:
    from dockwright.facts.packages import PackageFacts

VALUES = frozenset(
    (
        "-o --option -c --config-file -t --target-release --default-release -a --host-architecture -P "
        "--build-profiles --with-source --solver"
    ).split()
)
LONG = (
    "--yes --assume-yes --assume-no --quiet --no-install-recommends --install-recommends --no-install-suggests "
    "--install-suggests --fix-missing --fix-broken --fix-policy --force-yes --allow-unauthenticated "
    "--allow-downgrades --allow-remove-essential --allow-change-held-packages --allow-insecure-repositories "
    "--allow-releaseinfo-change --allow-weak-repositories --purge --auto-remove --autoremove --reinstall "
    "--no-upgrade --only-upgrade --with-new-pkgs --without-new-pkgs --download-only --simulate --dry-run "
    "--no-act --just-print --recon --verbose-versions --show-upgraded --show-progress --ignore-missing "
    "--ignore-hold --print-uris --no-download --trivial-only --no-remove --compile --build --diff-only "
    "--dsc-only --tar-only --arch-only --indep-only --list-cleanup --no-list-cleanup --no-install-recommends "
    "--default-release --target-release --option --config-file --version --help --error-on --no-color --update "
    "--snapshot"
).split()
ASKING = frozenset(["upgrade", "dist-upgrade", "full-upgrade", "safe-upgrade"])
REMOVING = frozenset(["remove", "purge", "autoremove", "autopurge"])


def run(call: Call) -> Answer:
    options, operands = call.options(VALUES)
    action = str(operands[0].value) if operands else ""
    _unknown_options(call, options)
    if action in ("update", "install", "reinstall", "build-dep", "satisfy", "markauto") or action in ASKING | REMOVING:
        _root(call)
    if action == "update" or (action in ("install", "upgrade") and "--update" in options):
        _update(call)
    if action in ("install", "reinstall"):
        return _install(call, options, operands[1:])
    if action in REMOVING:
        return _remove(call, options, action, operands[1:])
    if action in ASKING and not confirmed(call):
        # Whether there is anything to upgrade changes from day to day.
        call.lacks(needs.Confirmation(f"{call.name} {action}"), operands[0].span, certainty=Certainty.POSSIBLE)
    if action == "build-dep":
        _build_dep(call, operands[1:])
    if action == "distclean":
        call.image.lists = Look(NO, gone=call.says("removes the package lists"))
    return call.done()


def _unknown_options(call: Call, options: dict[str, Argument | None]) -> None:
    """apt takes no shortened options; a near miss of a real one is a slip."""
    for argument in call.rest:
        name = str(argument.value).partition("=")[0]
        if not name.startswith("--") or len(name) < 6 or name in LONG or name not in options or call.name != "apt-get":
            continue
        import difflib

        near = difflib.get_close_matches(name, LONG, 1, 0.86)
        if near:
            call.lacks(needs.Option(call.name, name, instead=near[0]), argument.span, certainty=Certainty.LIKELY)


def _root(call: Call) -> None:
    """`E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)`."""
    debian.root_only(call, "/var/lib/dpkg")


# -- answers ------------------------------------------------------------------------------------------------------------


def confirmed(call: Call) -> bool:
    """-y and its like, quiet level 2, the configuration, or an answer on standard input."""
    quiet = 0
    for argument in call.rest:
        text = argument.value
        if text is UNKNOWN:
            return True
        if text in ("--yes", "--assume-yes", "--quiet=2") or (
            str(text).lower().replace(" ", "").startswith("apt::get::assume-yes")
        ):
            return True
        short = re.fullmatch(r"-([A-Za-z]+)(=\d)?", str(text))
        if short:
            if "y" in short[1] or short[2] == "=2":
                return True
            quiet += short[1].count("q")
        quiet += text == "--quiet"
        if "assume-yes" in str(text).lower():
            return True
    return quiet >= 2 or call.stdin is not None or _configured(call)


def _configured(call: Call) -> bool:
    """A line wrote apt's configuration, which may hold APT::Get::Assume-Yes."""
    if call.variable("APT_CONFIG") is not None:
        return True
    for path, (_, entry) in call.image.paths.items():
        if under(path, "/etc/apt/apt.conf.d") or path == "/etc/apt/apt.conf":
            text = entry.text if isinstance(entry, Node) and entry.kind != "dir" else ""
            if text is UNKNOWN or "assume-yes" in str(text).lower():
                return True
    return sources.laid_over(call.image, "/etc/apt/apt.conf.d")


# -- sources and lists --------------------------------------------------------------------------------------------------


sources_changed = sources.changed


def _update(call: Call) -> None:
    base = call.image.base
    if (
        base is not None
        and base.os is not None
        and not sources.main_changed(call)
        and not sources.elsewhere(call)
        and debian.archived(call, base.os)
    ):
        name = base.os.codename or base.os.version
        need = needs.Package(name, "apt", "release", base.os.id)
        proof = Evidence(f"{base.os.id} {base.os.version} ({name}) left the mirrors on {base.os.archived}")
        certainty = Certainty.CERTAIN if base.family in OFFICIAL else Certainty.LIKELY
        call.lacks(need, call.arguments[0].span, (proof,), certainty=certainty)
    else:
        _judged(call)
    call.image.lists = Look(YES)


def _judged(call: Call) -> None:
    """Sources that lines added and that can't be used: `apt-get update` fails for any of them."""
    from dockwright.rehearse.commands.judging import troubles

    for trouble in troubles(call):
        need = needs.Package(trouble.name, "apt", trouble.problem, instead=trouble.instead)
        call.lacks(need, call.arguments[0].span, (trouble.proof,), certainty=Certainty.LIKELY)


OFFICIAL = frozenset({"debian", "ubuntu", "python", "node", "buildpack-deps", "nvidia/cuda"})


def lists(call: Call) -> Look:
    """Are package lists there? Images of the official families carry none."""
    known = call.image.lists
    if known.answer is not NO or known.gone is not None:
        return known if not _mounted(call) or known.answer is YES else Look(UNKNOWN)
    base = call.image.base
    bare = base is not None and base.family in OFFICIAL and base.package_manager == "apt"
    return known if bare and not _mounted(call) and call.image.opaque is None else Look(UNKNOWN)


def _mounted(call: Call) -> bool:
    """A cache mount or a copy over the lists' folder."""
    for path in ("/var/lib/apt", "/var/lib/apt/lists", "/var/lib"):
        node = call.image.find(path).node
        if node is not None and node.made is not None and node.made.says.startswith("mounts it"):
            return True
    return any(cover.kind == "tree" and under(cover.folder, "/var/lib/apt") for cover in call.image.covers)


# -- installing ---------------------------------------------------------------------------------------------------------


def _install(call: Call, options: dict[str, Argument | None], operands: list[Argument]) -> Answer:
    if "--download-only" in options or "-d" in options or options.keys() & {"-s", "--simulate", "--dry-run"}:
        return call.done(UNKNOWN)
    names: list[str] = []
    fetched = lists(call)
    blamed = False
    for operand in operands:
        name = _name(call, operand)
        if name is None:
            call.image.closed = False
            continue
        absent = _available(call, operand, name, fetched, blamed)
        blamed = blamed or (absent and fetched.answer is NO)
        if not absent or fetched.answer is NO:
            names.append(name)
    _confirm(call, operands, names)
    if any(str(operand.value).endswith(".deb") for operand in operands):  # it may bring a source of its own
        call.image.blur(sources.PARTS, call.says("installs a package file"))
    recommends = not any(str(argument.value).endswith("install-recommends=false") for argument in call.rest)
    recommends = recommends and "--no-install-recommends" not in options and not _configured_without(call)
    debian.install(call, names, recommends)
    return call.done()


def _configured_without(call: Call) -> bool:
    return any(under(path, "/etc/apt/apt.conf.d") for path in call.image.paths)


def _name(call: Call, operand: Argument) -> str | None:
    """The package that an operand names; None for files, patterns, tasks and what is not known."""
    text = operand.value
    if text is UNKNOWN:
        return None
    word = str(text)
    if word.startswith(("/", "./", "../")) and word.endswith(".deb"):
        path = call.path(word)
        if path is not UNKNOWN and not operand.glob:
            call.wants(needs.File(str(path), "package"), operand.span)
        return None
    name = re.split(r"[=/]", word, maxsplit=1)[0]
    name = re.sub(r":(amd64|arm64|any|native|all)$", "", name)
    if not re.fullmatch(r"[a-z0-9][a-z0-9+.-]*", name) or name.endswith("-"):
        return None
    return name


def _available(call: Call, operand: Argument, name: str, fetched: Look, blamed: bool) -> bool:
    """Record that a package can't be had; answers whether that is so. One word on missing lists is enough."""
    facts, base = call.image.os, call.image.base
    if name in call.image.packages or (base is not None and base.has_package(name) is YES):
        return False
    if fetched.answer is NO:
        if base is None or not base.packages or name in base.doubtful:
            return False  # it may be there already
        if not blamed:
            proof = (fetched.gone,) if fetched.gone else _no_lists(call)
            certainty = Certainty.CERTAIN if base.packages_complete else Certainty.LIKELY
            call.lacks(needs.Package(name, "apt", "lists"), operand.span, proof, certainty=certainty)
        return True
    if facts is None:
        return False
    if not facts.exact:
        return _gone(call, operand, name, facts)
    added = sources.known(call)
    if added is None or sources.main_changed(call) or sources.may_hold(added, name, facts.os):
        return False
    if facts.exists(name) is NO and not _matches(call, name):
        release = facts.os.codename or facts.os.version
        certainty = Certainty.LIKELY if added else Certainty.CERTAIN
        need = needs.Package(name, "apt", "missing", release, facts.renamed(name) or "")
        call.lacks(need, operand.span, certainty=certainty)
        return True
    if not added:
        _pinned(call, operand, name)
    return False


def _gone(call: Call, operand: Argument, name: str, facts: PackageFacts) -> bool:
    """In a release whose index is not at hand: names that it is known not to have."""
    from dockwright.facts.lifetimes import absent

    known = absent(facts.os, name)
    if known is None or _matches(call, name):
        return False
    if known.since is None or known.since.isoformat() > debian.day(call):
        added = sources.known(call)
        if added is None or sources.main_changed(call) or sources.may_hold(added, name, facts.os):
            return False
    release = facts.os.codename or facts.os.version
    need = needs.Package(name, "apt", "missing", release, known.instead)
    call.lacks(need, operand.span, certainty=Certainty.LIKELY)
    return True


def _matches(call: Call, name: str) -> bool:
    """A name with a dot or plus sign is tried as a regular expression too (apt-get(8), install)."""
    return "+" in name and len(re.sub(r"[a-z0-9]", "", name)) > 2


def _no_lists(call: Call) -> tuple[Evidence, ...]:
    base = call.image.base
    return (Evidence(f"{base.reference} carries no package lists"),) if base is not None else ()


def _pinned(call: Call, operand: Argument, name: str) -> None:
    """`name=version`: a release carries one version, and its updates another."""
    _, pinned, version = str(operand.value).partition("=")
    known = call.image.os.version(name) if call.image.os is not None and pinned else None
    if known is None or call.world.as_of is not None or fnmatch.fnmatchcase(known, version):
        return
    same = known.split("-")[0].split("+")[0] == version.split("-")[0].split("+")[0].rstrip("*")
    certainty = Certainty.POSSIBLE if same or "*" in version else Certainty.LIKELY
    call.lacks(needs.Package(name, "apt", "version", version, known), operand.span, certainty=certainty)


def _confirm(call: Call, operands: list[Argument], names: list[str]) -> None:
    """apt asks unless exactly the named packages are to be installed (apt's DoInstall)."""
    if confirmed(call) or not operands:
        return
    facts, base = call.image.os, call.image.base
    there = debian.present(call)
    if facts is None or not facts.bit or base is None or not base.packages:
        certainty = Certainty.LIKELY if len(names) > 2 else Certainty.POSSIBLE
    else:
        result = facts.installs(names, present=there)
        if set(names) <= there or (len(result.packages - there) == len(set(names)) and not result.missing):
            return
        more = len(result.packages - there) > len(set(names))
        certainty = (
            Certainty.CERTAIN
            if facts.exact and more and call.image.closed
            else Certainty.LIKELY
            if more
            else Certainty.POSSIBLE
        )
    call.lacks(needs.Confirmation(f"{call.name} install"), call.arguments[0].span, certainty=certainty)


# -- removing -----------------------------------------------------------------------------------------------------------


def _remove(call: Call, options: dict[str, Argument | None], action: str, operands: list[Argument]) -> Answer:
    names = [str(operand.value) for operand in operands if operand.value is not UNKNOWN]
    there = [name for name in names if name in call.image.packages]
    if there and not confirmed(call):
        call.lacks(needs.Confirmation(f"{call.name} {action}"), call.arguments[0].span, certainty=Certainty.LIKELY)
    gone = debian.remove(call, names)
    if gone or any(operand.value is UNKNOWN for operand in operands):
        call.image.closed = False
    if action.startswith("auto") or options.keys() & {"--auto-remove", "--autoremove"}:
        debian.autoremove(call)
    return call.done(UNKNOWN if names else YES)


def _build_dep(call: Call, operands: list[Argument]) -> None:
    """`E: You must put some 'deb-src' URIs in your sources.list`: the images' own sources have none."""
    base = call.image.base
    local = (
        not operands or operands[0].value is UNKNOWN or str(operands[0].value).startswith((".", "/"))
    )  # an unpacked source
    if not local and base is not None and base.family in OFFICIAL and not sources.changed(call):
        call.lacks(needs.Package(str(operands[0].value), "apt", "source"), operands[0].span)
    call.image.closed = False
    call.image.packages.setdefault("build-dep", call.says("installs what it builds with"))
