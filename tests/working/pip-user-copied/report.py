import site

import flask
import tabulate

print(tabulate.tabulate([["user site", site.USER_SITE], ["flask", flask.Flask("x").name]]))
