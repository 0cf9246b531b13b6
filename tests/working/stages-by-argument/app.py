import os
import pathlib

print(os.environ["LABEL"], pathlib.Path("variant").read_text())
