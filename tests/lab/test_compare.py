"""`lab compare`: winners and losers by hand, nothing against itself, the same firms in another city."""

import datetime as dt
import shutil
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.engine.assess import Request
from duixian.lab.comparing import Comparison, Movers, Side, compare
from duixian.lab.costing import cost
from duixian.lab.registers import open_register
from duixian.lab.relocation import relocated
from duixian.language.pack import load_pack
from duixian.language.vocabulary import POLICIES, shared_vocabulary, vocabulary_of
from duixian.register.columns import from_arrow
from duixian.register.problems import InputError

HERE = Path(__file__).parent
TINY = HERE / "tiny.yaml"
SAMPLE = HERE.parent.parent / "examples" / "register.yaml"
WUHAN, CHENGDU = "wuhan-digital-economy-2022", "chengdu-cybersecurity-2020"
WAN = 10**6
ON = Request(on=dt.date(2023, 5, 1))


def side(id: str, request: Request = ON) -> Side:
    return Side(load_pack(POLICIES / id), request)


def compared(a: Side, b: Side, register: Path = SAMPLE) -> Comparison:
    return compare(a, b, open_register(register, shared_vocabulary()))


def run(*args: object) -> Result:
    return CliRunner().invoke(main, ["lab", "compare", *map(str, args)], env={"COLUMNS": "100"})


@pytest.fixture
def other_version(tmp_path: Path) -> Path:
    """A version of the Wuhan policy whose R&D subsidy is 5% of the spending, at most 200万元."""
    folder = tmp_path / WUHAN
    shutil.copytree(POLICIES / WUHAN, folder)
    path = folder / "measures.yaml"
    text = path.read_text("utf-8")
    start = text.index("- id: software-rnd")
    head, rule = text[:start], text[start:]
    rule = rule.replace("10% * year.rnd_spend", "5% * year.rnd_spend", 1)
    path.write_text(head + rule.replace("cap: 100万元", "cap: 200万元", 1), "utf-8")
    return folder


def test_two_versions_by_hand(other_version: Path) -> None:
    new = load_pack(other_version, vocabulary_of(POLICIES / WUHAN))
    found = compared(side(WUHAN), Side(new, ON), TINY)
    # 30 → 15万元 and 100 → 60万元; the third gets nothing from either.
    assert (found.a_sums.at_most_fen, found.b_sums.at_most_fen) == (130 * WAN, 75 * WAN)
    assert (found.winners, found.losers) == (Movers(0, 0), Movers(2, 55 * WAN))
    changed = {item.address: (item.a, item.b) for item in found.differences}
    assert changed == {
        "software-rnd.amount": (Fraction(1, 10), Fraction(1, 20)),
        "software-rnd.cap": (100 * WAN, 200 * WAN),
    }
    assert [(move.id, move.a_fen // WAN, move.b_fen // WAN) for move in found.largest] == [
        ("large", 100, 60),
        ("small", 30, 15),
    ]
    [driver] = found.drivers
    assert (driver.measure, driver.a_fen, driver.b_fen) == ("software-rnd", 130 * WAN, 75 * WAN)


PAID = f"""
applicants:
  - id: small
    kind: enterprise
    division: "420111"
    fields: [software]
    complete: [year, payment]
    year: [{{id: y2022, year: 2022, revenue: 2000万元, rnd_spend: 300万元}}]
    payment: [{{id: p1, measure: {WUHAN}/software-rnd, record: y2022, amount: 10万元, paid: 2023-04-01}}]
"""


def test_a_version_may_drop_a_measure_under_which_the_register_has_payments(tmp_path: Path) -> None:
    folder = tmp_path / WUHAN
    shutil.copytree(POLICIES / WUHAN, folder)
    shutil.rmtree(folder / "cases")
    measures = folder / "measures.yaml"
    text = measures.read_text("utf-8").replace("- id: software-rnd\n", "- id: software-research\n")
    measures.write_text(text, "utf-8")
    (tmp_path / "paid.yaml").write_text(PAID, "utf-8")
    old, new = side(WUHAN), Side(load_pack(folder, vocabulary_of(POLICIES / WUHAN)), ON)
    # 30万元, of which 10万元 were paid; the other version knows no such payment. And the other way round.
    found = compared(old, new, tmp_path / "paid.yaml")
    assert (found.a_sums.at_most_fen, found.b_sums.at_most_fen) == (20 * WAN, 30 * WAN)
    assert compared(new, old, tmp_path / "paid.yaml").losers == Movers(1, 10 * WAN)
    # What neither version has is still a mistake.
    (tmp_path / "paid.yaml").write_text(PAID.replace("/software-rnd", "/software-rd"), "utf-8")
    with pytest.raises(InputError, match="has no measure `software-rd`"):
        compared(old, new, tmp_path / "paid.yaml")


@pytest.mark.parametrize("id", [WUHAN, CHENGDU])
def test_a_policy_against_itself_is_nothing(id: str) -> None:
    found = compared(side(id), side(id))
    assert found.winners == found.losers == Movers(0, 0)
    assert found.largest == ()
    assert found.unmoved > 0
    assert all(driver.move_fen == 0 for driver in found.drivers)
    assert found.a_sums == found.b_sums


def test_moves_and_drivers_add_up_to_the_difference() -> None:
    found = compared(side(WUHAN), side(CHENGDU))
    difference = found.b_sums.at_most_fen - found.a_sums.at_most_fen
    assert found.cities == ("420100", "510100")
    assert found.winners.fen - found.losers.fen == difference
    assert sum(driver.move_fen for driver in found.drivers) == difference
    assert sum(band.fen if band.up else -band.fen for band in found.bands) == difference
    assert sum(move.b_fen - move.a_fen for move in found.largest) == difference  # fewer than 20 move


def test_another_reading_of_one_policy() -> None:
    taken = Request(on=ON.on, readings={"earlier_events": "counted"})
    found = compared(side(WUHAN), side(WUHAN, taken))
    assert found.cities is None
    assert found.winners.applicants > 0
    assert found.a_sums == cost(side(WUHAN).policy, open_register(SAMPLE, shared_vocabulary()), ON).sums
    assert found.b.readings == {"earlier_events": "counted"}


class TestRelocation:
    def test_only_the_own_city_moves(self) -> None:
        register = open_register(SAMPLE, shared_vocabulary())
        assert register.table is not None
        # A batch that begins in the middle of a table, as readers hand them out.
        batch = register.table.slice(7, 30).to_batches()[0]
        before = from_arrow(batch, shared_vocabulary())
        after = from_arrow(relocated(batch, shared_vocabulary(), "510100"), shared_vocabulary())
        moved = 0
        for old, new in zip(before, after, strict=True):
            home = str(old.facts.get("division") or old.facts.get("employer_division") or "?")[:4]
            assert (old.id, old.complete, len(old.records)) == (new.id, new.complete, len(new.records))
            for name, items in old.records.items():
                for mine, its in zip(items, new.records[name], strict=True):
                    place = str(mine.get("division", ""))
                    expected = "510100" if place[:4] == home != "5101" else mine.get("division")
                    assert its == {**mine, **({"division": expected} if place else {})}
                    moved += place != its.get("division", "")
            if home not in ("?", "5101") and "division" in old.facts:
                assert new.facts["division"] == "510100"
        assert moved > 0

    def test_who_stands_there_already_stays(self) -> None:
        register = open_register(TINY, shared_vocabulary())
        [batch] = register.batches()
        assert relocated(batch, shared_vocabulary(), "420100").equals(batch)


class TestCommand:
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_two_cities(self, lang: str, tmp_path: Path) -> None:
        page, book = tmp_path / "compare.html", tmp_path / "compare.xlsx"
        asked = (WUHAN, CHENGDU, "--register", SAMPLE, "--on", "2023-05-01", "--lang", lang)
        result = run(*asked, "-o", page, "-o", book)
        assert result.exit_code == 0, result.output
        assert result.stdout == (HERE / "expected" / f"compare.{lang}.txt").read_text("utf-8")
        ElementTree.fromstring(page.read_text("utf-8"))  # noqa: S314 - our own page
        assert book.stat().st_size > 5000

    def test_two_versions_of_one_id(self, other_version: Path) -> None:
        result = run(WUHAN, other_version, "--register", TINY, "--on", "2023-05-01", "--lang", "en")
        assert result.exit_code == 0, result.output
        assert "2 applicants (together RMB 550,000)" in result.stdout

    def test_a_policy_with_itself_is_refused(self) -> None:
        result = run(WUHAN, WUHAN, "--register", SAMPLE, "--on", "2023-05-01", "--lang", "en")
        assert result.exit_code == 2
        assert "A and B are the same" in result.stderr
        assert "--reading-b" in result.stderr

    def test_two_readings(self) -> None:
        asked = (WUHAN, WUHAN, "--register", SAMPLE, "--on", "2023-05-01", "--lang", "en")
        result = run(*asked, "--reading-b", "earlier_events=counted")
        assert result.exit_code == 0, result.output
        told = " ".join(result.stdout.split())
        assert "A: Wuhan digital economy, applied for on 2023-05-01; reading: Do events" in told
        assert "in force count? – they do not B: Wuhan" in told
        assert "in force count? – they do Register" in told
