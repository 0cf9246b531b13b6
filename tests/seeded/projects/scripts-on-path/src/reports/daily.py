from src.settings import TITLE
from tabulate import tabulate

print(tabulate([[TITLE]]))
