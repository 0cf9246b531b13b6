import colorama

print("zipped with colorama", colorama.__version__)
