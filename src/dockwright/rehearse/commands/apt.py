"""apt-get, apt and aptitude (apt-get(8), apt.conf(5); apt 1.8 to 3.0): lists, sources, what is installed and who confirms."""

from __future__ import annotations

import re

from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.commands import debian, sources
from dockwright.rehearse.commands.aptnames import absent, named
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Look, Node, under

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
    if action == "satisfy":
        _satisfy(call, operands[1:])
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
        name = named(call, operand)
        if name is None:
            call.image.closed = False
            continue
        missing = absent(call, operand, name, fetched, blamed)
        blamed = blamed or (missing and fetched.answer is NO)
        if not missing or fetched.answer is NO:
            names.append(name)
    _confirm(call, operands, names)
    if any(str(operand.value).endswith(".deb") for operand in operands):  # it may bring a source of its own
        call.image.blur(sources.PARTS, call.says("installs a package file"))
    recommends = not any(str(argument.value).endswith("install-recommends=false") for argument in call.rest)
    recommends = recommends and "--no-install-recommends" not in options and not _configured_without(call)
    _of_vendors(call, names)
    debian.install(call, names, recommends)
    return call.done()


def _of_vendors(call: Call, names: list[str]) -> None:
    """A package of the same name in somebody's own repository holds other things: NodeSource's nodejs has npm in it."""
    if not sources.changed(call):
        return
    for name in names:
        if sources.from_elsewhere(call, name):
            commands = sources.brings(call, name)
            call.image.closed = call.image.closed and bool(commands)
            for command in commands:
                call.make(f"/usr/bin/{command}", mode=0o755, why=f"{name} brings it")


def _satisfy(call: Call, operands: list[Argument]) -> None:
    """Dependencies as a package states them: `apt-get satisfy "chromium, chromium-driver (>= 115.0) | x"`."""
    for operand in operands:
        names = (
            [] if operand.value is UNKNOWN else re.findall(r"(?:^|[,|])\s*([a-z0-9][a-z0-9+.-]*)", str(operand.value))
        )
        debian.install(call, names, recommends=True)
        if operand.value is UNKNOWN or "|" in str(operand.value):
            call.image.closed = False


def _configured_without(call: Call) -> bool:
    return any(under(path, "/etc/apt/apt.conf.d") for path in call.image.paths)


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
