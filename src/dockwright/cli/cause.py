"""`dockwright cause`: the list of causes, or one cause's page."""

from __future__ import annotations

from dockwright.causes.shape import causes
from dockwright.cli import spec
from dockwright.cli.output import show
from dockwright.errors import ToolError

ARGUMENT = spec.Argument("name", "[NAME]")
OPTIONS = ()


def cause(name: str | None) -> int:
    """List the causes that dockwright knows, or show the page of one (such as deps/conflict)."""
    known = causes()
    if name is None:
        width = max(map(len, known))
        show("".join(f"{each.name:<{width}}  {each.summary}\n" for each in known.values()))
        return 0
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else "dockwright cause lists them"
        raise ToolError("cause-unknown", f"there is no cause {name}", hint=hint)
    show(f"{name}\n\n{known[name].page}\n")
    return 0
