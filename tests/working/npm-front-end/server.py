import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

files = functools.partial(SimpleHTTPRequestHandler, directory="static")
ThreadingHTTPServer(("", 8000), files).serve_forever()
