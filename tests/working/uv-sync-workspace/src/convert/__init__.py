from units import MILE


def main() -> None:
    print(26.2 * MILE)
