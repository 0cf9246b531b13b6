"""Commands that renew src/dockwright/facts from the distributions' own indexes: `python -m tools.refresh_facts
debian`."""
