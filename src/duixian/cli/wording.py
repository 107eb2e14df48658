"""The words for what an assessment says, in Chinese and English: verdicts, sums, states of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duixian.calendar.days import Language
from duixian.register.amounts import format_money

if TYPE_CHECKING:
    from duixian.engine.result import Claim, Outcome, PolicyState
    from duixian.language.policy import Measure, Policy
    from duixian.language.vocabulary import Vocabulary

VERDICTS = {
    "eligible": ("可得", "eligible"),
    "eligible_up_to": ("可得（上限）", "eligible (ceiling)"),
    "competitive_up_to": ("择优（上限）", "selective (ceiling)"),
    "case_by_case": ("一事一议", "case by case"),
    "amount_not_stated": ("可得，未写金额", "eligible, no sum stated"),
    "undetermined": ("待定", "undetermined"),
    "ineligible": ("不符合", "not eligible"),
    "not_in_force": ("政策不在有效期", "policy not in force"),
}
FORMS = {
    "cash": ("现金", "cash"),
    "equity_and_cash": ("股权与现金", "equity and cash"),
    "voucher": ("券", "voucher"),
    "project_money": ("项目经费", "project money"),
    "housing": ("购房补贴", "housing"),
    "other": ("其他", "other"),
}
RIGHTS = {
    "entitled": ("须申报", "by application"),
    "automatic": ("免申即享", "automatic"),
    "selected": ("须申报，择优", "by application, selective"),
    "case_by_case": ("一事一议", "case by case"),
    "fund": ("资金安排", "fund"),
    "none": ("鼓励", "encouragement"),
}
STATES = {
    "draft": ("草案，尚无效力", "draft, without effect"),
    "not_yet": ("尚未施行", "not yet in force"),
    "in_force": ("有效", "in force"),
    "expired": ("已失效", "expired"),
    "open": ("是否有效未定", "not known whether in force"),
}


@dataclass(frozen=True, slots=True)
class View:
    """The language of the output, and the policies and vocabulary whose words it uses."""

    policies: Mapping[str, Policy]
    vocabulary: Vocabulary
    lang: Language

    def say(self, zh: str, en: str) -> str:
        """Return the text in the language of the output."""
        return en if self.lang == "en" else zh

    def word(self, words: Mapping[str, tuple[str, str]], key: str) -> str:
        """Return a word of one of the tables above."""
        return self.say(*words[key])

    def money(self, fen: int) -> str:
        """Return a sum for people."""
        return format_money(fen, self.lang)

    def join(self, items: list[str]) -> str:
        """Return a list of words as one text."""
        return ("、" if self.lang == "zh" else ", ").join(items)

    def policy(self, key: str) -> str:
        """Return the short title of a policy."""
        known = self.policies.get(key)
        return known.short.text(self.lang) if known else key

    def measure(self, policy: str, key: str) -> Measure | None:
        """Return a measure by its policy and id."""
        known = self.policies.get(policy)
        return known.measure(key) if known else None

    def measure_title(self, policy: str, key: str) -> str:
        """Return the title of a measure."""
        measure = self.measure(policy, key)
        return measure.title.text(self.lang) if measure else key

    def choice(self, policy: str, reading: str, choice: str | None) -> str:
        """Return the words of a reading's choice."""
        known = self.policies[policy].reading(reading) if policy in self.policies else None
        found = [item.label.text(self.lang) for item in known.choices if item.id == choice] if known else []
        return found[0] if found else self.say("未定", "open") if choice is None else choice


def outcome_of(claim: Claim) -> Outcome:
    """Return what the claim gives, or would give if its policy were in force."""
    from duixian.engine.result import Outcome

    return claim.would_be or Outcome(claim.verdict, claim.min_fen, claim.max_fen)


def sum_text(view: View, outcome: Outcome) -> str:
    """Return the sum of an outcome: exact, a range, a ceiling, or words where there is no number."""
    verdict, low, high = outcome.verdict, outcome.min_fen, outcome.max_fen
    if verdict == "ineligible":
        return "—"
    if verdict == "not_in_force":
        return view.say("不可申领", "cannot be claimed")
    if high is None:
        return {
            "case_by_case": view.say("个案确定", "decided by case"),
            "amount_not_stated": view.say("未写金额", "no sum stated"),
        }.get(verdict, view.say("未定", "open"))
    if low == high:
        return view.money(high)
    if low:
        return view.say(f"{view.money(low)}–{view.money(high)}", f"{view.money(low)} to {high // 100:,}")
    return view.say(f"最高{view.money(high)}", f"up to {view.money(high)}")


def state_text(view: View, state: PolicyState, adopted: bool) -> str:
    """Say how a policy stands on its day, with its first and last day."""
    text = view.word(STATES, state.state)
    if state.starts or state.ends:
        first, last = state.starts or "?", state.ends or "?"
        text += view.say(f"（{first} 至 {last}）", f" ({first} to {last})")
    if adopted:
        text = (
            view.say(f"假设草案于 {state.starts} 施行：", f"if the draft is adopted on {state.starts}: ")
            + text
        )
    return text


def in_doubt(state: PolicyState) -> bool:
    """Say whether sums under the policy are only what would have been."""
    return state.state not in ("in_force", "open")
