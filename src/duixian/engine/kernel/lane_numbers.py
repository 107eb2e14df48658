"""Turns numbers into C over 64 applicants: whole numerators in lanes over a denominator that the plan knows."""

from __future__ import annotations

from abc import ABC, abstractmethod

from duixian.engine.kernel.lane_columns import LaneColumns, NotLanesError, Number, is_uniform
from duixian.engine.kernel.slots import NUMBERS
from duixian.language import tree as t


class LaneNumbers(LaneColumns, ABC):
    """The part of `Laning` that speaks of numbers."""

    @abstractmethod
    def truth(self, node: t.AnyNode) -> str:
        """Write a condition; return the C of a `B`."""

    @abstractmethod
    def compared(self, operator: str, left: t.AnyNode, right: t.AnyNode) -> str:
        """Write a comparison."""

    @abstractmethod
    def once(self, node: t.AnyNode) -> str | Number:
        """Write a node once."""

    def number(self, node: t.AnyNode) -> Number:
        """Write a number; the same for all 64 if it rests on no fact."""
        if is_uniform(node):
            q = self.exact(node)
            return self._lanes("l_all", self.give(f"{q}.n"), f"{q}.d", f"size_of({q}.n)", 1)
        if isinstance(node, t.Get):
            return self.fact(node)
        found = self.once(node)
        assert isinstance(found, Number)
        return found

    def written_number(self, node: t.AnyNode) -> Number:
        """Write a number that rests on facts."""
        match node:
            case t.Arithmetic():
                return self._arithmetic(node)
            case t.Extreme():
                return self._extreme(node)
            case t.If():
                return self._if(node)
            case t.Match() | t.Steps():
                return self._table(node)
            case t.Crossing():
                return self._crossing(node)
        raise NotLanesError

    def _room(self, many: int = 2) -> list[str]:
        if self.out is self._own:
            return [self.out.array("i64", 64) for _ in range(many)]
        self.rooms += many
        return [f"w->room[{self.rooms - many + number}]" for number in range(many)]

    def _place(self) -> str:
        """Return the C of where lanes are told: in the function, or in the word for what several measures share."""
        if self.out is self._own:
            return f"&{self.out.name('L')}"
        self.numbers += 1
        return f"&w->n[{self.numbers - 1}]"

    def _lanes(self, function: str, given: str, d: str, b: str, rooms: int = 2) -> Number:
        """Write a call that fills rooms, and check its bound. What scales may return the lanes that it was given."""
        call = f"{function}({', '.join((self._place(), given, *self._room(rooms)))})"
        code = call.partition("(")[2].partition(",")[0]
        if function in ("l_scale", "l_product"):
            code = self.out.name("const L *", call)
        else:
            self.out.line(f"{call};")
        return Number(code, self.plan.name("i64", d), self._bound(b))

    def _of_rooms(self, low: str, high: str, d: str, b: str) -> Number:
        """Write lanes of which both ends stand in rooms already."""
        place = self._place()
        self.out.line(f"*({place}) = (L){{{low}, {high}, ALL, ALL}};")
        return Number(place, d, b)

    def _bound(self, b: str) -> str:
        bound = self.plan.name("i128", b)
        self.plan.line(f"if ({bound} >= LIMIT) return 0;")
        return bound

    def alike(self, a: Number, b: Number) -> tuple[Number, Number, str]:
        """Bring two numbers to one denominator."""
        x, y, d = (self.plan.name("i64") for _ in range(3))
        self.plan.line(f"if (!common({a.d}, {b.d}, &{x}, &{y}, &{d})) return 0;")
        return self._scaled(a, x, d), self._scaled(b, y, d), d

    def _scaled(self, a: Number, by: str, d: str) -> Number:
        return self._lanes("l_scale", f"{a.code}, {self.give(by)}", d, f"{a.b} * {by}")

    def _arithmetic(self, node: t.Arithmetic) -> Number:
        if node.type.kind not in NUMBERS:
            raise NotLanesError
        if node.operator in "*/":
            return self._product(node)
        a, b, d = self.alike(self.number(node.left), self.number(node.right))
        call = "l_add" if node.operator == "+" else "l_sub"
        return self._lanes(call, f"{a.code}, {b.code}", d, f"{a.b} + {b.b}")

    def _product(self, node: t.Arithmetic) -> Number:
        by, fact = node.right, node.left
        if node.operator == "*" and is_uniform(node.left):
            by, fact = node.left, node.right
        if not is_uniform(by):
            raise NotLanesError
        found, q, d = self.number(fact), self.exact(by), self.plan.name("i64")
        top, below = (f"{q}.n", f"{q}.d") if node.operator == "*" else (f"{q}.d", f"{q}.n")
        # Nothing times what is not known is nothing: such a literal is not for lanes.
        self.plan.line(f"if ({q}.n <= 0 || __builtin_mul_overflow({found.d}, {below}, &{d})) return 0;")
        return self._lanes("l_product", f"{found.code}, {self.give(top)}", d, f"{found.b} * {top}")

    def least(self, a: Number, node: t.AnyNode) -> Number:
        """Write the lesser of a number and an expression, as a cap is."""
        return self._folded("min", a, node)

    def _folded(self, function: str, a: Number, node: t.AnyNode) -> Number:
        if not is_uniform(node):
            a, b, d = self.alike(a, self.number(node))
            return self._lanes(f"l_{function}", f"{a.code}, {b.code}", d, f"{a.b} > {b.b} ? {a.b} : {b.b}")
        q = self.exact(node)
        x, y, d = (self.plan.name("i64") for _ in range(3))
        self.plan.line(f"if (!common({a.d}, {q}.d, &{x}, &{y}, &{d})) return 0;")
        scaled = self._scaled(a, x, d)
        bound = self._bound(f"size_of({q}.n) * {y}")
        given = f"{scaled.code}, {self.give(f'{q}.n * {y}')}"
        # A cap of sums that are never negative bounds them; otherwise the greater of the two sizes does.
        return self._lanes(f"l_{function}1", given, d, f"{scaled.b} > {bound} ? {scaled.b} : {bound}")

    def _extreme(self, node: t.Extreme) -> Number:
        if node.type.kind not in NUMBERS:
            raise NotLanesError
        facts = [item for item in node.items if not is_uniform(item)]
        found = self.number(facts[0])
        for item in [*facts[1:], *(item for item in node.items if is_uniform(item))]:
            found = self._folded(node.function, found, item)
        return found

    def _if(self, node: t.If) -> Number:
        if node.type.kind not in NUMBERS:
            raise NotLanesError
        condition = self.out.name("B", self.truth(node.condition))
        if is_uniform(node.yes) and is_uniform(node.no):
            (yes, no), d, b = self._values([node.yes, node.no])
            return self._lanes("l_if1", f"{condition}, {yes}, {no}", d, b)
        x, y, d = self.alike(self.number(node.yes), self.number(node.no))
        return self._lanes("l_if", f"{condition}, {x.code}, {y.code}", d, f"{x.b} > {y.b} ? {x.b} : {y.b}")

    def _values(self, nodes: list[t.AnyNode]) -> tuple[list[str], str, str]:
        """Give literals over one denominator; return them, the denominator and the greatest size."""
        plan, found = self.plan, [self.exact(node) for node in nodes]
        d, b = plan.name("i64", "1"), plan.name("i128", "0")
        x, y = plan.name("i64"), plan.name("i64")
        for q in found:
            plan.line(f"if (!common({d}, {q}.d, &{x}, &{y}, &{d})) return 0;")
        for q in found:
            size = f"size_of({q}.n) * ({d} / {q}.d)"
            plan.line(f"if ({size} > {b}) {b} = {size};")
        plan.line(f"if ({b} >= LIMIT) return 0;")
        return [self.give(f"{q}.n * ({d} / {q}.d)") for q in found], d, b

    def _table(self, node: t.Match | t.Steps) -> Number:
        """`match` ends at the first row that surely fits, `steps` at the first that is surely not reached."""
        values, d, b = self._values([row.value for row in node.rows])
        low, high = self._room()
        out, alive = self.out, self.out.name("u64", "ALL")
        out.line(f"l_fill({low}, 0); l_fill({high}, 0);")
        operator, ends = ("==", "t") if isinstance(node, t.Match) else (">=", "f")
        for row, value in zip(node.rows, values, strict=True):
            held = out.name("B", self.compared(operator, node.subject, row.key))
            out.line(f"l_row({low}, {high}, {held}.t & {alive}, ~({held}.t | {held}.f) & {alive}, {value});")
            out.line(f"{alive} &= ~{held}.{ends};")
        return self._of_rooms(low, high, d, b)

    def _crossing(self, node: t.Crossing) -> Number:
        if node.now.type.kind == "date" or not (is_uniform(node.strict) and is_uniform(node.several)):
            raise NotLanesError
        plan, out = self.plan, self.out
        strict, several = self.scalar(node.strict), self.scalar(node.several)
        plan.line(f"if ({strict} == 2 || {several} == 2) return 0;")
        every = self.give(several)
        values, d, b = self._values([row.value for row in node.rows])
        bound = self._bound(f"{b} * {len(node.rows)}")
        low, high = self._room()
        out.line(f"l_fill({low}, 0); l_fill({high}, 0);")
        sides = [self.number(side) for side in (node.now, node.before)]
        for row, value in zip(node.rows, values, strict=True):
            passed = [self._passed(side, row.key, strict) for side in sides]
            held = out.name("B", f"b_newly({', '.join(passed)})")
            given = f"({low}, {high}, {held}.t, ~({held}.t | {held}.f), {value});"
            out.line(f"if ({every}) l_more{given} else l_row{given}")
        return self._of_rooms(low, high, d, bound)

    def _passed(self, side: Number, key: t.AnyNode, strict: str) -> str:
        c = self.plan.name("i64")
        self.plan.line(f"if (!threshold({self.exact(key)}, {side.d}, {strict}, &{c})) return 0;")
        return f"l_ge1({side.code}, {self.give(c)})"
