"""Turns conditions into C over 64 applicants, two words of bits each, and writes once what several measures share."""

from __future__ import annotations

from collections.abc import Callable

from duixian.engine.kernel.lane_columns import Key, NotLanesError, Number, is_uniform
from duixian.engine.kernel.lane_numbers import LaneNumbers
from duixian.engine.kernel.slots import NUMBERS
from duixian.language import tree as t

_Write = Callable[[t.AnyNode, t.AnyNode], str]


class Laning(LaneNumbers):
    """Writes expressions over lanes; raises NotLanesError for what only single rows can do."""

    def truth(self, node: t.AnyNode) -> str:
        """Write a condition; return the C of a `B`."""
        if is_uniform(node):
            return f"b_of((T){self.give(self.scalar(node))})"
        if isinstance(node, t.Get):
            return self.flag(node)
        found = self.once(node)
        assert isinstance(found, str)
        return found

    def _truth(self, node: t.AnyNode) -> str:
        match node:
            case t.Not():
                return f"b_not({self.truth(node.part)})"
            case t.And() | t.Or():
                how = "b_and" if isinstance(node, t.And) else "b_or"
                found = self.truth(node.parts[0])
                for part in node.parts[1:]:
                    found = f"{how}({found}, {self.truth(part)})"
                return found
            case t.If():
                parts = (self.truth(part) for part in (node.condition, node.yes, node.no))
                return f"b_if({', '.join(parts)})"
            case t.OneOf():
                return self._one_of(node)
            case t.Compare():
                return self._compare(node)
        raise NotLanesError

    def _one_of(self, node: t.OneOf) -> str:
        words = [option.name for option in node.options if isinstance(option, t.Word)]
        if isinstance(node.item, t.Get) and len(words) == len(node.options):
            return self.enum(node.item, words)
        found = [self.compared("==", node.item, option) for option in node.options]
        joined = found[0]
        for part in found[1:]:
            joined = f"b_or({joined}, {part})"
        return joined

    def _compare(self, node: t.Compare) -> str:
        return self.compared(node.operator, node.left, node.right)

    def compared(self, operator: str, left: t.AnyNode, right: t.AnyNode) -> str:
        """Write a comparison of numbers, of days, or of an enum with a word."""
        kind = left.type.kind
        if kind == "enum" and operator in ("==", "!="):
            if not (isinstance(left, t.Get) and isinstance(right, t.Word)):
                raise NotLanesError
            found = self.enum(left, [right.name])
        elif kind == "date":
            return self._of_order(operator, left, right, self._day_from)
        elif kind in NUMBERS:
            return self._of_order(operator, left, right, self._number_from)
        else:
            raise NotLanesError
        return f"b_not({found})" if operator == "!=" else found

    def _of_order(
        self, operator: str, left: t.AnyNode, right: t.AnyNode, write: Callable[[t.AnyNode, t.AnyNode], str]
    ) -> str:
        """Make all comparisons of `left >= right`, as engine/values.py has them."""
        match operator:
            case ">=":
                return write(left, right)
            case "<":
                return f"b_not({write(left, right)})"
            case "<=":
                return write(right, left)
            case ">":
                return f"b_not({write(right, left)})"
        both = f"b_and({write(left, right)}, {write(right, left)})"
        return both if operator == "==" else f"b_not({both})"

    def _number_from(self, left: t.AnyNode, right: t.AnyNode) -> str:
        plan = self.plan
        if is_uniform(right):
            found, c = self.number(left), plan.name("i64")
            plan.line(f"if (!threshold({self.exact(right)}, {found.d}, 0, &{c})) return 0;")
            return f"l_ge1({found.code}, {self.give(c)})"
        if is_uniform(left):
            # q >= x is: not x > q
            found, c = self.number(right), plan.name("i64")
            plan.line(f"if (!threshold({self.exact(left)}, {found.d}, 1, &{c})) return 0;")
            return f"b_not(l_ge1({found.code}, {self.give(c)}))"
        a, b, _ = self.alike(self.number(left), self.number(right))
        return f"l_ge({a.code}, {b.code})"

    def _day_from(self, left: t.AnyNode, right: t.AnyNode) -> str:
        if is_uniform(left) and is_uniform(right):
            raise NotLanesError
        if is_uniform(right) or is_uniform(left):
            fact, day = (left, right) if is_uniform(right) else (right, left)
            found = self.scalar(day)
            more = int(fact is right)
            value, known = self.give(f"(i64){found}.v + {more}"), self.give(f"{found}.k == 1 ? -1 : 0")
            data, valid = self.date(fact)
            code = f"l_day_ge({data}, {valid} & (u64){known}, {value})"
            return f"b_not({code})" if more else code
        one, other = self.date(left), self.date(right)
        return f"l_day_ge2({one[0]}, {one[1]}, {other[0]}, {other[1]})"

    def once(self, node: t.AnyNode) -> str | Number:
        """Write a node once: for all measures if several have it, else for this one."""
        key = (self.policy.id, node)
        if key in self._kept:
            return self.taken(self._kept[key])
        if key in self._local:
            return self.taken(self._local[key])
        # A number that only sums share is sooner worked out for each one's few applicants than once for all.
        if key not in self.shared or (self.in_groups and node.type.kind != "flag"):
            return self._written(node, self._summed if self.in_groups else self._local)
        outer, self.out = self.out, self.common
        with self.in_words():
            found = self._written(node, self._kept)
        self.out = outer
        if isinstance(found, Number):
            kept: str | Number = Number(f"w->at[{self.kept}]", found.d, found.b)
            self.common.line(f"w->at[{self.kept}] = {found.code};")
            self.kept += 1
        else:
            kept = f"w->b[{self.truths}]"
            self.common.line(f"{kept} = {found};")
            self.truths += 1
        self._kept[key] = kept
        return self.taken(kept)

    def _written(self, node: t.AnyNode, memo: dict[Key, str | Number]) -> str | Number:
        key = (self.policy.id, node)
        if key not in memo:
            if node.type.kind == "flag":
                memo[key] = self.out.name("B", self._truth(node))
            else:
                memo[key] = self.written_number(node)
        return memo[key]
