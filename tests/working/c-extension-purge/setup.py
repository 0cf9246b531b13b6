from setuptools import Extension, setup

setup(name="fastsum", version="0.3.0", ext_modules=[Extension("fastsum", ["fastsum.c"])])
