"""Writes the C of a measure: which records it speaks of, its conditions, and what it gives."""

from __future__ import annotations

from duixian.engine.kernel.again import AgainWriter
from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.functions import HEAD, Functions
from duixian.engine.kernel.slots import NotNativeError, word_code
from duixian.engine.kernel.terms import VERDICTS, TermsWriter
from duixian.language import tree as t
from duixian.language.policy import Measure, Policy, Terms

OWN_BITS = 7
BITS = 64
"""In a word of a set of measures."""
_MOST_CONDITIONS = 57


class MeasureWriter:
    """Writes the functions of one measure."""

    def __init__(self, functions: Functions, policy: Policy, measure: Measure, number: int) -> None:
        """Take where functions go and the measure's number among all."""
        self.functions = functions
        self.slots = functions.slots
        self.policy = policy
        self.measure = measure
        self.terms = TermsWriter(functions, policy)
        self.number = number
        self.record = measure.per != "applicant"
        self.entity = self.slots.vocabulary.entities[measure.per]
        self.day = f"k->day[{self.slots.day(policy.id, 'application_day')}]"
        names = (measure.id, f"{policy.id}/{measure.id}")
        self.paid_names = ", ".join(str(functions.names.index(name)) for name in names)
        if len(measure.conditions) > _MOST_CONDITIONS:
            raise NotNativeError(f"{measure.id} has too many conditions")

    def write(self) -> str:
        """Write all functions of the measure; return the name of the one that makes its claims."""
        self._sum()
        self._claim()
        self._claims()
        AgainWriter(self).write()
        return f"m{self.number}"

    def _claims(self) -> None:
        measure, out, number = self.measure, Emitter(), self.number
        out.line("u64 open = 0;")
        if measure.to:
            mask = self._mask("applicant", "kind", measure.to)
            out.line("if (k->kind == -1) open = 1ull << B_TO;")
            refused = f"{{ refuse(k, {number}, B_TO); return; }}"
            out.line(f"else if (k->kind < 0 || !({mask} >> k->kind & 1)) {refused}")
        if not self.record:
            out.line(f"c{number}(k, row, NO_RECORD, {self.day}, 0, open, 0);")
        else:
            self._records(out)
        self.functions.add(f"void m{number}(K *k, i64 row)", out)

    def _mask(self, entity: str, name: str, words: tuple[str, ...]) -> str:
        enum = self.slots.vocabulary.entities[entity].fields[name].type.of
        codes = [word_code(self.slots.vocabulary, self.policy, enum, word) for word in words]
        if max(codes) > 63:
            raise NotNativeError(f"{entity}.{name} has too many words")
        return f"{sum(1 << code for code in codes)}ull"

    def _records(self, out: Emitter) -> None:
        measure, number, list = self.measure, self.number, self.slots.list(self.measure.per)
        out.line(f"const int shut = k->shut[{number // BITS}] >> {number % BITS} & 1;")
        out.line(f"if (!(k->ready >> {list} & 1)) {self._ready()}(k, row);")
        id = self.slots.column(measure.per, "id")
        out.line(f"if (!shut && !(k->sorted >> {list} & 1)) sort_records(k, {list}, {id});")
        out.line(f"const Rec *r = k->rec[{list}], *end = r + k->found[{list}];")
        out.line("i32 some = 0;")
        if measure.which is None:
            out.line("if (shut) some = (i32)(end - r);")
            out.line(f"else for (; r < end; r++, some++) c{number}(k, row, r->at, r->ev, 0, open, 0);")
        else:
            with out.block("for (; r < end; r++)"):
                out.line("i64 rec = r->at;")
                self._guard(out)
                out.line(f"T speaks = {self.which()}(k, row, rec, r->ev); int elsewise = 0;")
                self._elsewise(out, measure.which)
                out.line("if (!speaks && !elsewise) continue;")
                out.line("some++;")
                out.line("u64 which = 1ull << B_WHICH;")
                opens = "speaks == 2 ? open | which : open, speaks ? 0 : which"
                out.line(f"if (!shut) c{number}(k, row, rec, r->ev, 0, {opens});")
        refused = f"k->force[POLICY_OF[{number}]] == 0 ? NOT_IN_FORCE : INELIGIBLE"
        out.line(f"if (shut) count_many(k, {number}, {refused}, some);")
        out.line("if (some || k->over) return;")
        out.line(f"if (list_whole(&k->lst[{list}], row)) refuse(k, {number}, B_RECORD);")
        out.line(f"else c{number}(k, row, NO_RECORD, (D){{0, 0}}, 1, open, 0);")

    def _ready(self) -> str:
        """Return the name of the function that notes the records of the measure's type, and their events."""
        entity, slots = self.entity.name, self.slots
        name = f"ready{slots.list(entity)}"
        if name not in self.functions.shared:
            self.functions.shared.add(name)
            out, list = Emitter(), slots.list(entity)
            out.line(f"i32 count = note_records(k, row, {list});")
            with out.block("for (i32 i = 0; i < count; i++)"):
                out.line(f"i64 rec = k->rec[{list}][i].at;")
                out.line(f"k->rec[{list}][i].ev = {self._event()};")
            self.functions.add(f"void {name}(K *k, i64 row)", out)
        return name

    def which(self) -> str:
        """Return the name of the function that says whether the measure speaks of a record."""
        assert self.measure.which is not None
        return self.functions.expression(self.policy, self.measure.which, "T", keep=False)

    def _elsewise(self, out: Emitter, which: t.AnyNode) -> None:
        """A record of which the measure would speak under another choice of a reading has a claim that fails."""
        ids = dict.fromkeys(part.id for part in t.walk(which) if isinstance(part, t.Chosen))
        for id in ids:
            reading = self.policy.reading(id)
            slot = self.slots.reading(self.policy.id, id)
            with out.block("if (!speaks && !elsewise)"):
                out.line(f"i32 taken = k->reading[{slot}];")
                with out.block(
                    f"for (i32 c = 0; c < {len(reading.choices) if reading else 0} && !elsewise; c++)"
                ):
                    out.line(f"k->reading[{slot}] = c;")
                    out.line(f"elsewise = c != taken && {self.which()}(k, row, rec, r->ev) != 0;")
                out.line(f"k->reading[{slot}] = taken;")

    def _guard(self, out: Emitter) -> None:
        """A measure that speaks only of records with one word in a field passes over the others."""
        guard = self._guard_test()
        if guard:
            out.line(f"if (!{guard}) continue;")

    def _guard_test(self) -> str:
        which = self.measure.which
        for part in which.parts if isinstance(which, t.And) else (which,):
            if isinstance(part, t.Compare) and part.operator == "==" and isinstance(part.right, t.Word):
                fact = part.left
                if (
                    isinstance(fact, t.Get)
                    and isinstance(fact.record, t.Record)
                    and fact.record.of == "claim"
                ):
                    column = self.slots.column(self.measure.per, fact.field)
                    code = word_code(self.slots.vocabulary, self.policy, part.right.type.of, part.right.name)
                    return f"passes(f_code(k, {column}, rec), {code})"
        return ""

    def _event(self) -> str:
        """Return the C of the day of a record's event."""
        event = self.entity.event
        if not event:
            return "(D){0, 0}"
        column = self.slots.column(self.entity.name, event)
        if self.entity.fields[event].type.kind == "date":
            return f"plain_day(f_date(k, {column}, rec))"
        return f"f_year_end(k, {column}, rec)"

    def _claim(self) -> None:
        measure, out, number = self.measure, Emitter(), self.number
        out.line("k->touched = 0;")
        out.line(f"int away = k->force[POLICY_OF[{number}]] == 0;")
        out.line(f"if (away && !k->all) {{ count_one(k, {number}, NOT_IN_FORCE); return; }}")
        out.line(f"if (failed && !k->all) {{ count_one(k, {number}, INELIGIBLE); return; }}")
        out.line("T held;")
        if measure.roles:
            column, mask = (
                self.slots.column(measure.per, "role"),
                self._mask(measure.per, "role", measure.roles),
            )
            out.line(f"i32 role = f_code(k, {column}, rec);")
            out.line(f"held = role < 0 ? 2 : (int)({mask} >> role & 1);")
            self._note(out, "B_ROLE")
        if self.record and self.entity.event:
            out.line(f"held = d_le(ev, {self.day});")
            self._note(out, "B_HAPPENED")
        for bit, condition in enumerate(measure.conditions):
            test = self.functions.expression(self.policy, condition.test, "T")
            out.line(f"held = {test}(k, row, rec, ev);")
            self._note(out, str(OWN_BITS + bit))
        out.line(f"t{number}(k, row, rec, ev, bare, open, failed);")
        self._tail()
        self.functions.add(f"void c{number}({HEAD}, int bare, u64 open, u64 failed)", out)

    def _tail(self) -> None:
        """Write the end of a claim whose conditions are told: its sum, and the claim itself."""
        out, number = Emitter(), self.number
        id = self.slots.column(self.measure.per, "id") if self.record else 0
        out.line(f"X id = {f'own_id(k, {id}, rec)' if self.record else '(X){0, 0, 0}'};")
        out.line("Sum s = {INELIGIBLE, 1, 1, 0, 0, 0};")
        out.line(f"if (!failed) s = s{number}(k, row, rec, ev, id, &failed, &open);")
        out.line(f"k->touched = {AgainWriter(self).touched()};")
        self._finish(out)
        self.functions.add(f"void t{number}({HEAD}, int bare, u64 open, u64 failed)", out)

    def _note(self, out: Emitter, bit: str) -> None:
        number = self.number
        out.line(f"if (held == 2) open |= 1ull << {bit};")
        out.line(
            f"else if (!held) {{ failed |= 1ull << {bit}; "
            f"if (!k->all) {{ count_one(k, {number}, INELIGIBLE); return; }} }}"
        )

    def _finish(self, out: Emitter) -> None:
        kinds = list(self.slots.vocabulary.entities)
        entity = kinds.index(self.measure.per)
        out.line(f"X matter = id; int matter_kind = {entity}, project_open = 0;")
        if self.record and "project" in self.entity.fields:
            column = self.slots.column(self.measure.per, "project")
            if self.entity.fields["project"].type.kind not in ("record", "text"):
                raise NotNativeError("a project that is no record")
            out.line(f"X project = text(&k->col[{column}], rec);")
            out.line("if (project.k == 1) { matter = project; matter_kind = PROJECT; }")
            out.line("project_open = rec >= 0 && project.k == 0;")
        out.line(
            f"finish(k, {self.number}, rec, ev, failed, open, s, bare, id, "
            f"matter, matter_kind, {entity}, project_open);"
        )

    def _sum(self) -> None:
        """Write what the claim comes to if no condition fails."""
        measure, out, number = self.measure, Emitter(), self.number
        everyone = int(not self.record)
        out.line(f"Paid paid = paid_for(k, row, id, {everyone}, {self.paid_names});")
        out.line("Sum s; int first = 0;")
        names = [*(self.terms.write(item.terms) for item in measure.instead), self.terms.write(measure.terms)]
        if len(names) == 1:
            out.line(f"s = {names[0]}(k, row, rec, ev, paid, !*open);")
        else:
            self._overrides(out, names)
        out.line("if (s.nothing) { *failed |= 1ull << B_POSITIVE; return s; }")
        out.line("if (s.verdict == ELIGIBLE || s.verdict == UNDETERMINED) return s;")
        self._single(out)
        decision = f"decision_on(k, row, id, {everyone}, single, {self.paid_names}, {self.day}.v)"
        out.line(f"i64 decision = {decision};")
        out.line("if (decision < 0) return s;")
        for place, (name, terms) in enumerate(zip(names, self._all_terms(), strict=True)):
            with out.block(f"if (first == {place})"):
                out.line(f"if (!decides(k, decision, {int(terms.right in VERDICTS)})) return s;")
                out.line("int some; i64 fen = decided_fen(k, decision, &some);")
                out.line(f"int allowed = some && {name}_allowed(k, row, rec, ev, fen);")
                out.line(f"i64 low = {name}_span(k, row, rec, ev, paid.fen).lo;")
                selected = int(terms.sum == "exact" and terms.right == "selected")
                out.line(f"return decide(k, s, decision, paid.fen, {selected}, allowed, low, failed, open);")
        out.line("return s;")
        self.functions.add(f"Sum s{number}({HEAD}, X id, u64 *failed, u64 *open)", out)

    def _all_terms(self) -> list[Terms]:
        return [*(item.terms for item in self.measure.instead), self.measure.terms]

    def _single(self, out: Emitter) -> None:
        """Write whether there is one record only of which the measure could speak."""
        out.line("int single = 0;")
        if not self.record:
            return
        list, guard = self.slots.list(self.measure.per), self._guard_test().replace(", rec)", ", r)")
        with out.block(f"for (i64 r = k->lst[{list}].off[row]; r < k->lst[{list}].off[row + 1]; r++)"):
            out.line(f"single += {guard or '1'};")
        out.line("single = single == 1;")

    def _overrides(self, out: Emitter, names: list[str]) -> None:
        """Terms that may hold: one settles it; of several only the highest top is known."""
        count = len(names)
        out.line(f"int may[{count}] = {{0}}, many = 0;")
        with out.block("do"):
            for number, item in enumerate(self.measure.instead):
                when = self.functions.expression(self.policy, item.when, "T")
                with out.block(""):
                    out.line(f"T held = {when}(k, row, rec, ev);")
                    out.line(f"if (held) {{ may[{number}] = 1; if (!many++) first = {number}; }}")
                    out.line("if (held == 1) break;")
            out.line(f"may[{count - 1}] = 1; if (!many++) first = {count - 1};")
        out.line("while (0);")
        with out.block("if (many == 1)"):
            for number, name in enumerate(names):
                out.line(f"if (first == {number}) s = {name}(k, row, rec, ev, paid, !*open);")
        with out.block("else"):
            out.line("int nothing = !paid.fen && !paid.open, bounded = 1; i64 top = 0;")
            for number, name in enumerate(names):
                with out.block(f"if (may[{number}])"):
                    out.line(f"Span span = {name}_span(k, row, rec, ev, paid.fen);")
                    out.line("if (!span.has_hi) bounded = nothing = 0;")
                    out.line("else { if (span.hi) nothing = 0; if (span.hi > top) top = span.hi; }")
            out.line("s = nothing ? (Sum){INELIGIBLE, 1, 1, 1, 0, 0}")
            out.line("            : (Sum){UNDETERMINED, 1, (u8)bounded, 0, 0, bounded ? top : 0};")
