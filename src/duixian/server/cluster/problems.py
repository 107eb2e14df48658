"""What can be wrong with an embedded cluster, told with what to do about it."""

from __future__ import annotations


class ClusterProblem(Exception):  # noqa: N818 - told to a person, as what it is
    """An embedded PostgreSQL cluster that cannot be made, started or used; the message says what to do."""
