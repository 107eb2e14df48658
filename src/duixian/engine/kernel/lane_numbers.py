"""Turns numbers into C over 64 applicants: whole numerators in lanes over a denominator that the plan knows.

What conditions compare is worked out for the whole word of 64 (`l_...`), sums for groups of eight of those who are
left (`g_...`): conditions inside a sum are still written for the word, before the groups.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from duixian.engine.kernel.lane_columns import LaneColumns, NotLanesError, Number, is_uniform
from duixian.engine.kernel.slots import NUMBERS
from duixian.language import tree as t

Row = tuple[str, str, str]
"""A row of a table in C: the bits of those for whom it surely holds, for whom it may, and its value."""


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
            return self._lanes("all", self.give(f"{q}.n"), f"{q}.d", f"size_of({q}.n)", 1)
        found = self.taken(self.fact(node)) if isinstance(node, t.Get) else self.once(node)
        assert isinstance(found, Number)
        return found

    def sum(self, amount: t.AnyNode, caps: Sequence[t.AnyNode]) -> Number:
        """Write a sum and its caps over groups of eight, into `grouped`."""
        self.in_groups = True
        found = self.number(amount)
        for cap in caps:
            found = self._folded("min", found, cap)
        self.in_groups = False
        return found

    @contextmanager
    def in_words(self) -> Iterator[None]:
        """Write what follows over whole words of 64."""
        outer, self.in_groups = self.in_groups, False
        yield
        self.in_groups = outer

    def taken(self, found: str | Number) -> str | Number:
        """Take what is there for the word into the group, if a number is wanted there."""
        if not self.in_groups or isinstance(found, str):
            return found
        return Number(self.grouped.name("const G", f"g_take({found.code}, &at)"), found.d, found.b)

    def _bits(self, mask: str) -> str:
        return f"closed({mask}, at.which)" if self.in_groups else mask

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
        """Write a call that makes lanes, and check its bound. What scales may return the lanes that it was given."""
        if self.in_groups:
            code = self.grouped.name("const G", f"g_{function}({given})")
            return Number(code, self.plan.name("i64", d), self._bound(b))
        call = f"l_{function}({', '.join((self._place(), given, *self._room(rooms)))})"
        code = call.partition("(")[2].partition(",")[0]
        if function in ("scale", "product"):
            code = self.out.name("const L *", call)
        else:
            self.out.line(f"{call};")
        return Number(code, self.plan.name("i64", d), self._bound(b))

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
        return self._lanes("scale", f"{a.code}, {self.give(by)}", d, f"{a.b} * {by}")

    def _arithmetic(self, node: t.Arithmetic) -> Number:
        if node.type.kind not in NUMBERS:
            raise NotLanesError
        if node.operator in "*/":
            return self._product(node)
        a, b, d = self.alike(self.number(node.left), self.number(node.right))
        call = "add" if node.operator == "+" else "sub"
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
        return self._lanes("product", f"{found.code}, {self.give(top)}", d, f"{found.b} * {top}")

    def _folded(self, function: str, a: Number, node: t.AnyNode) -> Number:
        if not is_uniform(node):
            a, b, d = self.alike(a, self.number(node))
            return self._lanes(function, f"{a.code}, {b.code}", d, f"{a.b} > {b.b} ? {a.b} : {b.b}")
        q = self.exact(node)
        x, y, d = (self.plan.name("i64") for _ in range(3))
        self.plan.line(f"if (!common({a.d}, {q}.d, &{x}, &{y}, &{d})) return 0;")
        scaled = self._scaled(a, x, d)
        bound = self._bound(f"size_of({q}.n) * {y}")
        given = f"{scaled.code}, {self.give(f'{q}.n * {y}')}"
        # A cap of sums that are never negative bounds them; otherwise the greater of the two sizes does.
        return self._lanes(f"{function}1", given, d, f"{scaled.b} > {bound} ? {scaled.b} : {bound}")

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
        with self.in_words():
            held = self.out.name("B", self.truth(node.condition))
        condition = f"{self._bits(f'{held}.t')}, {self._bits(f'{held}.f')}"
        x, y, d = self.alike(self.number(node.yes), self.number(node.no))
        return self._lanes("if", f"{condition}, {x.code}, {y.code}", d, f"{x.b} > {y.b} ? {x.b} : {y.b}")

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
        out, alive, rows = self.out, self.out.name("u64", "ALL"), []
        operator, ends = ("==", "t") if isinstance(node, t.Match) else (">=", "f")
        for row, value in zip(node.rows, values, strict=True):
            with self.in_words():
                held = out.name("B", self.compared(operator, node.subject, row.key))
            surely = out.name("u64", f"{held}.t & {alive}")
            rows.append((surely, out.name("u64", f"~({held}.t | {held}.f) & {alive}"), value))
            out.line(f"{alive} &= ~{held}.{ends};")
        return self._filled(rows, d, b)

    def _filled(self, rows: Sequence[Row], d: str, b: str, every: str = "0") -> Number:
        """Write a number that begins with nothing: each row in turn takes its place, or if `every` is added to it."""
        if self.in_groups:
            made = self.grouped.name("G", "g_all(0)")
            for surely, perhaps, value in rows:
                given = f"({made}, {self._bits(surely)}, {self._bits(perhaps)}, {value})"
                self.grouped.line(f"{made} = {every} ? g_more{given} : g_row{given};")
            return Number(made, d, b)
        place, (low, high) = self._place(), self._room()
        self.out.line(f"l_fill({low}, 0); l_fill({high}, 0);")
        for surely, perhaps, value in rows:
            given = f"({low}, {high}, {surely}, {perhaps}, {value});"
            self.out.line(f"if ({every}) l_more{given} else l_row{given}")
        self.out.line(f"*({place}) = (L){{{low}, {high}, ALL, ALL}};")
        return Number(place, d, b)

    def _crossing(self, node: t.Crossing) -> Number:
        if node.now.type.kind == "date" or not (is_uniform(node.strict) and is_uniform(node.several)):
            raise NotLanesError
        plan, out = self.plan, self.out
        strict, several = self.scalar(node.strict), self.scalar(node.several)
        plan.line(f"if ({strict} == 2 || {several} == 2) return 0;")
        every = self.give(several)
        values, d, b = self._values([row.value for row in node.rows])
        bound = self._bound(f"{b} * {len(node.rows)}")
        rows = []
        with self.in_words():
            sides = [self.number(side) for side in (node.now, node.before)]
            for row, value in zip(node.rows, values, strict=True):
                passed = [self._passed(side, row.key, strict) for side in sides]
                held = out.name("B", f"b_newly({', '.join(passed)})")
                rows.append((f"{held}.t", f"~({held}.t | {held}.f)", value))
        return self._filled(rows, d, bound, every)

    def _passed(self, side: Number, key: t.AnyNode, strict: str) -> str:
        c = self.plan.name("i64")
        self.plan.line(f"if (!threshold({self.exact(key)}, {side.d}, {strict}, &{c})) return 0;")
        return f"l_ge1({side.code}, {self.give(c)})"
