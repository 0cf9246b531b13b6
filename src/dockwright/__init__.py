"""dockwright gets a Python project into a container that runs: rehearse, explain, mend.

`check`, `explain`, `mend` and `plan` are what the command line calls; `dockwright.dockerfile` and `dockwright.inputs` hold the
parts that others may build on. Everything named here is typed and follows semantic versioning.
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing takes longer to import than --version may take

if TYPE_CHECKING:
    from dockwright.api import check, explain, mend, plan

__version__ = "0.1.0"
__all__ = ["__version__", "check", "explain", "mend", "plan"]


def __getattr__(name: str) -> object:
    """The functions are imported when they are asked for: `import dockwright` and `--version` stay fast."""
    if name in __all__:
        from dockwright import api

        return getattr(api, name)
    raise AttributeError(f"module 'dockwright' has no attribute {name!r}")
