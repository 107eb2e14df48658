"""`lab sweep`: ranges as people write them, variants that are policies, a cost that follows a cap."""

import datetime as dt
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.engine.assess import Request
from duixian.lab.costing import cost
from duixian.lab.registers import open_register
from duixian.lab.sweeping import Sweep, sweep
from duixian.lab.tally import Sums
from duixian.lab.variants import VariantError, read_vary
from duixian.language.pack import load_pack
from duixian.language.vocabulary import POLICIES, shared_vocabulary

HERE = Path(__file__).parent
TINY = HERE / "tiny.yaml"
SAMPLE = HERE.parent.parent / "examples" / "register.yaml"
WUHAN = "wuhan-digital-economy-2022"
CHANGSHA = "changsha-cybersecurity-2019"
WAN = 10**6
ON = Request(on=dt.date(2023, 6, 30))


def swept(*varies: str, register: Path = TINY, budget: int | None = None) -> Sweep:
    policy = load_pack(POLICIES / WUHAN)
    opened = open_register(register, shared_vocabulary())
    return sweep(policy, opened, ON, [read_vary(text, policy) for text in varies], budget)


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
        ],
    )
    def test_is_read(self, text: str, values: tuple[object, ...]) -> None:
        assert read_vary(text, load_pack(POLICIES / WUHAN)).values == values

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("software-rnd.cap", "NAME=FROM..TO/STEP"),
            ("software-rnd.cp=1万元", "software-rnd.cap"),
            ("software-rnd.cap=1万元..2万元/0元", "from 1 to 500 values"),
            ("software-rnd.cap=2万元..1万元/1万元", "from 1 to 500 values"),
            ("software-rnd.cap=-5万元", "negative"),
            ("software-rnd.cap=5%", "software-rnd.cap=5%"),
            ("ends.1=4年", "cannot be varied"),
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

    def test_two_literals_vary_together(self) -> None:
        found = swept("software-rnd.cap=50万元,200万元", "software-rnd.amount=5%,10%")
        assert [(point.values[0], point.sums.at_most_fen // WAN) for point in found.points] == [
            (50 * WAN, 15 + 50),
            (50 * WAN, 30 + 50),
            (200 * WAN, 15 + 60),
            (200 * WAN, 30 + 120),
        ]


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

    def test_a_wrong_name_is_told_the_nearest(self) -> None:
        asked = (WUHAN, "--vary", "software-rnd.cop=1万元", "--register", TINY, "--on", "2023-06-30")
        result = run(*asked, "--lang", "en")
        assert result.exit_code == 2
        assert "software-rnd.cap" in result.stderr
