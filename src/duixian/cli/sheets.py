"""The sheets of the result workbook as plain tables: columns with their kinds, rows of values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from duixian.cli.facts import missing_text, near_text, used_facts
from duixian.cli.notes import aside_text
from duixian.cli.reasons import reading_text
from duixian.cli.sorting import Group, group_name, sorted_claims
from duixian.cli.totals import sums_of
from duixian.cli.wording import FORMS, RIGHTS, STATES, VERDICTS, View, in_doubt, outcome_of

if TYPE_CHECKING:
    from duixian.engine.result import ApplicantResult, Assessment, Claim

Value = str | int | dt.date | None
Row = tuple[Value, ...]
GREEN, RED, AMBER, GREY = "#00703C", "#C00000", "#9C5700", "#7F7F7F"
_PAID = (Group.PAYABLE, Group.DECISION, Group.UNSTATED, Group.OPEN, Group.ASIDE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what it holds (text, long, sum, day, number), colours of its words.

    A sum is given in fen and written in yuan. `doubtful` marks sums of policies that are not in force.
    """

    title: str
    kind: str = "text"
    colours: Mapping[str, str] = field(default_factory=dict)
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: title, notes above the table, columns, rows, how many columns stay in view, a last row of sums."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    frozen: int = 1
    notes: Sequence[str] = ()
    total: Row | None = None


def sheets_of(view: View, found: Assessment, adopted: Sequence[str]) -> tuple[Sheet, ...]:
    """Return all sheets in the order in which they are read."""
    maker = _Maker(view, found)
    return (
        maker.summary(),
        maker.payable(),
        maker.claims(),
        maker.conditions(),
        maker.missing(),
        maker.readings(),
        maker.policies(adopted),
    )


class _Maker:
    """Makes the sheets of one assessment."""

    def __init__(self, view: View, found: Assessment) -> None:
        """Sort every applicant's claims once."""
        self.view = view
        self.found = found
        self.doubtful = {state.id for state in found.policies if in_doubt(state)}
        self.sorted = [(item, sorted_claims(view, item.claims)) for item in found.applicants]
        groups = {group_name(view, group): colour for group, colour in _GROUP_COLOURS.items()}
        self.group_colours = groups

    def every(self) -> Iterable[tuple[ApplicantResult, Group, Claim]]:
        """Yield all claims, in each applicant's order of interest."""
        for applicant, claims in self.sorted:
            for group, claim in claims:
                yield applicant, group, claim

    def who(self) -> list[Column]:
        """Return the columns that name an applicant."""
        return [Column(self.view.say("编号", "id")), Column(self.view.say("名称", "name"))]

    def what(self) -> list[Column]:
        """Return the columns that name a claim."""
        say = self.view.say
        titles = [("政策", "policy"), ("措施", "measure"), ("条款位置", "place"), ("记录", "record")]
        return [Column(say(*title)) for title in titles]

    def named(self, applicant: ApplicantResult, claim: Claim) -> Row:
        """Return the cells that name an applicant and a claim."""
        return (
            applicant.id,
            applicant.name,
            self.view.policy(claim.policy),
            claim.title,
            claim.at,
            claim.record,
        )

    def summary(self) -> Sheet:
        """Return one row for each applicant, with the sum of all below."""
        say = self.view.say
        sums = [
            ("确定（元）", "certain (yuan)"),
            ("最高（元）", "at most (yuan)"),
            ("含评审（元）", "with decisions (yuan)"),
        ]
        columns = self.who() + [Column(say(*title), "sum") for title in sums]
        columns += [
            Column(say(f"假如有效：{zh}", f"had it been in force: {en}"), "sum", doubtful=True)
            for zh, en in sums
        ]
        counted = [
            ("可得项数", "payable"),
            ("待评审", "by decision"),
            ("待定", "open"),
            ("未达标", "falls short"),
        ]
        columns += [Column(say(*title), "number") for title in counted]
        rows: list[Row] = []
        whole = [0] * 6
        for applicant, claims in self.sorted:
            money = [*sums_of(applicant.totals), *sums_of(applicant.totals.would_have_been)]
            whole = [total + fen for total, fen in zip(whole, money, strict=True)]
            groups = [group for group, _ in claims]
            payable = groups.count(Group.PAYABLE) + groups.count(Group.UNSTATED)
            counts = [payable, *(groups.count(group) for group in (Group.DECISION, Group.OPEN, Group.NEAR))]
            rows.append((applicant.id, applicant.name, *money, *counts))
        notes = [
            say(
                f"兑现评估结果：申报日 {self.found.on}，{len(rows)} 个申报主体",
                f"Duixian assessment as of {self.found.on}: {len(rows)} applicants",
            ),
            say(
                "“确定”为无论如何应得；“最高”为按条件应得的上限；“含评审”另加择优、一事一议都通过的情形。"
                "“假如有效”为不在有效期内的政策本来会给的，现在不能申领。",
                "Certain: owed in any case. At most: the most that is owed. With decisions: if every selection "
                "falls well. Had it been in force: policies that give nothing on this day.",
            ),
        ]
        total: Row = (say("合计", "total"), "", *whole, *([None] * 4))
        return Sheet(say("汇总", "summary"), columns, rows, 2, notes, total)

    def sums(self) -> list[Column]:
        """Return the columns of what a claim gives."""
        say = self.view.say
        return [
            Column(say("结论", "result"), colours=self.group_colours),
            Column(say("最少（元）", "least (yuan)"), "sum"),
            Column(say("最多（元）", "most (yuan)"), "sum"),
            Column(say("可拨（元）", "payable (yuan)"), "sum"),
            Column(say("假如有效：最少（元）", "had it been in force: least (yuan)"), "sum", doubtful=True),
            Column(say("假如有效：最多（元）", "had it been in force: most (yuan)"), "sum", doubtful=True),
        ]

    def given(self, group: Group, claim: Claim) -> Row:
        """Return the cells of what a claim gives; empty where there is no number."""
        name, outcome = group_name(self.view, group), outcome_of(claim)
        nothing = outcome.verdict == "ineligible"
        low, high = (None, None) if nothing or outcome.max_fen is None else (outcome.min_fen, outcome.max_fen)
        if claim.policy in self.doubtful:
            return (name, None, None, None, low, high)
        return (name, low, high, None if nothing else claim.payable_fen, None, None)

    def procedure(self) -> list[Column]:
        """Return the columns of how a claim is made and decided."""
        say = self.view.say
        titles = [
            ("办理方式", "procedure"),
            ("形式", "form"),
            ("付给", "paid to"),
            ("决定部门", "decided by"),
        ]
        return [
            *(Column(say(*title)) for title in titles),
            Column(say("证明材料", "evidence"), "long"),
            Column(say("最迟申报日", "apply by"), "day"),
            Column(say("事项日期", "event day"), "day"),
            Column(say("已拨付（元）", "already paid (yuan)"), "sum"),
        ]

    def handled(self, claim: Claim) -> Row:
        """Return the cells of how a claim is made and decided."""
        view = self.view
        evidence = view.join([view.vocabulary.evidence[item].text(view.lang) for item in claim.evidence])
        ways = (
            view.word(RIGHTS, claim.right),
            view.word(FORMS, claim.form),
            claim.payee,
            view.join(claim.decided_by),
        )
        return (*ways, evidence, claim.apply_by, claim.event_date, claim.already_paid_fen or None)

    def remarks(self, claim: Claim) -> str:
        """Return what is missing, how near it was, what it gave way to, and the note, in lines."""
        view = self.view
        lines = []
        if claim.missing:
            items = view.join([missing_text(view, claim, item) for item in claim.missing])
            lines.append(view.say("缺：", "missing: ") + items)
        lines += [near_text(view, claim, near) for near in claim.near]
        lines += [aside_text(view, claim)] if claim.set_aside else []
        unmet = [condition.text for condition in claim.conditions if condition.holds is False]
        lines += [view.say("未满足：", "not met: ") + view.say("；", "; ").join(unmet)] if unmet else []
        return "\n".join([*lines, claim.note] if claim.note else lines)

    def payable(self) -> Sheet:
        """Return the claims that give something, now or had their policy been in force, or may do so."""
        say = self.view.say
        columns = [
            *self.who(),
            *self.what(),
            *self.sums(),
            Column(say("说明", "remarks"), "long"),
            *self.procedure(),
        ]
        rows = [
            (
                *self.named(applicant, claim),
                *self.given(group, claim),
                self.remarks(claim),
                *self.handled(claim),
            )
            for applicant, group, claim in self.every()
            if group in _PAID
        ]
        return Sheet(say("可得明细", "payable"), columns, rows, 2)

    def claims(self) -> Sheet:
        """Return every claim with its verdict and the ids that programs use."""
        say = self.view.say
        columns = [
            *self.who(),
            *self.what(),
            *self.sums(),
            Column(say("判定", "verdict")),
            Column(say("年度", "year"), "number"),
            Column(say("说明", "remarks"), "long"),
            Column(say("政策编号", "policy id")),
            Column(say("措施编号", "measure id")),
        ]
        rows = [
            (
                *self.named(applicant, claim),
                *self.given(group, claim),
                self.view.word(VERDICTS, claim.verdict),
                claim.year,
                self.remarks(claim),
                claim.policy,
                claim.measure,
            )
            for applicant, group, claim in self.every()
        ]
        return Sheet(say("全部结果", "all claims"), columns, rows, 2)

    def conditions(self) -> Sheet:
        """Return a row for each condition of each claim that speaks of the applicant."""
        say = self.view.say
        words = {True: say("满足", "met"), False: say("不满足", "not met"), None: say("待定", "open")}
        colours = {words[True]: GREEN, words[False]: RED, words[None]: AMBER}
        columns = [
            *self.who(),
            *self.what(),
            Column(say("条件", "condition"), "long"),
            Column(say("是否满足", "holds"), colours=colours),
            Column(say("所用事实", "facts used"), "long"),
            Column(say("条件出处", "place of the condition")),
        ]
        rows = [
            (
                *self.named(applicant, claim),
                item.text,
                words[item.holds],
                used_facts(self.view, item),
                item.at,
            )
            for applicant, group, claim in self.every()
            if group is not Group.NOT_ADDRESSED
            for item in claim.conditions
        ]
        return Sheet(say("条件", "conditions"), columns, rows, 2)

    def missing(self) -> Sheet:
        """Return a row for each fact that is missing, with the question to ask."""
        say = self.view.say
        columns = [
            *self.who(),
            *self.what(),
            Column(say("缺失事实", "missing fact")),
            Column(say("所属记录", "of the record")),
            Column(say("要问的问题", "question"), "long"),
            Column(say("证明材料", "evidence")),
            Column(say("事实编号", "fact id")),
        ]
        rows = [
            (
                *self.named(applicant, claim),
                missing_text(self.view, claim, item),
                item.record,
                *self.asked(item.fact),
            )
            for applicant, _, claim in self.every()
            for item in claim.missing
        ]
        return Sheet(say("缺失事实", "missing facts"), columns, rows, 2)

    def asked(self, fact: str) -> Row:
        """Return the question for a missing fact, its evidence and its id."""
        known = self.view.vocabulary.field(fact)
        if known is None:
            return ("", "", fact)
        proof = self.view.vocabulary.evidence[known.proof].text(self.view.lang) if known.proof else ""
        return (known.ask.text(self.view.lang), proof, fact)

    def readings(self) -> Sheet:
        """Return a row for each reading that a claim rests on."""
        say = self.view.say
        columns = [
            *self.who(),
            *self.what(),
            Column(say("口径编号", "reading")),
            Column(say("采用", "taken")),
            Column(
                say("问题、采用的口径和其他选择的结果", "question, choice taken, what others give"), "long"
            ),
        ]
        rows = [
            (
                *self.named(applicant, claim),
                item.id,
                self.view.choice(claim.policy, item.id, item.choice),
                reading_text(self.view, claim, item),
            )
            for applicant, _, claim in self.every()
            for item in claim.readings
        ]
        return Sheet(say("解释口径", "readings"), columns, rows, 2)

    def policies(self, adopted: Sequence[str]) -> Sheet:
        """Return how each policy stands on its day."""
        say = self.view.say
        titles = [
            ("编号", "id"),
            ("政策", "policy"),
            ("文号", "number"),
            ("状态", "state"),
            ("备注", "remark"),
        ]
        days = [("申报日", "application day"), ("生效日", "first day"), ("失效日", "last day")]
        columns = [
            *(Column(say(*title)) for title in titles),
            *(Column(say(*title), "day") for title in days),
        ]
        rows = [
            (
                state.id,
                state.title,
                self.view.policies[state.id].number,
                self.view.word(STATES, state.state),
                say("假设草案已施行", "draft taken to be adopted") if state.id in adopted else "",
                state.on,
                state.starts,
                state.ends,
            )
            for state in self.found.policies
        ]
        return Sheet(say("政策", "policies"), columns, rows)


_GROUP_COLOURS = {
    Group.PAYABLE: GREEN,
    Group.DECISION: "#1F4E78",
    Group.OPEN: AMBER,
    Group.NEAR: "#7030A0",
    Group.ASIDE: GREY,
    Group.FAILED: RED,
}
