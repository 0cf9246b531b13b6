"""What a shell text means, in a short notation: `shape` writes the tree the way the cases below expect it."""

from __future__ import annotations

import pytest

from dockwright.dockerfile.shell import (
    AndOr,
    Arithmetic,
    Assignment,
    Command,
    Declaration,
    Parameter,
    Part,
    Pipeline,
    ProcessSubstitution,
    Redirect,
    Sequence,
    Simple,
    Substitution,
    Text,
    Unfollowed,
    Word,
)
from dockwright.dockerfile.shell_blocks import (
    ArithmeticCommand,
    Background,
    Case,
    Condition,
    For,
    Function,
    Group,
    If,
    Subshell,
    While,
)
from dockwright.dockerfile.shell_parse import parse_script, parse_shell


def part_shape(part: Part) -> str:
    if isinstance(part, Text):
        return f"'{part.text}'" if part.quoted else part.text
    if isinstance(part, Parameter):
        argument = word_shape(part.argument) if part.argument else ""
        return (
            ('"' if part.quoted else "")
            + "${"
            + part.name
            + (f" {part.operator} {argument}" if part.operator else "")
            + "}"
        )
    if isinstance(part, Substitution):
        return ('"' if part.quoted else "") + f"$[{shape(part.script.body)}]"
    if isinstance(part, ProcessSubstitution):
        return f"{'>' if part.output else '<'}[{shape(part.script.body)}]"
    assert isinstance(part, Arithmetic)
    return f"$(({part.text}))"


def word_shape(word: Word) -> str:
    return "".join(part_shape(part) for part in word.parts)


def assignment_shape(assignment: Assignment) -> str:
    value = word_shape(assignment.value) if assignment.value else "(array)"
    return f"{assignment.name}{'+' if assignment.append else ''}={value}"


def redirect_shape(redirect: Redirect) -> str:
    fd = "" if redirect.fd is None else str(redirect.fd)
    target = word_shape(redirect.target) if redirect.target else ""
    body = "" if redirect.heredoc is None else repr(redirect.heredoc) + ("" if redirect.heredoc_expands else " as is")
    return f"{fd}{redirect.operator}{target}{body}"


def row(*pieces: str) -> str:
    return " ".join(piece for piece in pieces if piece)


def redirected(redirects: tuple[Redirect, ...]) -> str:
    return row(*map(redirect_shape, redirects))


def simple_shape(command: Simple | Declaration) -> str:
    assignments = row(*map(assignment_shape, command.assignments))
    words = row(*map(word_shape, command.words))
    name = f"{command.keyword}:" if isinstance(command, Declaration) else ""
    return row(name, assignments, words, redirected(command.redirects))


def compound_shape(command: Command) -> str:
    match command:
        case If(branches, otherwise, redirects):
            tests = [f"if {shape(test)} then {shape(body)}" for test, body in branches]
            return row(*tests, f"else {shape(otherwise)}" if otherwise else "", "fi", redirected(redirects))
        case For(name, words, body, redirects):
            values = "@" if words is None else row(*map(word_shape, words))
            return row(f"for {name} in {values} do {shape(body)} done", redirected(redirects))
        case While(condition, body, until, redirects):
            word = "until" if until else "while"
            return row(f"{word} {shape(condition)} do {shape(body)} done", redirected(redirects))
        case Case(word, items, redirects):
            rows = ["|".join(map(word_shape, patterns)) + ") " + shape(body) for patterns, body in items]
            return row(f"case {word_shape(word)}", *rows, "esac", redirected(redirects))
        case Function(name, body):
            return f"{name}() {shape(body)}"
    raise AssertionError(command)


def shape(command: Command | None) -> str:
    match command:
        case None:
            return ""
        case Simple() | Declaration():
            return simple_shape(command)
        case AndOr(left, operator, right):
            return f"({shape(left)} {operator} {shape(right)})"
        case Pipeline(commands, negated):
            return ("! " if negated else "") + " | ".join(map(shape, commands))
        case Sequence(commands):
            return " ; ".join(map(shape, commands))
        case Background(inner):
            return f"{shape(inner)} &"
        case Group(body, redirects):
            return row(f"{{ {shape(body)} }}", redirected(redirects))
        case Subshell(body, redirects):
            return row(f"( {shape(body)} )", redirected(redirects))
        case Condition(words):
            return f"[[ {row(*map(word_shape, words))} ]]"
        case ArithmeticCommand(text):
            return f"(({text}))"
        case Unfollowed(_, reason):
            return f"<{reason}>"
    return compound_shape(command)


CASES = [
    # simple commands, words and quotes
    ("", ""),
    ("  # only a comment", ""),
    ("pip install -r requirements.txt", "pip install -r requirements.txt"),
    (r'echo "a\"b"', "echo 'a\"b'"),
    (r"printf '%s\n' a b > f", r"printf '%s\n' a b >f"),
    (r"find . -exec rm {} \;", "find . -exec rm {} ';'"),
    ("echo 'it'\\''s'", "echo 'it'''''s'"),
    ('echo "it\'s" \'say "hi"\'', "echo 'it's' 'say \"hi\"'"),
    (r'echo "\$HOME \a \\ \`"', r"echo '$HOME \a \ `'"),
    (r"echo a\ b\\c", r"echo a' 'b'\'c"),
    ('echo "" x', "echo '' x"),
    ('a"b"c', "a'b'c"),
    ("echo a#b #c", "echo a#b"),
    ("echo $ 5$ a$", "echo $ 5$ a$"),
    ("ls *.py ~/x [ab]?", "ls *.py ~/x [ab]?"),
    ("echo \\", "echo '\\'"),
    ("echo é ü", "echo é ü"),
    ("echo {a,b}.txt", "echo {a,b}.txt"),
    # parameters
    ("echo $HOME/$1 $? $@ $#", "echo ${HOME}/${1} ${?} ${@} ${#}"),
    ("echo $10", "echo ${1}0"),
    ('echo "${X:-default}"', "echo \"${X :- 'default'}"),
    ('echo "$A-${B}"', "echo \"${A}'-'\"${B}"),
    ("echo ${X:-a b 'c d'}", "echo ${X :- a b 'c d'}"),
    ('echo "${X:-"a b"} it\'s"', "echo \"${X :- 'a b'}' it's'"),
    ("echo ${X-${Y:=z}}", "echo ${X - ${Y := z}}"),
    ("echo ${V%.*} ${V%%.*} ${V#*/} ${V##*/}", "echo ${V % .*} ${V %% .*} ${V # */} ${V ## */}"),
    ('echo "${V%.*}"', 'echo "${V % .*}'),
    ("echo ${#V} ${!V} ${V[0]} ${V:1:2}", "echo ${V length } ${V indirect } ${V index } ${V : 1:2}"),
    ("echo ${V//a/b} ${V^^}", "echo ${V // a/b} ${V ^^ }"),
    ("echo ${a b}", "echo ${a b bad }"),
    ("echo ${#}", "echo ${#}"),
    # substitutions
    ("echo $(cmd | other)", "echo $[cmd | other]"),
    ('V="$(a "$(b "c d")")"', "V=\"$[a \"$[b 'c d']]"),
    ('echo `a b` "`c`"', 'echo $[a b] "$[c]'),
    (r"echo `a \`b \$C\``", "echo $[a $[b ${C}]]"),
    ("x=$(case y in y) echo z;; esac)", "x=$[case y y) echo z esac]"),
    ("echo $((1 + (2 * 3)))", "echo $((1 + (2 * 3)))"),
    ("echo $((a) ; b)", "echo $[( a ) ; b]"),
    ("echo $()", "echo $[]"),
    ("x=$(# no ) here\necho y)", "x=$[echo y]"),
    ("diff <(a) >(b)", "diff <[a] >[b]"),
    ("echo $'a\\tb\\x41\\'c'", "echo 'a\tbA'c'"),
    # assignments and declarations
    ("VAR=x cmd", "VAR=x cmd"),
    ('A=1 B= C="a b"', "A=1 B= C='a b'"),
    ("cmd A=1", "cmd A=1"),
    ("A+=1", "A+=1"),
    ("a=(1 2 '3 )')", "a=(array)"),
    ("export A=1 B=$A C", "export: A=1 B=${A} C"),
    ("export -n A", "export: -n A"),
    ("readonly X='a b' > f", "readonly: X='a b' >f"),
    ("f() { local x=$1; }", "f() { local: x=${1} }"),
    ("env A=1 cmd", "env A=1 cmd"),
    # redirections
    ("cmd 2>&1 >/dev/null", "cmd 2>&1 >/dev/null"),
    ("cmd >f 2>> g <h", "cmd >f 2>>g <h"),
    ("> f", ">f"),
    ("cmd &> f", "cmd &>f"),
    ("a 2 >f", "a 2 >f"),
    ("a2>f", "a2 >f"),
    ("exec 3<>f 3>&-", "exec 3<>f 3>&-"),
    ("cat <<< word", "cat <<<word"),
    ("cat <<EOF > file\nhi $X\nEOF\nnext", "cat <<EOF'hi $X\\n' >file ; next"),
    ("cat <<'EOF'\n$X\nEOF\n", "cat <<'EOF''$X\\n' as is"),
    ("cat <<-E\n\ta\n\t\tb\n\tE\nx", "cat <<-E'a\\nb\\n' ; x"),
    ("cat <<A <<B\na\nA\nb\nB\nx", "cat <<A'a\\n' <<B'b\\n' ; x"),
    ("cat <<E && next\nbody\nE", "(cat <<E'body\\n' && next)"),
    ("cat <<E\nno end", "cat <<E'no end'"),
    ("x=$(cat <<E\nb )\nE\n)", "x=$[cat <<E'b )\\n']"),
    # lists and pipelines
    ("a && b || c; d &", "((a && b) || c) ; d &"),
    ("a & b", "a & ; b"),
    ("a\nb\n\n# c\nd", "a ; b ; d"),
    ("a && \\\n  b", "(a && b)"),
    ("a &&\n# why\n  b", "(a && b)"),
    ("a | b |\n c", "a | b | c"),
    ("! a | b", "! a | b"),
    ("! ! a", "a"),
    ("a |& b", "a 2>&1 | b"),
    ("a;b;", "a ; b"),
    ("a && { b; c; } && d", "((a && { b ; c }) && d)"),
    ("echo a \\\n b", "echo a b"),
    ("ec\\\nho", "echo"),
    ("a --x \\\n && b", "(a --x && b)"),
    ("time pip install x", "time pip install x"),
    ("time { a; }", "{ a }"),
    # compound commands
    ("if ! cmd; then a; fi", "if ! cmd then a fi"),
    ("if a; then b; elif c; then d; else e; fi > f", "if a then b if c then d else e fi >f"),
    ("if [ -f x ]; then\n  a\nfi", "if [ -f x ] then a fi"),
    ("if a; then if b; then c; fi fi", "if a then if b then c fi fi"),
    ("for x in a b; do echo $x; done", "for x in a b do echo ${x} done"),
    ("for x\ndo a\ndone", "for x in @ do a done"),
    ("for x do a; done", "for x in @ do a done"),
    ("for x in; do a; done | b", "for x in  do a done | b"),
    ("for do in do; do a; done", "for do in do do a done"),
    ("while read -r x; do a; done < f", "while read -r x do a done <f"),
    ("until a; do sleep 1; done", "until a do sleep 1 done"),
    ("case $x in a|b) c;; (d*) ;; *) e; esac", "case ${x} a|b) c d*)  *) e esac"),
    ("case $x in\n  a)\n    b\n    ;;\nesac\nc", "case ${x} a) b esac ; c"),
    ('case "$x" in "a b") c;; esac > f', "case \"${x} 'a b') c esac >f"),
    ("case x in esac", "case x esac"),
    ("case x in(a) b;; esac", "case x a) b esac"),
    ("(cd x && y)", "( (cd x && y) )"),
    ("{ a; b; } > f 2>&1", "{ a ; b } >f 2>&1"),
    ("echo { a }", "echo { a }"),
    ("echo if then fi done", "echo if then fi done"),
    ("f() { a; b; }; f x", "f() { a ; b } ; f x"),
    ("f () (a)", "f() ( a )"),
    ("function f { a; }", "f() { a }"),
    ("[[ -f a && $b == c* || ! ( d < e ) ]] && x", "([[ -f a && ${b} == c* || ! ( d < e ) ]] && x)"),
    ("[[ $v =~ ^v([0-9]+)\\.x|y$ ]]", "[[ ${v} =~ ^v([0-9]+)'.'x|y$ ]]"),
    ("[[ a ]] > f", "{ [[ a ]] } >f"),
    ("((i++)) || a", "(((i++)) || a)"),
    ("((a) && b)", "( (( a ) && b) )"),
    # not followed, and no error
    ("select x in a; do b; done; c", "<select asks a person> ; c"),
    ("for ((i=0; i<3; i++)); do a; done; b", "<the turns of a C-style loop are not counted> ; b"),
    ("coproc a", "<`coproc` here>"),
    ("a\nls @(b|c)", "a ; <an extended glob pattern>"),
    ("[[ -f a", "<[[ without ]]>"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_tree(text: str, expected: str) -> None:
    assert shape(parse_shell(text).body) == expected


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_no_error_in_what_shells_take(text: str) -> None:
    assert parse_shell(text).errors == ()


def test_script_file_keeps_its_lines() -> None:
    script = parse_script('#!/bin/sh\nset -e\n\ncd /app  # there\nexec python -m app "$@"\n')
    assert shape(script.body) == 'set -e ; cd /app ; exec python -m app "${@}'


def test_crlf_stays_in_the_last_word() -> None:
    assert shape(parse_shell("a b\r\nc\r\n").body) == "a b\r ; c\r"


def test_commands_of_earlier_lines_are_kept_before_an_error() -> None:
    script = parse_shell("a\nb && c\nd &&\n")
    assert shape(script.body) == "a ; (b && c) ; <syntax error>"
    assert len(script.errors) == 1
