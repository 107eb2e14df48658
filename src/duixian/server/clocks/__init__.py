"""Working days and time limits."""
