"""Other titles that officers give to sheets and columns, each of which can mean only one thing.

A title is added here only if every office means the same by it. Not here, because they are other figures:
主营收入 and 营业总收入 for 营业收入, 研发费用 (in the accounts) for 研发投入 (in statistics), 职工人数 for
从业人数, 注册日期 for 成立日期.
"""

from __future__ import annotations

from typing import Final

_SYNONYMS: Final[dict[str, tuple[str, ...]]] = {
    "applicant": ("申报单位", "申报企业", "企业基本信息", "单位基本信息", "申报主体信息", "企业名单"),
    "year": ("年度经营情况", "经营情况", "年度经营数据"),
    "project": ("项目清单", "项目情况"),
    "applicant.name": (
        "企业名称",
        "单位名称",
        "公司名称",
        "机构名称",
        "申报主体名称",
        "申报单位",
        "申报单位名称",
        "申报企业",
        "申报企业名称",
        "企业（单位）名称",
    ),
    "applicant.uscc": ("信用代码", "社会信用代码", "统一信用代码", "统一社会信用代码（18位）"),
    "applicant.kind": ("申报主体类型", "单位类型"),
    "applicant.division": ("注册地行政区划代码", "注册地区划代码"),
    "applicant.tax_division": ("纳税地行政区划代码", "纳税地区划代码"),
    "applicant.founded": ("成立时间", "企业成立日期", "企业成立时间"),
    "year.year": ("年份", "会计年度"),
    "year.revenue": ("营收", "年营业收入", "年度营业收入"),
    "year.rnd_spend": ("年度研发投入",),
    "year.headcount": ("从业人员数", "从业人员人数"),
}


def synonyms_of(entity: str, field: str = "") -> tuple[str, ...]:
    """The other titles of an entity's sheet, or of the column of one of its fields."""
    return _SYNONYMS.get(f"{entity}.{field}" if field else entity, ())
