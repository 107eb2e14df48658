"""The sheets of the result workbook about reasons: conditions, missing facts, readings, states."""

from __future__ import annotations

from collections.abc import Sequence

from duixian.cli.facts import missing_text, used_facts
from duixian.cli.reasons import reading_text
from duixian.cli.sheets import AMBER, GREEN, RED, Column, Lister, Row, Sheet
from duixian.cli.sorting import Group
from duixian.cli.wording import STATES


class ReasonSheets(Lister):
    """Makes the sheets about reasons."""

    def conditions(self) -> Sheet:
        """Return a row for each condition of each claim; those that rest on no record have nothing to show."""
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
            if group < Group.MAYBE_RECORD
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
