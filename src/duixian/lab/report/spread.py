"""The part of a report that says how a cost is spread over those who get it."""

from __future__ import annotations

from duixian.lab.report.document import Bars, Column, Section, Series, Table
from duixian.lab.report.words import Words
from duixian.lab.spread import Band, Spread


def _band(band: Band, words: Words) -> str:
    if band.to_fen is None:
        return words.say(f"{words.money(band.over_fen)}以上", f"over {words.money(band.over_fen)}")
    if not band.over_fen:
        return words.say(f"不超过{words.money(band.to_fen)}", f"up to {words.money(band.to_fen)}")
    upper = words.money(band.to_fen)
    return words.say(f"{words.money(band.over_fen)}–{upper}", f"{words.money(band.over_fen)} to {upper[4:]}")


def concentration(spread: Spread, words: Words) -> Section:
    """Return what those have who get most: 1%, 10%, one."""
    say = words.say
    parts = (
        (say("所得最多的 1%", "the 1% who get most"), spread.top(1), spread.top_1_fen),
        (say("所得最多的 10%", "the 10% who get most"), spread.top(10), spread.top_10_fen),
        (say("最大一户", "the one who gets most"), min(1, spread.applicants), spread.largest_fen),
        (say("中位的一户", "the one in the middle"), min(1, spread.applicants), spread.median_fen),
    )
    rows = tuple((*part, spread.share(part[-1])) for part in parts)
    columns = (
        Column(say("谁", "who")),
        Column(say("主体", "applicants"), "number"),
        Column(say("金额", "sum"), "fen"),
        Column(say("占比", "share"), "share"),
    )
    total = (say("合计", "total"), spread.applicants, spread.total_fen, spread.share(spread.total_fen))
    note = say(
        "按“最高”计，只算有所得的主体；1% 和 10% 至少各一户。",
        "Of what is owed at most, among those who get any of it; the 1% and the 10% are at least one applicant.",
    )
    title = say("集中程度", "How concentrated it is")
    table = Table(columns, rows, total)
    return Section("concentration", title, say("集中程度", "concentration"), table, note)


def bands(spread: Spread, words: Words) -> Section:
    """Return how many get how much, in bands."""
    say = words.say
    labels = tuple(_band(band, words) for band in spread.bands)
    rows = tuple(
        (label, band.applicants, band.fen, spread.share(band.fen))
        for label, band in zip(labels, spread.bands, strict=True)
    )
    columns = (
        Column(say("每户所得（最高）", "each gets (at most)")),
        Column(say("主体", "applicants"), "number"),
        Column(say("金额", "sum"), "fen"),
        Column(say("占比", "share"), "share"),
    )
    total = (say("合计", "total"), spread.applicants, spread.total_fen, spread.share(spread.total_fen))
    number = Bars(
        say("得到这么多的有多少户", "How many get how much"),
        say("主体（户）", "applicants"),
        labels,
        (Series(say("主体", "applicants"), tuple(band.applicants for band in spread.bands)),),
        "number",
    )
    money = Bars(
        say("各档共得多少钱", "What each band gets together"),
        say("金额", "sum"),
        labels,
        (Series(say("最高", "at most"), tuple(band.fen for band in spread.bands)),),
    )
    charts = (number, money) if spread.applicants else ()
    title = say("每户得到多少", "How much each gets")
    return Section("spread", title, say("每户所得", "each gets"), Table(columns, rows, total), charts=charts)
