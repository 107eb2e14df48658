"""The tables of `jobs`, step by step."""
