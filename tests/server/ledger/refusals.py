"""What a test of the ledger expects to be refused, by its code."""

from __future__ import annotations

import pytest

from duixian.server.common.refusals import Refused


def refused(code: str) -> pytest.RaisesExc[Refused]:
    """A block that is refused with just this code."""
    return pytest.raises(Refused, check=lambda error: error.code == code)
