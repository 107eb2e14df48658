"""The closed lists by which figures are told from words: units, classifiers, idioms."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


IDIOMS = _words("""
    一次性 一大批 一方面 一条龙 一条链 一条心 一件事 一家亲 一家之言 一个窗口 一个口子 最后一个 任一
    一年一度 一人公司 同一 统一 唯一 单一 一项目一策 一人一策 一户一档 三位一体 四位一体 五位一体
    千人计划 百人计划 千家万户 两个确立 两个维护 四个自信 四个意识 三个代表 两个一百年 三大攻坚战
    第一步 第一线 第一时间 第一责任人 第一要务 第一动力 第一资源 第一方 第二方 第三方
    第一产业 第二产业 第三产业
""")
"""Words that hold a numeral but state no figure."""

CLASSIFIERS = _words("""
    个 家 项 名 位 件 台套 台 套 种 类 户 所 座 次 人次 轮 届 场 款 条 大 档 支 份 篇 人 部门 文件
    阶段 领域 方面 环节
""")
"""What may follow a Chinese numeral that counts."""

MEASURES = CLASSIFIERS + _words("""
    台(套) 批次 批 家次 人天 人日 平方公里 平方米 立方米 公里 公顷 亩 米 厘米 毫米 公斤 千克 吨 克
    升 千瓦时 千瓦 兆瓦 度 分钟 秒 毫秒 期 层 处 栋 间 门 部 辆 艘 架 张 本 册 只 块 片 笔 单 例 宗
    起 点 分 字 页 机架 标准机架 节点 卡 核 站 桩 床位 学时 课时 股 m2 m3 km2 km cm mm nm kg kWh kW
    MW GW TB PB GB MB Mbps Gbps GHz MHz PFLOPS EFLOPS
""")
"""What may follow Arabic digits that count or measure."""

ORDINALS = _words("""
    季度 个 条 款 项 章 节 批 次 届 期 年 名 位 轮 阶段
""")
"""What may follow 第n."""

PRICED_BY = _words("""
    平方米 千瓦时 千瓦 公里 人次 人 年 月 日 天 户 家 个 台 套 件 吨 度 亩 项 次 辆 间
""")
"""What a sum may be stated for: 元/平方米."""

CURRENCIES = _words("""
    美元 欧元 英镑 日元 港元 港币
""")
"""Money that is not yuan."""

PERIODS = (
    dict.fromkeys(
        ("自然年度", "会计年度", "自然年", "财年", "学年", "年度", "周年", "周岁", "岁", "年"), ("years", 1)
    )
    | {"季度": ("months", 3), "月": ("months", 1), "星期": ("days", 7), "周": ("days", 7)}
    | dict.fromkeys(("自然日", "日历日", "日历天", "天", "日"), ("days", 1))
    | dict.fromkeys(("工作日", "交易日", "小时"), ("", 1))
)
"""Units of time: the field of a Period and how many of it; none for those that a Period cannot hold."""
