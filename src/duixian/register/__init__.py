"""Applicants as facts: the register schema, and reading it from the files people send."""
