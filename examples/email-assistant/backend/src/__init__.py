"""Email assistant: reads a mailbox and drafts answers."""

__version__ = "2.1.0"
