"""Where the package index is: what pip and uv are told on this machine, else uv's own default.

pip: PIP_INDEX_URL and its files (global, user, site; PIP_CONFIG_FILE). uv: UV_DEFAULT_INDEX, UV_INDEX_URL, uv.toml. The
image's own settings come with the question. No host name of an index is written in this program.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from msgspec import Struct

from dockwright.inputs.ini import entries
from dockwright.source import Source


class Settings(Struct, frozen=True):
    """`default` is empty when nobody knows an index. `own`: somebody configured it: it may hold less or more."""

    default: str = ""
    extra: tuple[str, ...] = ()
    ca_file: str = ""
    own: bool = False


def read(environment: Mapping[str, str] | None = None) -> Settings:
    env = os.environ if environment is None else environment
    config = dict(_pip_config(env))
    uv = _uv_config(env)
    given = (
        env.get("PIP_INDEX_URL")
        or env.get("UV_DEFAULT_INDEX")
        or env.get("UV_INDEX_URL")
        or config.get("index-url")
        or uv[0]
    )
    extra = " ".join(
        (
            env.get("PIP_EXTRA_INDEX_URL", ""),
            env.get("UV_EXTRA_INDEX_URL", ""),
            " ".join(_uv_named(env)),
            config.get("extra-index-url", ""),
            uv[1],
        )
    )
    ca = next(
        (env[name] for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE") if env.get(name)),
        "",
    )
    return Settings(
        (given or "").rstrip("/"), tuple(dict.fromkeys(extra.split())), ca or config.get("cert", ""), bool(given)
    )


def _pip_config(env: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """pip's documentation, "Configuration": the later file wins; `[install]` over `[global]`."""
    home = env.get("HOME", "")
    user = env.get("XDG_CONFIG_HOME") or f"{home}/.config"
    paths = ["/etc/xdg/pip/pip.conf", "/etc/pip.conf", f"{home}/.pip/pip.conf", f"{user}/pip/pip.conf"]
    if env.get("VIRTUAL_ENV"):
        paths.append(f"{env['VIRTUAL_ENV']}/pip.conf")
    chosen = env.get("PIP_CONFIG_FILE")
    if chosen == os.devnull:
        return
    for path in filter(os.path.exists, [*paths, *([chosen] if chosen else [])]):
        try:
            with open(path, encoding="utf-8") as file:
                source = Source(path, file.read())
        except (OSError, UnicodeDecodeError):
            continue
        found = list(entries(source))
        for section in ("global", "install"):
            for entry in found:
                if entry.section == section:
                    yield entry.name.replace("_", "-"), "\n".join(entry.values)


def _uv_named(env: Mapping[str, str]) -> Iterator[str]:
    """UV_INDEX: `[name=]address`, with UV_INDEX_NAME_USERNAME and UV_INDEX_NAME_PASSWORD."""
    for word in env.get("UV_INDEX", "").split():
        name, has, url = word.partition("=") if "://" not in word.partition("=")[0] else ("", "", word)
        prefix = "UV_INDEX_" + name.upper().replace("-", "_")
        user, password = env.get(f"{prefix}_USERNAME", ""), env.get(f"{prefix}_PASSWORD", "")
        if has and (user or password) and "@" not in url:
            from urllib.parse import quote

            scheme, _, rest = url.partition("://")
            url = f"{scheme}://{quote(user, '')}:{quote(password, '')}@{rest}"
        yield url


def _uv_config(env: Mapping[str, str]) -> tuple[str, str]:
    """(default index, extra indexes) of the user's or the system's uv.toml."""
    user = env.get("XDG_CONFIG_HOME") or f"{env.get('HOME', '')}/.config"
    for path in filter(os.path.exists, (env.get("UV_CONFIG_FILE", ""), f"{user}/uv/uv.toml", "/etc/uv/uv.toml")):
        import tomllib

        try:
            with open(path, "rb") as file:
                data = tomllib.load(file)
        except (OSError, ValueError):
            continue
        pip = data.get("pip") if isinstance(data.get("pip"), dict) else {}
        default = str(data.get("index-url") or (pip or {}).get("index-url") or "")
        indexes = [index for index in data.get("index", []) if isinstance(index, dict) and index.get("url")]
        default = next((str(index["url"]) for index in indexes if index.get("default")), default)
        if default or indexes:
            return default, " ".join(str(index["url"]) for index in indexes if not index.get("default"))
    return "", ""


def usual() -> str:
    """The index that uv uses when nothing is configured, as uv itself says it."""
    from dockwright.index import uv

    outcome = uv.run(
        ["pip", "compile", "-", "--emit-index-url", "--no-header", "--offline", "--no-config"], "", limit=10
    )
    for line in outcome.output.splitlines():
        if line.startswith("--index-url "):
            return line.split(" ", 1)[1].strip().rstrip("/")
    return ""
