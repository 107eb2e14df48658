"""What the comparison of a policy with its document found, and how it is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from duixian.language.claimants import Claimant, Parameter
from duixian.language.document import Sentence
from duixian.language.figures import Figure
from duixian.language.vocabulary import Label

_NEEDS_NO_CLAIM = ("name", "document")
_BEGINNING = 6
_KINDS = {
    "policy": "政策",
    "validity": "有效期",
    "condition": "条件",
    "measure": "措施",
    "stage": "分期",
    "claw-back": "退还",
    "bound": "合计上限",
    "overlap": "就高不重复",
    "statement": "语句",
    "target": "目标",
    "task": "任务",
}


def needs_claim(figure: Figure) -> bool:
    """Whether a figure must be accounted for: names (5G) and numbers of documents need not."""
    return figure.kind not in _NEEDS_NO_CLAIM


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A figure of a sentence: the parameters that it is, or why it is none."""

    figure: Figure
    parameters: tuple[Parameter, ...]
    reason: str = ""

    @property
    def claimed(self) -> bool:
        """Whether the figure is accounted for."""
        return bool(self.parameters or self.reason) or not needs_claim(self.figure)


@dataclass(frozen=True, slots=True)
class CoveredSentence:
    """A sentence with its claimants, the clauses that none of them claims, and its figures."""

    sentence: Sentence
    claimants: tuple[Claimant, ...]
    unclaimed: tuple[int, ...]
    figures: tuple[FoundFigure, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps the coverage from being complete: where, and what, in both languages."""

    at: str
    label: Label


@dataclass(frozen=True, slots=True)
class Coverage:
    """The coverage of one document by one policy."""

    policy: str
    sentences: tuple[CoveredSentence, ...]
    faults: tuple[Fault, ...]

    @property
    def complete(self) -> bool:
        """Whether every sentence and every figure is accounted for, and nothing claims more than there is."""
        return not self.faults

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Return sentences claimed and in all, figures claimed and in all."""
        found = [item for sentence in self.sentences for item in sentence.figures]
        claimed = sum(not sentence.unclaimed for sentence in self.sentences)
        return claimed, len(self.sentences), sum(item.claimed for item in found), len(found)

    def text(self, lang: str) -> str:
        """Return the report in `zh` or `en`: a line each sentence, of which only its beginning is shown."""
        lines = [line for sentence in self.sentences for line in _sentence(sentence, lang)]
        faults = [f"  {fault.at}: {fault.label.text(lang)}" for fault in self.faults]
        if faults:
            lines += ["", _pick(lang, f"问题（{len(faults)}个）：", f"Problems ({len(faults)}):"), *faults]
        claimed, sentences, known, figures = self.counts
        zh = f"{self.policy}：语句 {claimed}/{sentences}，数字 {known}/{figures}"
        en = f"{self.policy}: sentences {claimed}/{sentences}, figures {known}/{figures}"
        return "\n".join([*lines, "", _pick(lang, zh, en)]) + "\n"


def _sentence(covered: CoveredSentence, lang: str) -> Iterator[str]:
    text = covered.sentence.text
    begins = text[:_BEGINNING] + ("…" if len(text) > _BEGINNING else "")
    names = list(dict.fromkeys(_name(claimant, lang) for claimant in covered.claimants))
    shown = ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
    yield f"{covered.sentence.locator} {begins}  ← {shown or _pick(lang, '没有认领', 'unclaimed')}"
    for found in covered.figures:
        yield f"    {found.figure.literal} → {_meaning(found, lang)}"


def _name(claimant: Claimant, lang: str) -> str:
    return claimant.name if lang == "en" else f"{_KINDS[claimant.kind]} {claimant.id}".strip()


def _meaning(found: FoundFigure, lang: str) -> str:
    if found.parameters:
        return ", ".join(dict.fromkeys(item.label.text(lang) for item in found.parameters))
    if found.reason:
        return _pick(lang, f"不是参数：{found.reason}", f"no parameter: {found.reason}")
    if not needs_claim(found.figure):
        return _pick(lang, "名称或文号", "a name, or the number of a document")
    return _pick(lang, "没有认领", "unclaimed")


def _pick(lang: str, zh: str, en: str) -> str:
    return en if lang == "en" else zh
