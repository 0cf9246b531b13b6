"""Names of the standard library's modules, asked of the interpreters that this machine has (pyenv's folder)."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from . import tables

OUT = tables.FACTS / "json" / "stdlib.json"
# sys.stdlib_module_names came with 3.10; before, what lies in the library's folders (an installation leaves out
# other systems' modules).
ASK = """
import os, pkgutil, sys, sysconfig
names = getattr(sys, "stdlib_module_names", None)
if names is None:
    base = sysconfig.get_paths()["stdlib"]
    folders = [base, os.path.join(base, "lib-dynload")]
    names = {m.name for m in pkgutil.iter_modules(folders)} | set(sys.builtin_module_names)
print(" ".join(sorted(name for name in names if not name.startswith("_sysconfigdata"))))
"""


def write() -> list[str]:
    found = {}
    for home in sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.*")):
        version = ".".join(home.name.split(".")[:2])
        done = subprocess.run(
            [home / "bin" / f"python{version}", "-I", "-c", ASK], capture_output=True, text=True, check=True
        )
        found[version] = done.stdout.split()
    meta = {
        "date": datetime.now(UTC).date().isoformat(),
        "source": "sys.stdlib_module_names of each CPython",
        "renew": "python -m tools.refresh_facts stdlib",
    }
    OUT.write_text(
        json.dumps({"meta": meta, "modules": found}, separators=(",", ":"), sort_keys=True) + "\n", encoding="utf-8"
    )
    return list(found)
