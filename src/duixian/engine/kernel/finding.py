"""Finds records and reads their facts, in C: the claim's, an item's, the year before, aggregates, `first`."""

from __future__ import annotations

from abc import ABC, abstractmethod

from duixian.engine.kernel.emit import Emitter
from duixian.engine.kernel.slots import NotNativeError, Slots
from duixian.language import tree as t
from duixian.language.policy import Policy

_READ = {
    "i64": ("N", "f_i64(k, {column}, {record}, {least})"),
    "i32": ("N", "f_i32(k, {column}, {record}, {least})"),
    "share": ("N", "f_share(k, {column}, {record}, {least})"),
    "date": ("D", "plain_day(f_date(k, {column}, {record}))"),
    "flag": ("T", "f_flag(k, {column}, {record})"),
    "enum": ("i32", "plain_code(f_code(k, {column}, {record}))"),
    "set": ("S", "plain_set(f_set(k, {column}, {record}))"),
    "division": ("i32", "f_division(k, {column}, {record})"),
    "text": ("X", "plain_text(text(&k->col[{column}], {record}))"),
}
_AGREE = {
    "date": "d_agree(f_date(k, {c}, {a}), f_date(k, {c}, {b}))",
    "enum": "e_agree(f_code(k, {c}, {a}), f_code(k, {c}, {b}))",
    "set": "s_agree(f_set(k, {c}, {a}), f_set(k, {c}, {b}))",
    "text": "x_agree(text(&k->col[{c}], {a}), text(&k->col[{c}], {b}))",
    "flag": "f_eq(f_flag(k, {c}, {a}), f_flag(k, {c}, {b}))",
    "division": "e_eq(f_division(k, {c}, {a}), f_division(k, {c}, {b}))",
    "i64": "n_eq(f_i64(k, {c}, {a}, 0), f_i64(k, {c}, {b}, 0))",
    "i32": "n_eq(f_i32(k, {c}, {a}, 0), f_i32(k, {c}, {b}, 0))",
    "share": "n_eq(f_share(k, {c}, {a}, 0), f_share(k, {c}, {b}, 0))",
}
"""Whether two records have the same fact: none is a value like another where the field may be none."""
_MAY_BE_NONE = ("date", "enum", "set", "text")


class Finding(ABC):
    """The part of `Expressions` that speaks of records."""

    def __init__(self, slots: Slots, policy: Policy, out: Emitter) -> None:
        """Take where numbers come from, whose expressions these are, and where the lines go."""
        self.slots = slots
        self.policy = policy
        self.out = out
        self._each = ""

    @abstractmethod
    def value(self, node: t.AnyNode) -> str:
        """Write a node; return the C of its value."""

    def fact(self, record: str, entity: str, name: str) -> str:
        """Write the reading of a fact; none and not known are the same here."""
        column = self.slots.column(entity, name)
        kind = self.slots.vocabulary.entities[entity].fields[name].type.kind
        type, code = _READ[self._how(entity, name)]
        least = int(kind != "year")
        return self.out.name(type, code.format(column=column, record=record, least=least))

    def _how(self, entity: str, name: str) -> str:
        wanted = self.slots.column(entity, name)
        return next(column.how for column, slot in self.slots.columns.items() if slot == wanted)

    def agree(self, entity: str, name: str, one: str, other: str) -> str:
        """Return the C that says whether two records have the same fact."""
        column, how = self.slots.column(entity, name), self._how(entity, name)
        if self.slots.vocabulary.entities[entity].fields[name].optional and how not in _MAY_BE_NONE:
            raise NotNativeError(f"records that agree in {entity}.{name}, which may be none")
        return _AGREE[how].format(c=column, a=one, b=other)

    def record(self, node: t.RecordNode) -> str:
        """Write what finds a record; return its place."""
        if isinstance(node, t.Follow):
            base = self.record(node.base)
            list, id = self.slots.list(node.entity), self.slots.column(node.entity, "id")
            link = self.slots.column(node.base.entity, node.field)
            return self.out.name("i64", f"follow(k, {list}, {id}, {link}, {base}, row)")
        if node.of == "previous":
            return self._previous(node)
        return {"applicant": "row", "claim": "rec", "each": self._each}[node.of]

    def _previous(self, node: t.Record) -> str:
        out, entity = self.out, node.entity
        list, year = self.slots.list(entity), self.slots.column(entity, "year")
        found = out.name("i64", "UNKNOWN_RECORD")
        with out.block(f"if (rec >= 0 && known(&k->col[{year}], rec))"):
            own = out.name("i32", f"((const i32 *)k->col[{year}].data)[rec]")
            doubt = out.name("int", f"!list_whole(&k->lst[{list}], row)")
            with out.block(f"for (i64 r = k->lst[{list}].off[row]; r < k->lst[{list}].off[row + 1]; r++)"):
                agrees = out.name("T", "1")
                for name in node.same:
                    same = out.name("T", self.agree(entity, name, "rec", "r"))
                    out.line(f"{agrees} = !{agrees} || !{same} ? 0 : {agrees} == 2 || {same} == 2 ? 2 : 1;")
                out.line(f"if ({agrees} == 0) continue;")
                there = out.name("int", f"known(&k->col[{year}], r)")
                before = out.name(
                    "int", f"{there} && (i64)((const i32 *)k->col[{year}].data)[r] == (i64){own} - 1"
                )
                out.line(f"if ({before} && {agrees} == 1) {{ {found} = r; break; }}")
                out.line(f"{doubt} |= !{there} || {before};")
            out.line(f"if ({found} < 0 && !{doubt}) {found} = ABSENT;")
        return found

    def _aggregate(self, node: t.Aggregate) -> str:
        out, list, outer = self.out, self.slots.list(node.entity), self._each
        held_all, item = out.name("Agg", "agg()"), out.name("i64", f"k->lst[{list}].off[row]")
        counted = node.function in ("count", "any", "none")
        with out.block(f"for (; {item} < k->lst[{list}].off[row + 1]; {item}++)"):
            self._each = item
            held = "1" if node.where is None else self.value(node.where)
            out.line(f"if ({held} == 0) continue;")
            if counted:
                out.line(f"agg_note(&{held_all}, {held});")
                if node.function != "count":
                    out.line(f"if ({held_all}.sure) break;")
            else:
                assert node.value is not None
                value = self.value(node.value)
                if node.function == "sum":
                    out.line(f"agg_sum(&{held_all}, {held}, {value}, &k->over);")
                else:
                    highest = int(node.function == "highest")
                    out.line(f"agg_order(&{held_all}, {held}, {value}, {highest});")
        self._each = outer
        type = "T" if node.function in ("any", "none") else "N"
        return out.name(type, f"agg_{node.function}_end(&{held_all}, list_whole(&k->lst[{list}], row))")

    def _first(self, node: t.First) -> str:
        out, entity = self.out, node.entity
        list, id = self.slots.list(entity), self.slots.column(entity, "id")
        event = self.slots.vocabulary.entities[entity].event
        result = out.name("T", f"list_whole(&k->lst[{list}], row) ? 1 : 2")
        own = out.name("X", f"text(&k->col[{id}], rec)")
        with out.block(f"for (i64 r = k->lst[{list}].off[row]; r < k->lst[{list}].off[row + 1]; r++)"):
            out.line(f"X other = text(&k->col[{id}], r);")
            out.line(f"if (r == rec || ({own}.k == 1 && x_same({own}, other))) continue;")
            out.line("T same = 1;")
            for name in node.keys:
                with out.block("if (same != 0)"):
                    found = out.name("T", self.agree(entity, name, "rec", "r"))
                    out.line(f"same = {found} == 0 ? 0 : same == 2 || {found} == 2 ? 2 : 1;")
            out.line("if (same == 0) continue;")
            earlier = self._earlier(entity, event, own)
            out.line(f"if ({earlier} == 0) continue;")
            out.line(f"if (same == 1 && {earlier} == 1) {{ {result} = 0; break; }}")
            out.line(f"{result} = 2;")
        return result

    def _earlier(self, entity: str, event: str, own: str) -> str:
        if not event:
            raise NotNativeError(f"first({entity}), which has no event")
        mine, theirs = (self.fact(record, entity, event) for record in ("rec", "r"))
        type = "d" if self._how(entity, event) == "date" else "n"
        equal, before = f"{type}_eq({mine}, {theirs})", f"{type}_lt({theirs}, {mine})"
        return self.out.name("T", f"{equal} == 1 ? x_less(other, {own}) : {before}")
