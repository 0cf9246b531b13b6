#!/bin/bash
# Provokes failures of pip, uv, git and pipenv in throw-away environments and records their output: the logs in the cases of
# causes/deps come from here. Usage: tools/provoke_installers.sh FOLDER  (needs uv; scrub what it records before it is committed)
set -u
out=$(realpath -m "${1:?name a folder for the recordings}")
uv=$(dirname "$(realpath "$0")")/../.venv/bin/uv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out" && cd "$work" || exit 1

environment() { # NAME PYTHON REQUIREMENT…
  local name=$1 python=$2
  shift 2
  "$uv" venv -q --python "$python" "$name" && "$uv" pip install -q --python "$name/bin/python" "$@"
}
record() { # NAME COMMAND…
  local name=$1
  shift
  timeout 300 "$@" >"$out/$name.log" 2>&1 </dev/null
  echo "$name: exit $?"
}

environment old 3.8 pip==20.0.2 setuptools==45 wheel
environment new 3.12 pip==26.0
environment newest 3.13 pip==25.3
environment pipenv 3.12 pipenv

printf 'six==1.14.0\nsix==1.15.0\n' >twice.txt
record double-requirement old/bin/pip install -r twice.txt
printf 'idna\nPyYAML=3.11\n' >single.txt
record invalid-requirement old/bin/pip install -r single.txt
new/bin/pip install -q six==1.16.0
rm new/lib/python3.12/site-packages/six-1.16.0.dist-info/RECORD
echo debian >new/lib/python3.12/site-packages/six-1.16.0.dist-info/INSTALLER
record no-record new/bin/pip install six==1.17.0
printf '[dependency-groups]\ntest = ["idna"]\n' >pyproject.toml
record group new/bin/pip install --group nothere
rm pyproject.toml
record other-python newest/bin/pip install numba==0.60.0
record ignored-versions new/bin/pip install numpy==1.21.2
mkdir wheels
record no-index "$uv" pip install --python new/bin/python --no-index --find-links wheels idna

git init -q shop && printf 'from setuptools import setup\nsetup(name="shop", version="1")\n' >shop/setup.py
printf 'idna==3.6 --hash=sha256:%064d\ngit+file://%s/shop\n' 0 "$work" >hashes.txt
record hash-repository new/bin/pip install --require-hashes -r hashes.txt

python3 - <<'SERVER' &
import http.server


class Refuse(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="packages"')
        self.send_header("Content-Length", "0")
        self.end_headers()


http.server.ThreadingHTTPServer(("127.0.0.1", 8731), Refuse).serve_forever()
SERVER
server=$!
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 GIT_TERMINAL_PROMPT=0
sleep 1
record index-asks-for-a-user new/bin/pip install --index-url http://127.0.0.1:8731/simple shop
record index-refuses-uv "$uv" pip install --python new/bin/python --index-url http://127.0.0.1:8731/simple shop
record git-refused git clone http://user:word@127.0.0.1:8731/x/y.git
kill "$server"

mkdir locked && cd locked || exit 1
printf '[packages]\nidna = "*"\n' >Pipfile
printf '{"_meta": {"hash": {"sha256": "1f3c"}, "pipfile-spec": 6, "requires": {}, "sources": []}, "default": {}, "develop": {}}' >Pipfile.lock
PIPENV_VENV_IN_PROJECT=1 record pipenv-deploy ../pipenv/bin/pipenv install --deploy
