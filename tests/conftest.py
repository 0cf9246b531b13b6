"""What all tests share: our own mistakes show as such, and property tests have no deadline (machines differ)."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ["DOCKWRIGHT_STRICT"] = "1"  # a bug in a command's family fails the test, where a user's check goes on
settings.register_profile("dockwright", deadline=None)
settings.load_profile("dockwright")
