import tabulate

print(tabulate.tabulate([["pipenv", "works"]]))
