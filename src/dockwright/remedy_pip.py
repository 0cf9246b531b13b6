"""Edits of the lines that call pip: a bound beside a name, a command before it, an option taken out."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator

from msgspec import Struct

from dockwright.dockerfile import shell as tree
from dockwright.dockerfile.nodes import Instruction
from dockwright.dockerfile.shell_parse import parse_shell
from dockwright.finding import Place, Remedy
from dockwright.project import Project
from dockwright.remedy import advice, line_before, risky, swap_span
from dockwright.remedy_packages import Around, around, simple_commands
from dockwright.remedy_seen import Asked, Seen
from dockwright.source import Edit, Source, Span

PIP = re.compile(r"(?:\S*/)?pip(?P<version>[23](?:\.\d+)?)?")
PYTHON = re.compile(r"(?:\S*/)?python(?:[23](?:\.\d+)?)?")
# options of `pip install` whose value is a word of its own (pip install --help)
VALUED = set(
    "-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url -f --find-links --trusted-host --timeout "
    "--default-timeout --retries --proxy --cert --cache-dir --root --prefix --platform --python-version --abi --implementation --no-binary "
    "--only-binary --progress-bar --src --upgrade-strategy --install-option --global-option --config-settings -C --log --exists-action "
    "--use-feature --use-deprecated --group".split()
)
NAME = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?P<extras>\[[^\]]*\])?(?P<specifier>.*)", re.S)


class Call(Struct, frozen=True):
    """One `pip install`: `installer` is how it is called up to `install`; `first`: nothing stands before it in its RUN."""

    installer: str
    command: tree.Simple
    action: int  # index of the word `install`
    first: bool

    @property
    def is_pip(self) -> bool:
        return _installer(self.command) is not None

    @property
    def local(self) -> bool:
        """Does it install a project or a file, whose own requirements are not known here."""
        texts = [word.literal or "$" for word in self.arguments]
        return not self.is_pip or any(
            text.startswith((".", "/", "$", "git+", "http")) or text == "-e" for text in texts
        )

    @property
    def arguments(self) -> tuple[tree.Word, ...]:
        return self.command.words[self.action + 1 :]

    @property
    def names(self) -> tuple[tree.Word, ...]:
        """The words that ask for distributions."""
        found, skip = [], False
        for word in self.arguments:
            text = word.literal
            if skip or text is None or text.startswith("-"):
                skip = not skip and text in VALUED
                continue
            if text and "/" not in text and not text.startswith(".") and not text.endswith((".whl", ".gz", ".zip")):
                found.append(word)
        return tuple(found)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the requirements files."""
        texts = [word.literal or "" for word in self.arguments]
        pairs = itertools.pairwise(texts)
        found = [value for option, value in pairs if option in ("-r", "--requirement")]
        joined = [text[2:] for text in texts if text.startswith("-r") and len(text) > 2]
        return (*found, *joined, *(text.partition("=")[2] for text in texts if text.startswith("--requirement=")))


def calls(spot: Around | None) -> list[Call]:
    """The `pip install` commands of the instruction that always run, in order."""
    return calls_in(spot.instruction) if spot is not None else []


def calls_in(instruction: Instruction) -> list[Call]:
    if instruction.keyword != "RUN" or instruction.exec_form is not None or instruction.heredocs:
        return []
    body = parse_shell(instruction.rest.text, instruction.rest.span).body
    found = []
    for number, command in enumerate(simple_commands(body)):
        at = _installer(command)
        if at:
            text = " ".join(word.text for word in command.words[at[0] : at[1]])
            found.append(Call(text, command, at[2], number == 0))
            continue
        python = _setup(command)
        if python:
            found.append(Call(f"{python} -m pip", command, len(command.words) - 1, number == 0))
    return found


def _setup(command: tree.Simple) -> str:
    """The Python of `python setup.py install`, which brings dependencies by setuptools' own means."""
    texts = [word.literal or "" for word in command.words]
    for at, text in enumerate(texts[:-1]):
        if (
            PYTHON.fullmatch(text)
            and posixpath.basename(texts[at + 1]) == "setup.py"
            and {"install", "develop"} & set(texts)
        ):
            return text
        if re.fullmatch(r"easy_install(?:-?[23][\d.]*)?", text):
            return "python" + text.removeprefix("easy_install").lstrip("-")
    return ""


def calls_above(spot: Around) -> list[Call]:
    """Those of the instructions above in the same stage, the nearest first."""
    above = [each for each in spot.stage.instructions if each.span.start < spot.instruction.span.start]
    return [call for each in reversed(above) for call in reversed(calls_in(each))]


def _installer(command: tree.Simple) -> tuple[int, int, int] | None:
    """(first word of pip, the word after it, the word `install`) of a command that installs."""
    texts = [word.literal or "" for word in command.words]
    if "install" not in texts:
        return None
    action = texts.index("install")
    for at, text in enumerate(texts[:action]):
        if PIP.fullmatch(text):
            return at - (texts[max(at - 1, 0)] == "uv"), at + 1, action
        if PYTHON.fullmatch(text) and texts[at + 1 : at + 3] == ["-m", "pip"]:
            return at, at + 3, action
    return None


def failing(found: list[Call], known: Seen, name: str = "") -> Call | None:
    """The call that failed: the one that asks for what the output stopped at, else the last."""
    roots = [name] if name else []
    roots += [part.split("[")[0] for each in known.asked[-1:] for part in each.by.split("->")[-1:] if part]
    roots += [each.name for each in reversed(known.asked) if each.direct and not each.file][:1]
    for root in roots:
        for call in reversed(found):
            if any(plain(word.literal) == plain(root) for word in call.names):
                return call
    last = known.last
    of_file = posixpath.basename(last.file or _file_in(last.by)) if last is not None else ""
    for call in reversed(found):
        if of_file and any(posixpath.basename(file) == of_file for file in call.files):
            return call
    return found[-1] if found else None


def parent_bound(by: str, python: str) -> str:
    """For `gitdb2>=2.0.0->GitPython==2.1.1->buster`: the nearest of those who ask whose last release for this Python is known."""
    from dockwright.facts.dropped import below

    for part in by.split("->"):
        match = NAME.match(part.strip())
        if match is not None and not match["specifier"].startswith("==") and not part.startswith("-r"):
            fits = below(match["name"], python)
            if fits:
                return fits
    return ""


def _file_in(by: str) -> str:
    match = re.search(r"-r (\S+) \(line", by)
    return match[1] if match else ""


def plain(text: str | None) -> str:
    """The name that a requirement begins with, normalized."""
    match = NAME.match(text or "")
    return re.sub(r"[-_.]+", "-", match["name"]).lower() if match else ""


def interpreter(installer: str) -> str:
    """The Python that a pip belongs to: pip3 -> python3, /opt/venv/bin/pip -> /opt/venv/bin/python."""
    if " -m pip" in installer:
        return installer.split(" -m pip")[0]
    match = re.fullmatch(r"(?P<folder>(?:\S*/)?)pip(?P<version>[\d.]*)", installer)
    return f"{match['folder']}python{match['version']}" if match else "python3"


def before(place: Place, spot: Around, call: Call, command: str) -> Edit:
    """The command run before the call: a line of its own above where the call begins the RUN, else inside of it."""
    if call.first and not call.command.assignments:
        return line_before(place.source, spot.instruction.span.start, f"RUN {command}")
    start = call.command.span.start
    return Edit(place.source.name, Span(start, start), f"{command} && ")


def install_before(place: Place, spot: Around, call: Call, *wanted: str, upgrade: bool = False) -> Edit:
    """Install something before the call, with the same pip.

    Inside of a chain it is called as `python -m pip`: after an upgrade the shell would go on with the place of pip that it
    remembers, and the old script of Debian's pip does not work with a newer pip.
    """
    uv = call.installer == "uv pip"
    installer = call.installer if call.first or uv else f"{interpreter(call.installer)} -m pip"
    options = " --upgrade" if upgrade else ""
    if uv and any(word.literal == "--system" for word in call.arguments):
        options = " --system" + options
    if any(word.literal == "--no-cache-dir" for word in call.arguments):
        options = " --no-cache-dir" + options
    return before(place, spot, call, f"{installer} install{options} {' '.join(map(quoted, wanted))}")


def quoted(requirement: str) -> str:
    return f'"{requirement}"' if re.search(r"[<>!;*\[ ]", requirement) else requirement


def bounded(place: Place, call: Call, requirement: str) -> Edit:
    """The requirement in the place of the word that asks for the same name, else as one more word."""
    for word in call.names:
        if plain(word.literal) == plain(requirement):
            match = NAME.match(word.literal or "")
            extras = (match["extras"] or "") if match else ""
            asked = NAME.match(requirement)
            assert asked is not None
            name = match["name"] if match else asked["name"]
            return swap_span(place.source, word.span, quoted(f"{name}{extras}{asked['specifier']}"))
    end = call.arguments[-1].span.end if call.arguments else call.command.span.end
    return Edit(place.source.name, Span(end, end), f" {quoted(requirement)}")


def asks(call: Call, name: str) -> str | None:
    """The specifier with which the call itself asks for the name; None when it does not."""
    for word in call.names:
        match = NAME.match(word.literal or "")
        if match is not None and plain(match["name"]) == plain(name):
            return match["specifier"].strip()
    return None


# -- requirements files -----------------------------------------------------------------------------------------------


def written(project: Project, place: Place | None, asked: Asked) -> tuple[Source, Span] | None:
    """Where a requirements file of the project asks for it, as far as the file can be read."""
    name = posixpath.basename(asked.file)
    if not name or place is None:
        return None
    for path, kind in project.tree.walk("", 5_000):
        if kind == "file" and posixpath.basename(path) == name:
            source = project.source(path)
            span = _line_of(source, asked) if source is not None else None
            if source is not None and span is not None:
                return source, span
    return None


def _line_of(source: Source, asked: Asked) -> Span | None:
    for number in range(1, len(source.line_starts) + 1):
        text = source.line_text(number)
        requirement = re.split(r"\s+#|\s*;|\s+--hash", text)[0].strip()
        closed = "--hash" in text or text.endswith("\\") or requirement[:1] in ("#", "-")
        if plain(requirement) == plain(asked.name) and not closed:
            start = source.line_span(number).start + text.index(requirement)
            return Span(start, start + len(requirement))
    return None


def rewritten(project: Project, place: Place | None, asked: Asked, wanted: str, why: str) -> Iterator[Remedy]:
    """Have the requirements file ask for something else: an edit where the file can be read, else the exact line in words."""
    found = written(project, place, asked)
    if found is not None:
        yield risky(f"Ask for `{wanted}`: {why}", swap_span(*found, wanted))
    elif asked.file:
        lies = f"In {asked.file}, line {asked.line}," if asked.line else f"In {asked.file}"
        yield advice(f"{lies} write `{wanted}` for {asked.text}: {why}.")


def spot_of(place: Place | None) -> Around | None:
    return around(place) if place is not None else None
