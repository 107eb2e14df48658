"""A fund: public money that is given out by one policy's procedure."""

from __future__ import annotations

from django.db import models


class Fund(models.Model):
    """One fund (专项资金); `policy` is the pack that says what it gives."""

    code = models.SlugField("代码", max_length=64, primary_key=True)
    name = models.CharField("名称", max_length=200)
    policy = models.CharField("政策", max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "专项资金"

    def __str__(self) -> str:
        return self.name
