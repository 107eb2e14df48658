"""What every app of the server stands on."""
