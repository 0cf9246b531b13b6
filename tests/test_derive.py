"""Deriving a Dockerfile: only flags are added, and a step is left alone where it would not build the same image."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from dockwright.build.derive import Derived, derive
from dockwright.build.derive.flags import add, kept, place
from dockwright.build.derive.frontend import refuses
from dockwright.build.derive.house import pip_key, poetry_key, tagged
from dockwright.build.lay import as_written
from dockwright.dockerfile import parse
from dockwright.project import Project
from dockwright.wheels.artefact import Artefact, Wanted

DOCKERFILES = sorted((Path(__file__).parent / "dockerfiles").rglob("*"))
DEMO = Artefact(
    "Demo_x", "1.0", "demo_x-1.0-py3-none-any.whl", "https://example.org/demo_x-1.0-py3-none-any.whl", "0" * 64
)
FLAG = "--mount=type=bind,from=dockwright-wheelhouse,source=tagged,target=/run/dockwright-pip"
CONF = "--mount=type=bind,from=dockwright-wheelhouse,source=conf/links/pip/pip.conf,target=/etc/xdg/pip/pip.conf"


class Shelf(Struct):
    """Every artefact is there, and holds its own name."""

    def lay(self, artefacts: Iterable[Artefact], folder: str, /) -> tuple[str, ...]:
        Path(folder).mkdir(parents=True)
        names = tuple(each.filename for each in artefacts)
        for name in names:
            path = Path(folder, name)
            path.write_text(name)
            path.chmod(0o600)
        return names


def made(
    text: str,
    folder: Path,
    engine: str = "docker",
    files: dict[str, str] | None = None,
    exact: bool = True,
    relay: str = "",
) -> Derived:
    project = Project.of({"Dockerfile": text, **(files or {})})
    return derive(
        project, project.targets[0], Wanted("demo", (DEMO,)), str(folder), engine, Shelf(), exact=exact, relay=relay
    )


# -- the text -----------------------------------------------------------------------------------------------------------


def texts() -> Iterable[str]:
    for path in DOCKERFILES:
        if path.is_file() and path.suffix != ".json":
            yield path.read_bytes().decode("utf-8", "surrogateescape")


LINES = st.sampled_from(
    """FROM python:3.12-slim
FROM python:3.12-slim AS build
RUN pip install demo
RUN pip install \\
# a comment

 demo
RUN <<EOF
pip install demo
EOF
RUN ["pip", "install", "demo"]
RUN --network=none pip install demo
RUN --mount=type=cache,target=/root/.cache pip install demo
RUN -- pip install demo
ONBUILD RUN pip install demo
# escape=`
USER app
RUN
\tRUN\tpip install demo
run --mount=type=secret,id=x \\
 pip install demo
SHELL ["powershell"]
ENV PIP_NO_INDEX=1
COPY --from=build / /
\ufeff
\r""".split("\n")
)


@settings(max_examples=150)
@given(st.lists(st.one_of(LINES, st.text(max_size=12))), st.sampled_from(["\n", "\r\n"]))
def test_any_text(lines: list[str], end: str) -> None:
    whole(end.join(lines))


@pytest.mark.parametrize("text", list(texts()))
def test_recorded_texts(text: str) -> None:
    whole(text)


def whole(text: str) -> None:
    """Nothing but the flags is added, and the text reads as before but for them."""
    dockerfile = parse(text)
    wanted = {at: (FLAG, CONF) for each in dockerfile.instructions if (at := place(each)) is not None}
    flags = kept(dockerfile, wanted)
    changed = add(dockerfile, flags)
    assert changed.count(FLAG) == len(flags) + text.count(FLAG)
    assert changed.replace(f"{FLAG} {CONF} ", "") == text
    again = parse(changed)
    assert [each.keyword for each in again.instructions] == [each.keyword for each in dockerfile.instructions]
    assert [each.rest.text for each in again.instructions] == [each.rest.text for each in dockerfile.instructions]
    assert len(again.errors) == len(dockerfile.errors)


@settings(max_examples=60)
@given(st.lists(LINES), st.sampled_from(["docker", "buildah", "docker-classic"]))
def test_derive_never_raises(lines: list[str], engine: str) -> None:
    import tempfile

    text = "\n".join(lines)
    with tempfile.TemporaryDirectory() as folder:
        project = Project.of({"Dockerfile": text})
        for target in project.targets:
            found = derive(project, target, None, folder, engine)
            assert found.changed == (found.text != text)
            assert found.notes or not found.changed


# -- which steps --------------------------------------------------------------------------------------------------------


def steps(found: Derived) -> list[str]:
    return [line for line in found.text.splitlines() if "dockwright" in line]


TAKEN = [
    "pip install demo",
    "python3 -m pip install demo",
    "python -m venv /v && /v/bin/pip install demo",
    "pip3.12 install --no-cache-dir -r requirements.txt",
    "pip install --require-hashes -r requirements.txt",
    "env A=1 sh -c 'pip install demo'",
    "sh install.sh",
    "test -f /etc/x && pip install demo || true",
]


@pytest.mark.parametrize("command", TAKEN)
def test_steps_that_install(command: str, tmp_path: Path) -> None:
    files = {"install.sh": "pip install demo\n", "requirements.txt": "demo-x\n"}
    found = made(f"FROM python:3.12-slim\nCOPY . .\nRUN {command}\nRUN echo pip install demo\n", tmp_path, files=files)
    assert steps(found) == [f"RUN {FLAG} {CONF} {command}"]
    assert found.contexts == {"dockwright-wheelhouse": str(tmp_path)}


NAMED = "--mount=type=bind,from=dockwright-wheelhouse,source=named,target=/run/dockwright"


@pytest.mark.parametrize(
    "command", ["pip wheel -w /w demo", "pip download demo && pip install demo", "./manage.sh", "make", "tox"]
)
def test_steps_in_which_the_names_of_files_matter(command: str, tmp_path: Path) -> None:
    files = {"manage.sh": "#!/usr/bin/env python3\n", "Makefile": "all:\n\tpip install demo\n"}
    found = made(f"FROM python:3.12\nCOPY . .\nRUN {command}\n", tmp_path, files=files)
    assert steps(found) == [f"RUN {NAMED} {CONF.replace('/links/', '/index/')} {command}"]


@pytest.mark.parametrize(
    "command", ["make", "./configure && make install", "python manage.py collectstatic", "cargo build"]
)
def test_steps_that_install_nothing_for_python(command: str, tmp_path: Path) -> None:
    files = {"Makefile": "all:\n\tcc -o a a.c\n", "manage.py": ""}
    assert not made(f"FROM python:3.12-slim\nCOPY . .\nRUN {command}\n", tmp_path, files=files).changed


LEFT = {
    "pip install --no-index --find-links /wheels demo": "--no-index",
    "PIP_NO_INDEX=1 pip install demo": "--no-index",
    "pip install --isolated demo": "isolated",
    "PIP_CONFIG_FILE=/dev/null pip install demo": "PIP_CONFIG_FILE",
    "PIP_FIND_LINKS=/wheels pip install demo": "PIP_FIND_LINKS",
    "pip install --uploaded-prior-to 2026-01-01 demo": "uploaded",
    "pip install demo && pip-compile requirements.in": "pip-compile",
    "pip install pip && pip lock demo": "pip lock",
    "pip install demo && rm -rf /run/*": "/run",
    "pip install --report r.json demo": "report",
    "PIP_NO_CACHE_DIR=1 pipenv install --system": "PIP_NO_CACHE_DIR",
    "PIPENV_CACHE_DIR=/dev/null pipenv install --system": "not known",
    "uv pip install --system demo": "uv_cache.json",
    "uv sync --frozen": "uv_cache.json",
}


@pytest.mark.parametrize("command", LEFT)
def test_steps_that_are_left(command: str, tmp_path: Path) -> None:
    found = made(f"FROM python:3.12-slim\nRUN {command}\n", tmp_path)
    assert not found.changed
    assert any(LEFT[command] in note and note.startswith("Dockerfile:2:") for note in found.notes), found.notes


def test_without_a_network(tmp_path: Path) -> None:
    found = made("FROM python:3.12-slim\nRUN --network=none pip install demo\n", tmp_path)
    assert not found.changed
    assert found.notes == ("Dockerfile:2: left as it is: it runs without a network",)


def test_a_mount_of_the_users_own(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nRUN --mount=type=secret,id=pip,target=/etc/xdg/pip/pip.conf pip install demo\n"
    assert not made(text, tmp_path).changed


@pytest.mark.parametrize(
    "mount", ["type=secret,id=token", "type=ssh", "type=cache,target=/root/.cache/pip", "target=/src"]
)
def test_mounts_elsewhere(mount: str, tmp_path: Path) -> None:
    found = made(f"FROM python:3.12-slim\nRUN --mount={mount} pip install demo\n", tmp_path)
    assert f"RUN --mount={mount} {FLAG} {CONF} pip install demo" in found.text


def test_triggers_are_left(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim AS base\nONBUILD RUN pip install demo\nFROM base\nRUN pip install demo\n"
    found = made(text, tmp_path)
    assert found.text.startswith("FROM python:3.12-slim AS base\nONBUILD RUN pip install demo\nFROM base\nRUN --mount")


# -- engines and frontends ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("syntax", "fits"),
    [
        ("docker/dockerfile:1", True),
        ("docker/dockerfile:1.4", True),
        ("docker/dockerfile:1.7-labs", True),
        ("docker.io/docker/dockerfile:1.10.0@sha256:abc", True),
        ("docker/dockerfile", True),
        ("docker/dockerfile:1.2", False),
        ("docker/dockerfile:1.0-experimental", False),
        ("example.org/frontend:9", False),
    ],
)
def test_frontends(syntax: str, fits: bool) -> None:
    dockerfile = parse(f"# syntax={syntax}\nFROM scratch\n")
    assert (refuses("docker", dockerfile) == "") is fits


def test_the_classic_builder_has_no_mounts(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nRUN pip install demo\n"
    found = made(text, tmp_path, "docker-classic")
    assert (found.text, found.changed) == (text, False)
    assert found.notes == ("built as it is: Docker's classic builder has no mounts",)
    assert not list(tmp_path.iterdir())


def test_buildah_mounts_all_of_etc_xdg(tmp_path: Path) -> None:
    found = made("FROM python:3.12-slim\nRUN pip install demo\n", tmp_path, "buildah")
    assert "source=conf/links,target=/etc/xdg " in found.text
    mixed = "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl && pip install demo\n"
    assert not made(mixed, tmp_path / "other", "buildah").changed


# -- what is mounted ----------------------------------------------------------------------------------------------------


SOURCE = Artefact("demo-y", "2", "demo-y-2.tar.gz", "https://example.org/demo-y-2.tar.gz", "2" * 64)


def test_the_folder(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nRUN pip install demo\nRUN pip wheel demo\n"
    project = Project.of({"Dockerfile": text})
    derive(project, project.targets[0], Wanted("demo", (DEMO, SOURCE)), str(tmp_path), "docker", Shelf())
    files = {str(path.relative_to(tmp_path)): path for path in tmp_path.rglob("*")}
    tag = "demo_x-1.0-99999999-py3-none-any.whl"
    assert f'<a href="files/{tag}#sha256={DEMO.sha256}">' in files["tagged/index.html"].read_text()
    assert files[f"tagged/files/{tag}"].samefile(files[f"named/files/{DEMO.filename}"])
    page = files["named/simple/demo-x/index.html"].read_text()
    assert f'<a href="../../files/{DEMO.filename}#sha256={DEMO.sha256}">' in page
    assert SOURCE.filename in files["tagged/simple/demo-y/index.html"].read_text()
    conf = files["conf/links-and-sources/pip/pip.conf"].read_text()
    assert "find-links = file:///run/dockwright-pip/index.html\n" in conf
    assert "extra-index-url = file:///run/dockwright-pip/simple\n" in conf
    modes = {oct(path.stat().st_mode & 0o777) for path in files.values() if path.is_file()}
    assert modes == {"0o644"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a-1-py3-none-any.whl", "a-1-99999999-py3-none-any.whl"),
        ("a-1-2cu-py3-none-any.whl", "a-1-99999999-py3-none-any.whl"),
        ("a-1.tar.gz", "a-1.tar.gz"),
        ("a.whl", "a.whl"),
    ],
)
def test_build_tags(name: str, expected: str) -> None:
    assert tagged(name) == expected


def test_requirements_that_want_no_index(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\n"
    assert not made(text, tmp_path, files={"requirements.txt": "--no-index\n--find-links ./wheels\ndemo\n"}).changed


def test_without_wheels_pip_is_made_patient(tmp_path: Path) -> None:
    project = Project.of({"Dockerfile": "FROM python:3.12-slim\nRUN pip install demo\n"})
    found = derive(project, project.targets[0], None, str(tmp_path), "docker")
    assert found.notes == ("Dockerfile:2: pip waits longer for the index and tries more often",)
    assert (tmp_path / "conf/patient/pip/pip.conf").read_text() == "[global]\ntimeout = 60\nretries = 10\n"
    assert "/run/dockwright" not in found.text


POETRY = "FROM python:3.12-slim\nRUN pip install poetry\nCOPY . .\n"
PYPROJECT = {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\ndependencies = ["demo-x"]\n'}


def test_poetry_finds_its_artifacts(tmp_path: Path) -> None:
    found = made(f"{POETRY}RUN poetry install --no-root\n", tmp_path, files=PYPROJECT)
    flag = "--mount=type=bind,from=dockwright-wheelhouse,source=poetry,target=/root/.cache/pypoetry/artifacts,rw"
    assert f"RUN {flag} poetry install" in found.text
    assert tmp_path.joinpath("poetry", *poetry_key(DEMO.url, DEMO.sha256), DEMO.filename).is_file()


@pytest.mark.parametrize(
    "end",
    [
        "RUN poetry install --no-root && rm -rf /root/.cache",
        "RUN poetry install --no-root && rm -rf ~/.cache/*",
        "RUN poetry install --no-root && rm -rf $(cat there)",
        "RUN poetry install --no-root && poetry cache clear --all .",
        "RUN --mount=type=cache,target=/root/.cache poetry install --no-root",
        "USER app\nRUN poetry install --no-root",
    ],
)
def test_poetry_steps_that_are_left(end: str, tmp_path: Path) -> None:
    text = f"{POETRY}RUN useradd -m app\n{end}\n"
    assert "pypoetry/artifacts" not in made(text, tmp_path, files=PYPROJECT).text


def test_pipenv_finds_what_its_pip_was_answered(tmp_path: Path) -> None:
    text = "FROM python:3.12-slim\nENV PIPENV_CACHE_DIR=/cache\nRUN pipenv sync --system\n"
    found = made(text, tmp_path)
    flag = "--mount=type=bind,from=dockwright-wheelhouse,source=http-v2,target=/cache/http-v2,rw"
    assert f"RUN {flag} pipenv sync" in found.text
    entry = tmp_path / "http-v2" / pip_key(DEMO.url)
    assert entry.read_bytes().startswith(b"cc=4,")
    assert Path(f"{entry}.body").read_bytes() == (tmp_path / "files" / DEMO.filename).read_bytes()


# -- caches -------------------------------------------------------------------------------------------------------------

NPM = "--mount=type=cache,id=dockwright-npm,sharing=shared,target=/root/.npm/_cacache"
NODE = "FROM node:20-slim AS web\nWORKDIR /web\nCOPY . .\nRUN npm ci\n"


def test_a_stage_that_is_thrown_away_keeps_its_downloads(tmp_path: Path) -> None:
    found = made(f"{NODE}FROM nginx:1\nCOPY --from=web /web/dist /srv\n", tmp_path)
    assert f"RUN {NPM} npm ci" in found.text
    assert not found.contexts


@pytest.mark.parametrize(
    "end", ["", "FROM web\n", "FROM nginx:1\nCOPY --from=web /root /root\n", "FROM nginx:1\nCOPY --from=web / /x\n"]
)
def test_an_image_keeps_the_cache_that_its_steps_leave(end: str, tmp_path: Path) -> None:
    assert not made(NODE + end, tmp_path).changed


def test_what_apt_downloads_is_kept_where_the_image_cannot_hold_it(tmp_path: Path) -> None:
    """A base without Docker's own settings of apt leaves what it downloaded in the image."""
    stage = "FROM debian:bookworm AS tools\nRUN apt-get update && apt-get install -y curl\n"
    end = "FROM debian:bookworm\nCOPY --from=tools /usr/bin/curl /usr/bin/curl\n"
    flag = "--mount=type=cache,id=dockwright-apt,sharing=locked,target=/var/cache/apt/archives"
    thrown_away, kept = tmp_path / "thrown-away", tmp_path / "kept"
    thrown_away.mkdir()
    kept.mkdir()
    assert made(stage + end, thrown_away).text == stage.replace("RUN", f"RUN {flag}") + end
    assert not made(stage, kept).changed


# -- uv -----------------------------------------------------------------------------------------------------------------

LOCK = f"""version = 1
[[package]]
name = "demo-x"
version = "1.0"
source = {{ registry = "https://example.org/simple" }}
sdist = {{ url = "https://example.org/demo_x-1.0.tar.gz", hash = "sha256:{"1" * 64}", size = 9 }}
wheels = [
    {{ url = "{DEMO.url}", hash = "sha256:{DEMO.sha256}", size = 8 }},
]
"""
SYNC = "FROM python:3.12-slim\nRUN pip install uv\nWORKDIR /app\n"


@pytest.mark.parametrize(
    "step",
    [
        "COPY . .\nRUN uv sync --frozen --no-dev",
        "COPY . /app/\nRUN cd /app && uv sync --locked",
        "COPY . .\nENV UV_FROZEN=1\nRUN uv sync",
        "RUN --mount=type=bind,source=uv.lock,target=uv.lock uv sync --locked",
    ],
)
def test_uv_sync_reads_a_lock_with_mounted_files(step: str, tmp_path: Path) -> None:
    files = {**PYPROJECT, "uv.lock": LOCK}
    found = made(f"{SYNC}{step}\n", tmp_path, files=files, exact=False)
    [lock] = list(tmp_path.glob("locks/*/uv.lock"))
    assert lock.read_text() == LOCK.replace(DEMO.url, f"file:///run/dockwright/files/{DEMO.filename}")
    mount = f"--mount=type=bind,from=dockwright-wheelhouse,source={lock.relative_to(tmp_path)},target=/app/uv.lock"
    assert f"{mount} {NAMED} " in steps(found)[-1]


@pytest.mark.parametrize("step", ["COPY . .\nRUN uv sync", "COPY . .\nRUN uv sync --frozen && chown -R 1000 /app"])
def test_uv_sync_steps_that_are_left(step: str, tmp_path: Path) -> None:
    found = made(f"{SYNC}{step}\n", tmp_path, files={**PYPROJECT, "uv.lock": LOCK}, exact=False)
    assert "uv.lock," not in found.text


@pytest.mark.parametrize(("options", "form"), [("", "index"), ("--extra-index-url https://example.org/x ", "links")])
def test_uv_pip_where_a_file_more_is_allowed(options: str, form: str, tmp_path: Path) -> None:
    found = made(f"FROM python:3.12-slim\nRUN uv pip install --system {options}demo\n", tmp_path, exact=False)
    assert f"source=conf/uv-{form},target=/etc/uv " in found.text
    assert (tmp_path / f"conf/uv-{form}/uv.toml").read_text().startswith("[pip]\n")


# -- the relay ----------------------------------------------------------------------------------------------------------

RELAY = "http://172.17.0.1:4711/token/web"


def test_a_step_that_asks_the_relay_mounts_its_address_as_a_secret(tmp_path: Path) -> None:
    """So that the engine's cache of the step is the same whatever the address is, and nothing is sent before the build."""
    text = "FROM python:3.12-slim\nRUN pip install demo\nRUN pip wheel demo\n"
    found = made(text, tmp_path, relay=RELAY)
    assert RELAY not in found.text and not found.contexts and not (tmp_path / "tagged").exists()
    mount = "--mount=type=secret,id=dockwright-wheelhouse-{},target=/etc/xdg/pip/pip.conf,mode=0444"
    assert mount.format("links") + " pip install" in found.text and mount.format("index") + " pip wheel" in found.text
    links = found.secrets["dockwright-wheelhouse-links"]
    assert f"find-links = {RELAY}/links\n" in links and "trusted-host = 172.17.0.1\n" in links
    assert f"extra-index-url = {RELAY}/simple\n" in found.secrets["dockwright-wheelhouse-index"]
    assert as_written(found.text) == text


def test_uv_asks_the_relay_too(tmp_path: Path) -> None:
    """Over HTTP it leaves no file of its own beside the package."""
    found = made("FROM python:3.12-slim\nRUN uv pip install --system demo\n", tmp_path, relay=RELAY)
    assert "--mount=type=secret,id=dockwright-wheelhouse-uv-index,target=/etc/uv/uv.toml,mode=0444 " in found.text
    assert f'"{RELAY}/simple"' in found.secrets["dockwright-wheelhouse-uv-index"]


def test_a_lock_with_the_relays_addresses_lies_over_uv_lock(tmp_path: Path) -> None:
    text = f"{SYNC}COPY . .\nRUN uv sync --frozen --no-dev\n"
    found = made(text, tmp_path, files={**PYPROJECT, "uv.lock": LOCK}, relay=RELAY)
    assert "--mount=type=secret,id=dockwright-wheelhouse-lock-5-0,target=/app/uv.lock,mode=0444 uv sync" in found.text
    lock = found.secrets["dockwright-wheelhouse-lock-5-0"]
    assert f'url = "{RELAY}/at/{DEMO.sha256}/{DEMO.url}"' in lock
    assert lock.replace(f"{RELAY}/at/{DEMO.sha256}/", "").replace(f"{RELAY}/at/{'1' * 64}/", "") == LOCK
    large = f"{LOCK}# {'x' * 600_000}\n"
    assert (
        "secret"
        not in made(text, tmp_path / "large", files={**PYPROJECT, "uv.lock": large}, relay=RELAY)
        .text.split("uv sync")[0]
        .split("COPY")[1]
    )
