"""Forty measures over 37 flat columns, written by hand for four engines (README.md)."""
