"""Dockerfiles: a lossless tree of what is written, read as BuildKit's frontend reads it, and variable expansion."""

from dockwright.dockerfile.expand import ExpandError as ExpandError
from dockwright.dockerfile.expand import expand as expand
from dockwright.dockerfile.parse import parse as parse
