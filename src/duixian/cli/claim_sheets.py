"""The sheets of the result workbook about sums: the summary, the payable claims, every claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duixian.cli.facts import missing_text, near_text
from duixian.cli.notes import aside_text
from duixian.cli.sheets import AMBER, GREEN, GREY, RED, Column, Lister, Row, Sheet
from duixian.cli.sorting import Group, group_name
from duixian.cli.totals import sums_of
from duixian.cli.wording import FORMS, RIGHTS, VERDICTS, View, outcome_of

if TYPE_CHECKING:
    from duixian.engine.result import Assessment, Claim

_PAID = (Group.PAYABLE, Group.DECISION, Group.UNSTATED, Group.OPEN, Group.ASIDE)
_SUMS = (
    ("确定（元）", "certain (yuan)"),
    ("最高（元）", "at most (yuan)"),
    ("含评审（元）", "with decisions (yuan)"),
)
_GROUP_COLOURS = {
    Group.PAYABLE: GREEN,
    Group.DECISION: "#1F4E78",
    Group.OPEN: AMBER,
    Group.NEAR: "#7030A0",
    Group.ASIDE: GREY,
    Group.FAILED: RED,
}


class ClaimSheets(Lister):
    """Makes the sheets about sums."""

    def __init__(self, view: View, found: Assessment) -> None:
        """Take the colours of the results in the language of the output."""
        super().__init__(view, found)
        self.colours = {group_name(view, group): colour for group, colour in _GROUP_COLOURS.items()}

    def summary(self) -> Sheet:
        """Return one row for each applicant, with the sum of all below."""
        say = self.view.say
        columns = self.who() + [Column(say(*title), "sum") for title in _SUMS]
        columns += [
            Column(say(f"假如有效：\n{zh}", f"if in force:\n{en}"), "sum", doubtful=True) for zh, en in _SUMS
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
                "Certain: owed in any case. At most: the most that is owed. With decisions: if every "
                "selection falls well. If in force: what policies that are not would have given.",
            ),
        ]
        total: Row = (say("合计", "total"), "", *whole, *([None] * 4))
        return Sheet(say("汇总", "summary"), columns, rows, 2, notes, total)

    def years(self) -> Sheet:
        """Return each applicant's sums by policy and year, for policies in force."""
        say = self.view.say
        columns = [*self.who(), Column(say("政策", "policy")), Column(say("年度", "year"), "number")]
        columns += [Column(say(*title), "sum") for title in _SUMS]
        rows: list[Row] = [
            (
                applicant.id,
                applicant.name,
                self.view.policy(item.policy),
                item.year,
                item.certain_fen,
                item.at_most_fen,
                item.with_decisions_fen,
            )
            for applicant in self.found.applicants
            for item in applicant.totals.by
        ]
        return Sheet(say("分年合计", "by year"), columns, rows, 2)

    def sums(self) -> list[Column]:
        """Return the columns of what a claim gives."""
        say = self.view.say
        return [
            Column(say("结论", "result"), colours=self.colours),
            Column(say("最少（元）", "least (yuan)"), "sum"),
            Column(say("最多（元）", "most (yuan)"), "sum"),
            Column(say("可拨（元）", "payable (yuan)"), "sum"),
            Column(say("假如有效：\n最少（元）", "if in force:\nleast (yuan)"), "sum", doubtful=True),
            Column(say("假如有效：\n最多（元）", "if in force:\nmost (yuan)"), "sum", doubtful=True),
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
