"""Money in the database: whole fen in a 64-bit integer, never a float, never rounded by the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    _Integers = models.BigIntegerField[int, int]
else:
    _Integers = models.BigIntegerField

LARGEST = 10**14
"""A thousand billion yuan (一万亿元) in fen: above any fund, and 92,000 of them added up still fit into 64 bits."""


class FenField(_Integers):
    """A sum in fen. What is no whole number of them is refused, and one entered beyond `LARGEST`."""

    description = "a sum of money in fen"

    def get_prep_value(self, value: Any) -> Any:
        """The value for the database, checked: the last place before it is stored."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if value is not None and not (whole and abs(value) <= LARGEST):
            raise ValidationError(
                f"{self.name}: {value!r} is no sum in fen; a whole number of at most {LARGEST}"
            )
        return super().get_prep_value(value)
