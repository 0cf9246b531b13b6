"""`dockwright cause`: the list of causes, or one cause's page."""

from __future__ import annotations

import click

from dockwright.causes.shape import causes
from dockwright.errors import ToolError


@click.command()
@click.argument("name", required=False)
def cause(name: str | None) -> int:
    """List the causes that dockwright knows, or show the page of one (such as deps/conflict)."""
    known = causes()
    if name is None:
        width = max(map(len, known))
        for each in known.values():
            click.echo(f"{each.name:<{width}}  {each.summary}")
        return 0
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else "dockwright cause lists them"
        raise ToolError("cause-unknown", f"there is no cause {name}", hint=hint)
    click.echo(f"{name}\n\n{known[name].page}")
    return 0
