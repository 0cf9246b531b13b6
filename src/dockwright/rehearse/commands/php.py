"""PHP: extensions that the image's version is too old or too new for, and the manifest that composer reads.

Sources of the rules: pecl.php.net's pages of the extensions, docker-library/php's docker-php-ext-install, getcomposer.org.
"""

from __future__ import annotations

import posixpath
import re

from dockwright.facts import languages as facts
from dockwright.facts.tables import table
from dockwright.finding import NO, UNKNOWN, Answer, Certainty, Evidence
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.languages import day, installed

COMPOSER = frozenset("-d --working-dir --prefer-install --ignore-platform-req".split())


def run(call: Call) -> Answer:
    return {"pecl": _pecl, "docker-php-ext-install": _extensions}.get(call.name, _composer)(call)


def _pecl(call: Call) -> Answer:
    _, operands = call.options({"-d", "-D", "-R"})
    php = installed(call, "php")
    for operand in operands[1:] if operands and operands[0].value == "install" and php is not None else ():
        name = str(operand.value).lower()
        wants = facts.wanted("pecl", name, day(call)) if re.fullmatch(r"\w+", name) else ""
        if php is not None and wants and facts.older(php.version, wants):
            says = Evidence(f"the newest {name} on {day(call)} wants PHP {wants} or newer")
            need = needs.Language("PHP", f"{wants} or newer", php.version, name)
            call.lacks(need, operand.span, (*php.proof, says), certainty=Certainty.LIKELY)
    _changes(call)
    return call.done(UNKNOWN)


def _extensions(call: Call) -> Answer:
    """docker-php-ext-install builds extensions of PHP's own source; some left it."""
    php, removed = installed(call, "php"), table("languages")["php"]["removed"]
    for operand in call.rest if php is not None else ():
        first = removed.get(str(operand.value))
        if php is not None and first and not facts.older(php.version, first):
            says = Evidence(f"PHP {first} and later have no {operand.value} in their source")
            need = needs.Language("PHP", f"older than {first}", php.version, str(operand.value))
            call.lacks(need, operand.span, (*php.proof, says), certainty=Certainty.LIKELY)
    _changes(call)
    return call.done(UNKNOWN)


def _composer(call: Call) -> Answer:
    options, operands = call.options(COMPOSER)
    action = str(operands[0].value) if operands else ""
    given = options.get("-d") or options.get("--working-dir")
    folder = call.path(given.value if given is not None else ".")
    reads = action in ("install", "update", "dump-autoload", "dumpautoload") and "--help" not in options
    if reads and folder is not UNKNOWN and call.shell.variables.get("COMPOSER") in (None, ""):
        path = posixpath.join(str(folder), "composer.json")
        if call.image.find(path).answer is NO:
            call.wants(needs.File(path, "manifest"), by="composer")
    _changes(call)
    return call.done(UNKNOWN)


def _changes(call: Call) -> None:
    says = call.says("may have made files")
    for folder in ("/usr/local", "/root", "/home", "/opt", "/tmp", "/var"):
        call.image.blur(folder, says)
    if isinstance(call.shell.cwd, str):
        call.image.blur(call.shell.cwd, says)
