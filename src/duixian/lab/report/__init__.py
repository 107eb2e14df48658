"""What the lab shows: reports as data, written as one self-contained HTML page with charts."""
