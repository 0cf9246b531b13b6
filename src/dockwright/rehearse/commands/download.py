"""curl and wget: the file that they write. What the network answers is not known."""

from __future__ import annotations

import posixpath

from dockwright.finding import UNKNOWN, YES, Answer
from dockwright.rehearse import needs
from dockwright.rehearse.call import Call
from dockwright.rehearse.expansion import Argument
from dockwright.rehearse.journal import Value

NOTHING = "downloads an empty file: the server answers with a redirect, which curl follows with -L only"

# curl 8 and wget 1.21: options with a value.
CURL = frozenset(
    (
        "-A --user-agent -b --cookie -c --cookie-jar -C --continue-at --cacert --cert -E --connect-timeout -d "
        "--data --data-raw --data-binary -e --referer -F --form -H --header -K --config --key -m --max-time -o "
        "--output --output-dir --retry --retry-delay --retry-max-time -r --range -T --upload-file -u --user -w "
        "--write-out -x --proxy -X --request -y -Y -z --time-cond --proto --tlsv --limit-rate --resolve --ciphers "
        "--capath --data-urlencode"
    ).split()
) - {"--tlsv"}
WGET = frozenset(
    (
        "-O --output-document -P --directory-prefix -o --output-file -a --append-output -t --tries -T --timeout -w "
        "--wait -U --user-agent --header --user --password --ca-certificate --post-data --limit-rate -e --execute "
        "-Q --quota -A --accept -R --reject -l --level --progress -i --input-file -D"
    ).split()
)


def run(call: Call) -> Answer:
    options, operands = call.options(CURL if call.name == "curl" else WGET)
    if {"--version", "-V"} & options.keys():
        return YES
    from dockwright.rehearse.addresses import judge
    from dockwright.rehearse.authorities import judge as trusts

    shows = call.name == "wget" or any(name in options for name in ("-f", "--fail", "--fail-with-body"))
    for argument in operands:
        judge(call, argument, shows=shows)
        trusts(call, argument, frozenset(options))
        path = _path(call, options, argument)
        if path is not UNKNOWN and path:
            empty = _redirected(call, options, argument)
            _write(call, str(path), "--create-dirs" in options, "" if empty else UNKNOWN)
            if empty:
                call.image.hollow[str(argument.value)] = call.says(NOTHING)
    return call.done(UNKNOWN)


def _path(call: Call, options: dict[str, Argument | None], url: Argument) -> Value:
    """Where the answer is written; empty: to standard output."""
    given = (
        options.get("-o") or options.get("--output")
        if call.name == "curl"
        else options.get("-O") or options.get("--output-document")
    )
    folder = options.get("--output-dir") or options.get("-P") or options.get("--directory-prefix")
    if given is not None:
        return "" if given.value in ("-", "/dev/stdout") else _in(call, folder, given.value)
    if call.name == "curl" and not options.keys() & {"-O", "--remote-name"}:
        return ""
    if url.value is UNKNOWN or options.keys() & {"-J", "--remote-header-name", "-r", "--recursive", "-i"}:
        return UNKNOWN
    name = posixpath.basename(str(url.value).partition("?")[0].partition("#")[0].partition("://")[2].partition("/")[2])
    return _in(call, folder, name or "index.html")


def _in(call: Call, folder: Argument | None, name: Value) -> Value:
    if folder is None or name is UNKNOWN or str(name).startswith("/"):
        return call.path(name)
    return UNKNOWN if folder.value is UNKNOWN else call.path(posixpath.join(str(folder.value), str(name)))


# From a day on these answer with a redirect and no more; wget follows it, curl only with -L (everything.curl.dev, redirects).
REDIRECTS = {"repo.continuum.io/": "2018-12-01", "get.rvm.io": "2015-01-01", "git.io/": "2011-01-01"}


def _redirected(call: Call, options: dict[str, Argument | None], url: Argument) -> bool:
    if call.name != "curl" or url.value is UNKNOWN or options.keys() & {"-L", "--location", "--location-trusted"}:
        return False
    from dockwright.rehearse.commands.debian import day

    place = str(url.value).partition("://")[2]
    return any(place.startswith(host) and since <= day(call) for host, since in REDIRECTS.items())


def _write(call: Call, path: str, made: bool, text: Value = UNKNOWN) -> None:
    if path.startswith("/dev/"):
        return
    parent = posixpath.dirname(path)
    if call.name == "curl" and not made:
        call.wants(needs.File(parent, "directory"))
    if isinstance(call.user, str):
        call.wants(needs.Writable(path, call.user, call.name))
    call.make(path, text=text, why="downloaded here")
