"""gem and bundle: what the newest release of a gem wants of Ruby, and the Gemfile that bundler reads.

Sources of the rules: gem-install (RubyGems 1.8 to 4.0), bundle-install(1), bundle-config(1).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockwright.facts import languages as facts
from dockwright.finding import NO, UNKNOWN, YES, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.languages import Installed, day, installed

GEM = frozenset(
    "-v --version -i --install-dir -n --bindir -s --source -p --http-proxy --platform -P --config-file --document".split()
)
BUNDLE = frozenset(
    "--gemfile --path --jobs -j --without --with --retry --system --shebang --standalone --binstubs".split()
)
GONE = {"--no-ri": "3.0", "--no-rdoc": "3.0", "--ri": "3.0", "--rdoc": "3.0"}  # of gem install, since RubyGems 3.0


def run(call: Call) -> Answer:
    return _gem(call) if call.name == "gem" else _bundle(call)


def _gem(call: Call) -> Answer:
    options, operands = call.options(GEM)
    words = [str(operand.value) for operand in operands]
    ruby = installed(call, "ruby")
    if words[:1] in (["install"], ["update"]) and ruby is not None:
        _options(call, ruby)
        for operand in _unpinned(words[0], options, operands):
            _wants(call, ruby, operand)
        if words[0] == "update" and "--system" in options and len(words) == 1:
            _wants(call, ruby, Argument("rubygems-update", operands[0].span))
    _changes(call)
    return call.done(UNKNOWN)


def _unpinned(action: str, options: dict[str, Argument | None], operands: list[Argument]) -> Iterator[Argument]:
    """The gems of which the newest release is wanted: no -v, no name:version, no file."""
    if action == "install" and not options.keys() & {"-v", "--version", "--conservative", "-g", "--file"}:
        for operand in operands[1:]:
            if operand.value is not UNKNOWN and re.fullmatch(r"[\w-]+", str(operand.value)):
                yield operand


def _wants(call: Call, ruby: Installed, operand: Argument) -> None:
    gem = str(operand.value)
    wants = facts.wanted("gems", gem, day(call))
    if not wants or not facts.older(ruby.version, wants):
        return
    says = Evidence(f"the newest {gem} on {day(call)}, or what it depends on, wants Ruby {wants} or newer")
    need = needs.Language("Ruby", f"{wants} or newer", ruby.version, gem, LAST.get(gem, ""))
    call.lacks(need, operand.span, (*ruby.proof, says), certainty=Certainty.LIKELY)


LAST = {"bundler": "1.17.3"}  # for Ruby before 2.3, as bundler's own error says


def _options(call: Call, ruby: Installed) -> None:
    """RubyGems 3 came with Ruby 2.6 (December 2018)."""
    if facts.older(ruby.version, "2.6"):
        return
    for argument in call.rest:
        if argument.value in GONE:
            need = needs.Option("gem", str(argument.value), "3", "--no-document")
            call.lacks(need, argument.span, ruby.proof, certainty=Certainty.LIKELY)
            return


def _bundle(call: Call) -> Answer:
    options, operands = call.options(BUNDLE)
    if not operands and options.keys() & {"--version", "-v", "-V", "--help", "-h"}:
        return YES
    action = str(operands[0].value) if operands else "install"
    given = options.get("--gemfile")
    if action in ("install", "exec", "update", "package") and call.shell.variables.get("BUNDLE_GEMFILE") in (None, ""):
        _gemfile(call, call.path(given.value) if given is not None else _nearest(call))
    _changes(call)
    return call.done(UNKNOWN)


def _nearest(call: Call) -> object:
    """Bundler looks for Gemfile or gems.rb here and in the folders above."""
    at = call.path(".")
    if at is UNKNOWN:
        return UNKNOWN
    folder = str(at)
    while True:
        for name in ("Gemfile", "gems.rb"):
            if call.image.find(posixpath.join(folder, name)).answer is not NO:
                return UNKNOWN if folder != str(at) else posixpath.join(folder, name)
        if folder == "/":
            return posixpath.join(str(at), "Gemfile")
        folder = posixpath.dirname(folder)


def _gemfile(call: Call, path: object) -> None:
    if path is UNKNOWN:
        return
    if call.wants(needs.File(str(path), "manifest"), by="bundler") is not YES:
        return
    node = call.image.find(str(path)).node
    text = node.text if node is not None else UNKNOWN
    ruby = installed(call, "ruby")
    if ruby is None or text is UNKNOWN:
        return
    asked = re.search(r"^\s*ruby\s+['\"](\d[\d.]*)['\"]\s*$", str(text), re.M)
    if asked is not None and facts.key(ruby.version)[: len(facts.key(asked[1]))] != facts.key(asked[1]):
        exact = len(facts.key(ruby.version)) >= 2
        same = facts.key(asked[1])[: len(facts.key(ruby.version))] == facts.key(ruby.version)
        if exact and not same:
            need = needs.Language("Ruby", asked[1], ruby.version, posixpath.basename(str(path)))
            call.lacks(need, None, ruby.proof, by="bundler")


def _changes(call: Call) -> None:
    """Gems bring commands and files of their own, but no operating-system packages."""
    says = call.says("may have made files")
    for folder in ("/usr/local", "/usr/bin", "/var/lib/gems", "/usr/lib/ruby", "/root", "/home", "/opt", "/tmp"):
        call.image.blur(folder, says)
    if isinstance(call.shell.cwd, str):
        call.image.blur(call.shell.cwd, says)
