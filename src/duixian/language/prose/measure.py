"""Tells one measure: for whom, per which record, on what conditions, how much, and how it is handled."""

from __future__ import annotations

from collections.abc import Iterable

from duixian.language import locators
from duixian.language import tree as t
from duixian.language.cases import Case
from duixian.language.policy import Condition, Measure, Policy
from duixian.language.prose import relations, terms
from duixian.language.prose.page import Lines, Page
from duixian.language.prose.readings import expressions, readings, rests_on
from duixian.language.prose.speaker import Speaker


def write(speaker: Speaker, page: Page, policy: Policy, measure: Measure, cases: Iterable[Case]) -> None:
    """Write all that is known of a measure."""
    page.title(f"{speaker.label(measure.title)} [{measure.id}]")
    document = f"{policy.number} {speaker.label(policy.title)}".strip()
    place = speaker.comma(measure.place.at)
    page.item("出处", "Place", place + speaker.pick(f"（{document}）", f" ({document})"))
    if measure.claimable:
        _whom(speaker, page, measure)
    page.section("条件", "Conditions", conditions(speaker, measure.conditions))
    _terms(speaker, page, measure)
    page.section("另有规定", "Instead", _instead(speaker, measure))
    page.section("分期发放", "Paid in stages", _stages(speaker, measure))
    page.section("退还", "Paying back", _claw_back(speaker, measure))
    _handling(speaker, page, measure)
    overlap, bounds = relations.overlap_of(policy, measure), relations.bounds_of(policy, measure)
    page.section("就高不重复", "Take the higher", relations.conflicts(speaker, policy, overlap))
    page.section("叠加与衔接", "Stacking", relations.stacking(speaker, policy, measure))
    page.section("合计上限", "Shared ceilings", relations.ceilings(speaker, policy, bounds))
    page.section("所依据的解释口径", "Readings it rests on", readings(speaker, rests_on(policy, measure)))
    page.section("证明材料", "Evidence", _evidence(speaker, measure))
    figures = ((0, f"{figure.value} {speaker.label(figure.label)}") for figure in measure.place.figures)
    page.section("文中其他数字", "Other figures of the text", figures)
    if measure.note:
        page.item("说明", "Note", speaker.label(measure.note))
    own = [case for case in cases if concerns(case, measure)]
    page.section(f"案例（{len(own)}个）", f"Cases ({len(own)})", _cases(own))


def concerns(case: Case, measure: Measure) -> bool:
    """Whether a case is one of this measure: it names it, or a place at which the measure stands."""
    if case.measure:
        return case.measure == measure.id
    asked = locators.parse(case.at)
    return measure.claimable and any(locators.meet(locators.parse(own), asked) for own in measure.place.at)


def conditions(speaker: Speaker, found: Iterable[Condition]) -> Lines:
    """Yield conditions: their words, where they stand, and the expression behind them."""
    for condition in found:
        name = f"{condition.id} {speaker.comma(condition.at)}".strip()
        yield 0, f"{speaker.label(condition.label)} [{name}]"
        if condition.per:
            entity = speaker.quote(speaker.entity(condition.per))
            yield 1, speaker.pick(f"只对按{entity}给的措施", f"only for what is given per {entity}")
        yield 1, speaker.named(speaker.pick("即", "that is"), speaker.text(condition.test))


def _whom(speaker: Speaker, page: Page, measure: Measure) -> None:
    kinds = speaker.words("applicant_kind", measure.to)
    page.item("对象", "To", speaker.series(kinds, ("、", "or")))
    entity = speaker.quote(speaker.entity(measure.per))
    record = speaker.pick(f"每一条{entity}记录", f"{entity} record")
    page.item(
        "计算单位", "Per", speaker.pick("每个申报主体", "applicant") if measure.per == "applicant" else record
    )
    if measure.which is not None:
        page.item("所指记录", "Which", speaker.text(measure.which))
    page.item("申报主体的角色", "Role", speaker.series(speaker.words("role", measure.roles), ("或", "or")))


def _terms(speaker: Speaker, page: Page, measure: Measure) -> None:
    lines = list(terms.gives(speaker, measure.terms)) if measure.claimable else []
    if len(lines) == 1:
        page.item("给予", "Gives", lines[0][1])
    else:
        page.section("给予", "Gives", lines)
    page.item("权利", "Right", speaker.pick(*terms.RIGHTS[measure.terms.right]))
    if measure.claimable:
        page.item("形式", "Form", speaker.pick(*terms.FORMS[measure.terms.form]))


def _instead(speaker: Speaker, measure: Measure) -> Lines:
    for item in measure.instead:
        yield 0, speaker.label(item.label)
        yield 1, speaker.where(item.when)
        first, *others = terms.gives(speaker, item.terms)
        yield 1, speaker.named(speaker.pick("给予", "gives"), first[1])
        yield from ((2 + depth, text) for depth, text in others)
        if item.terms.right != measure.terms.right:
            right = speaker.pick(*terms.RIGHTS[item.terms.right])
            yield 1, speaker.named(speaker.pick("权利", "right"), right)
        if item.terms.form != measure.terms.form:
            yield 1, speaker.named(speaker.pick("形式", "form"), speaker.pick(*terms.FORMS[item.terms.form]))


def _stages(speaker: Speaker, measure: Measure) -> Lines:
    for stage in measure.stages:
        text = speaker.named(speaker.text(stage.share), speaker.label(stage.label))
        yield 0, f"{text} [{speaker.comma(stage.at)}]" if stage.at else text
        if stage.begins is not None:
            yield 1, speaker.named(speaker.pick("最早", "not before"), speaker.text(stage.begins))
        yield from ((1 + depth, line) for depth, line in conditions(speaker, stage.conditions))


def _claw_back(speaker: Speaker, measure: Measure) -> Lines:
    back = measure.claw_back
    if back is None:
        return
    yield 0, f"{speaker.label(back.label)} [{speaker.comma(back.place.at)}]"
    if back.until is not None:
        yield 1, speaker.named(speaker.pick("之前", "before"), speaker.text(back.until))
    yield from ((1, f"{figure.value} {speaker.label(figure.label)}") for figure in back.place.figures)


def _handling(speaker: Speaker, page: Page, measure: Measure) -> None:
    if measure.claimable:
        applicant = speaker.pick("申报主体", "the applicant")
        page.item("收款人", "Payee", speaker.label(measure.payee) if measure.payee else applicant)
    page.item("决定部门", "Decided by", speaker.comma(measure.decided_by))
    if measure.apply_by is not None:
        page.item("申报截止", "Apply by", speaker.text(measure.apply_by))
    if measure.quota:
        page.item("名额", "Quota", speaker.label(measure.quota.label))


def _evidence(speaker: Speaker, measure: Measure) -> Lines:
    """Yield what proves the facts that are asked, by kind of proof; facts of an authority are marked."""
    proves: dict[str, dict[str, None]] = {name: {} for name in measure.evidence}
    parts = (part for node in expressions(measure) for part in t.walk(node))
    for part in parts:
        known = speaker.vocabulary.field(part.path) if isinstance(part, t.Get) else None
        if isinstance(part, t.Get) and known is not None and known.proof:
            name = speaker.field(part.record.entity, part.field)
            if known.authority:
                name += speaker.pick("（由主管部门掌握）", " (known to the authority)")
            proves.setdefault(known.proof, {})[name] = None
    for proof, facts in proves.items():
        name = speaker.label(speaker.vocabulary.evidence[proof])
        yield 0, speaker.named(name, speaker.comma(list(facts))) if facts else name


def _cases(cases: Iterable[Case]) -> Lines:
    for case in cases:
        yield 0, f"{case.id}: {case.zh}"
        yield 1, case.why
