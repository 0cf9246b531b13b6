"""make test: all tests. Those that need an engine run when one answers; else one loud line says that they were skipped.

DOCKWRIGHT_ENGINE=required makes a missing engine a failure, as CI does.
"""

from __future__ import annotations

import os
import subprocess
import sys

from dockwright.engine.run import find_engine
from dockwright.errors import ToolError


def main() -> int:
    try:
        find_engine("docker")
        marks = ""
    except ToolError as error:
        if os.environ.get("DOCKWRIGHT_ENGINE") == "required":
            print(f"run_tests: an engine is required: {error}", file=sys.stderr)
            return 3
        print(
            f"\n*** NO ENGINE: the tests marked `engine` ARE SKIPPED ({error.message}) ***\n",
            file=sys.stderr,
            flush=True,
        )
        marks = "not engine"
    return subprocess.run([sys.executable, "-m", "pytest", "-m", marks, *sys.argv[1:]], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
