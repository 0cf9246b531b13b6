"""The Dockerfile that is sent instead of the user's own: the same text, with mounts that spare its RUN steps the network.

Nothing but `--mount` flags is added, so each step runs the words that the user wrote, and what it mounts is gone with it.
"""

from dockwright.build.derive.derive import Derived as Derived
from dockwright.build.derive.derive import derive as derive
from dockwright.build.derive.derive import takes as takes
