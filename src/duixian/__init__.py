"""Duixian turns an issued support policy into money paid, every yuan traceable to its clause."""
