"""The `duixian` command."""
