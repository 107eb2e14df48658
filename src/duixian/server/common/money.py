"""Money in the database: whole fen in a 64-bit integer, never a float, never rounded by the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

if TYPE_CHECKING:
    _Integers = models.BigIntegerField[int, int]
else:
    _Integers = models.BigIntegerField

LARGEST = 10**17
"""A thousand billion yuan in fen: far above any fund, far below the end of 64 bits even when many are summed."""


class FenField(_Integers):
    """A sum in fen. A bool, a float or a sum beyond `LARGEST` is refused."""

    description = "a sum of money in fen"

    def get_prep_value(self, value: Any) -> Any:
        """The value for the database, checked: the last place before it is stored."""
        if isinstance(value, int) and (isinstance(value, bool) or abs(value) > LARGEST):
            raise ValidationError(f"{self.name}: {value!r} is no sum in fen")
        if isinstance(value, float):
            raise ValidationError(f"{self.name}: a float ({value!r}) cannot be money")
        return super().get_prep_value(value)
