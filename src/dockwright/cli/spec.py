"""Verbs as data: what options and arguments a verb takes. From it come both the quick reader and click's commands."""

from __future__ import annotations

from msgspec import Struct


class Option(Struct, frozen=True):
    """An option; one without `metavar` and `choices` is a flag. `key` is the name of the verb's parameter."""

    names: tuple[str, ...]
    key: str
    help: str
    metavar: str = ""
    choices: tuple[str, ...] = ()
    many: bool = False
    default: str | None = None

    @property
    def flag(self) -> bool:
        return not self.metavar and not self.choices

    @property
    def absent(self) -> bool | str | tuple[str, ...] | None:
        """The value of an option that is not given."""
        return False if self.flag else () if self.many else self.default


class Argument(Struct, frozen=True):
    """The words that are no options: one, or any number (`many`)."""

    key: str
    metavar: str
    many: bool = False
    default: str | None = None

    @property
    def absent(self) -> str | tuple[str, ...] | None:
        return () if self.many else self.default


PROJECT = (
    Option(("-f", "--file"), "files", "A Dockerfile; may be repeated.", "FILE", many=True),
    Option(("--context",), "context", "The build context of the Dockerfiles given.", "FOLDER"),
    Option(("--target",), "target", "The stage, or the target's name in a compose or bake file.", "STAGE"),
    Option(("--build-arg",), "build_args", "As for docker build.", "NAME[=VALUE]", many=True),
    Option(
        ("--platform",), "platform", "Such as linux/arm64; else this machine's, or DOCKER_DEFAULT_PLATFORM.", "OS/ARCH"
    ),
    Option(
        ("--context-list",),
        "context_list",
        "The context as a list of paths, one a line (- for standard input); what the files hold is not known then.",
        "FILE",
    ),
    Option(("--offline",), "offline", "Ask no package index."),
    Option(("--as-of",), "as_of", "Rehearse the world of that day.", "YYYY-MM-DD"),
)


def output(*formats: str) -> tuple[Option, ...]:
    """--format, --color, -q, -v."""
    return (
        Option(("--format",), "form", "Form of the output.", choices=formats, default=formats[0]),
        Option(("--color",), "color", "NO_COLOR is honoured.", choices=("auto", "always", "never"), default="auto"),
        Option(("-q", "--quiet"), "quiet", "Only failures."),
        Option(("-v", "--verbose"), "verbose", "Also what is only possible, and what could not be followed."),
    )
