"""Which jobs have been done."""

from __future__ import annotations

from django.db import models


class Finished(models.Model):
    """A job whose work is committed; written in the same transaction as the work."""

    job = models.BigIntegerField("任务编号", primary_key=True)
    at = models.DateTimeField("完成时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "已完成的任务"
