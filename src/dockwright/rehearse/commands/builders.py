"""Build tools that start from a file of the project: make, cmake, Maven, Gradle, Ant, Cargo, dep and their like.

What they read is their manifest, here or where an option says. A build by its own rules may make, change or install
anything. Sources of the rules: GNU make's manual ("Makefile Names"), cmake(1), Maven's and Gradle's command lines, cargo's
"The Manifest Format", the README of dep and glide, autoreconf(1).
"""

from __future__ import annotations

import posixpath

from msgspec import Struct

from dockwright.finding import NO, UNKNOWN, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument


class Tool(Struct, frozen=True):
    """`files`: one of them must be there; `acts`: the words that need it (empty: all); `folder`, `file`: options that name another."""

    files: tuple[str, ...]
    acts: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()
    file: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    above: bool = False  # it looks in the folders above, too
    bare: bool = True  # needs it without any word as well


MAKE = Tool(
    ("Makefile", "makefile", "GNUmakefile"),
    (),
    ("-C", "--directory"),
    ("-f", "--file", "--makefile"),
    ("-I", "-o", "-W", "--jobs"),
)
TOOLS = {
    "make": MAKE,
    "gmake": MAKE,
    "mvn": Tool(
        ("pom.xml", "pom.groovy", "pom.yml"),
        ("package", "install", "compile", "clean", "test", "verify", "deploy", "dependency:resolve", "dependency:go-offline", "validate"),
        (), ("-f", "--file"), ("-P", "-s", "--settings", "-pl", "--projects", "-T", "--threads", "-gs"), bare=False,
    ),
    "gradle": Tool(
        ("build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts"),
        ("build", "clean", "assemble", "shadowJar", "bootJar", "jar", "test", "installDist", "distZip", "fatJar"),
        ("-p", "--project-dir"), ("-b", "--build-file", "-c", "--settings-file"), ("-x", "-P", "-g", "-I"), above=True, bare=False,
    ),
    "ant": Tool(("build.xml",), (), (), ("-f", "-file", "-buildfile"), ("-lib", "-logger", "-l", "-find", "-s")),
    "cargo": Tool(
        ("Cargo.toml",), ("build", "b", "test", "run", "check", "fetch", "bench", "clippy", "doc"), (), ("--manifest-path",),
        ("--target", "--bin", "--features", "-p", "--package", "--target-dir", "-j", "--jobs", "--profile", "--example"),
        above=True, bare=False,
    ),
    "dep": Tool(("Gopkg.toml",), ("ensure", "check", "status"), above=True, bare=False),
    "glide": Tool(("glide.yaml",), ("install", "i", "update", "up"), above=True, bare=False),
    "govendor": Tool(("vendor/vendor.json",), ("sync",), above=True, bare=False),
    "autoreconf": Tool(("configure.ac", "configure.in"), (), (), (), ("-I", "-B", "-W")),
    "stack": Tool(("stack.yaml", "package.yaml"), ("build", "install", "test"), (), ("--stack-yaml",), above=True, bare=False),
    "lein": Tool(("project.clj",), ("deps", "uberjar", "compile", "test", "ring"), bare=False),
    "bazel": Tool(("WORKSPACE", "WORKSPACE.bazel", "MODULE.bazel"), ("build", "test", "run"), above=True, bare=False),
    "mix": Tool(("mix.exs",), ("deps.get", "compile", "release", "phx.digest"), bare=False),
    "bower": Tool(("bower.json",), ("install", "update"), (), (), ("--config.cwd",), bare=False),
    "gulp": Tool(
        ("gulpfile.js", "Gulpfile.js", "gulpfile.babel.js", "gulpfile.ts", "gulpfile.coffee", "gulpfile.mjs", "gulpfile.esm.js"),
        (), ("--cwd",), ("-f", "--gulpfile"), above=True,
    ),
    "grunt": Tool(
        ("Gruntfile.js", "gruntfile.js", "Gruntfile.coffee", "gruntfile.coffee", "Gruntfile.ts", "Gruntfile.cjs"),
        (), ("--base",), ("--gruntfile",), above=True,
    ),
}  # fmt: skip
QUIET = frozenset(["--version", "-v", "--help", "-h", "-version", "-V"])


def run(call: Call) -> Answer:
    tool = TOOLS.get(call.name)
    if call.name == "cmake":
        _cmake(call)
    elif tool is not None:
        _judge(call, tool)
    call.image.cloud(call.says("builds by its own rules"))
    return call.done(UNKNOWN)


def _judge(call: Call, tool: Tool) -> None:
    options, operands = call.options({*tool.folder, *tool.file, *tool.values})
    words = [operand for operand in operands if "=" not in str(operand.value)]
    if options.keys() & set(tool.file) or any(operand.value is UNKNOWN for operand in operands):
        return _named(call, options, tool)
    if options.keys() & QUIET and not words:
        return None
    first = str(words[0].value) if words else ""
    if (tool.acts and first not in tool.acts and (first or not tool.bare)) or (not first and not tool.bare):
        return None
    if call.name == "bower" and len(words) > 1:
        return None
    given = next((options[name] for name in tool.folder if name in options), None)
    folder = call.path(given.value if given is not None else ".")
    if folder is UNKNOWN or (call.name == "make" and _implicit(call, str(folder), words)):
        return None
    if all(answer is NO for answer in _answers(call, str(folder), tool)):
        call.wants(
            needs.File(posixpath.join(str(folder), tool.files[0]), "manifest"), call.arguments[0].span, by=call.name
        )
    return None


def _named(call: Call, options: dict[str, Argument | None], tool: Tool) -> None:
    """The file that an option names."""
    for name in tool.file:
        argument = options.get(name)
        path = call.path(argument.value) if argument is not None else UNKNOWN
        if (
            argument is not None
            and path is not UNKNOWN
            and argument.value != "-"
            and not options.keys() & set(tool.folder)
        ):
            call.wants(needs.File(str(path), "manifest"), argument.span, by=call.name)


def _answers(call: Call, folder: str, tool: Tool) -> list[Answer]:
    folders = [folder]
    while tool.above and folders[-1] != "/":
        folders.append(posixpath.dirname(folders[-1]))
    return [call.image.find(posixpath.join(each, name)).answer for each in folders for name in tool.files]


def _implicit(call: Call, folder: str, words: list[Argument]) -> bool:
    """`make hello` compiles hello.c by a rule of make's own."""
    if not words:
        return False
    stem = posixpath.join(folder, str(words[0].value))
    return any(
        call.image.find(stem + ending).answer is not NO for ending in (".c", ".cc", ".cpp", ".o", ".sh", ".f", ".p")
    )


def _cmake(call: Call) -> None:
    """`cmake FOLDER`, `cmake -S FOLDER`: CMakeLists.txt in the source folder; `--build`, `-P`, `-E` read something else."""
    options, operands = call.options(
        {"-S", "-B", "-H", "-G", "-D", "-C", "-T", "-A", "--build", "-P", "-E", "--install", "--preset"}
    )
    if options.keys() & {"--build", "-P", "-E", "--install", "--version", "--help", "-C", "-H", "--preset"} or not (
        operands or "-S" in options
    ):
        return
    given = options.get("-S") or (operands[0] if operands else None)
    folder = call.path(given.value) if given is not None else UNKNOWN
    if folder is UNKNOWN or given is None:
        return
    lists = posixpath.join(str(folder), "CMakeLists.txt")
    cached = posixpath.join(str(folder), "CMakeCache.txt")
    if call.image.find(lists).answer is NO and call.image.find(cached).answer is NO:
        call.wants(needs.File(lists, "manifest"), given.span, by="cmake")
