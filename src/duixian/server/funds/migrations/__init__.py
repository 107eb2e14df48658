"""The tables of `funds`, step by step."""
