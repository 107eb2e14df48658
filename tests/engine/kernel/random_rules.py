"""Invented policies whose conditions and sums are random expressions of the whole language, by a seed."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tests.engine.invented import HEAD, label, policy, reading
from tests.engine.kernel import tangle

from duixian.engine.batch import Kernel, compile_kernel
from duixian.language.pack import build_pack
from duixian.language.problems import Report
from duixian.language.vocabulary import load_vocabulary

HARMLESS = {"never-true", "always-true", "unknown-place"}
"""What a random rule may be told of: a condition that nothing can meet is still one on which all must agree."""
DEPTH = 4


class Writer:
    """Writes random expressions, well typed, that a measure `per` an entity of `tangle.vocabulary` may use."""

    def __init__(self, rng: random.Random, per: str) -> None:
        """Take where chance comes from and the record type."""
        self.rng, self.per = rng, per
        self.each = ""

    def one(self, kind: str, depth: int = DEPTH) -> str:
        """Return an expression of a kind."""
        simple, grown = getattr(self, f"{kind}_leaves"), getattr(self, f"{kind}_nodes", None)
        if depth <= 0 or grown is None or self.rng.random() < 0.15:
            return str(self.rng.choice(simple()))
        made: str = self.rng.choice(grown())(depth - 1)
        return made

    def facts(self, *, item: list[str], project: list[str], year: list[str]) -> list[str]:
        """The facts of the claim's record, of the project it names, and of the list's item at hand."""
        own = {"item": item, "project": project, "year": year}
        found = [f"{self.per}.{name}" for name in own.get(self.per, ())]
        if self.per == "item":
            found += [f"item.project.{name}" for name in project]
        if self.per == "year":
            found += [f"previous(year).{name}" for name in year if name != "year"]
        return found + [f"each.{name}" for name in own.get(self.each, ())]

    def money_leaves(self) -> list[str]:
        facts = self.facts(item=[f"m{self.rng.randrange(12)}"], project=[], year=["revenue"])
        return [*facts, f"applicant.c{self.rng.randrange(8)}", f"{self.rng.randrange(12)}元", "0.01元"]

    def money_nodes(self) -> list[Any]:
        r = self.one
        nodes = [
            lambda d: f"({r('money', d)} + {r('money', d)})",
            lambda d: f"({r('money', d)} - {r('money', d)})",
            lambda d: f"({r('ratio', d)} * {r('money', d)})",
            lambda d: f"({r('money', d)} / {r('ratio', d)})",
            lambda d: f"({r('count', d)} * {r('money', d)})",
            lambda d: f"({r('money', d)} / {r('count', d)})",
            lambda d: f"({r('area', d)} * 3元/平方米)",
            lambda d: f"min({r('money', d)}, {r('money', d)})",
            lambda d: f"max({r('money', d)}, {r('money', d)})",
            lambda d: f"(if {r('flag', d)} then {r('money', d)} else {r('money', d)})",
            lambda d: f"steps({r('money', d)}, 1元: {r('money', d)}, 3元: {r('money', d)}, 9元: 4元)",
            lambda d: f"steps({r('count', d)}, 0: 1元, 1: {r('money', d)}, 2: {r('money', d)})",
            lambda d: f"steps({r('date', d)}, 2020-06-01: {r('money', d)}, 2021-06-01: 2元)",
            lambda d: f"match({r('count', d)}, 1: {r('money', d)}, 2: 7元)",
            lambda d: (
                f"crossing({r('money', d)}, {r('money', d)}, {r('flag', 0)}, {r('flag', 0)}, "
                f"1元: {r('money', d)}, 5元: 2元, 9元: {r('money', d)})"
            ),
        ]
        if self.color_leaves():
            nodes.append(lambda d: f"match({r('color', d)}, red: {r('money', d)}, blue: {r('money', d)})")
        return nodes + [lambda d: self.listed("sum", d), lambda d: self.listed("order", d)] * (not self.each)

    def listed(self, what: str, depth: int) -> str:
        """An aggregate over records."""
        rng = self.rng
        function = rng.choice(("highest", "lowest")) if what == "order" else what
        entity = rng.choice(("item", "year"))
        field = f"m{rng.randrange(12)}" if entity == "item" else "revenue"
        return f"{function}({entity}.{field}{self.where(entity, depth)})"

    def _over(self, function: str, depth: int) -> str:
        """A question about the records of a list."""
        entity = self.rng.choice(("item", "year"))
        return f"{function}({entity}{self.where(entity, depth)})"

    def where(self, entity: str, depth: int) -> str:
        """A `where` over a list, or none."""
        if self.rng.random() < 0.3:
            return ""
        self.each = entity
        found = self.one("flag", depth)
        self.each = ""
        return f" where {found}"

    def count_leaves(self) -> list[str]:
        facts = self.facts(item=["count"], project=[], year=["staff"])
        return [*facts, "applicant.most", str(self.rng.randrange(4))]

    def count_nodes(self) -> list[Any]:
        r = self.one
        nodes = [
            lambda d: f"({r('count', d)} + {r('count', d)})",
            lambda d: f"({r('count', d)} - {r('count', d)})",
            lambda d: f"({r('year', d)} - {r('year', d)})",
            lambda d: f"min({r('count', d)}, {r('count', d)})",
            lambda d: f"(if {r('flag', d)} then {r('count', d)} else {r('count', d)})",
        ]
        lists = [lambda d: f"count({(e := self.rng.choice(('item', 'year', 'project')))}{self.where(e, d)})"]
        return nodes + lists * (not self.each)

    def ratio_leaves(self) -> list[str]:
        return [*self.facts(item=[], project=["share"], year=[]), f"{self.rng.randrange(130)}%", "33.3%"]

    def ratio_nodes(self) -> list[Any]:
        r = self.one
        return [
            lambda d: f"({r('money', d)} / {r('money', d)})",
            lambda d: f"({r('ratio', d)} + {r('ratio', d)})",
            lambda d: f"({r('ratio', d)} - {r('ratio', d)})",
            lambda d: f"({r('ratio', d)} * {r('ratio', d)})",
            lambda d: f"({r('ratio', d)} / {r('ratio', d)})",
            lambda d: f"max({r('ratio', d)}, {r('ratio', d)})",
        ]

    def area_leaves(self) -> list[str]:
        return [*self.facts(item=["area"], project=[], year=[]), f"{self.rng.randrange(40)}平方米"]

    def year_leaves(self) -> list[str]:
        return [*self.facts(item=[], project=[], year=["year"]), "year_of(event_day)", "year_of(starts)"]

    def year_nodes(self) -> list[Any]:
        r = self.one
        return [
            lambda d: f"year_of({r('date', d)})",
            lambda d: f"({r('year', d)} + {self.rng.randrange(4)}年)",
            lambda d: f"({r('year', d)} - {self.rng.randrange(4)}年)",
        ]

    def date_leaves(self) -> list[str]:
        facts = self.facts(item=["day", "ended"], project=["started"], year=[])
        built = [
            "application_day",
            "event_day",
            "starts",
            "ends",
            "issued",
            "2021-02-28",
            "applicant.founded",
        ]
        return [*facts, *built]

    def date_nodes(self) -> list[Any]:
        r, rng = self.one, self.rng
        return [
            lambda d: (
                f"({r('date', d)} {rng.choice('+-')} {rng.randrange(40)}{rng.choice(('日', '个月', '年'))})"
            ),
            lambda d: f"latest({r('date', d)}, {r('date', d)})",
            lambda d: f"earliest({r('date', d)}, {r('date', d)})",
            lambda d: f"year_end({r('year', d)})",
            lambda d: f"(if {r('flag', d)} then {r('date', d)} else {r('date', d)})",
        ]

    def color_leaves(self) -> list[str]:
        return self.facts(item=["color"], project=["color"], year=[])

    def flag_leaves(self) -> list[str]:
        facts = self.facts(item=[f"g{self.rng.randrange(6)}"], project=["lead"], year=[])
        readings = ["(reading.wide == yes)", "(reading.open == yes)", "(reading.open != no)"]
        return [*facts, f"applicant.f{self.rng.randrange(16)}", *readings]

    def flag_nodes(self) -> list[Any]:
        r, rng = self.one, self.rng
        order = ("money", "count", "ratio", "date", "year", "area")
        nodes = [
            lambda d: (
                f"({r(k := rng.choice(order), d)} {rng.choice(('>=', '>', '<', '<=', '==', '!='))} {r(k, d)})"
            ),
            lambda d: (
                f"({r(k := rng.choice(order), d)} {rng.choice(('>=', '>', '<', '<=', '==', '!='))} {r(k, d)})"
            ),
            lambda d: f"({r('flag', d)} and {r('flag', d)})",
            lambda d: f"({r('flag', d)} or {r('flag', d)})",
            lambda d: f"(not {r('flag', d)})",
            lambda d: f"(if {r('flag', d)} then {r('flag', d)} else {r('flag', d)})",
            lambda d: f"({r('flag', d)} == {r('flag', d)})",
            lambda d: f"({r('count', d)} in [1, 3])",
            lambda d: f"({rng.choice(('red', 'green'))} in applicant.tags)",
            lambda d: "(applicant.division within city)",
        ]
        if self.color_leaves():
            nodes += [
                lambda d: f"({r('color', d)} {rng.choice(('==', '!='))} {rng.choice(('red', 'green'))})",
                lambda d: f"({r('color', d)} in [red, blue])",
            ]
        if self.per == "item":
            nodes += [
                lambda d: f"has(item.{rng.choice(('ended', 'project'))})",
                lambda d: f"has(item.project.{rng.choice(('share', 'lead'))})",
                lambda d: "(item.place within city)",
                lambda d: (
                    f"first(item by {rng.choice(('color', 'maker', 'color, project', 'ended', 'day'))})"
                ),
                lambda d: f"first(item by {rng.choice(('role', 'place', 'g0', 'area, color', 'count'))})",
            ]
        if self.per == "year":
            nodes += [lambda d: "exists(previous(year))", lambda d: "first(year by staff)"]
        if not self.each:
            nodes += [lambda d: self._over("any", d), lambda d: self._over("none", d)]
        return nodes


def _measure(rng: random.Random) -> dict[str, Any]:
    per = rng.choice(("item", "item", "year", "project", "applicant"))
    write = Writer(rng, per).one
    found: dict[str, Any] = {"per": per, "to": ["enterprise", "park"]}
    found["requires"] = {f"c{n}": label(**{"is": write("flag")}) for n in range(rng.randrange(3))}
    if per != "applicant" and rng.random() < 0.3:
        found["which"] = write("flag", 2)
    right = rng.choice(("entitled", "entitled", "entitled", "selected"))
    terms: dict[str, Any] = {
        "right": right,
        "sum": rng.choice(("exact", "exact", "up_to", "range", "one_of")),
    }
    if terms["sum"] == "one_of":
        terms["options"] = [write("money", 3) for _ in range(2)]
    else:
        terms["amount"] = write("money")
    if terms["sum"] == "range":
        terms["least"] = write("money", 2)
    if rng.random() < 0.4:
        terms["cap"] = write("money", 2)
    if rng.random() < 0.2:
        found["instead"] = [label(when=write("flag", 2), sum="exact", amount=write("money", 2))]
    return {**found, **terms}


@cache
def random_kernel(seed: int, measures: int) -> Kernel:
    """A policy of so many random measures, compiled."""
    rng = random.Random(seed)  # noqa: S311
    folder = Path(mkdtemp(prefix="duixian-random-"))
    tangle.write_vocabulary(folder)
    made = policy(
        folder,
        f"random-{seed}",
        {f"m-{number}": _measure(rng) for number in range(measures)},
        readings=[reading("wide", "yes", "no", default="no"), reading("open", "yes", "no", default="none")],
        validity={**HEAD["validity"]},
    )
    report = Report()
    words = load_vocabulary(folder / "vocabulary.yaml")
    found = build_pack(made, report, words, full=False)
    wrong = [problem for problem in report.problems if problem.code not in HARMLESS]
    assert found is not None
    assert not wrong, "\n".join(map(str, wrong[:5]))
    kernel = compile_kernel([found], words)
    assert kernel.native, kernel.why_not
    return kernel
