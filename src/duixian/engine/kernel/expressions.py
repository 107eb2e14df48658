"""Turns typed nodes into C: one method a node, the same meaning as engine/compiling.py gives it."""

from __future__ import annotations

from collections.abc import Iterable

from duixian.engine.kernel.asked import readings_asked, readings_mask
from duixian.engine.kernel.emit import c_type, letter
from duixian.engine.kernel.finding import Finding
from duixian.engine.kernel.slots import NUMBERS, NotNativeError, word_code
from duixian.language import tree as t

_OPERATORS = {">=": "ge", ">": "gt", "<=": "le", "<": "lt", "==": "eq", "!=": "ne"}
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div"}


class Expressions(Finding):
    """Writes the C of expressions of one policy into an Emitter; every method returns a name or a value in C.

    In the code stand `k` (the run), `row`, `rec` (the claim's record) and `ev` (the day of its event).
    """

    def value(self, node: t.AnyNode) -> str:
        """Write a node; return the C of its value."""
        name = "_" + type(node).__name__.lower()
        method = getattr(self, name, None)
        if method is None:
            raise NotNativeError(f"the construct {type(node).__name__}")
        found: str = method(node)
        return found

    def _constant(self, node: t.Constant) -> str:
        if not node.parameter:
            raise NotNativeError("a literal without an address")
        slot = self.slots.argument(self.policy.id, node.parameter)
        if node.day is not None:
            return self.out.name("D", f"arg_day(k, {slot})")
        if node.period is not None:
            return self.out.name("P", f"arg_period(k, {slot})")
        return self.out.name("N", f"arg_number(k, {slot})")

    def _word(self, node: t.Word) -> str:
        return str(word_code(self.slots.vocabulary, self.policy, node.type.of, node.name))

    def _builtin(self, node: t.Builtin) -> str:
        if node.name == "event_day":
            return "ev"
        if node.name in ("starts", "ends"):
            self._touch(readings_asked((self.policy.starts, self.policy.ends)))
        if node.name == "city":
            slot = self.slots.argument(self.policy.id, "city")
            return self.out.name("i32", f"(i32)k->arg[{slot}].n")
        return self.out.name("D", f"k->day[{self.slots.day(self.policy.id, node.name)}]")

    def _endof(self, node: t.EndOf) -> str:
        return self.out.name("D", f"k->day[{self.slots.day(self.policy.id, f'end_of.{node.id}')}]")

    def _touch(self, readings: Iterable[str]) -> None:
        """Note that readings were asked for."""
        mask = readings_mask(self.policy, readings)
        if mask:
            self.out.line(f"k->touched |= {mask}ull;")

    def _chosen(self, node: t.Chosen) -> str:
        self._touch((node.id,))
        return self.out.name("i32", f"k->reading[{self.slots.reading(self.policy.id, node.id)}]")

    def _get(self, node: t.Get) -> str:
        return self.fact(self.record(node.record), node.record.entity, node.field)

    def _arithmetic(self, node: t.Arithmetic) -> str:
        left, right = self.value(node.left), self.value(node.right)
        back = int(node.operator == "-")
        if node.right.type.kind == "period" and node.left.type.kind == "date":
            return self.out.name("D", f"d_shift({left}, {right}, {back})")
        if node.right.type.kind == "period" and node.left.type.kind == "year":
            return self.out.name("N", f"y_shift({left}, {right}, {back}, &k->over)")
        if node.type.kind not in NUMBERS:
            raise NotNativeError(f"{node.operator} of {node.type}")
        return self.out.name("N", f"n_{_ARITHMETIC[node.operator]}({left}, {right}, &k->over)")

    def _compare(self, node: t.Compare) -> str:
        return self.compared(node.operator, node.left, node.right)

    def compared(self, operator: str, left: t.AnyNode, right: t.AnyNode) -> str:
        """Write a comparison."""
        kind = left.type.kind
        if {kind, right.type.kind} & {"set", "period"}:
            raise NotNativeError(f"{operator} of {left.type}")
        a, b = self.value(left), self.value(right)
        return self.out.name("T", f"{letter(kind)}_{_OPERATORS[operator]}({a}, {b})")

    def _oneof(self, node: t.OneOf) -> str:
        item = self.value(node.item)
        held = self.out.name("T", "0")
        equal = f"{letter(node.item.type.kind)}_eq"
        for option in node.options:
            found = self.out.name("T", f"{equal}({item}, {self.value(option)})")
            self.out.line(f"{held} = {held} == 1 || {found} == 1 ? 1 : {held} | {found};")
        return held

    def _contains(self, node: t.Contains) -> str:
        held = self.value(node.set)
        enum = node.word.type.of or node.set.type.of
        code = word_code(self.slots.vocabulary, self.policy, enum, node.word.name)
        return self.out.name("T", f"{held}.k == 1 ? (int)({held}.v >> {code} & 1) : 2")

    def _within(self, node: t.Within) -> str:
        inner, outer = self.value(node.division), self.value(node.area)
        return self.out.name("T", f"within({inner}, {outer}, &k->over)")

    def _and(self, node: t.And) -> str:
        return self._joined(node.parts, 0)

    def _or(self, node: t.Or) -> str:
        return self._joined(node.parts, 1)

    def _joined(self, parts: tuple[t.AnyNode, ...], decisive: int) -> str:
        held = self.out.name("T", str(1 - decisive))
        self._join(held, parts, decisive)
        return held

    def _join(self, held: str, parts: tuple[t.AnyNode, ...], decisive: int) -> None:
        found = self.value(parts[0])
        self.out.line(f"if ({found} != {1 - decisive}) {held} = {found};")
        if len(parts) > 1:
            with self.out.block(f"if ({held} != {decisive})"):
                self._join(held, parts[1:], decisive)

    def _not(self, node: t.Not) -> str:
        return self.out.name("T", f"t_not({self.value(node.part)})")

    def _if(self, node: t.If) -> str:
        condition = self.value(node.condition)
        type, hull = c_type(node.type.kind), _hull(node.type.kind)
        chosen = self.out.name(type)
        with self.out.block(f"if ({condition} != 0)"):
            self.out.line(f"{chosen} = {self.value(node.yes)};")
        with self.out.block(f"if ({condition} != 1)"):
            other = self.value(node.no)
            self.out.line(f"{chosen} = {condition} == 2 ? {hull}({chosen}, {other}) : {other};")
        return chosen

    def _has(self, node: t.Has) -> str:
        record = self.record(node.fact.record)
        column = self.slots.column(node.fact.record.entity, node.fact.field)
        return self.out.name("T", f"f_has(k, {column}, {record})")

    def _exists(self, node: t.Exists) -> str:
        return self.out.name("T", f"f_exists({self.record(node.record)})")

    def _extreme(self, node: t.Extreme) -> str:
        items = [self.value(item) for item in node.items]
        return self.folded(node.type.kind, node.function, items)

    def folded(self, kind: str, function: str, items: list[str]) -> str:
        """Write the least or greatest of several values."""
        result = items[0]
        for item in items[1:]:
            result = self.out.name(c_type(kind), f"{letter(kind)}_{function}({result}, {item})")
        return result

    def _yearof(self, node: t.YearOf) -> str:
        return self.out.name("N", f"year_of({self.value(node.day)})")

    def _yearend(self, node: t.YearEnd) -> str:
        return self.out.name("D", f"year_end({self.value(node.year)})")

    def _match(self, node: t.Match) -> str:
        subject = self.value(node.subject)
        equal = f"{letter(node.subject.type.kind)}_eq"
        result, done = self.out.name("N", "number(0)"), self.out.name("int", "0")
        for row in node.rows:
            with self.out.block(f"if (!{done})"):
                held = self.out.name("T", f"{equal}({subject}, {self.value(row.key)})")
                with self.out.block(f"if ({held})"):
                    value = self.value(row.value)
                    self.out.line(f"{done} = {held} == 1;")
                    self.out.line(f"{result} = {done} ? {value} : n_hull({result}, {value});")
        return result

    def _steps(self, node: t.Steps) -> str:
        subject = self.value(node.subject)
        reach = f"{letter(node.subject.type.kind)}_ge"
        result, done = self.out.name("N", "number(0)"), self.out.name("int", "0")
        for row in node.rows:
            with self.out.block(f"if (!{done})"):
                held = self.out.name("T", f"{reach}({subject}, {self.value(row.key)})")
                self.out.line(f"{done} = !{held};")
                with self.out.block(f"if ({held})"):
                    value = self.value(row.value)
                    self.out.line(f"{result} = {held} == 1 ? {value} : n_hull({result}, {value});")
        return result

    def _crossing(self, node: t.Crossing) -> str:
        now, before = self.value(node.now), self.value(node.before)
        strict, several = self.value(node.strict), self.value(node.several)
        passed = "d_passed" if node.now.type.kind == "date" else "passed"
        held, values = self.out.array("T", len(node.rows)), self.out.array("N", len(node.rows))
        for number, row in enumerate(node.rows):
            key, value = self.value(row.key), self.value(row.value)
            steps = [f"{passed}({side}, {key}, {strict})" for side in (now, before)]
            self.out.line(f"{held}[{number}] = newly({', '.join(steps)});")
            self.out.line(f"{values}[{number}] = {value};")
        every = f"crossing_all({held}, {values}, {len(node.rows)}, &k->over)"
        top = f"crossing_top({held}, {values}, {len(node.rows)})"
        return self.out.name(
            "N", f"{several} == 1 ? {every} : {several} == 0 ? {top} : n_hull({every}, {top})"
        )


def _hull(kind: str) -> str:
    return f"{'t' if kind == 'flag' else letter(kind)}_hull"
