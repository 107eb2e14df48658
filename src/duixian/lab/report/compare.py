"""The report on two policies side by side."""

from __future__ import annotations

from duixian.engine.kernel.parameters import Amount
from duixian.lab.comparing import Band, Comparison
from duixian.lab.registers import Register
from duixian.lab.report.common import basis_line, levels, register_line, source, warnings
from duixian.lab.report.document import Bars, Column, Fact, Report, Section, Series, Table
from duixian.lab.report.words import Words, district
from duixian.lab.tally import LEVELS
from duixian.lab.variants import shown

_MOST = 12


def compare_report(found: Comparison, register: Register, words: Words, other: Words) -> Report:
    """Return the report; `words` and `other` have the policies of A and of B, which may share an id."""
    say = words.say
    notes = list(warnings(words, register, found.a, found.b))
    if found.cities is not None:
        a, b = map(district, found.cities)
        notes.append(
            say(
                f"假设：所有申报主体都在该政策的城市（甲：{a}；乙：{b}），凡在其本市的地址一律改写为该城市，"
                "外地的地址不变。",
                f"Assumed: every applicant stands in the policy's own city (A: {a}; B: {b}). Whatever lies in "
                "an applicant's own city is rewritten to that city; what lies elsewhere stays there.",
            )
        )
    same = found.a.policy == found.b.policy
    readings = {name.rpartition("/")[2] for name in (*found.a.readings, *found.b.readings)} if same else set()
    return Report(
        lang=words.lang,
        title=say("政策比较：谁得到更多，谁得到更少", "Two policies compared: who gains and who loses"),
        basis=(
            say("甲：", "A: ") + basis_line(words, found.a, readings),
            say("乙：", "B: ") + basis_line(other, found.b, readings),
            register_line(words, found.a),
        ),
        warnings=tuple(notes),
        facts=_facts(found, words),
        sections=(
            *([_differences(found, words)] if found.differences else []),
            _costs(found, words),
            _spread(found, words),
            _drivers(found, words, other),
            _largest(found, words),
        ),
        source=source(words, found.a, register),
    )


def _facts(found: Comparison, words: Words) -> tuple[Fact, ...]:
    say = words.say
    move = found.b_sums.at_most_fen - found.a_sums.at_most_fen
    sum_ = words.about(abs(move))
    told = say(f"{'少' if move < 0 else '多'}{sum_}", f"{sum_} {'less' if move < 0 else 'more'}")
    people = say("{:,} 个主体", "{:,} applicants")
    return (
        Fact(say("乙比甲（按最高）", "B against A (at most)"), told if move else say("一样", "the same")),
        Fact(
            say("在乙得到更多", "gain under B"),
            people.format(found.winners.applicants),
            say("共多", "together ") + words.about(found.winners.fen),
        ),
        Fact(
            say("在乙得到更少", "lose under B"),
            people.format(found.losers.applicants),
            say("共少", "together ") + words.about(found.losers.fen),
        ),
        Fact(
            say("不变", "unchanged"),
            people.format(found.unmoved),
            say("两边所得相同", "get the same from both"),
        ),
    )


def _differences(found: Comparison, words: Words) -> Section:
    """Return what the two versions of a policy say otherwise."""
    say = words.say
    rows = tuple(
        (item.address, *(_literal(value, item.kind, words) for value in (item.a, item.b)))
        for item in found.differences
    )
    columns = (
        Column(say("参数", "literal")),
        Column(say("甲", "A")),
        Column(say("乙", "B")),
    )
    note = say(
        "两个版本写法不同的数字；“—”表示该版本没有。条件和公式的改动不在此列。",
        "The figures that the two versions write otherwise; “—”: it has none. Changed conditions and formulas are "
        "not listed.",
    )
    title = say("两个版本有何不同", "What the two versions say otherwise")
    return Section("differences", title, say("不同之处", "differences"), Table(columns, rows, show=30), note)


def _literal(value: Amount | None, kind: str, words: Words) -> str:
    return "—" if value is None else shown(value, words.lang, kind)


def _costs(found: Comparison, words: Words) -> Section:
    say = words.say
    pairs = [(getattr(found.a_sums, level), getattr(found.b_sums, level)) for level in LEVELS]
    rows = tuple((name, a, b, b - a) for name, (a, b) in zip(levels(words), pairs, strict=True))
    columns = (
        Column(say("哪种成本", "cost")),
        Column(say("甲", "A"), "fen"),
        Column(say("乙", "B"), "fen"),
        Column(say("乙减甲", "B less A"), "fen"),
    )
    labels = tuple(f"{name}  {side}" for name in levels(words) for side in (say("甲", "A"), say("乙", "B")))
    chart = Bars(
        say("两边的成本", "What each costs"),
        say("金额", "cost"),
        labels,
        (Series(say("金额", "cost"), tuple(fen for pair in pairs for fen in pair)),),
    )
    title = say("各花多少", "What each costs")
    return Section("costs", title, say("成本", "costs"), Table(columns, rows), charts=(chart,))


def _band(band: Band, words: Words) -> str:
    head = words.say("多得", "gain ") if band.up else words.say("少得", "lose ")
    if band.to_fen is None:
        over = words.money(band.over_fen)
        return head + words.say(f"{over}以上", f"over {over}")
    if not band.over_fen:
        to = words.money(band.to_fen)
        return head + words.say(f"{to}以内", f"up to {to}")
    low, high = words.money(band.over_fen), words.money(band.to_fen)
    return head + words.say(f"{low}–{high}", f"{low} to {high.removeprefix('RMB ')}")


def _spread(found: Comparison, words: Words) -> Section:
    say = words.say
    rows = tuple(
        (_band(band, words), band.applicants, band.fen if band.up else -band.fen) for band in found.bands
    )
    columns = (
        Column(say("变动", "move")),
        Column(say("主体", "applicants"), "number"),
        Column(say("金额", "sum"), "fen"),
    )
    labels = tuple(str(row[0]) for row in rows)
    charts = (
        Bars(
            say("多少主体得到更多或更少", "How many gain and how many lose"),
            say("主体（户）", "applicants"),
            labels,
            (Series(say("主体", "applicants"), tuple(band.applicants for band in found.bands)),),
            "number",
        ),
        Bars(
            say("各档共多或共少多少钱", "What each band gains or loses together"),
            say("金额", "sum"),
            labels,
            (Series(say("金额", "sum"), tuple(band.fen if band.up else -band.fen for band in found.bands)),),
        ),
    )
    total = (
        say("合计", "total"),
        found.winners.applicants + found.losers.applicants,
        found.winners.fen - found.losers.fen,
    )
    title = say("谁多谁少", "Winners and losers")
    some = found.winners.applicants + found.losers.applicants
    table = Table(columns, rows, total)
    return Section("moves", title, say("变动", "moves"), table, charts=charts if some else ())


def _drivers(found: Comparison, words: Words, other: Words) -> Section:
    say = words.say
    rows = tuple(
        (
            (words if row.a_fen is not None else other).measure(row.policy, row.measure),
            words.policy(row.policy) if row.a_fen is not None else other.policy(row.policy),
            row.a_fen,
            row.b_fen,
            row.move_fen,
        )
        for row in found.drivers
    )
    columns = (
        Column(say("措施", "measure")),
        Column(say("政策", "policy")),
        Column(say("甲", "A"), "fen"),
        Column(say("乙", "B"), "fen"),
        Column(say("乙减甲", "B less A"), "fen"),
    )
    a, b = found.a_sums.at_most_fen, found.b_sums.at_most_fen
    moved = [row for row in found.drivers if row.move_fen][:_MOST]
    chart = Bars(
        say("哪些措施造成变动（按最高，前12项）", "Which measures drive it (at most, the first 12)"),
        say("乙减甲", "B less A"),
        tuple(str(row[0]) for row, item in zip(rows, found.drivers, strict=True) if item.move_fen)[:_MOST],
        (Series(say("乙减甲", "B less A"), tuple(row.move_fen for row in moved)),),
    )
    note = say("“—”表示该政策没有这项措施。", "“—”: the policy has no such measure.")
    table = Table(columns, rows, (say("合计", "total"), "", a, b, b - a))
    title = say("变动从何而来", "What drives it")
    return Section("drivers", title, say("措施", "measures"), table, note, (chart,) if moved else ())


def _largest(found: Comparison, words: Words) -> Section:
    say = words.say
    rows = tuple(
        (move.name or move.id, move.id, move.a_fen, move.b_fen, move.b_fen - move.a_fen)
        for move in found.largest
    )
    columns = (
        Column(say("申报主体", "applicant")),
        Column(say("编号", "id")),
        Column(say("甲", "A"), "fen"),
        Column(say("乙", "B"), "fen"),
        Column(say("乙减甲", "B less A"), "fen"),
    )
    title = say("变动最大的主体", "The largest moves")
    note = say("按最高计，最多20户。", "By what is owed at most; twenty at most.")
    return Section("largest", title, say("最大变动", "largest moves"), Table(columns, rows), note)
