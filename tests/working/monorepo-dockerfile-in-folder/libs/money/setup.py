from setuptools import setup

setup(name="money", version="1", py_modules=["money"])
