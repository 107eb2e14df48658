"""`duixian serve`: database, web server and worker of one installation, from start to stop."""
