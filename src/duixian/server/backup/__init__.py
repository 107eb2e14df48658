"""Backups: one file that holds a server's database and files, and its proof that it can be restored."""
