"""A command of the step names a file or folder that is not in the image at that point.

cp, mv, sed, chmod, cd and their like say `No such file or directory` and name it. It was never copied, lies elsewhere, or an
earlier command that should have made it did not. Where the Dockerfile is at hand, the rehearsal tells which: wrong path,
lost cd, removed earlier or never copied.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from dockwright import remedy
from dockwright.causes.shape import Found, found, sign
from dockwright.finding import Finding, Place, Remedy
from dockwright.rehearse import needs
from dockwright.rehearse.step import Step

if TYPE_CHECKING:
    from dockwright.project import Project
    from dockwright.remedy_packages import Around


class Facts(Struct, frozen=True):
    path: str = ""
    command: str = ""


TITLE = "[{command} finds no ]{path}"
WHY = "Nothing is there under this name when the command runs."

SIGNATURES = (
    # mv: cannot stat '/apps/html/nginx.conf': No such file or directory
    sign(': No such file or directory', r"^(?P<command>mv|cp|chmod|chown|chgrp|rm|ln|touch|cat|ls|mkdir|install|head|tail|du|stat|rmdir|tee|readlink|realpath): (?:cannot (?:stat|access|remove|open|touch|create \S+(?: \S+)?|move)|can't (?:stat|rename|open|create)|failed to \w+|changing \w+ of)? ?['‘`\"]?(?P<path>[^'’`\"]+?)(?<!java/cacerts)(?<!npm-debug\.log)(?<!config\.log)['’`\"]?(?: for \w+)?: No such file or directory", sure=0.78),
    # sed: can't read /etc/qpsmtpd/plugins: No such file or directory
    sign(': No such file or directory', r"^(?P<command>sed|grep|awk|tar|unzip|gzip|gunzip|bunzip2|xz|find|patch|sort|diff|strip|md5sum|sha\d+sum|dpkg|psql|mysql|upx|source|file|wc|cut|tr|ld|ar|gcc|g\+\+|cc|clang|java|nginx)(?: \(child\))?: (?:can't (?:read|open)|cannot open|cannot stat|error: |fatal error: )? ?['‘`\"]?(?P<path>[^'’`\":]+?)['’`\"]?: (?:Cannot open: )?No such file or directory", sure=0.78, unless='cacerts'),
    # /bin/sh: 1: cd: can't cd to jieba
    sign("cd: can't cd to ", r"(?P<command>cd): can't cd to (?P<path>\S+)", sure=0.78),
    # /bin/bash: line 0: cd: /app/x: No such file or directory
    sign(': cd: ', r": (?P<command>cd): (?P<path>[^:]+): No such file or directory", sure=0.78),
    # /bin/bash: ./dependencies_xenial.sh: No such file or directory
    sign(': No such file or directory', r"^/bin/(?P<command>ba|da|a|)sh: (?:line \d+: |\d+: )?(?P<path>(?!/bin/)[^\s:]+): No such file or directory", sure=0.78, command='sh'),
    # /bin/sh: can't create /etc/sudoers.d/abuild: nonexistent directory
    sign(': nonexistent directory', r"can't create (?P<path>\S+): nonexistent directory", sure=0.78, command='sh'),
    # /bin/sh: 1: cannot create /etc/x/y: Directory nonexistent
    sign(': Directory nonexistent', r"cannot create (?P<path>\S+): Directory nonexistent", sure=0.78, command='sh'),
    # /bin/sh: can't open 'install.sh': No such file or directory  (busybox) / sh: 0: Can't open install.sh
    sign("sh: 0: ", r"sh: 0: (?:[Cc]an't|cannot) open (?P<path>\S+)", sure=0.78, command='sh'),
    # cp: can't stat 'bin/aws-power-toggle': No such file or directory
    sign("can't ", r"(?P<command>\w+): can't (?:stat|open|rename|read) '(?P<path>[^']+)': No such file", sure=0.78),
    # lstat .deploy/swaggerui/: no such file or directory
    sign(': no such file or directory', r"^(?:stat|lstat|open) (?P<path>[^:]+): no such file or directory", sure=0.78),
    # gofmt: open /x.go: no such file or directory
    sign('ENOENT: no such file or directory', r"^Error: ENOENT: no such file or directory, \w+ '(?P<path>[^']+)'", sure=0.75, command='node'),
    # FAILED: No 'script_location' key found in configuration.
    sign("No 'script_location' key found in configuration", sure=0.88, path="alembic.ini", command="alembic"),
    # FileNotFoundError: [Errno 2] No such file or directory: 'models/model.pkl'
    sign('FileNotFoundError: ', r"^(?:FileNotFoundError|IOError): \[Errno 2\] No such file or directory: [bu]?'(?P<path>[^']+)'", sure=0.65, command='python'),
    # java.io.FileNotFoundException: x.zip (No such file or directory)
    sign('FileNotFoundException: ', r"FileNotFoundException: (?P<path>.+?) \(No such file", sure=0.75, command='java'),
    # Errno::ENOENT: No such file or directory - ./autogen.sh
    sign('Errno::ENOENT', r"No such file or directory (?:@ \w+ )?- (?P<path>\S+)", sure=0.75, command='ruby'),
    # Could not open input file: composer-setup.php
    sign('Could not open input file: ', r"Could not open input file: (?P<path>\S+)", sure=0.78, command='php'),
    # error: configuration file doc/Doxyfile not found!
    sign('error: configuration file ', r"configuration file (?P<path>\S+) not found", sure=0.78, command='doxygen'),
    # unzip:  cannot find zipfile directory in one of /gae_sdk.zip or
    sign('cannot find or open ', r"cannot find or open (?P<path>[^,\s]+)", sure=0.78, command='unzip'),
    # zip warning: name not matched: target/scala-2.11/main-out
    sign('zip warning: name not matched: ', r"name not matched: (?P<path>\S+)", sure=0.78, command='zip'),
    # MSBUILD : error MSB1009: Project file does not exist.
    sign('error MSB1009', sure=0.78, command='dotnet', path='the project file'),
    # Switch: ./aliyun-ddns.csproj
    sign('Switch: ', r"^\s*Switch: (?P<path>\S+proj|\S+\.sln)", sure=0.78, also='MSB1009', command='dotnet'),
    # upx: fargate: FileNotFoundException: fargate: No such file or directory
    sign('can not open ', r"ERROR: can not open (?P<path>\S+)", sure=0.6),
    # Could not load database configuration. No such file - ["config/database.yml"]
    sign('No such file - [', r'No such file - \["(?P<path>[^"]+)"', sure=0.78, command='rails'),
    # Makefile:21: /user/sdk/Makefile.defines: No such file or directory
    sign(': No such file or directory', r"^(?P<command>Makefile|\S+\.mk):\d+: (?P<path>\S+): No such file or directory", sure=0.78),
    # make: *** No rule to make target 'mkmh/mkmh.cpp', needed by 'mkmh/libmkmh.a'.  Stop.
    sign('No rule to make target ', r"No rule to make target [`'](?P<path>[^']+)', needed by", sure=0.78, command='make'),
    # ninja: error: loading 'build.ninja': No such file or directory
    sign("ninja: error: loading '", r"loading '(?P<path>[^']+)': No such file", sure=0.78, command='ninja'),
    # ** (Code.LoadError) could not load /myapp/config/prod.secret.exs
    sign('(Code.LoadError) could not load ', r"could not load (?P<path>\S+)", sure=0.78, command='elixir'),
    # LoadError: No such file to load
    sign(': failed to open stream: No such file or directory', r"\((?P<path>[^()]+)\): failed to open stream: No such file", sure=0.75, command='php'),
    # rsync: link_stat "/x" failed: No such file or directory (2)
    sign('rsync: ', r'rsync: \S*link_stat "(?P<path>[^"]+)" failed: No such file', sure=0.78, command='rsync'),
    # E: Could not open lock file /var/cache/apt/archives/lock - open (2: No such file or directory)
    sign('Could not open lock file ', r"lock file (?P<path>\S+)/lock\S* - open \(2: No such file", sure=0.85, command='apt-get'),
)  # fmt: skip


# What a file or folder is to the command that names it, where no other cause speaks of it.
PURPOSES = frozenset({"data", "script", "directory", "copy", "remove", "package", "permit", "own"})


def check(step: Step) -> Iterator[Found]:
    if step.kind != "build":
        return
    for unmet, need in step.unmet(needs.File):
        if need.purpose in PURPOSES and unmet.deleted is None:
            yield found(unmet, Facts(need.path, unmet.asked_by))


def remedies(finding: Finding, project: Project) -> Iterator[Remedy]:
    facts, where = finding.facts, finding.where
    assert isinstance(facts, Facts)
    if where is not None and "$" not in facts.path and re.search(SECRET, posixpath.basename(facts.path)) is None:
        yield from _copied(finding, where, project, facts.path)
    yield remedy.advice(
        "Look where the file is at that point of the build: a COPY that brings it, the path as seen from WORKDIR, or the command before that should have made it."
    )


SECRET = r"^\.(?:env|netrc|npmrc|pypirc)|^id_|\.(?:pem|key|p12)$|secret|credential"


def _copied(finding: Finding, where: Place, project: Project, path: str) -> Iterator[Remedy]:
    """It lies in the context under that very path, and no line brings it."""
    from dockwright.causes.edits import above, in_context, target_of
    from dockwright.inputs.targets import in_tree
    from dockwright.remedy_packages import around

    spot = around(where)
    if spot is None or spot.instruction.keyword != "RUN":
        return
    if path.startswith("/"):
        path = posixpath.relpath(path, _workdir(spot) or "/nowhere")
    elif re.search(r"\b(?:cd|pushd)\s", spot.instruction.text):
        return
    path = posixpath.normpath(path)
    brought = any(each.keyword in ("COPY", "ADD") and path in each.text for each in spot.stage.instructions)
    if path.startswith((".", "/")) or brought or not in_context(finding, project, path):
        return
    target = target_of(finding, project)
    folder = target is not None and project.tree.kind(in_tree(posixpath.join(target.context, path))) == "dir"
    line = f"COPY {path} ./{path if folder or '/' in path else ''}"
    yield remedy.safe(f"Copy {path} first", above(where, line))


def _workdir(spot: Around) -> str:
    """Where the instruction runs; empty when the lines of its stage do not tell."""
    folder = spot.base.workdir if spot.base is not None and spot.base.reference == spot.stage.base.text else ""
    for each in spot.stage.instructions:
        if each.keyword == "WORKDIR" and each.span.start < spot.instruction.span.start:
            folder = "" if "$" in each.text else posixpath.join(folder, each.rest.text.strip())
    return folder if folder.startswith("/") else ""


CASES = (
    r"""
a file of the context that no line brings
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /srv
# found: path=/srv/templates/shop.conf
RUN mkdir /etc/shop && cp templates/shop.conf /etc/shop/
-- templates/shop.conf --
currency = euro
-- mended --
FROM debian:bookworm-slim
WORKDIR /srv
COPY templates/shop.conf ./templates/shop.conf
RUN mkdir /etc/shop && cp templates/shop.conf /etc/shop/
""",
    r"""
a file that no line brings
-- Dockerfile --
FROM debian:bookworm-slim
WORKDIR /srv
# found: path=/srv/settings.toml
RUN cp settings.toml /etc/app.toml
# found: path=/srv/src
RUN cd src && ls
""",
    r"""
mv
-- from --
sw-1103 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 8/11 : RUN     mv /apps/html/nginx.conf /etc/nginx/nginx.conf
 ---> Running in c2042645e39f
>>mv: cannot stat '/apps/html/nginx.conf': No such file or directory
The command '/bin/sh -c mv /apps/html/nginx.conf /etc/nginx/nginx.conf' returned a non-zero code: 1
""",
    r"""
sed
-- from --
sw-1542 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 3/4 : RUN sed -i'' 's/^virus\/clamdscan/#virus\/clamdscan/' /etc/qpsmtpd/plugins
 ---> Running in c9d49ce53e93
>>sed: can't read /etc/qpsmtpd/plugins: No such file or directory
The command '/bin/sh -c sed -i'' 's/^virus\/clamdscan/#virus\/clamdscan/' /etc/qpsmtpd/plugins' returned a non-zero code: 2
""",
    r"""
cd
-- from --
sw-0504 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 8/11 : RUN  cd  jieba && python3 setup.py install
 ---> Running in 1e115cc6ab36
>>/bin/sh: 1: cd: can't cd to jieba
The command '/bin/sh -c cd  jieba && python3 setup.py install' returned a non-zero code: 2
""",
    r"""
a script
-- from --
sw-0185 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/6 : RUN /bin/bash -c './dependencies_xenial.sh && ./install.sh'
 ---> Running in db96ad1a9e8a
>>/bin/bash: ./dependencies_xenial.sh: No such file or directory
The command '/bin/sh -c /bin/bash -c './dependencies_xenial.sh && ./install.sh'' returned a non-zero code: 127
""",
    r"""
a folder that is not there
-- from --
sw-0237 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 5/47 : RUN echo "%abuild ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers.d/abuild
 ---> Running in ed7878549648
>>/bin/sh: can't create /etc/sudoers.d/abuild: nonexistent directory
The command '/bin/sh -c echo "%abuild ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers.d/abuild' returned a non-zero code: 1
""",
    r"""
touch
-- from --
sw-0126 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/26 : RUN touch /usr/lib/jvm/java-8-openjdk-amd64/release
 ---> Running in 90937f02832d
>>touch: cannot touch '/usr/lib/jvm/java-8-openjdk-amd64/release': No such file or directory
The command '/bin/sh -c touch /usr/lib/jvm/java-8-openjdk-amd64/release' returned a non-zero code: 1
""",
    r"""
chmod in the JSON form
-- from --
sw-0665 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 10/11 : RUN ["chmod", "+x", "/local/run_model.sh"]
 ---> Running in 61a7e0afce99
>>chmod: cannot access '/local/run_model.sh': No such file or directory
The command 'chmod +x /local/run_model.sh' returned a non-zero code: 1
""",
    r"""
dotnet
-- from --
sw-0535 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 5/10 : RUN dotnet publish -c Release -o /app --version-suffix=$version ./aliyun-ddns.csproj
MSBUILD : error MSB1009: Project file does not exist.
>>Switch: ./aliyun-ddns.csproj
The command '/bin/sh -c dotnet publish -c Release -o /app --version-suffix=$version ./aliyun-ddns.csproj' returned a non-zero code: 1
""",
    r"""
zip
-- from --
sw-0490 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 7/8 : RUN zip function.zip target/scala-2.11/main-out
 ---> Running in 22957ee15447
>>	zip warning: name not matched: target/scala-2.11/main-out
The command '/bin/sh -c zip function.zip target/scala-2.11/main-out' returned a non-zero code: 12
""",
    r"""
doxygen
-- from --
sw-1649 of the data set of Shipwright (Henkel et al., ICSE 2021, MIT licence)
-- build.log --
Step 6/8 : RUN doxygen doc/Doxyfile
 ---> Running in d4a6f44736ef
>>error: configuration file doc/Doxyfile not found!
Doxygen version 1.8.11
The command '/bin/sh -c doxygen doc/Doxyfile' returned a non-zero code: 1
""",
    r"""
cp and BuildKit
-- build.log --
#6 ERROR: process "/bin/sh -c cp config/app.ini /etc/app.ini" did not complete successfully: exit code: 1
------
 > [3/3] RUN cp config/app.ini /etc/app.ini:
>>0.222 cp: cannot stat 'config/app.ini': No such file or directory
------
""",
    r"""
a build that runs
-- Dockerfile --
FROM debian:bookworm-slim
RUN true
""",
)
