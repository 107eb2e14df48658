"""Who did what, when, on what and why: append-only, chained, verifiable."""
