"""The tables of `accounts`, step by step."""
