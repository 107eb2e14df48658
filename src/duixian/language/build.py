"""Builds a checked policy from a pack's files: every expression resolved and typed, every name known."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from duixian.language import policy as p
from duixian.language.lexer import WORDS
from duixian.language.problems import Position, Report, nearest
from duixian.language.resolve import resolve
from duixian.language.scope import BUILTINS, Scope
from duixian.language.shape import Entry
from duixian.language.source import Scalar
from duixian.language.staging import claw_back, stages
from duixian.language.tree import AnyNode
from duixian.language.units import COUNT, DATE, FLAG, MONEY, Type
from duixian.language.vocabulary import Label, Vocabulary, label

NO_NUMBER = ("by_reference", "not_stated")
NOT_CLAIMABLE = ("fund", "none")
_CLAIMS_ONLY = ("to", "per", "which", "role", "requires", "apply_by", "instead", "stages", "claw_back")
_SCOPE = "a condition of the policy's scope"
_NO_CLAIM = frozenset(BUILTINS) - {"event_day"}
"""What an expression about several claims can see: none of them has the day."""
_USED_BY: dict[str, tuple[str, ...]] = {
    "exact": ("amount", "cap"),
    "up_to": ("amount", "cap"),
    "range": ("least", "amount", "cap"),
    "one_of": ("options", "cap"),
}
_NEEDED_BY = {
    **_USED_BY,
    "exact": ("amount",),
    "up_to": ("amount",),
    "range": ("least", "amount"),
    "one_of": ("options",),
}


@dataclass(slots=True)
class Builder:
    """Builds the parts of one policy; problems go to the report."""

    vocabulary: Vocabulary
    report: Report
    scope: Scope

    def place(self, entry: Entry) -> p.Place:
        """Return what an entry claims of the document."""
        figures = tuple(
            p.Figure(item.text("value"), label(item), item.text("than")) for item in entry.get("figures", ())
        )
        reasons = [
            {key: item.text for key, item in entry.get(name, {}).items()}
            for name in ("not_parameters", "not_in_text")
        ]
        return p.Place(entry.texts("at"), figures, *reasons)

    def expression(self, source: Scalar | None, scope: Scope, expected: Type | None) -> AnyNode | None:
        """Return the typed node of an expression, None if it is absent or wrong (then it was reported)."""
        return None if source is None else resolve(source, scope, self.report, expected)

    def known(self, entry: Entry, key: str, words: Iterable[str], what: str) -> tuple[str, ...]:
        """Return the texts of a list of names, reporting those that are not known."""
        names = []
        known = list(words)
        for item in entry.get(key, ()):
            if item.text in known:
                names.append(item.text)
            else:
                self.report.add(
                    item.position, "unknown-name", f"`{item.text}` is not {what}", nearest(item.text, known)
                )
        return tuple(names)

    def lets(self, entries: Mapping[str, Scalar], scope: Scope, slot: str) -> Scope:
        """Return the scope with named expressions added; each may use those before it."""
        taken = {*BUILTINS, *self.vocabulary.entities, "each", "reading"}
        scope.used.lets.difference_update(entries)
        scope.used.broken.difference_update(entries)
        for name, source in entries.items():
            if name in WORDS:
                continue
            if name in scope.lets or name in taken:
                self.report.add(
                    source.position, "duplicate-key", f"the name `{name}` is taken", "choose another"
                )
                continue
            node = resolve(source, scope.at(f"{slot}.{name}"), self.report)
            if node is None:
                scope.used.broken.add(name)
            else:
                scope = replace(scope, lets={**scope.lets, name: node})
        return scope

    def unused(self, entries: Mapping[str, Scalar], scope: Scope) -> None:
        """Report named expressions that nothing uses."""
        for name, source in entries.items():
            if name not in scope.used.lets and (name in scope.lets or name in scope.used.broken):
                self.report.add(
                    source.position, "unused", f"the name `{name}` is never used", "use it or remove it"
                )

    def conditions(self, entries: Mapping[str, Entry], scope: Scope, slot: str) -> tuple[p.Condition, ...]:
        """Return named conditions."""
        found = []
        for name, entry in entries.items():
            per = self.record_type(entry)
            own = replace(scope, entity=per) if per else scope
            test = self.expression(entry.get("is"), own.at(f"{slot}.{name}"), FLAG)
            if test is not None:
                found.append(p.Condition(name, test, label(entry), entry.position, entry.texts("at"), per))
        return tuple(found)

    def record_type(self, entry: Entry) -> str:
        """Return what an entry's `per:` names, or (reported) what it was probably meant to name."""
        per = entry.text("per")
        records = self.vocabulary.records
        if per and per != "applicant" and per not in records:
            known = nearest(per, ["applicant", *records])
            self.report.add(entry.place("per"), "unknown-name", f"`{per}` is not a record type", known)
            # Go on with what was probably meant, so that its expressions are checked too.
            per = next(iter(difflib.get_close_matches(per, records, n=1)), "applicant")
        return per

    def terms(self, entry: Entry, scope: Scope, slot: str, base: p.Terms | None = None) -> p.Terms:
        """Return the terms of a measure, or of an override that falls back on the measure's."""
        options = entry.get("options", ())
        caps = entry.get("cap", ())
        many = len(caps) > 1
        terms = p.Terms(
            right=entry.text("right", base.right if base else "entitled"),  # type: ignore[arg-type]
            sum=entry.text("sum", base.sum if base else "not_stated"),  # type: ignore[arg-type]
            amount=self.expression(entry.get("amount"), scope.at(f"{slot}.amount"), MONEY),
            least=self.expression(entry.get("least"), scope.at(f"{slot}.least"), MONEY),
            options=self._all(options, scope, f"{slot}.options", True),
            caps=self._all(caps, scope, f"{slot}.cap", many),
            form=entry.text("form", base.form if base else "cash"),
        )
        if base is not None and "amount" not in entry.places and terms.sum not in NO_NUMBER:
            terms = p.Terms(
                right=terms.right,
                sum=terms.sum,
                amount=base.amount,
                least=terms.least or base.least,
                options=terms.options or base.options,
                caps=terms.caps if "cap" in entry.places else base.caps,
                form=terms.form,
            )
        if base is not None or (entry.get("sum") and entry.get("right")):
            self._consistent(entry, terms)
        return terms

    def _all(self, sources: Iterable[Scalar], scope: Scope, slot: str, number: bool) -> tuple[AnyNode, ...]:
        found = []
        for index, source in enumerate(sources, 1):
            node = resolve(source, scope.at(f"{slot}.{index}" if number else slot), self.report, MONEY)
            if node is not None:
                found.append(node)
        return tuple(found)

    def _consistent(self, entry: Entry, terms: p.Terms) -> None:
        """Report a sum with `not_stated`, or none without it."""
        place = entry.place("sum")
        claimable = terms.right not in NOT_CLAIMABLE
        numbered = [key for key in ("amount", "least", "options", "cap") if key in entry.places]
        used = _USED_BY.get(terms.sum, ())
        if terms.sum in NO_NUMBER or not claimable:
            if numbered:
                why = f"`sum: {terms.sum}`" if terms.sum in NO_NUMBER else f"`right: {terms.right}`"
                message = f"{why} promises no number, but `{numbered[0]}:` gives one"
                self.report.add(
                    entry.place(numbered[0]), "sum-not-stated", message, "remove it or change `sum:`"
                )
            return
        for key in numbered:
            if key not in used:
                message = f"`sum: {terms.sum}` does not use `{key}:`"
                self.report.add(entry.place(key), "unused", message, "remove it or change `sum:`")
        have: dict[str, object] = {
            "least": terms.least,
            "amount": terms.amount,
            "options": terms.options or None,
        }
        for needed in _NEEDED_BY[terms.sum]:
            if have[needed] is None and needed not in entry.places:
                message = f"`sum: {terms.sum}` needs `{needed}:`"
                self.report.add(place, "no-sum", message, f"add `{needed}:` or `sum: not_stated`")

    def measure(self, entry: Entry, shared: Mapping[str, p.Condition], outer: Scope) -> p.Measure:
        """Build one measure."""
        id = entry.text("id")
        per = self.record_type(entry)
        scope = replace(outer, entity=per)
        lets = entry.get("let", {})
        scope = self.lets(lets, scope, id)
        terms = self.terms(entry, scope, id)
        claimable = terms.right not in NOT_CLAIMABLE
        self._form(entry, claimable)
        inherited = self._inherited(entry, shared) if claimable else ()
        measure = p.Measure(
            id=id,
            place=self.place(entry),
            title=label(entry.get("title")) if entry.get("title") else Label("", ""),
            terms=terms,
            position=entry.position,
            to=self.known(entry, "to", self.vocabulary.enums["applicant_kind"], "a kind of applicant"),
            per=per,
            which=self.expression(entry.get("which"), scope.at(f"{id}.which"), FLAG),
            roles=self.known(entry, "role", self.vocabulary.enums["role"], "a role"),
            conditions=inherited + self.conditions(entry.get("requires", {}), scope, id),
            instead=tuple(
                self._instead(item, scope, f"{id}.instead.{n}", terms)
                for n, item in enumerate(entry.get("instead", ()), 1)
                if item.get("when")
            ),
            payee=label(entry.get("payee")) if entry.get("payee") else None,
            decided_by=entry.texts("decided_by"),
            evidence=self.known(entry, "evidence", self.vocabulary.evidence, "a kind of evidence"),
            apply_by=self.expression(entry.get("apply_by"), scope.at(f"{id}.apply_by"), DATE),
            quota=self._quota(entry.get("quota")),
            note=label(entry.get("note")) if entry.get("note") else None,
            in_addition_to=entry.texts("in_addition_to"),
            implements=entry.texts("implements"),
            stages=stages(self, entry, scope, id),
            claw_back=claw_back(self, entry.get("claw_back"), scope, id),
        )
        self.unused(lets, scope)
        if measure.roles and per and "role" not in self.vocabulary.entities[per].fields:
            self.report.add(entry.place("role"), "unknown-name", f"`{per}` has no role", "remove `role:`")
        for name, condition in entry.get("requires", {}).items():
            if name in [item.id for item in inherited]:
                message = f"the condition `{name}` is inherited from the policy's scope already"
                hint = "choose another name, or list in `scope:` what is inherited"
                self.report.add(condition.position, "duplicate-key", message, hint)
        return measure

    def _instead(self, entry: Entry, scope: Scope, slot: str, base: p.Terms) -> p.Instead:
        when = self.expression(entry.get("when"), scope.at(f"{slot}.when"), FLAG)
        if entry.text("right") in NOT_CLAIMABLE:
            message = "an override cannot take the claim away"
            self.report.add(
                entry.place("right"), "not-claimable", message, "write a condition under `requires:`"
            )
        terms = self.terms(entry, scope, slot, base)
        return p.Instead(when, label(entry), terms)  # type: ignore[arg-type]

    def _quota(self, entry: Entry | None) -> p.Quota | None:
        return None if entry is None else p.Quota(label(entry), int(entry.text("count", "0")))

    def _form(self, entry: Entry, claimable: bool) -> None:
        """Report what a claimable measure lacks, and what one that is not claimable must not have."""
        for key in ("to", "per"):
            if claimable and key not in entry.places:
                self.report.add(
                    entry.position,
                    "missing-key",
                    f"a measure that gives money needs `{key}:`",
                    f"add `{key}:`",
                )
        if not claimable:
            for key in _CLAIMS_ONLY:
                if key in entry.places:
                    message = f"`right: {entry.text('right')}` has nothing to claim, so no `{key}:`"
                    self.report.add(
                        entry.place(key), "not-claimable", message, "remove it or change `right:`"
                    )

    def _inherited(self, entry: Entry, shared: Mapping[str, p.Condition]) -> tuple[p.Condition, ...]:
        per = entry.text("per")
        fitting = {name: item for name, item in shared.items() if item.per in ("", per)}
        if "scope" not in entry.values:
            return tuple(fitting.values())
        what = f"a condition of the policy's scope for `{per}`" if len(fitting) < len(shared) else _SCOPE
        return tuple(fitting[name] for name in self.known(entry, "scope", fitting, what))

    def reading(self, entry: Entry) -> p.Reading:
        """Build one reading."""
        choices = tuple(p.Choice(name, label(pair)) for name, pair in entry.get("choices", {}).items())
        default = entry.text("default")
        known = [choice.id for choice in choices]
        if default != "none" and default not in known:
            message = f"`{default}` is not a choice of this reading"
            self.report.add(
                entry.place("default"), "unknown-value", message, nearest(default, [*known, "none"])
            )
        if len(choices) < 2:
            self.report.add(entry.place("choices"), "wrong-form", "a reading needs at least two choices", "")
        text = [label(entry.get(key)) if entry.get(key) else Label("", "") for key in ("question", "reason")]
        default = "" if default == "none" else default
        return p.Reading(entry.text("id"), entry.texts("at"), text[0], choices, default, text[1])

    def overlap(self, entry: Entry, measures: Iterable[str]) -> p.Overlap:
        """Build one conflict relation; its partners are checked against the known policies and measures."""
        between = self.known(entry, "between", measures, "a measure of this policy")
        if ("between" in entry.places) == ("partners" in entry.places):
            message = "a relation needs `partners:`, or `between:` with measures of this policy, and not both"
            self.report.add(entry.position, "missing-key", message, "")
        partners = self.known(
            entry, "partners", ["city", "document", *self.scope.documents], "a known policy"
        )
        same, period = entry.text("same", "matter"), entry.text("period", "ever")
        only = self.known(entry, "only", self.vocabulary.enums["applicant_kind"], "a kind of applicant")
        scope = replace(self.scope, builtins=_NO_CLAIM)
        when = self.expression(entry.get("when"), scope.at(f"overlap.{entry.text('id')}"), FLAG)
        partners = ("document",) if between else partners
        id, at = entry.text("id"), entry.texts("at")
        return p.Overlap(id, at, same, partners, period, only, when, between)  # type: ignore[arg-type]

    def bound(self, entry: Entry, measures: Mapping[str, str]) -> p.Bound | None:
        """Build one bound over some of the measures (id to record type)."""
        id = entry.text("id")
        scope = replace(self.scope, builtins=_NO_CLAIM)
        ceiling = self.expression(entry.get("ceiling"), scope.at(f"{id}.ceiling"), MONEY)
        at_most = self.expression(entry.get("at_most"), scope.at(f"{id}.at_most"), COUNT)
        when = self.expression(entry.get("when"), scope.at(f"{id}.when"), FLAG)
        over = self.known(entry, "over", measures, "a measure of this policy")
        keys = ["applicant", "matter", "record", "year", *self.vocabulary.records]
        kinds = {measures[measure] for measure in over}
        if len(kinds) == 1:
            # A fact of the record is a key only where all the claims have such a record.
            keys += [f"{kind}.{name}" for kind in kinds for name in self.vocabulary.entities[kind].fields]
        per = self.known(entry, "per", keys, "a key that claims can share")
        if ("ceiling" in entry.places) == ("at_most" in entry.places):
            message = "a bound needs either `ceiling:` (a sum) or `at_most:` (a number of claims)"
            self.report.add(entry.position, "missing-key", message, "")
        if ceiling is None and at_most is None:
            return None
        return p.Bound(id, entry.texts("at"), label(entry), over, per, ceiling, when, at_most)


def day(text: str, position: Position, report: Report) -> dt.date | None:
    """Return a day in ISO form, or None (reported) if it does not exist."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        report.add(position, "wrong-form", f"the day {text} does not exist", "check month and day")
        return None


def values(entries: Any) -> list[Entry]:
    """Return the entries of a list that was read, an empty list if it is absent."""
    return [entry for entry in entries or () if isinstance(entry, Entry)]
