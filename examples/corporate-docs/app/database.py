"""PostgreSQL: the connection, and the migrations (`python -m app.database`)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

MIGRATIONS = Path(__file__).parents[1] / "migrations"


@contextmanager
def connect() -> Iterator[psycopg.Connection]:
    url = os.environ.get("DATABASE_URL", "postgresql://docs@localhost/docs")
    with psycopg.connect(url, connect_timeout=3, client_encoding="utf8", row_factory=dict_row) as connection:
        yield connection


def migrate() -> list[str]:
    """Apply what is new, in the order of the file names."""
    with connect() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)")
        done = {row["name"] for row in connection.execute("SELECT name FROM migrations")}
        new = [path for path in sorted(MIGRATIONS.glob("*.sql")) if path.name not in done]
        for path in new:
            connection.execute(path.read_text())
            connection.execute("INSERT INTO migrations VALUES (%s)", (path.name,))
    return [path.name for path in new]


if __name__ == "__main__":
    print("migrations applied:", ", ".join(migrate()) or "none, all were there")
