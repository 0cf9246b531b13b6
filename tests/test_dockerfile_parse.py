"""The grammar of Dockerfiles, point by point, as BuildKit reads it."""

from __future__ import annotations

import pytest

from dockwright.dockerfile import parse
from dockwright.dockerfile.nodes import Comment, Directive, Dockerfile, Instruction, Phase
from dockwright.source import Span


def only(text: str) -> Instruction:
    """The instruction behind the first FROM."""
    return parse(f"FROM scratch\n{text}").instructions[1]


def error(text: str) -> str | None:
    found = parse(text).first_error
    return None if found is None else str(found)


def complaint(text: str) -> str | None:
    """What is wrong with instructions behind a FROM, without the number of the line."""
    found = parse(f"FROM scratch\n{text}").first_error
    return None if found is None else found.message


def words(text: str) -> list[str]:
    return [word.text for word in only(text).words]


class TestDirectives:
    def test_names_ignore_case_and_white_space(self) -> None:
        dockerfile = parse("#  EsCape =  ` \n  # check=skip=all\nFROM scratch")
        assert [(found.name, found.value) for found in dockerfile.directives] == [
            ("escape", "`"),
            ("check", "skip=all"),
        ]
        assert dockerfile.escape == "`"

    def test_value_span(self) -> None:
        dockerfile = parse("# syntax = a/b:1 \nFROM scratch")
        assert dockerfile.source[dockerfile.directives[0].value_span] == "a/b:1"
        assert dockerfile.syntax == "a/b:1"

    @pytest.mark.parametrize("first", ["", "# a comment", "# key=value", "#!/bin/sh", "#", "ARG a"])
    def test_end_at_the_first_other_line(self, first: str) -> None:
        assert parse(f"{first}\n# escape=`\nFROM scratch").escape == "\\"

    def test_byte_order_mark(self) -> None:
        assert parse("\ufeff# escape=`\nFROM scratch").escape == "`"
        assert parse("\ufeffFROM scratch").errors == ()

    def test_errors(self) -> None:
        assert error("# escape=`\n# escape=`\nFROM scratch") == "only one escape parser directive can be used"
        assert error("# escape=x\nFROM scratch") == "invalid escape token 'x' does not match ` or \\"
        assert error("# escape= \nFROM scratch") == "invalid escape token ' ' does not match ` or \\"

    @pytest.mark.parametrize(
        ("text", "syntax"),
        [
            ("#!/usr/bin/env x\n# syntax=front:1 rest\n", "front:1"),
            ("#!/usr/bin/env x\n\n# syntax=front:1\n", None),
            ("//syntax=front\n//key=value", "front"),
            ('{"syntax": "front", "x": [1]}', "front"),
            ('{"syntax": "front"', None),
            ('{"syntax": 1}', None),
            ("# check=x\n# check=y\n# syntax=front", None),
            ("\ufeff# syntax=front", "front"),
        ],
    )
    def test_frontend(self, text: str, syntax: str | None) -> None:
        assert parse(text).syntax == syntax


class TestLines:
    def test_continuation_keeps_indentation(self) -> None:
        assert words("RUN a \\\n   b\\\nc") == ["a    bc"]

    @pytest.mark.parametrize("end", ["\\", "\\  ", "\\ \t", "\\\r"])
    def test_what_may_follow_the_escape(self, end: str) -> None:
        assert words(f"RUN a {end}\nb") == ["a b"]

    def test_two_escapes_do_not_continue(self) -> None:
        assert words("RUN a \\\\\nCMD b") == ["a \\\\"]
        assert words("RUN a \\\\\\\nCMD b") == ["a \\\\\\"]

    def test_comments_and_blank_lines_within(self) -> None:
        dockerfile = parse("FROM scratch\nRUN a \\\n# c \\\n\n  # d\n b\nCMD c")
        assert [(found.keyword, found.line, found.end_line) for found in dockerfile.instructions[1:]] == [
            ("RUN", 2, 6),
            ("CMD", 7, 7),
        ]
        assert dockerfile.instructions[1].rest.text == "a  b"
        assert [found.rule for found in dockerfile.warnings] == ["NoEmptyContinuation"]
        assert dockerfile.warnings[0].message == "Empty continuation line found in: RUN a  b"

    def test_comment_alone_is_no_empty_line(self) -> None:
        assert parse("FROM scratch\nRUN a \\\n# c\n b").warnings == ()

    def test_a_continued_line_swallows_the_next_instruction(self) -> None:
        assert words("RUN a \\\n\nCMD b") == ["a CMD b"]

    def test_escape_at_the_end_of_the_file(self) -> None:
        assert words("RUN a \\") == ["a"]

    def test_a_line_that_is_only_an_escape(self) -> None:
        found = only("\\\nRUN a")
        assert (found.keyword, found.line) == ("RUN", 2)
        assert complaint("\\\n") == "unknown instruction: "

    def test_other_white_space(self) -> None:
        assert only("\v\u00a0RUN\fa\tb\r\n").rest.text == "a\tb"
        assert complaint("RUN\u00a0a") == "unknown instruction: RUN\u00a0a (did you mean run?)"
        assert complaint("\x1cRUN a") is not None

    def test_a_carriage_return_breaks_no_line(self) -> None:
        assert parse("FROM scratch\rRUN a").instructions[0].words[1].text == "RUN"

    def test_limit_of_a_line_counts_bytes(self) -> None:
        message = "dockerfile line greater than max allowed size of 65535"
        assert complaint("RUN " + "x" * 65531) is None
        assert complaint("RUN " + "x" * 65532) == message
        assert complaint("RUN " + "é" * 32765) is None
        assert complaint("RUN " + "é" * 32766) == message

    def test_comment_nodes(self) -> None:
        dockerfile = parse("  #  hello \nFROM scratch")
        comment = dockerfile.nodes[0]
        assert isinstance(comment, Comment)
        assert comment.text == "hello"
        assert comment.span == Span(2, 11)


class TestSpans:
    def test_joined_text_leads_back_to_the_source(self) -> None:
        text = "FROM scratch\nRUN one \\\n  # c\n two three\n"
        dockerfile = parse(text)
        rest = dockerfile.instructions[1].rest
        at = rest.text.index("two")
        assert dockerfile.source[rest.span(at, at + 3)] == "two"
        assert dockerfile.source[rest.span(0, at + 3)] == "one \\\n  # c\n two"
        assert rest.span(at, at) == Span(text.index("two"), text.index("two"))

    def test_pair_across_lines(self) -> None:
        dockerfile = parse("FROM scratch\nENV A\\\nB=c\\\nd E=f")
        first, second = dockerfile.instructions[1].pairs
        assert (first.key.text, first.value and first.value.text) == ("AB", "cd")
        assert dockerfile.source[first.key.span] == "A\\\nB"
        assert dockerfile.source[second.key.span] == "E"

    def test_span_includes_heredocs_and_text_is_as_written(self) -> None:
        found = only("  RUN <<E \\\n x\n1\nE\nCMD y")
        assert found.text == "RUN <<E \\\n x\n1\nE"
        assert (found.line, found.end_line) == (2, 5)


class TestFlags:
    def test_quotes_and_escapes_are_removed(self) -> None:
        found = only("COPY --chown=\"a b\":c\\ d --link --from='x' a b")
        assert [(flag.name, flag.value) for flag in found.flags] == [
            ("chown", "a b:c d"),
            ("link", None),
            ("from", "x"),
        ]
        assert [word.text for word in found.words] == ["a", "b"]
        assert found.flag("link") == "" and found.flag("chmod") is None

    def test_two_dashes_end_them(self) -> None:
        found = only("CMD -- --x y")
        assert (found.flags, found.rest.text) == ((), "--x y")
        assert only("CMD --").rest.text == ""

    def test_span(self) -> None:
        dockerfile = parse("FROM --platform=linux/amd64 scratch")
        assert dockerfile.source[dockerfile.instructions[0].flags[0].span] == "--platform=linux/amd64"
        assert dockerfile.stages[0].platform == "linux/amd64"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("COPY --form=x a b", "unknown flag: --form (did you mean from?)"),
            ("COPY --chown a b", "missing a value on flag: --chown"),
            ("COPY --chown= a b", None),
            ("COPY --chown=a --chown=b a b", "duplicate flag specified: --chown"),
            ("COPY --exclude=a --exclude=b a b", None),
            ("COPY --link= a b", "missing a value on flag: --link"),
            ("COPY --link=No a b", "expecting boolean value for flag --link, not: No"),
            ("COPY --link=FALSE --parents --chmod=755 a b", None),
            ("COPY --checksum=x a b", "unknown flag: --checksum"),
            (
                "ADD --keep-git-dir --unpack=false --checksum=sha256:" + "0" * 64 + " --link https://example.com/a b",
                None,
            ),
            ("ADD --from=x a b", "unknown flag: --from"),
            ("COPY --from=$x a b", "variable expansion is not supported for --from, define a new stage with FROM"),
            ("RUN --network=host --security=insecure x", None),
            ("RUN --network=x y", 'invalid network mode "x"'),
            ("RUN --security=x y", 'security "x" is not valid'),
            ("RUN --device=vendor.com/gpu=all,required x", None),
            ("RUN --device=a,b x", "invalid field 'b' must be a key=value pair"),
            ("CMD --x y", "unknown flag: --x"),
            ("WORKDIR --x=1 /a", "unknown flag: --x"),
            ("STOPSIGNAL --x SIGINT", None),
            ("ARG --x A=1", None),
            ("HEALTHCHECK --x NONE", None),
        ],
    )
    def test_checks(self, text: str, message: str | None) -> None:
        found = complaint(text)
        assert found == message if message is None else found is not None and found.startswith(message)


class TestMounts:
    def test_defaults(self) -> None:
        bind, cache = only("RUN --mount=target=/a --mount=type=cache,dst=/b,id=x,sharing=Locked,uid=1 y").mounts
        assert (bind.type, bind.target, bind.readonly) == ("bind", "/a", True)
        assert (cache.type, cache.target, cache.readonly) == ("cache", "/b", False)
        assert (cache.id, cache.sharing, cache.uid) == ("x", "locked", "1")

    def test_switches(self) -> None:
        found = only("RUN --mount=type=bind,from=b,src=/s,destination=/a,rw --mount=type=secret,id=k,required,env=K y")
        bind, secret = found.mounts
        assert (bind.from_, bind.source, bind.target, bind.readonly) == ("b", "/s", "/a", False)
        assert (secret.required, secret.env, secret.readonly) == (True, "K", True)

    @pytest.mark.parametrize(
        ("mount", "message", "phase"),
        [
            ("", "failed to parse csv mounts: EOF", "instruction"),
            ("from=$x", "'from' doesn't support variable expansion, define alias stage", "instruction"),
            ("type=cach,target=/a", 'unsupported mount type "cach" (did you mean cache?)', "build"),
            ("type=cache,targt=/a", "unexpected key 'targt' in 'targt=/a' (did you mean target?)", "build"),
            ("target", "invalid field 'target' must be a key=value pair", "build"),
            ("type=bind,required,target=/a", "unexpected key 'required' for mount type 'bind'", "build"),
            ("type=cache,size=1m,target=/a", "unexpected key 'size' for mount type 'cache'", "build"),
            ("type=tmpfs,size=1x,target=/a", "invalid value for size: 1x", "build"),
            ("type=cache,mode=999,target=/a", "invalid value 999 for mode", "build"),
            ("type=bind,uid=1,target=/a", 'uid not allowed for "bind" type mounts', "build"),
            ("type=cache,sharing=x,target=/a", 'unsupported sharing value "x"', "build"),
            ("type=bind,sharing=locked,target=/a", "invalid cache sharing set for bind mount", "build"),
            ("type=secret", "invalid secret mount. one of source, target required", "build"),
            ("type=secret,id=a,src=b", "both source and id can't be set", "build"),
            ("type=bind,ro=maybe,target=/a", "invalid value for ro: maybe", "build"),
            ("type=cache,target=/", 'invalid mount target "/"', "build"),
        ],
    )
    def test_errors(self, mount: str, message: str, phase: Phase) -> None:
        found = parse(f"FROM scratch\nRUN --mount={mount} x").errors
        assert [error.phase for error in found] == [phase]
        assert found[0].message.startswith(message)

    def test_an_unknown_value_is_not_judged(self) -> None:
        assert complaint("RUN --mount=type=$T,size=$S,target=$A,mode=${M:-x},uid=1 y") is None


class TestExecForm:
    @pytest.mark.parametrize(
        ("text", "items"),
        [
            ("[]", []),
            ('["a","b"]', ["a", "b"]),
            ('[ "a" ,\t"b" ] ', ["a", "b"]),
            (r'["\"\\\/\b\f\n\r\t\u0041\u00e9"]', ['"\\/\b\f\n\r\tAé']),
            (r'["\ud83d\ude00 \ud83d"]', ["😀 \ufffd"]),
            ('["a",]', None),
            ('["a" "b"]', None),
            ('["a"] x', None),
            ("['a']", None),
            ('["a\tb"]', None),
            (r'["\x41"]', None),
            ('["a", NaN]', None),
            ('["a", 01]', None),
            ('["a", 1e999]', None),
            ('["a", {"b": }]', None),
            ('["a", [1, 2]', None),
            ('["a"', None),
        ],
    )
    def test_strictness(self, text: str, items: list[str] | None) -> None:
        found = only(f"RUN {text}")
        assert complaint(f"RUN {text}") is None
        assert (None if found.exec_form is None else [word.text for word in found.exec_form]) == items

    @pytest.mark.parametrize("item", ["1", "-1.5e3", "true", "null", "{}", '{"c": ["d", 1]}', '["c"]', "[[[]]]"])
    def test_only_strings(self, item: str) -> None:
        message = "when using JSON array syntax, arrays must be comprised of strings only"
        assert error(f'FROM scratch\nRUN ["a", {item}]') == message

    def test_spans(self) -> None:
        dockerfile = parse('FROM scratch\nCMD ["a", \\\n "b c"]')
        items = dockerfile.instructions[1].exec_form
        assert items is not None
        assert [dockerfile.source[item.span] for item in items] == ['"a"', '"b c"']

    def test_deep_nesting_is_no_recursion(self) -> None:
        assert complaint("RUN [" + "[" * 9000 + "]" * 9001) is not None
        assert complaint("RUN [" + "[" * 20000 + "]" * 20001) is None  # too deep for Go, so it is shell


class TestPairs:
    def pairs(self, text: str) -> list[tuple[str, str | None]]:
        return [(pair.key.text, pair.value.text if pair.value else None) for pair in only(text).pairs]

    def test_old_form_takes_the_rest_of_the_line(self) -> None:
        assert self.pairs("ENV a  b=c 'd'  e") == [("a", "b=c 'd'  e")]
        assert self.pairs('ENV "a b" c') == [('"a', 'b" c')]

    def test_quotes_and_escapes_hold_words_together(self) -> None:
        assert self.pairs('ENV a=b\\ c d=\'e \\\' f="g\\" h"') == [("a", "b\\ c"), ("d", "'e \\'"), ("f", '"g\\" h"')]

    def test_arg_needs_no_value(self) -> None:
        assert self.pairs("ARG a b= c='d e'") == [("a", None), ("b", ""), ("c", "'d e'")]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("ENV", "ENV requires at least one argument"),
            ("LABEL", "LABEL requires at least one argument"),
            ("ARG", "ARG requires at least one argument"),
            ("ENV a", "ENV must have two arguments"),
            ("LABEL a", "LABEL must have two arguments"),
            ("ENV a=b c", 'Syntax error - can\'t find = in "c". Must be of the form: name=value'),
            ("ENV =b", "ENV names can not be blank"),
            ("ARG =b", "ARG names can not be blank"),
            (
                "ENV a=it's",
                'failed to process "it\'s": unexpected end of statement while looking for matching single-quote',
            ),
        ],
    )
    def test_errors(self, text: str, message: str) -> None:
        assert complaint(text) == message


class TestArguments:
    def test_split_at_ascii_white_space_only(self) -> None:
        assert words("COPY a\t\tb\v c\u00a0d /e") == ["a", "b", "c\u00a0d", "/e"]
        assert words("COPY 'a b' c") == ["'a", "b'", "c"]
        assert words("EXPOSE 80  443/tcp") == ["80", "443/tcp"]

    def test_the_rest_of_the_line(self) -> None:
        assert words("WORKDIR  /a b ") == ["/a b"]
        assert words("RUN  a  'b") == ["a  'b"]

    def test_healthcheck(self) -> None:
        assert words("HEALTHCHECK CMD  a  b") == ["CMD", "a  b"]
        found = only('HEALTHCHECK --retries=3 CMD ["a"]')
        assert found.exec_form is not None and [word.text for word in found.exec_form] == ["a"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            *(
                (name, f"{name} requires exactly one argument")
                for name in ("MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL")
            ),
            *(
                (name, f"{name} requires at least one argument")
                for name in ("ONBUILD", "HEALTHCHECK", "EXPOSE", "VOLUME")
            ),
            (
                "COPY a",
                "COPY requires at least two arguments, but only one was provided. Destination could not be determined",
            ),
            (
                "ADD a",
                "ADD requires at least two arguments, but only one was provided. Destination could not be determined",
            ),
            ("SHELL", "SHELL requires at least one argument"),
            ("SHELL []", "SHELL requires at least one argument"),
            ("SHELL sh -c", "SHELL requires the arguments to be in JSON form"),
            ('VOLUME [""]', "VOLUME specified can not be an empty string"),
            ("RUN", None),
            ("CMD []", None),
            ("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments"),
            ("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD"),
            ("HEALTHCHECK CMD []", "Missing command after HEALTHCHECK CMD"),
            ("HEALTHCHECK curl x", 'Unknown type "CURL" in HEALTHCHECK (try CMD)'),
            ("HEALTHCHECK --interval=5 CMD x", 'time: missing unit in duration "5"'),
            ("HEALTHCHECK --interval=5x CMD x", 'time: unknown unit "x" in duration "5x"'),
            ("HEALTHCHECK --interval=x CMD x", 'time: invalid duration "x"'),
            ("HEALTHCHECK --timeout=1us CMD x", 'Interval "timeout" cannot be less than 1ms'),
            ("HEALTHCHECK --start-interval=1.5h30m --start-period=0 CMD x", None),
            ("HEALTHCHECK --retries=x CMD x", 'strconv.ParseInt: parsing "x": invalid syntax'),
            ("HEALTHCHECK --retries=-1 CMD x", "--retries cannot be negative (-1)"),
            ("HEALTHCHECK --retries=9999999999 CMD x", 'strconv.ParseInt: parsing "9999999999": value out of range'),
        ],
    )
    def test_checks(self, text: str, message: str | None) -> None:
        assert complaint(text) == message


class TestHeredocs:
    @pytest.mark.parametrize(
        ("line", "names"),
        [
            ("RUN <<A <<-B 3<<'C D' x", ["A", "B", "C D"]),
            ("RUN cat <<  A", ["A"]),
            ("RUN cat << -A", ["-A"]),
            ("RUN << a'b' <<c\\'d", ["ab", "c'd"]),
            ("RUN <<$E <<${F}", ["$E", "${F}"]),
            ("RUN <<- A", []),
            ("RUN a<<B <<<C '<<D' \"<<E\" <<", []),
            ("RUN <<A<<B", []),
            ("RUN it's <<A", []),
            ('RUN ["<<A"]', []),
            ("CMD <<A", []),
        ],
    )
    def test_what_announces_one(self, line: str, names: list[str]) -> None:
        found = only(line + "\n" + "".join(f"{name}\n" for name in names))
        assert [heredoc.name for heredoc in found.heredocs] == names

    def test_quotes_prevent_expansion(self) -> None:
        first, second, third = only("RUN <<A <<'B' <<c\\'d\nA\nB\nc'd\n").heredocs
        assert (first.expand, second.expand, third.expand) == (True, False, True)

    def test_body(self) -> None:
        dockerfile = parse("FROM scratch\nCOPY <<-A <<A /x\n\t# c \\\n\t\tA\n\tA\n\nA\nCMD x")
        first, second = dockerfile.instructions[1].heredocs
        assert (first.body, first.content, second.body) == ("\t# c \\\n", "# c \\\n", "\tA\n\n")
        assert dockerfile.source[first.body_span] == first.body
        assert dockerfile.source[second.span] == "<<A"
        assert dockerfile.instructions[2].keyword == "CMD"

    def test_without_an_end(self) -> None:
        dockerfile = parse("FROM scratch\nRUN <<A\nsome text\nCMD x\nFOO")
        assert [found.keyword for found in dockerfile.instructions] == ["FROM", "RUN", "CMD", "FOO"]
        assert str(dockerfile.first_error) == "unterminated heredoc"

    def test_destination(self) -> None:
        assert complaint("COPY a <<E\nE") == "COPY cannot accept a heredoc as a destination"

    def test_open_quote_in_its_name(self) -> None:
        assert complaint("RUN <<A\nA\n") is None


class TestOnbuild:
    def test_trigger_is_an_instruction(self) -> None:
        dockerfile = parse("FROM scratch\nONBUILD copy --chown=a <<E /x\n1\nE\nCMD y")
        found = dockerfile.instructions[1]
        assert found.onbuild is not None
        assert (found.onbuild.keyword, found.onbuild.flag("chown")) == ("COPY", "a")
        assert [heredoc.body for heredoc in found.onbuild.heredocs] == ["1\n"]
        assert dockerfile.source[found.onbuild.span] == "copy --chown=a <<E /x\n1\nE"

    def test_errors(self) -> None:
        assert complaint("ONBUILD ONBUILD RUN x") == "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
        assert complaint("ONBUILD from x") == "FROM isn't allowed as an ONBUILD trigger"
        assert complaint("ONBUILD MAINTAINER x") == "MAINTAINER isn't allowed as an ONBUILD trigger"
        assert complaint("ONBUILD ENV a") == "ENV must have two arguments"
        assert complaint("ONBUILD " * 5000) is not None

    def test_what_fails_later_is_a_warning(self) -> None:
        dockerfile = parse("FROM scratch\nONBUILD FOO\nONBUILD RUN --x y")
        assert dockerfile.errors == ()
        assert [found.message for found in dockerfile.warnings] == [
            "unknown instruction: FOO (did you mean FROM?)",
            "unknown flag: --x",
        ]


class TestStages:
    def test_names_and_numbers(self) -> None:
        dockerfile = parse("ARG V=1\nFROM a:$V AS Build\nRUN x\nFROM build\nCMD y")
        assert [arg.keyword for arg in dockerfile.global_args] == ["ARG"]
        assert [stage.name for stage in dockerfile.stages] == ["build", None]
        assert dockerfile.stages[0].base.text == "a:$V"
        assert [found.keyword for found in dockerfile.stages[0].instructions] == ["FROM", "RUN"]
        assert dockerfile.stage("BUILD") == dockerfile.stage("0") == dockerfile.stages[0]
        assert dockerfile.stage("1") == dockerfile.stages[1]
        assert dockerfile.stage("2") is None and dockerfile.stage("x") is None

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "file with no instructions"),
            ("# only a comment\n", "file with no instructions"),
            ("ARG a\n", "dockerfile contains no stages to build"),
            ("RUN x\nCMD y\n", "no build stage in current context"),
            ("FROM", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
            ("FROM a b", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
            ("FROM a AS", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
            ("FROM a AS 1", 'dockerfile parse error on line 1: invalid name for build stage: "1", name can\'t start'),
            ("FROM a as b-_.1", None),
            ('FROM ""', 'base name ("") should not be blank'),
            ("FROM a\nfoo b", "dockerfile parse error on line 2: unknown instruction: foo (did you mean from?)"),
            ("FROM a\nCOP b", "dockerfile parse error on line 2: unknown instruction: COP (did you mean COPY?)"),
            ("FROM a\nTOTALLY wrong", "dockerfile parse error on line 2: unknown instruction: TOTALLY"),
        ],
    )
    def test_errors(self, text: str, message: str | None) -> None:
        found = error(text)
        assert found == message if message is None else found is not None and found.startswith(message)

    def test_one_error_for_all_that_precedes_from(self) -> None:
        assert len(parse("RUN a\nRUN b\nFROM c").errors) == 1

    def test_same_name_twice_is_allowed(self) -> None:
        dockerfile = parse("FROM a AS x\nFROM b AS X")
        assert dockerfile.errors == ()
        assert [found.rule for found in dockerfile.warnings] == ["DuplicateStageName"]
        assert dockerfile.stage("x") == dockerfile.stages[1]


def test_every_error_of_a_file() -> None:
    dockerfile: Dockerfile = parse("FROM a\nFOO\nENV a\nCOPY --x=1 a b\n")
    assert [found.line for found in dockerfile.errors] == [2, 3, 4]
    assert dockerfile.first_error == dockerfile.errors[1]  # reading lines comes before judging them
    assert [dockerfile.source[found.span] for found in dockerfile.errors] == ["FOO", "a", "--x=1"]


def test_nodes_are_told_apart() -> None:
    kinds = [type(node).__name__ for node in parse("# syntax=x\n\n# c\nFROM a\n").nodes]
    assert kinds == ["Directive", "Blank", "Comment", "Instruction"]
    assert isinstance(parse("# check=skip=all").nodes[0], Directive)
