"""The compiler refuses the source: the log names the file, the line and why.

Go, C, C++, Rust, Java, Kotlin, Scala, C#, Swift, Haskell, Elixir, Crystal and OCaml. Either the source is wrong, or a library
has moved on under it: a dependency that is fetched without a pin today is another than the one the source was written for.
The build of a Python package's extension is `deps/build-failed`, of a front end `node/build-failed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import sign
from dockwright.finding import Finding, Remedy

if TYPE_CHECKING:
    from dockwright.project import Project


class Facts(Struct, frozen=True):
    file: str = ""
    line: str = ""
    message: str = ""


TITLE = "[{file}][:{line}] does not compile: {message}"
WHY = "The source, its libraries and this compiler do not go together."
EXPLAINS = ("build/file-missing",)

SIGNATURES = (
    # ./main.go:83:26: multiple-value dg.WebhookExecute() in single-value context
    sign('.go:', r"^(?:vet: )?(?P<file>[\w./@~+-]+\.go):(?P<line>\d+)(?::\d+)?: (?P<message>(?:undefined|cannot |too many arguments|not enough|unknown |imported and not|syntax error|missing return|assignment mismatch|invalid |multiple-value|could not determine|declared and|expected |non-name|no new variables|duplicate|undeclared|method redeclared|\S+ undefined|\S+ declared|\S+ redeclared|\S+ evaluated but|\S+ does not implement|\S+ is not a type|\S+ \(type \S+\) ).*)", sure=0.85),
    # src/main.c:10:5: error: too few arguments to function ‘f’
    sign(': error: ', r"^\s*(?P<file>[^\s:]+\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inl|ipp|m|mm|cu|cuh)):(?P<line>\d+)(?::\d+)?: error: (?P<message>.+)", sure=0.8),
    # Sources/App/main.swift:28:5: error: argument 'targets' must precede argument 'dependencies'
    sign(': error: ', r"^\s*(?P<file>[^\s:]+\.(?:swift|hs|lhs|f90|F90|f|d|vala|java|kt|groovy|scala)):(?P<line>\d+)(?::\d+)?: error: (?P<message>.+)", sure=0.88),
    # src/Main.hs:10:5:
    sign('.hs:', r"^\s*(?P<file>[^\s:]+\.hs):(?P<line>\d+):\d+:(?: error:)?\s*(?P<message>.*)$", sure=0.75),
    # error[E0061]: this function takes 1 argument but 2 arguments were supplied
    sign('error[E', r"^error\[(?P<message>E\d+\]: .+)", sure=0.85, file='the Rust source'),
    # error: could not compile `core-consensus`.
    sign('ould not compile `', r"ould not compile `(?P<file>[^`]+)`", sure=0.8, message='rustc stops'),
    # [ERROR] /app/src/main/java/x/Y.java:[10,5] cannot find symbol
    sign('.java:[', r"\[ERROR\] (?P<file>\S+\.java):\[(?P<line>\d+),\d+\] (?:error: )?(?P<message>.+)", sure=0.9),
    # /app/src/A.java:12: error: package x does not exist
    sign('.java:', r"(?P<file>\S+\.java):(?P<line>\d+): error: (?P<message>.+)", sure=0.88),
    # Compilation failed: see the compiler error output for details.
    sign('Compilation failed; see the compiler error output', sure=0.85, file='a module', message='javac stops'),
    # [ERROR] COMPILATION ERROR :
    sign('COMPILATION ERROR', sure=0.8, file='a module', message='javac stops'),
    # [error] /app/src/main/scala/A.scala:10: not found: value x
    sign('.scala:', r"\[error\] (?P<file>\S+\.scala):(?P<line>\d+)(?::\d+)?: (?P<message>.+)", sure=0.88),
    # e: /app/src/A.kt: (10, 5): Unresolved reference: x
    sign('e: ', r"^e: (?:file://)?(?P<file>\S+\.kts?):(?: \((?P<line>\d+)|\d+:\d+)[^ ]* (?P<message>.+)", sure=0.9),
    # Parsing/NX/NXDataProperty.cs(18,31): error CS0246: The type or namespace name 'INXNode' could not be found
    sign('): error ', r"^\s*(?P<file>[^\s(]+\.(?:cs|vb|fs))\((?P<line>\d+),\d+[^)]*\): error (?P<message>\w+: .+)", sure=0.92),
    # Error in envoy-ui.cr:153: wrong number of arguments for 'OptionParser.parse' (given 0, expected 1)
    sign('.cr:', r"(?:Error )?[iI]n (?P<file>\S+\.cr):(?P<line>\d+)(?::\d+)?:? ?(?P<message>.*)", sure=0.8),
    # == Compilation error in file lib/x.ex ==
    sign('== Compilation error in file ', r"Compilation error in file (?P<file>\S+) ==", sure=0.93, message='elixir stops'),
    # ** (Mix) Could not compile dependency :cowlib, "…" command failed.
    sign('(Mix) Could not compile dependency ', r"compile dependency :(?P<file>\w+)", sure=0.9, message='mix stops'),
    # File "src/main.ml", line 5, characters 21-54:
    sign(', characters ', r'File "(?P<file>[^"]+\.mli?)", lines? (?P<line>\d+)', sure=0.8, message='ocaml stops'),
    # src/legacyhaxelib/Site.hx:62: characters 7-35 : Type not found : haxe.remoting.HttpConnection
    sign('.hx:', r"(?P<file>\S+\.hx):(?P<line>\d+): characters \S+ : (?P<message>(?!Warning).+)", sure=0.9),
    # x.nim(12, 3) Error: undeclared identifier: 'y'
    sign(') Error: ', r"(?P<file>\S+\.nims?)\((?P<line>\d+), \d+\) Error: (?P<message>.+)", sure=0.9),
    # main.o: undefined reference to `dlopen'
    sign('undefined reference to ', r"(?P<file>[^\s:(]*)[^:]*: (?P<message>undefined reference to .+)", sure=0.8),
    # collect2: error: ld returned 1 exit status
    sign('ld returned 1 exit status', sure=0.6, file='the program', message='it does not link'),
    # --  While building package llvm-hs-5.1.3 using:
    sign('While building package ', r"While building package (?P<file>\S+)", sure=0.8, message='stack stops'),
    # javac: Compilation of Java sources(lein javac) failed.
    sign('Compilation of Java sources(lein javac) failed', sure=0.85, file='the Java source', message='javac stops'),
    # cc1: all warnings being treated as errors
    sign('all warnings being treated as errors', sure=0.75, file='the source', message='a warning counts as an error'),
)  # fmt: skip


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    yield remedy.advice(
        "Compile the same source with the same versions outside of the build; where a library has moved on, pin it to the release that the source was written for."
    )


CASES = (
    r"""
Go
-- from --
sw-0510 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 5/9 : RUN go build -o marver .
 ---> Running in d82c37fcb1a3
# github.com/Auttaja-OpenSource/Marver
>>./main.go:83:26: multiple-value dg.WebhookExecute() in single-value context
The command '/bin/sh -c go build -o marver .' returned a non-zero code: 2
""",
    r"""
Go and a library that moved on
-- from --
sw-0202 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 4/7 : RUN 	cd /go/src/github.com/apilayer/freegeoip/cmd/freegeoip && 	go get -d && go install && 	apt-get update && apt-get install -y libcap2-bin && 	setcap cap_net_bind_service=+ep /go/bin/freegeoip && 	apt-get clean && rm -rf /var/lib/apt/lists/* && 	useradd -ms /bin/bash freegeoip
../../apiserver/api.go:160:7: undefined: prometheus.InstrumentHandler
../../apiserver/api.go:162:7: undefined: prometheus.InstrumentHandler
>>../../apiserver/main.go:136:26: undefined: prometheus.Handler
The command '/bin/sh -c cd /go/src/github.com/apilayer/freegeoip/cmd/freegeoip && 	go get -d && go install && 	apt-get update && apt-get install -y libcap2-bin && 	setcap cap_net_bind_service=+ep /go/bin/freegeoip && 	apt-get clean && rm -rf /var/lib/apt/lists/* && 	useradd -ms /bin/bash freegeoip'
""",
    r"""
Rust
-- from --
sw-0634 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 9/16 : RUN cargo build --release --bin arboric
 ---> Running in daf0fa18e003
   Compiling arboric v0.2.1 (/usr/src/arboric)
>>error[E0061]: this function takes 4 parameters but 3 parameters were supplied
   --> src/arboric/proxy_service.rs:177:23
The command '/bin/sh -c cargo build --release --bin arboric' returned a non-zero code: 101
""",
    r"""
C#
-- from --
sw-0500 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 16/23 : RUN dotnet publish -c Release -o /app src/Edelstein.Service.${type}
Parsing/NX/NXDataDirectory.cs(16,32): error CS0246: The type or namespace name 'NXFile' could not be found (are you missing a using directive or an assembly reference?) [/code/src/Edelstein.Provider/Edelstein.Provider.csproj]
Parsing/NX/NXDataProperty.cs(11,26): error CS0246: The type or namespace name 'INXNode' could not be found (are you missing a using directive or an assembly reference?) [/code/src/Edelstein.Provider/Edelstein.Provider.csproj]
>>Parsing/NX/NXDataProperty.cs(18,31): error CS0246: The type or namespace name 'INXNode' could not be found (are you missing a using directive or an assembly reference?) [/code/src/Edelstein.Provider/Edelstein.Provider.csproj]
  Edelstein.Database -> /code/src/Edelstein.Database/bin/Release/netcoreapp3.0/Edelstein.Database.dll
The command '/bin/sh -c dotnet publish -c Release -o /app src/Edelstein.Service.${type}' returned a non-zero code: 1
""",
    r"""
Swift
-- from --
sw-1289 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/8 : RUN swift build
 ---> Running in 7a631a0a0637
error: manifest parse error(s):
>>/tmp/TemporaryFile.VCGfYf.swift:28:5: error: argument 'targets' must precede argument 'dependencies'
    targets: [
The command '/bin/sh -c swift build' returned a non-zero code: 1
""",
    r"""
Crystal
-- from --
sw-0085 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 8/14 : RUN crystal build --release envoy-ui.cr
 ---> Running in e8ca9f7638b0
>>Error in envoy-ui.cr:153: wrong number of arguments for 'OptionParser.parse' (given 0, expected 1)
Overloads are:
The command '/bin/sh -c crystal build --release envoy-ui.cr' returned a non-zero code: 1
""",
    r"""
Haxe
-- from --
sw-1624 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 32/38 : RUN haxe server_legacy.hxml
src/legacyhaxelib/Data.hx:146: characters 15-28 : Warning : This typedef is deprecated in favor of haxe.xml.Access
src/legacyhaxelib/Site.hx:60: characters 17-38 : Type not found : haxe.remoting.Context
>>src/legacyhaxelib/Site.hx:62: characters 7-35 : Type not found : haxe.remoting.HttpConnection
The command '/bin/sh -c haxe server_legacy.hxml' returned a non-zero code: 1
""",
    r"""
Elixir
-- from --
sw-1589 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 9/15 : RUN mix do deps.get, deps.compile, compile
ERROR: compile failed while processing /opt/app/deps/cowlib: rebar_abort
==> todo_app
>>** (Mix) Could not compile dependency :cowlib, "/opt/app/.mix/rebar compile skip_deps=true deps_dir="/opt/app/_build/prod/lib"" command failed. You can recompile this dependency with "mix deps.compile cowlib", update it with "mix deps.update cowlib" or clean it with "mix deps.clean cowlib"
The command '/bin/sh -c mix do deps.get, deps.compile, compile' returned a non-zero code: 1
""",
    r"""
C++
-- build.log --
#6 ERROR: process "/bin/sh -c printf 'int main(){ return foo(); }\\n' > a.cc && printf 'a: a.cc\\n\\tg++ -o a a.cc\\n' > Makefile && make" did not complete successfully: exit code: 2
------
 > [3/3] RUN printf 'int main(){ return foo(); }\n' > a.cc && printf 'a: a.cc\n\tg++ -o a a.cc\n' > Makefile && make:
0.485 g++ -o a a.cc
0.511 a.cc: In function 'int main()':
>>0.511 a.cc:1:20: error: 'foo' was not declared in this scope
0.511     1 | int main(){ return foo(); }
0.511       |                    ^~~
0.518 make: *** [Makefile:2: a] Error 1
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
