"""Every run, attempt and step with times, bytes and causes, in SQLite (another database by URL). The schema: docs/building.md."""
