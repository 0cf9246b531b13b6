import configparser
import os
import pathlib

import dotenv

settings = configparser.ConfigParser()
settings.read("settings.ini")
print(settings["main"]["greeting"], os.getuid(), pathlib.Path("data/state").read_text(), bool(dotenv.__file__))
