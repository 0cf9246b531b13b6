import click


@click.command()
@click.argument("verb")
def main(verb: str) -> None:
    click.echo(f"notes: {verb}")
