"""Where every fen of a fund's year is: double entry, append-only."""
