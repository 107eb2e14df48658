"""The funds that a server runs: for now what they are called; their procedure comes with the calls."""
