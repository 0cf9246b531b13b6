import csv
import importlib.resources

from more_itertools import ilen


def main() -> None:
    with importlib.resources.files("ledger").joinpath("book.csv").open() as file:
        print(ilen(csv.reader(file)), "rows")
