from setuptools import setup

setup(name="dates", version="1", py_modules=["dates"])
