"""The books with which most tests of the ledger begin."""

from __future__ import annotations

import pytest
from tests.server.ledger.books import Books


@pytest.fixture
def books() -> Books:
    """A year without money."""
    return Books()


@pytest.fixture
def funded(books: Books) -> Books:
    """A year with 1,000 yuan."""
    books.do("appropriate", 100_000, source="city")
    return books
