"""Ways of writing that Dockerfiles of public repositories have, each boiled down to a few lines of our own."""

from __future__ import annotations

import pytest

from dockwright.checking import check
from dockwright.finding import Finding, Severity, breaks
from dockwright.inputs.overlay import OverlayTree
from dockwright.inputs.tree import ListTree
from dockwright.project import Project, Wanted


def findings(text: str, *paths: str, files: dict[str, str] | None = None) -> list[Finding]:
    """`paths`: files of the context of which only the names are known."""
    tree = OverlayTree(ListTree(("Dockerfile", *paths), True), {"Dockerfile": text + "\n", **(files or {})})
    report = check(Project.of(tree, wanted=Wanted(files=("Dockerfile",), context=".")))
    return [finding for target in report.targets for finding in target.findings if breaks(finding)]


def causes(text: str, *paths: str) -> list[str]:
    return [finding.cause for finding in findings(text, *paths)]


DEBIAN = "debian" + ".org"
BUILDS = {
    "node's own entrypoint is in the image": 'FROM node:22-slim\nWORKDIR /app\nCOPY server.js .\nCMD ["node", "server.js"]',
    "an argument that the engine sets, alone as a word": "FROM debian:bookworm-slim\nARG TARGETARCH\nRUN chmod +x /usr/bin/env ${TARGETARCH}",
    "somebody's image may have a SHELL of its own": "FROM jupyter/base-notebook\nRUN source /etc/profile",
    "what ONBUILD brings is started, not what is here": (
        'FROM python:3.12-slim\nWORKDIR /app\nONBUILD COPY src /app\nCMD ["python", "main.py"]'
    ),
    "conda's function comes from a file": (
        "FROM continuumio/miniconda3\nRUN conda create -n x && . /opt/conda/etc/profile.d/conda.sh && conda activate x && pip install y"
    ),
    "or from a hook": 'FROM continuumio/miniconda3\nRUN eval "$(conda shell.bash hook)" && conda activate x',
    "or from a login shell": 'FROM continuumio/miniconda3\nSHELL ["/bin/bash", "--login", "-c"]\nRUN conda activate x && pip install y',
    "the shell within conda run": (
        'FROM continuumio/miniconda3\nSHELL ["conda", "run", "-n", "x", "/bin/bash", "-c"]\nRUN source /etc/profile && tool --help'
    ),
    "variables of an image that is not known": "FROM example.test/base\nRUN pip install flask\nRUN uv pip install flask\nRUN uv python install 3.12",
    "airflow's image goes back to root": "FROM apache/airflow:2.9.0\nUSER root\nRUN apt-get update\nUSER airflow\nRUN pip install flask",
    "its own folder is writable": "FROM quay.io/jupyter/base-notebook\nRUN mkdir data && pip install flask\nRUN touch data/x",
    "a command of pdm's plugins makes a folder": (
        "FROM python:3.12 AS b\nWORKDIR /app\nRUN pip install pdm x && pdm dockerize\n"
        "FROM python:3.12-slim\nCOPY --from=b /app/dist/docker /app"
    ),
    "PATH has a folder seen from here": (
        "FROM ubuntu:24.04\nRUN apt-get update && apt-get install -y python3-pip python3-venv\nWORKDIR /app\nRUN python3 -m venv venv\n"
        "ENV PATH=venv/bin:$PATH\nRUN pip install flask"
    ),
    "a package file brings a source": (
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y wget && wget https://example.org/a-keyring.deb\n"
        "RUN dpkg -i a-keyring.deb && apt-get update && apt-get install -y vendors-own-thing"
    ),
    "so it does when apt installs it": (
        "FROM debian:bookworm\nRUN apt-get update && apt-get install -y wget && wget https://example.org/a.deb\n"
        "RUN apt-get install -y ./a.deb && apt-get update && apt-get install -y vendors-own-thing"
    ),
    "an older Alpine takes packages from pip": "FROM alpine:3.18\nRUN apk add --no-cache py3-pip && pip install flask",
    "the mark is removed": (
        "FROM alpine:3.20\nRUN apk add py3-pip && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED && pip3 install flask"
    ),
    "a virtual environment on Alpine": (
        "FROM alpine:3.20\nRUN apk add python3 py3-pip && python3 -m venv /venv\nENV PATH=/venv/bin:$PATH\nRUN pip install flask"
    ),
    "node's entrypoint takes a file for node": 'FROM node:22-slim\nWORKDIR /app\nCOPY server.js .\nCMD ["server.js"]',
    "a script on PATH": (
        "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
        'COPY --chmod=755 start.sh /usr/local/bin/\nENTRYPOINT ["start.sh"]'
    ),
    "a configuration of pip's that is not known": (
        "FROM ubuntu:26.04\nRUN apt-get update && apt-get install -y python3-pip\nCOPY pip.conf /etc/pip.conf\nRUN pip3 install flask"
    ),
    "the mark of a Python whose version is not known": (
        "FROM alpine\nRUN apk add py3-pip && rm /usr/lib/python3.14/EXTERNALLY-MANAGED && pip3 install flask"
    ),
    "a word like a command's, with dots": "FROM example.test/x\nRUN mkdir.. && sudo.12 x",
    "a list rewritten to the archive": (
        f'FROM python:3.6-slim-stretch\nRUN echo "deb http://archive.{DEBIAN}/debian stretch main" > /etc/apt/sources.list\n'
        "RUN apt-get update && apt-get install -y gcc"
    ),
    "a Lambda on Amazon Linux 2": (
        "FROM public.ecr.aws/lambda/python:3.11\nRUN yum install -y gcc\nCOPY requirements.txt ${LAMBDA_TASK_ROOT}\n"
        'RUN pip install -r requirements.txt && python -V\nCMD ["app.handler"]'
    ),
    "a Lambda on Amazon Linux 2023": "FROM public.ecr.aws/lambda/python:3.13\nRUN dnf install git && git --version && pip install flask",
    "corepack comes with Node": "FROM node:22\nRUN corepack enable",
    "accounts are copied into an empty image": (
        "FROM debian:bookworm AS b\nFROM scratch\nCOPY --from=b /etc/passwd /etc/group /etc/\nUSER nobody"
    ),
    "an account is written by hand": (
        "FROM debian:bookworm-slim\nRUN echo 'app:x:1000:1000::/app:/bin/sh' >> /etc/passwd && echo 'app:x:1000:' >> /etc/group\n"
        "RUN mkdir /app && chown app:app /app\nUSER app\nRUN true"
    ),
    "what fails is meant to": "FROM python:3.12-slim\nRUN ! git --version && echo none",
    "su changes the user of its own text alone": (
        'FROM python:3.12-slim\nRUN useradd -m dev && su dev -c "pip install --user x" && apt-get update && mkdir /x'
    ),
    "runuser as su": "FROM debian:12\nRUN useradd x && runuser -l x -c id && runuser -u x -- id && mkdir /y",
    "another root": "FROM debian:12\nRUN mkdir -p /mnt/root && chroot /mnt/root /bin/sh -c tool",
    "microdnf asks nobody": "FROM registry.access.redhat.com/ubi9/ubi-minimal:9.4\nRUN microdnf install shadow-utils && useradd app",
    "an image without useradd gets it": (
        "FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN microdnf install -y shadow-utils python3.11\nRUN useradd app\nUSER app"
    ),
    "what maintainer scripts link": (
        "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y php-cli automake aptitude lua5.4 universal-ctags plocate\n"
        "RUN php --version && aclocal && automake --version && aptitude install -y git && lua -v && ctags --version && locate x"
    ),
    "what apt-get satisfy brings": (
        'FROM python:3.12-slim\nRUN apt-get update && apt-get satisfy -y "git, curl (>= 7.0), sudo | doas"\nRUN git --version && curl --version'
    ),
    "install(1) with an owner and a mode": (
        "FROM debian:bookworm-slim\nRUN touch k.gpg && install -o root -g root -m 644 k.gpg /usr/share/keyrings/ && ls /usr/share/keyrings/k.gpg"
    ),
    "install(1) makes folders and programs": (
        "FROM debian:bookworm-slim\nCOPY start.sh .\nRUN install -Dm755 start.sh /opt/a/b/run && install -D -t /opt/c start.sh && /opt/a/b/run\n"
        "RUN install start.sh /usr/local/bin/go && go && install -vd /x/y && touch /x/y/z"
    ),
    "bundler without a Gemfile": "FROM ruby:3.3\nRUN bundle --version && bundle config set --global jobs 2",
    "mv takes its target first": "FROM debian:bookworm-slim\nRUN mkdir /d && touch a b && mv -t /d a b && cat /d/a /d/b",
    "tags of Python that were there": "FROM python:3.11.3-slim-buster AS a\nFROM python:3.6-bullseye AS b\nFROM python:3.9-slim-trixie",
    "NodeSource's nodejs has npm in it": (
        "FROM python:3.11-slim\nRUN apt-get update && apt-get install -y curl && curl -fsSL https://deb.nodesource.com/setup_20.x | bash -\n"
        "RUN apt-get install -y nodejs && npm install -g npm@latest"
    ),
    "NodeSource's list, written by hand": (
        "FROM python:3.11-slim\nARG MAJOR=20\nRUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl gnupg\n"
        'RUN echo "deb [signed-by=/k.gpg] https://deb.nodesource.com/node_$MAJOR.x nodistro main" | tee /etc/apt/sources.list.d/n.list'
        " && apt-get update && apt-get install -y --no-install-recommends nodejs && npm install -g corepack"
    ),
    "a list from somewhere may have another's package": (
        "FROM python:3.11-slim\nRUN apt-get update && apt-get install -y curl && curl -fo /etc/apt/sources.list.d/n.list https://example.org/n\n"
        "RUN apt-get update && apt-get install -y nodejs && npm --version"
    ),
    "a package that another provides under its old name": "FROM ubuntu:22.04\nRUN apt-get update && apt-get install -y git-core",
    "an exact Python stays on the Alpine of its own days": "FROM python:3.7.0-alpine\nRUN apk add --no-cache build-base python-dev",
    "Chainguard's Node has busybox": "FROM cgr.dev/chainguard/node:latest\nWORKDIR /app\nRUN npm install left-pad && mkdir -p dist",
    "a number that may be somebody's": "FROM python:3.12-slim\nRUN useradd -m app\nUSER 1000\nRUN pip install flask",
    "a number with a home given": "FROM python:3.12-slim\nENV HOME=/tmp\nUSER 1001\nRUN pip install flask",
    "a number whose folder was made": (
        "FROM python:3.12-slim\nRUN mkdir /.local && chmod 777 /.local\nUSER 1001\nRUN pip install flask"
    ),
    "recommended packages are not left out": (
        "FROM debian:bookworm-slim\nRUN rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y wget\n"
        "RUN wget -q https://example.org/x"
    ),
    "authorities from another stage": (
        "FROM debian:bookworm-slim AS c\nRUN apt-get update && apt-get install -y ca-certificates\nFROM debian:bookworm-slim\n"
        "COPY --from=c /etc/ssl/certs /etc/ssl/certs\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends curl && curl -fsSLO https://example.org/x"
    ),
    "no authority is asked": (
        "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n"
        "RUN curl -fsSkLO https://example.org/x && curl -fO http://example.org/y"
    ),
    "so may one known by its tag alone": "FROM example/thing:1.2-debian-12\nRUN source /etc/profile && [[ -d /opt ]]",
}


@pytest.mark.parametrize("text", BUILDS.values(), ids=BUILDS)
def test_no_error_on_what_builds(text: str) -> None:
    assert causes(text, "server.js", "pyproject.toml", "requirements.txt", "start.sh", "pip.conf") == []


# Each makes /out, or something in it, by an option, a variable or an inner shell.
MAKERS = (
    "go build -o /out/bin/app ./cmd", "gcc x.c -o /out", "cc -o/out/x x.c", "openssl req -x509 -keyout /out/key.pem -out /out/c.pem",
    "ssh-keygen -t rsa -f /out -N ''", "su -c 'mkdir /out' postgres", "uv pip install --target /out flask", "GOBIN=/out go install x@v1",
    "find . -name x -exec cp {} /out \\;", "ldd /bin/ls | xargs -I {} cp {} /out", "dpkg -x a.deb /out", "sort a -o /out",
    "mkdir $(cat name)", "perl -e 'mkdir \"/out\"'", "poetry bundle venv /out", "pnpm deploy --prod /out", "git archive -o /out HEAD",
    "pip install --target /out/python/lib flask", "python -m tool --directory /out", "npm run build -- --out /out",
)  # fmt: skip


@pytest.mark.parametrize("command", MAKERS)
def test_a_command_makes_what_it_names(command: str) -> None:
    text = f"FROM python:3.12 AS b\nWORKDIR /w\nCOPY . .\nRUN {command}\nFROM scratch\nCOPY --from=b /out /x"
    assert "dockerfile/stage-path-missing" not in causes(text, "x.c", "package.json", "pyproject.toml", "poetry.lock")


def test_a_variable_names_where_a_tool_puts_its_files() -> None:
    text = "FROM python:3.12 AS b\nENV DATA=/data\nRUN python -m tool\nFROM scratch\nCOPY --from=b /data /data"
    assert causes(text) == []


def test_what_only_reads_makes_nothing() -> None:
    text = "FROM python:3.12 AS b\nRUN ls /etc && cat /etc/passwd\nFROM scratch\nCOPY --from=b /no /x"
    assert causes(text) == ["dockerfile/stage-path-missing"]


def test_a_failing_health_check_is_a_warning() -> None:
    text = 'FROM python:3.12-slim\nHEALTHCHECK CMD curl -f http://localhost/\nCMD ["sleep", "9"]\n'
    project = Project.of({"Dockerfile": text})
    (report,) = check(project).targets
    (finding,) = report.findings
    assert (finding.cause, finding.severity, report.verdict) == (
        "runtime/entrypoint-missing",
        Severity.WARNING,
        "builds",
    )
    assert "the health check runs" in finding.title


def test_windows_has_another_shell() -> None:
    text = 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN echo print("a") > c:\\a.py'
    assert causes(text) == ["image/platform-mismatch"]


FAILS = {
    "an empty image has no accounts": (
        'FROM scratch\nCOPY start.sh /\nUSER nobody\nCMD ["/start.sh"]',
        "system/user-missing",
    ),
    "a newer Lambda has no yum": (
        "FROM public.ecr.aws/lambda/python:3.12\nRUN yum install -y gcc",
        "system/command-missing",
    ),
    "the newest Ubuntu's Python": (
        "FROM ubuntu:26.04\nRUN apt-get update && apt-get install -y python3-pip\nRUN pip3 install flask",
        "deps/externally-managed",
    ),
    "Alpine's root is empty": ("FROM alpine\nCOPY . /srv/x\nRUN chmod +x start.sh", "build/file-missing"),
    "Alpine's Python is the system's": (
        "FROM alpine:3.20\nRUN apk add --no-cache py3-pip\nRUN pip install flask",
        "deps/externally-managed",
    ),
    "node is to start a file that is not there": (
        'FROM node:22-slim\nWORKDIR /app\nCOPY requirements.txt .\nCMD ["node", "dist/main.js"]',
        "runtime/entrypoint-missing",
    ),
    "streamlit too": (
        'FROM python:3.12-slim\nWORKDIR /app\nRUN pip install streamlit\nCOPY requirements.txt .\nCMD ["streamlit", "run", "app.py"]',
        "runtime/entrypoint-missing",
    ),
    "the project's script without its folder": (
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY requirements.txt start.sh ./\nRUN pip install -r requirements.txt\n"
        'ENTRYPOINT ["start.sh"]',
        "runtime/entrypoint-missing",
    ),
    "airflow's image is left as airflow": ("FROM apache/airflow:2.9.0\nRUN apt-get update", "system/permission-denied"),
    "UBI's Python as 1001": (
        "FROM registry.access.redhat.com/ubi9/python-311\nRUN dnf install -y gcc",
        "system/permission-denied",
    ),
    "conda activate is a shell's function": (
        "FROM continuumio/miniconda3\nRUN conda create -n x\nRUN conda activate x",
        "system/command-missing",
    ),
    "conda init helps the next shell, an interactive one": (
        'FROM continuumio/miniconda3\nSHELL ["/bin/bash", "-c"]\nRUN conda init bash && conda activate x',
        "system/command-missing",
    ),
    "pip is not in Rocky's image": ("FROM rockylinux:9\nRUN pip install flask", "system/command-missing"),
    "nor useradd in UBI minimal": (
        "FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN useradd app",
        "system/command-missing",
    ),
    "wget in a small image of an older release": (
        "FROM python:3.8-slim-buster\nRUN mkdir /x\nRUN wget https://example.org/x",
        "system/command-missing",
    ),
    "no package of the index brings lsof": (
        "FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nRUN lsof -i",
        "system/command-missing",
    ),
    "a program that is not executable": (
        "FROM debian:bookworm-slim\nCOPY start.sh .\nRUN install -Dm644 start.sh /opt/a/run && /opt/a/run",
        "system/permission-denied",
    ),
    "Python is not made for a release that was old already": ("FROM python:3.14-slim-bullseye", "image/not-found"),
    "nor an old Python for a newer one": ("FROM python:3.8-slim-trixie", "image/not-found"),
    "a program of another package": (
        "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y php-cli automake\nRUN libtoolize",
        "system/command-missing",
    ),
    "Debian's nodejs leaves npm out": (
        "FROM python:3.11-slim\nRUN apt-get update && apt-get install -y --no-install-recommends nodejs\nRUN npm install -g yarn",
        "system/command-missing",
    ),
    "nobody's home is the root": (
        "FROM python:3.12-slim\nUSER 10014\nRUN pip install flask",
        "system/permission-denied",
    ),
    "git without the authorities that it only recommends": (
        "FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y --no-install-recommends git\n"
        "RUN git clone https://example.org/x /x",
        "network/tls",
    ),
    "a distribution's own image sets no SHELL": (
        "FROM ubuntu:24.04\nRUN source /etc/profile",
        "dockerfile/shell-dialect",
    ),
}


@pytest.mark.parametrize(("text", "cause"), FAILS.values(), ids=FAILS)
def test_error_on_what_fails(text: str, cause: str) -> None:
    assert causes(text, "requirements.txt", "start.sh") == [cause]
