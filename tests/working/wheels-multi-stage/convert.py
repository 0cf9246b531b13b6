#!/usr/bin/env python
import datetime

import click
import humanize


@click.command()
@click.argument("seconds")
def main(seconds: str) -> None:
    click.echo(humanize.precisedelta(datetime.timedelta(seconds=int(seconds.rstrip("s")))))


if __name__ == "__main__":
    main()
