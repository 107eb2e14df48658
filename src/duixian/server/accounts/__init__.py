"""People, organisations, the roles they hold and for what, and how they sign in."""
