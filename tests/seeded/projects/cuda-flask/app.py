import blinker
import flask

print("signals", blinker.Signal.__name__, flask.Flask.__name__)
