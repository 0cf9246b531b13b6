"""Reads simple commands, assignments and redirections: POSIX.1-2017 XCU 2.7 and 2.9.1, bash manual 3.6 and 6.7."""

from __future__ import annotations

import re
from itertools import pairwise

from dockwright.dockerfile.shell import Assignment, Command, Declaration, Redirect, Simple, Text, Word
from dockwright.dockerfile.shell_reader import Beyond, Reader, Syntax
from dockwright.dockerfile.shell_words import name_end, read_word
from dockwright.patterns import pattern

_OPERATORS = ("<<<", "<<-", "<<", "<>", "<&", ">>", ">|", ">&", "<", ">", "&>>", "&>")
_ASSIGNMENT = pattern(r"([A-Za-z_]\w*)(\[[^\]\n]*\])?(\+?)=", re.ASCII)
_DECLARING = frozenset(("export", "readonly", "local", "declare", "typeset"))
_FEATURE_COMMANDS = frozenset(("source", "shopt", "pushd", "popd", "let", "declare", "typeset", "mapfile", "readarray"))
_NO_FILE = pattern(r"\d+-?|-")


def simple(r: Reader) -> Command:
    """Assignments, words and redirections up to the end of the command."""
    start = r.at
    assignments: list[Assignment] = []
    words: list[Word] = []
    found: list[Redirect] = []
    declares = False
    end = start
    while r.skip():
        char = r.text[r.at]
        if char in "\n;|)" or (char == "&" and not r.text.startswith("&>", r.at)):
            break
        if char in "<>&0123456789" and _redirected(r, found):
            pass
        elif char == "(":
            raise _parenthesis(r, words)
        elif (declares or not words) and (assigned := _assignment(r)):
            assignments.append(assigned)
        elif word := read_word(r):
            words.append(word)
            declares = declares or (len(words) == 1 and not assignments and word.text in _DECLARING)
        else:
            raise r.unexpected()
        end = r.at
    if end == start:
        raise r.unexpected()
    span = r.span(start, end)
    if words:
        _note_command(r, words, start)
    if declares:
        return Declaration(words[0].text, tuple(assignments), tuple(words[1:]), span, tuple(found))
    return Simple(tuple(assignments), tuple(words), tuple(found), span)


def _parenthesis(r: Reader, words: list[Word]) -> Exception:
    before = r.text[r.at - 1 : r.at]
    if before in "?*+@!" and words:
        r.feature("extended-glob", r.at - 1, r.at + 1)
        return Beyond("an extended glob pattern")
    if words and words[0].text in ("time", "coproc", "function"):
        return Beyond(f"`{words[0].text}` before a parenthesis")
    return r.unexpected(words[-1].text if words else "")


def _assignment(r: Reader) -> Assignment | None:
    end = name_end(r.text, r.at)
    match = _ASSIGNMENT.match(r.text, r.at) if end > r.at and r.text[end : end + 1] in ("=", "+", "[") else None
    if match is None:
        return None
    start, (name, index, plus) = r.at, match.groups()
    r.at = match.end()
    array = r.text.startswith("(", r.at)
    if array or index:
        r.feature("array" if array else "array-element", start, r.at)
    if plus:
        r.feature("append-assignment", start, r.at)
    value = None
    if array:
        _elements(r)
    else:
        begin = r.at
        value = read_word(r, braces=False) or Word((), r.span(begin, begin))
    return Assignment(name, value, r.span(start, r.at), bool(plus), array or bool(index))


def _elements(r: Reader) -> None:
    """Past `(word …)`, the value of an array."""
    start = r.at
    r.at += 1
    while True:
        r.newlines()
        if r.at >= r.end:
            raise r.error(start, start + 1, "this ( is not closed")
        if r.text[r.at] == ")":
            r.at += 1
            return
        if read_word(r) is None:
            raise r.unexpected()


def redirects(r: Reader) -> tuple[Redirect, ...]:
    """The redirections after a compound command."""
    found: list[Redirect] = []
    while r.skip() and r.text[r.at] in "<>&0123456789" and _redirected(r, found):
        pass
    return tuple(found)


def _redirected(r: Reader, found: list[Redirect]) -> bool:
    """A redirection at the reader's place, added to `found`."""
    start = r.at
    at = start
    while r.text[at : at + 1].isdecimal():
        at += 1
    fd = r.text[start:at]
    operator = next((each for each in _OPERATORS if r.text.startswith(each, at)), "")
    if not operator or (fd and operator[0] == "&"):
        return False
    if operator in ("<", ">") and r.text.startswith("(", at + len(operator)):
        return False  # process substitution
    r.at = at + len(operator)
    r.skip()
    target = _target(r, operator)
    redirect = Redirect(int(fd[:9]) if fd else None, operator, target, r.span(start, r.at))
    _note_redirect(r, redirect, start)
    if operator in ("<<", "<<-"):
        redirect = _heredoc(r, redirect)
    found.append(redirect)
    return True


def _target(r: Reader, operator: str) -> Word:
    """The word after the operator. To dash `&>` is `&` and `>`, and a delimiter is read by rules of its own."""
    try:
        word = read_word(r)
        if word is None:
            raise r.unexpected(operator)
    except Syntax as error:
        if operator in ("<<", "<<-", "&>", "&>>"):
            raise Beyond(error.message) from error
        raise
    return word


def _heredoc(r: Reader, redirect: Redirect) -> Redirect:
    """The same redirection with a body to come: it is filled in at the next line break."""
    word = redirect.target
    assert word is not None
    expands = not word.quoted
    delimiter = word.text if word.literal is None else word.literal
    promised = Redirect(redirect.fd, redirect.operator, word, redirect.span, "", expands)
    r.pending.append((promised, delimiter))
    return promised


def _note_redirect(r: Reader, redirect: Redirect, start: int) -> None:
    operator, literal = redirect.operator, redirect.target.literal if redirect.target else None
    if operator == "<<<":
        r.feature("here-string", start, r.at)
    elif operator in ("&>", "&>>"):
        r.feature("ampersand-redirect", start, r.at)
    elif operator == ">&" and literal is not None and not _NO_FILE.fullmatch(literal):
        r.feature("file-after-ampersand", start, r.at)


def _note_command(r: Reader, words: list[Word], start: int) -> None:
    """What a command's name and options say about the shell that is meant."""
    name = words[0].text
    if name in _FEATURE_COMMANDS:
        r.feature(name, start, r.at)
    elif name in ("[", "test"):
        for word in words:
            if word.text == "==":
                r.feature("double-equals", start, r.at)
    elif name == "set":
        for option, word in pairwise(words):
            if word.text == "pipefail" and option.text[:1] in "-+" and option.text.endswith("o"):
                r.feature("pipefail", start, r.at)


def is_plain_name(word: Word) -> bool:
    """Is the word without quotes and expansions, as a keyword or a function's name has to be."""
    return len(word.parts) == 1 and type(word.parts[0]) is Text and not word.parts[0].quoted
