from geo.cli import PLACES


def test_places() -> None:
    assert "porto" in PLACES
