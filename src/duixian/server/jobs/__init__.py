"""Work that is done after a request: queued in the database, retried, never lost."""
