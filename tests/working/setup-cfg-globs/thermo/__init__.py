import sys

__version__ = "2.1"


def main() -> None:
    from rich import print

    print(f"{float(sys.argv[1]) * 9 / 5 + 32:.1f} F")
