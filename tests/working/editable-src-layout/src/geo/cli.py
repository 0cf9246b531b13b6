import click

PLACES = {"lisbon": (38.7, -9.1), "porto": (41.1, -8.6)}


@click.command()
@click.argument("name", type=click.Choice(sorted(PLACES)))
def main(name: str) -> None:
    click.echo("{} {}".format(*PLACES[name]))
