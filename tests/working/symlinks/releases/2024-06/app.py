import pathlib

print("live", pathlib.Path("VERSION").read_text())
