"""`lab sweep`: ranges as people write them, variants that are policies, a cost that follows a cap."""

import datetime as dt
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from duixian.calendar.periods import Period
from duixian.cli import main
from duixian.engine.assess import Request
from duixian.lab.costing import cost
from duixian.lab.registers import open_register
from duixian.lab.runs import Point
from duixian.lab.seeking import WHOLE, Seeker
from duixian.lab.sweeping import Sweep, sweep
from duixian.lab.tally import Sums
from duixian.lab.variants import MOST, MOST_STEPS, VariantError, Vary, read_vary, variants
from duixian.language.pack import load_pack
from duixian.language.vocabulary import POLICIES, shared_vocabulary

HERE = Path(__file__).parent
TINY = HERE / "tiny.yaml"
SAMPLE = HERE.parent.parent / "examples" / "register.yaml"
WUHAN = "wuhan-digital-economy-2022"
CHANGSHA = "changsha-cybersecurity-2019"
WAN = 10**6
ON = Request(on=dt.date(2023, 6, 30))


UPGRADES = """
applicants:
  - id: maker
    name: 甲（虚构）
    kind: enterprise
    division: "420111"
    fields: [manufacturing]
    complete: all
    project:
      - {id: p1, programme: intelligent_upgrade, role: builder, division: "420111", approved: 2022-06-01,
         started: 2022-06-02, completed: 2023-12-02, equipment: 1000万元, production_equipment: 900万元,
         rnd_spend: 100万元}
      - {id: p2, programme: intelligent_upgrade, role: builder, division: "420111", approved: 2022-06-01,
         started: 2022-06-02, completed: 2024-12-02, equipment: 1000万元, production_equipment: 900万元,
         rnd_spend: 100万元}
"""


def swept(*varies: str, register: Path = TINY, budget: int | None = None, most: int = MOST) -> Sweep:
    policy = load_pack(POLICIES / WUHAN)
    opened = open_register(register, shared_vocabulary())
    asked = Request(on=dt.date(2025, 5, 1)) if register not in (TINY, SAMPLE) else ON
    return sweep(policy, opened, asked, [read_vary(text, policy, most) for text in varies], budget)


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["lab", "sweep", *map(str, args)], env={"COLUMNS": "100"})


class TestRange:
    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("software-rnd.cap=50万元..200万元/50万元", tuple(n * WAN for n in (50, 100, 150, 200))),
            ("software-rnd.cap = 50万元 .. 70万元 / 15万元", (50 * WAN, 65 * WAN)),
            (f"{WUHAN}/software-rnd.cap=1万元,3万元", (WAN, 3 * WAN)),
            ("software-rnd.amount=5%..10%/2.5%", (Fraction(1, 20), Fraction(3, 40), Fraction(1, 10))),
            ("intelligent-upgrade.period=6个月..18个月/6个月", tuple(Period(months=n) for n in (6, 12, 18))),
            ("intelligent-upgrade.period=1年, 400天", (Period(years=1), Period(days=400))),
        ],
    )
    def test_is_read(self, text: str, values: tuple[object, ...]) -> None:
        assert read_vary(text, load_pack(POLICIES / WUHAN)).values == values

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("software-rnd.cap", "NAME=FROM..TO/STEP"),
            ("software-rnd.cp=1万元", "software-rnd.cap"),
            ("software-rnd.cap=1万元..2万元/0元", "the step must be more than zero"),
            ("software-rnd.cap=2万元..1万元/1万元", "starts above its end"),
            ("software-rnd.cap=-5万元", "negative"),
            ("software-rnd.cap=5%", "software-rnd.cap=5%"),
            ("intelligent-upgrade.period=2", "a period: 6个月, 2年 or 30日"),
            ("intelligent-upgrade.period=1年..3年/6个月", "use one unit"),
            ("intelligent-upgrade.period=0年..3年/0年", "use one unit"),
            ("software-rnd.cap=1万元..2万元", "FROM..TO/STEP"),
            ("software-rnd.cap=1万元..2万元/1元", "10,001 values, and at most 500"),
            ("?=1", "There are: .*software-rnd.cap"),
            ("software-rnd.cap+software-rnd.amount=1万元", "they differ now"),
        ],
    )
    def test_is_refused_with_what_to_mend(self, text: str, said: str) -> None:
        with pytest.raises(VariantError, match=said):
            read_vary(text, load_pack(POLICIES / WUHAN))

    def test_a_variant_must_be_a_policy(self) -> None:
        policy = load_pack(POLICIES / CHANGSHA)
        opened = open_register(TINY, shared_vocabulary())
        steps = [name for name in _parameters() if name.startswith("revenue-steps.")]
        request = Request(on=dt.date(2022, 6, 30))
        with pytest.raises(VariantError, match="the steps must rise"):
            # The first step set above the second.
            sweep(policy, opened, request, [read_vary(f"{steps[0]}=6000万元", policy)])

    def test_a_year_moves_by_whole_years(self) -> None:
        policy = load_pack(POLICIES / "wuhan-industrial-internet-fund")
        name = "security-service.income.1+security-service.income.2"
        with pytest.raises(VariantError, match="a year moves by whole years"):
            variants(policy, [read_vary(f"{name}=18个月", policy)])
        assert len(variants(policy, [read_vary(f"{name}=1年..3年/1年", policy)])) == 3

    def test_what_measures_a_target_is_no_parameter(self) -> None:
        with pytest.raises(VariantError, match="there is no parameter"):
            read_vary("largest-firms.figures.1.measured_by=1亿元", load_pack(POLICIES / CHANGSHA))


def _parameters() -> list[str]:
    from duixian.engine.kernel.parameters import parameter_values

    found = parameter_values([load_pack(POLICIES / CHANGSHA)])
    return [name.partition("/")[2] for name in found]


class TestByHand:
    """R&D subsidies of 30万元 and of 120万元 before the cap (see tiny.yaml)."""

    def test_the_cost_follows_the_cap(self) -> None:
        found = swept("software-rnd.cap=10万元..130万元/20万元")
        sums = [point.sums.at_most_fen // WAN for point in found.points]
        assert sums == [20, 60, 80, 100, 120, 140, 150]
        assert [point.reached for point in found.points] == [2] * 7
        assert found.present.sums == Sums(0, 130 * WAN, 130 * WAN)

    def test_a_budget_finds_the_costliest_setting_that_keeps_within_it(self) -> None:
        found = swept("software-rnd.cap=10万元..130万元/20万元", budget=105 * WAN)
        assert found.within is not None
        assert found.points[found.within].values == (70 * WAN,)
        assert swept("software-rnd.cap=10万元,20万元", budget=WAN).within is None

    def test_the_largest_cap_within_a_budget_is_found_among_many(self) -> None:
        # 30万元 + cap ≤ 105万元: a cap of 75万元, found among 12,001 with a few dozen tried.
        found = swept("software-rnd.cap=10万元..130万元/100元", budget=105 * WAN, most=MOST_STEPS)
        assert found.within is not None and found.search is not None
        assert found.points[found.within].values == (75 * WAN,)
        assert (found.search.direction, found.search.of) == ("rising", 12_001)
        assert found.search.beyond is not None
        assert found.search.beyond.values == (75 * WAN + 10_000,)
        assert len(found.points) < 100

    def test_the_smallest_threshold_within_a_budget_is_found(self) -> None:
        # 15%, 15% and 14.95% of revenue: with all three 159.9万元, from 14.96% on 130万元, above 15% nothing.
        found = swept("software-rnd.intensity=14%..16%/0.01%", budget=150 * WAN)
        assert found.within is not None and found.search is not None
        assert found.points[found.within].values == (Fraction(1496, 10_000),)
        assert found.search.direction == "falling"
        assert found.search.beyond is not None
        assert found.search.beyond.sums.at_most_fen == 1_599_000_00

    def test_a_period_varies(self, tmp_path: Path) -> None:
        # Built in 18 months and in 30: 8% of 1000万元 each, from two years and from three years on.
        path = tmp_path / "r.yaml"
        path.write_text(UPGRADES, "utf-8")
        found = swept("intelligent-upgrade.period=1年..3年/1年", register=path)
        assert [point.sums.at_most_fen // WAN for point in found.points] == [0, 80, 160]

    def test_two_literals_vary_together(self) -> None:
        found = swept("software-rnd.cap=50万元,200万元", "software-rnd.amount=5%,10%")
        assert [(point.values[0], point.sums.at_most_fen // WAN) for point in found.points] == [
            (50 * WAN, 15 + 50),
            (50 * WAN, 30 + 50),
            (200 * WAN, 15 + 60),
            (200 * WAN, 30 + 120),
        ]


class FakeRuns:
    """Settings whose costs are given, in place of a register."""

    def __init__(self, costs: list[int]) -> None:
        self.costs = costs
        self.ran: list[int] = []

    def check(self, setting: tuple[int, ...]) -> None:
        assert 0 <= setting[0] < len(self.costs)

    def run(self, settings: list[tuple[int, ...]], turn: int) -> None:
        self.ran += [setting[0] for setting in settings]

    def points(self, settings: list[tuple[int, ...]]) -> tuple[Point, ...]:
        return tuple(Point(item, Sums(0, self.costs[item[0]], 0), 0, 0) for item in settings)


def sought(costs: list[int], budget: int) -> tuple[Seeker, FakeRuns]:
    runs = FakeRuns(costs)
    seeker = Seeker(runs, Vary("x", "count", 0, tuple(range(len(costs))), True), budget)  # type: ignore[arg-type]
    seeker.look((0,))
    return seeker, runs


class TestSeeking:
    @given(
        st.lists(st.integers(0, 30), min_size=1, max_size=900),
        st.integers(-1, 31),
        st.sampled_from(["rising", "falling"]),
    )
    def test_finds_what_trying_all_finds(self, costs: list[int], budget: int, direction: str) -> None:
        costs.sort(reverse=direction == "falling")
        seeker, runs = sought(costs, budget)
        points = seeker.points()
        place = seeker.within(points)
        fitting = [number for number, cost in enumerate(costs) if cost <= budget]
        if not fitting:
            assert place is None
        elif costs[0] == costs[-1]:
            assert place is not None and points[place].values == (len(costs) - 1,)
        else:
            wanted = max(fitting) if direction == "rising" else min(fitting)
            assert place is not None and points[place].values == (wanted,)
            beyond = seeker.found(points).beyond
            after = wanted + (1 if direction == "rising" else -1)
            assert beyond is None or beyond.values == (after,)
        assert len(costs) <= WHOLE or len(set(runs.ran)) < 70

    @given(st.lists(st.integers(0, 30), min_size=2, max_size=120), st.integers(0, 31))
    def test_a_cost_that_goes_up_and_down_is_tried_in_full(self, costs: list[int], budget: int) -> None:
        seeker, _ = sought(costs, budget)
        points = seeker.points()
        if seeker.direction != "mixed":
            return
        assert len(points) == len(costs)
        best = max((cost for cost in costs if cost <= budget), default=None)
        place = seeker.within(points)
        assert best == (None if place is None else points[place].sums.at_most_fen)

    def test_too_many_to_try_are_refused_with_what_to_do(self) -> None:
        with pytest.raises(VariantError, match="narrow the range or widen the step"):
            sought([n % 7 for n in range(1000)], 3)


def test_on_the_sample_a_higher_cap_never_costs_less() -> None:
    found = swept("software-rnd.cap=10万元..200万元/10万元", register=SAMPLE)
    costs = [point.sums.at_most_fen for point in found.points]
    assert all(low <= high for low, high in pairwise(costs))
    assert costs[0] < costs[-1]


def test_the_present_setting_costs_what_lab_cost_says() -> None:
    found = swept("software-rnd.cap=100万元", register=SAMPLE)
    whole = cost(load_pack(POLICIES / WUHAN), open_register(SAMPLE, shared_vocabulary()), ON)
    assert found.present.sums == found.points[0].sums == whole.sums
    assert (found.present.claims, found.present.reached) == (whole.claims, whole.reached)


class TestCommand:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_prints_and_writes(self, lang: str, tmp_path: Path) -> None:
        page, book = tmp_path / "sweep.html", tmp_path / "sweep.xlsx"
        vary = "software-rnd.cap=50万元..200万元/10万元"
        asked = (WUHAN, "--vary", vary, "--register", TINY, "--on", "2023-06-30", "--budget", "120万元")
        result = run(*asked, "-o", page, "-o", book, "--lang", lang)
        assert result.exit_code == 0, result.output
        assert result.stdout == (HERE / "expected" / f"sweep.{lang}.txt").read_text("utf-8")
        root = ElementTree.fromstring(page.read_text("utf-8"))  # noqa: S314 - our own page
        assert len(list(root.iter("polyline"))) == 4
        assert book.stat().st_size > 5000

    def test_two_parameters_are_drawn_as_a_line_for_each_value_of_one(self, tmp_path: Path) -> None:
        page = tmp_path / "sweep.html"
        varied = ("--vary", "software-rnd.cap=50万元,80万元,90万元", "--vary", "software-rnd.amount=5%,10%")
        asked = (WUHAN, *varied, "--register", TINY, "--on", "2023-06-30", "--budget", "90万元")
        result = run(*asked, "-o", page, "--lang", "en")
        assert result.exit_code == 0, result.output
        drawing = ElementTree.fromstring(page.read_text("utf-8"))  # noqa: S314 - our own page
        assert len(list(drawing.iter("polyline"))) == 2 + 1  # every setting reaches the same two firms
        remarks = {tuple(line.split()[:4]): line.split("  ")[-1] for line in result.stdout.splitlines()}
        # 5% of 300万 and of 1200万元 are 15万 and 60万元; 10% with a cap of 50万元 are 30万 and 50万元.
        assert remarks["RMB", "500,000", "5%", "650,000"].strip() == "in budget"
        assert remarks["RMB", "500,000", "10%", "800,000"].strip() == "chosen"

    def test_one_literal_is_not_varied_twice(self) -> None:
        varied = ("--vary", "software-rnd.cap=50万元,80万元", "--vary", "software-rnd.cap=90万元")
        result = run(WUHAN, *varied, "--register", TINY, "--on", "2023-06-30", "--lang", "en")
        assert (result.exit_code, result.stderr) == (2, "`software-rnd.cap` is varied twice\n")

    def test_a_wrong_name_is_told_the_nearest(self) -> None:
        asked = (WUHAN, "--vary", "software-rnd.cop=1万元", "--register", TINY, "--on", "2023-06-30")
        result = run(*asked, "--lang", "en")
        assert result.exit_code == 2
        assert "software-rnd.cap" in result.stderr
