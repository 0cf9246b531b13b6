import importlib.metadata
import pathlib

print(importlib.metadata.version("stamp"), pathlib.Path("/VERSION").read_text())
