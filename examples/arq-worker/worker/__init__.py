"""Jobs that are taken out of Redis."""
