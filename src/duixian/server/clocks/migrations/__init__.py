"""The tables of `clocks`, step by step."""
