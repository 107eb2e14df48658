"""PostgreSQL from the binaries of a wheel: made, started, stopped and recovered without a database server."""
