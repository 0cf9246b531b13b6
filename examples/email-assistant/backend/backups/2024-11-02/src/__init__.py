"""Email assistant: the copy from before the rewrite of the sign-in."""

__version__ = "2.0.3"
