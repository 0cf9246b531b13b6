"""Fetches the indexes of several Debian releases with apt itself, in a folder of its own, from this machine's own
mirror."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

CONFIGURATION = """\
Dir::State::Lists "{root}/lists";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Etc::sourcelist "{root}/list";
Dir::Etc::sourceparts "/dev/null";
APT::Sandbox::User "root";
APT::Architecture "amd64";
APT::Architectures "amd64";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb {{
  MetaKey "$(COMPONENT)/Contents-$(ARCHITECTURE)";
  ShortDescription "Contents-$(ARCHITECTURE)";
  Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Contents";
  PDiffs "false"; KeepCompressed "true"; DefaultEnabled "true";
}};
"""


def mirror() -> str:
    """The mirror that this machine's apt uses for Debian."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)"], capture_output=True, text=True, check=True
    )
    return next(uri.rstrip("/") for uri in listed.stdout.split() if uri.rstrip("/").endswith("/debian"))


def update(root: Path, suites: list[str]) -> None:
    """Like `apt-get update`, for the suites named, with their Sources and Contents."""
    for folder in ("lists/partial", "cache/archives/partial"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    base, key = mirror(), "/usr/share/keyrings/debian-archive-keyring.gpg"
    lines = [f"{kind} [signed-by={key}] {base} {suite} main\n" for suite in suites for kind in ("deb", "deb-src")]
    (root / "list").write_text("".join(lines))
    (root / "conf").write_text(CONFIGURATION.format(root=root))
    subprocess.run(["apt-get", "update", "-qq"], env=_environment(root), check=True)


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "APT_CONFIG": str(root / "conf")}


def files(root: Path, suite: str, kind: str) -> list[Path]:
    """The fetched files of a suite: kind is Packages, Sources or Contents."""
    return sorted((root / "lists").glob(f"*_dists_{suite}_main_*{kind}*"))


def lines(path: Path) -> Iterator[str]:
    """Lines of a fetched index, whatever apt compressed it with."""
    process = subprocess.Popen(
        ["/usr/lib/apt/apt-helper", "cat-file", str(path)], stdout=subprocess.PIPE, encoding="utf-8", errors="replace"
    )
    assert process.stdout is not None
    yield from process.stdout
    if process.wait():
        raise RuntimeError(f"apt-helper could not read {path}")


def release_date(root: Path, suite: str) -> str:
    """The Date field of the suite's Release file."""
    text = next((root / "lists").glob(f"*_dists_{suite}_InRelease")).read_text(encoding="utf-8")
    return next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("Date:"))


def download(root: Path, suite: str, packages: list[str], folder: Path) -> None:
    """Package files, fetched by apt in one go; those that are there already stay."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [f"{package}/{suite}" for package in packages if not list(folder.glob(f"{package}_*.deb"))]
    if wanted:
        subprocess.run(["apt-get", "download", "-qq", *wanted], env=_environment(root), cwd=folder, check=True)
