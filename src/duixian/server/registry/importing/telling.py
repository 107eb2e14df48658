"""What a comparison with the registry refuses, told with the reason and what to do."""

from __future__ import annotations

from typing import Final

from django.db import connection

from duixian.calendar.days import Both
from duixian.server.registry.models import Batch, RefusedRow

TOLD: Final = {
    "two-applicants": Both(
        "信用代码与来源方编号指向两个不同的主体", "the credit code and the sender's id belong to two applicants"
    ),
    "other-code": Both(
        "该来源方编号已登记在另一信用代码名下", "the sender's id belongs to a body with another credit code"
    ),
    "other-kind": Both(
        "主体类型与登记的不同（个人、团队与单位不能互变）", "a person or team cannot become another kind"
    ),
    "outside": Both("注册地不在导入人的区划范围内", "its division is outside the importer's district"),
    "twin-record": Both(
        "文件中的某一年度在登记中已有，编号不同", "a year of the file is recorded already, under another id"
    ),
    "identity-of-nobody": Both(
        "身份证件只用于个人", "identity papers are for persons only"
    ),
    "person-code": Both(
        "个人和团队没有信用代码", "a person or team has no credit code"
    ),
    "twin-applicant": Both(
        "文件中有两行指向同一主体", "two rows of the file mean one applicant"
    ),
}  # fmt: skip
"""Why the comparison refuses an applicant, by the code of the reason; all other refusals are of the file."""
_REMEDY: Final = Both(
    "请核对编号、信用代码和注册地，年度记录请改用已登记的编号；主体更换代码的请办理主体沿革，重复的条目请先合并",
    "check id, code and division, give a year the id that it has here; "
    "a body with a new code is a succession, twin entries are merged first",
)


def refusals(batch: Batch, chunk: int) -> list[RefusedRow]:
    """The applicants of the loaded chunk that are refused, each with the reason and what to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT own, refused FROM incoming_entry WHERE refused IS NOT NULL ORDER BY row")
        rows = cursor.fetchall()
    return [
        RefusedRow(
            batch=batch,
            chunk=chunk,
            place=f"{batch.file}:{own}"[:300],
            code=code,
            what_zh=TOLD[code].zh,
            what_en=TOLD[code].en,
            remedy_zh=_REMEDY.zh,
            remedy_en=_REMEDY.en,
            subject=own,
        )
        for own, code in rows
    ]
