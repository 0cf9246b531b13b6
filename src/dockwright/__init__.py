"""dockwright gets a Python project into a container that runs: rehearse, explain, mend, build, verify, deploy."""

__version__ = "0.1.0"
