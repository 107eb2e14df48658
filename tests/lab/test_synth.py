"""The synthetic register: the same whatever the threads, valid, consistent, plausible, and said to be made up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.lab.calibrate import calibrate
from duixian.lab.population import firms as firms_module
from duixian.lab.population.firms import BLOCK, Society, draw_block
from duixian.lab.population.society import BRANCHES, CITIES, DISTRICTS, FIELD_SETS
from duixian.lab.synth import synthetic_batches, write_synthetic
from duixian.lab.totals import CalibrationError, Totals, read_totals
from duixian.language.problems import PackError
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Absent, Applicant
from duixian.register.columns import from_arrow
from duixian.register.identity import check_uscc
from duixian.register.names import Lexicon
from duixian.register.origin import is_synthetic, synthetic_origin
from duixian.register.read import read_register
from duixian.register.schema import register_schema
from duixian.register.values import check_value

VOCABULARY = shared_vocabulary()
FIRMS = 40_000


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.Table.from_batches(synthetic_batches(Society(FIRMS, 7), VOCABULARY)).combine_chunks()


@pytest.fixture(scope="module")
def applicants(table: pa.Table) -> list[Applicant]:
    return from_arrow(table.slice(0, 4000), VOCABULARY)


@pytest.fixture(scope="module")
def years(table: pa.Table) -> dict[str, Any]:
    """The firms' years as flat columns: sums in 万元, `owner` the firm's row."""
    items = table["year"].chunk(0).field("items")
    flat = items.flatten()
    owner = np.repeat(np.arange(table.num_rows), np.diff(items.offsets.to_numpy()))
    kept = np.asarray(table["kind"].to_pylist())[owner] == "enterprise"
    made: dict[str, Any] = {"owner": owner[kept], "year": flat.field("year").to_numpy()[kept]}
    for name in ("revenue", "rnd_spend"):
        made[name] = flat.field(name).to_numpy(zero_copy_only=False)[kept] / 1e6
    made["headcount"] = flat.field("headcount").to_numpy(zero_copy_only=False)[kept]
    return made


def records(applicants: list[Applicant], name: str) -> Iterator[tuple[Applicant, dict[str, Any]]]:
    for applicant in applicants:
        for record in applicant.records.get(name, ()):
            yield applicant, dict(record)


class TestFile:
    def test_threads_and_the_number_of_runs_change_nothing(self, tmp_path: Path) -> None:
        for threads in (1, 3):
            write_synthetic(tmp_path / f"{threads}.parquet", Society(3000, 1), VOCABULARY, threads=threads)
        assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "3.parquet").read_bytes()

    def test_blocks_do_not_depend_on_each_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for module in ("duixian.lab.population.firms", "duixian.lab.synth"):
            monkeypatch.setattr(f"{module}.BLOCK", 1000)
        batches = list(synthetic_batches(Society(2500, 1), VOCABULARY, threads=2))
        backwards = [
            firms_module.draw_block(Society(2500, 1), number).revenue.tolist() for number in (2, 1, 0)
        ]
        assert [batch.num_rows for batch in batches] == [1000, 1000, 598]
        assert backwards[::-1] == [
            draw_block(Society(2500, 1), number).revenue.tolist() for number in range(3)
        ]
        names = [name for batch in batches for name in batch["id"].to_pylist()]
        assert names == [f"S{number:010}" for number in range(1, 2599)]

    def test_another_seed_is_another_register(self) -> None:
        one, two = (next(synthetic_batches(Society(500, seed), VOCABULARY)) for seed in (1, 2))
        assert not one.equals(two)

    def test_there_are_as_many_firms_as_asked(self, table: pa.Table) -> None:
        kinds = table["kind"].to_pylist()
        assert kinds.count("enterprise") == FIRMS
        assert len(kinds) == Society(FIRMS, 7).applicants
        assert set(kinds) == set(VOCABULARY.enums["applicant_kind"])

    def test_it_says_that_it_is_made_up(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        write_synthetic(path, Society(100, 5), VOCABULARY)
        origin = synthetic_origin(path)
        assert is_synthetic(path)
        assert origin is not None
        assert (origin.seed, origin.firms) == (5, 100)
        mark = json.loads(pq.read_schema(path).metadata[b"duixian.synthetic"])
        assert "虚构" in mark["note"]
        assert "made up" in mark["note"]

    def test_the_reader_takes_it_as_it_is(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        write_synthetic(path, Society(1500, 5), VOCABULARY)
        read = read_register(path, VOCABULARY)
        assert (len(read.applicants), read.problems) == (Society(1500, 5).applicants, ())

    def test_the_arrow_is_sound(self, table: pa.Table) -> None:
        table.validate(full=True)
        assert table.schema.equals(register_schema(VOCABULARY))


class TestConsistency:
    def test_every_value_is_one_of_the_vocabulary(self, table: pa.Table) -> None:
        for name, entity in VOCABULARY.entities.items():
            flat = table if name == "applicant" else table[name].chunk(0).field("items").flatten()
            for field in entity.fields.values():
                column = flat[field.name] if name == "applicant" else flat.field(field.name)
                if field.type.kind == "enum":
                    found = set(column.unique().to_pylist()) - {None}
                    assert found <= set(VOCABULARY.enums[field.type.of]), (name, field.name)

    def test_sets_and_divisions_are_well_formed(self) -> None:
        assert all(
            set(fields) <= set(VOCABULARY.enums["field"]) and fields == tuple(sorted(fields))
            for fields in FIELD_SETS
        )
        lexicon = Lexicon(VOCABULARY)
        field = VOCABULARY.entities["applicant"].fields["division"]
        for code in DISTRICTS:
            check_value(field, code, lexicon)
        assert sum(city.share for city in CITIES) == pytest.approx(1)
        assert sum(branch.share for branch in BRANCHES) == pytest.approx(1)

    def test_nothing_happens_before_the_founding_or_after_the_last_day(
        self, applicants: list[Applicant]
    ) -> None:
        late = firms_module.day(2025, 12, 31)
        for name, entity in VOCABULARY.records.items():
            field = entity.fields.get(entity.event)
            for applicant, record in records(applicants, name):
                event, founded = record.get(entity.event), applicant.facts.get("founded")
                if event is None or field is None or applicant.facts["kind"] in ("person", "team"):
                    continue
                if field.type.kind == "year":
                    assert event <= 2025
                    assert founded is None or founded.year <= event  # type: ignore[union-attr]
                    continue
                assert firms_module.day(event.year, event.month, event.day) <= late
                assert founded is None or founded <= event, (name, applicant.id)  # type: ignore[operator]

    def test_projects_run_in_order(self, applicants: list[Applicant]) -> None:
        for _, project in records(applicants, "project"):
            steps = [project.get(name) for name in ("approved", "started", "completed", "passed")]
            known = [step for step in steps if step is not None and step is not Absent.NONE]
            assert known == sorted(known)
            if steps[2] is Absent.NONE and steps[3] is not None:
                assert steps[3] is Absent.NONE

    def test_parts_are_not_more_than_the_whole(self, applicants: list[Applicant]) -> None:
        for part, whole in (("main_revenue", "revenue"), ("security_income_local", "revenue")):
            for _, year in records(applicants, "year"):
                if part in year and whole in year:
                    assert 0 <= year[part] <= year[whole]

    def test_nobody_real_has_its_code_or_name(self, applicants: list[Applicant]) -> None:
        codes = [str(a.facts["uscc"]) for a in applicants if "uscc" in a.facts]
        assert len(set(codes)) == len(codes) > 3000
        assert all(check_uscc(code).startswith("Y9") for code in codes)
        assert all(str(a.facts["name"]).startswith("（虚构）") for a in applicants if "name" in a.facts)


class TestPlausible:
    """Broad bounds, so that a slip of the parameters is seen; what they come from is told in docs/lab.md."""

    def test_size_is_heavy_tailed(self, years: dict[str, Any]) -> None:
        revenue = years["revenue"][years["year"] == 2025]
        revenue = np.sort(revenue[~np.isnan(revenue)])
        assert 120 < np.median(revenue) < 250  # 万元
        assert 0.07 < (revenue >= 2000).mean() < 0.13
        assert 0.01 < (revenue >= 10_000).mean() < 0.03
        assert 0.45 < revenue[-len(revenue) // 100 :].sum() / revenue.sum() < 0.75

    def test_small_firms_are_most(self, table: pa.Table) -> None:
        sizes = [size for size in table["size"].to_pylist() if size]
        share = {size: sizes.count(size) / len(sizes) for size in VOCABULARY.enums["size"]}
        assert share["micro"] > 0.6
        assert share["micro"] > share["small"] > share["medium"] > share["large"] > 0.0005

    def test_headcount_grows_with_revenue(self, years: dict[str, Any]) -> None:
        rows = (years["headcount"] > 0) & (years["revenue"] > 0)
        logs = np.log(years["revenue"][rows]), np.log(years["headcount"][rows])
        assert 0.85 < np.corrcoef(*logs)[0, 1] < 0.98

    def test_intensity_differs_by_branch_and_falls_with_size(
        self, table: pa.Table, years: dict[str, Any]
    ) -> None:
        fields = np.asarray(["|".join(found or ()) for found in table["fields"].to_pylist()])[years["owner"]]
        active = years["rnd_spend"] > 0
        intensity = years["rnd_spend"] / years["revenue"]
        medians = {
            name: np.nanmedian(intensity[active & (fields == name)])
            for name in (
                "service",
                "manufacturing",
                "software",
                "artificial_intelligence|digital_economy|software",
            )
        }
        assert list(medians.values()) == sorted(medians.values())
        assert medians["software"] > 4 * medians["manufacturing"]
        software = active & (fields == "software")
        large = years["revenue"] > 5000
        assert np.nanmedian(intensity[software & large]) < np.nanmedian(intensity[software & ~large])
        makers = (fields == "manufacturing") & ~np.isnan(years["rnd_spend"])
        assert active[makers & large].mean() > 1.5 * active[makers & ~large].mean()

    def test_records_cluster_in_larger_firms(self, table: pa.Table, years: dict[str, Any]) -> None:
        last = years["year"] == 2025
        large = np.unique(years["owner"][last & (years["revenue"] > 5000)])
        small = np.unique(years["owner"][last & (years["revenue"] < 1000)])
        for name, times in (("project", 4), ("certification", 4), ("contract", 2), ("hire", 2)):
            has = np.diff(table[name].chunk(0).field("items").offsets.to_numpy()) > 0
            assert has[large].mean() > times * has[small].mean(), name

    def test_facts_are_missing_and_lists_partial_at_realistic_rates(self, table: pa.Table) -> None:
        flat = table["year"].chunk(0).field("items").flatten()
        missing = {name: flat.field(name).null_count / len(flat) for name in ("revenue", "rnd_spend")}
        assert 0.02 < missing["revenue"] < 0.06
        assert 0.08 < missing["rnd_spend"] < 0.16
        for name in VOCABULARY.records:
            whole = table[name].chunk(0).field("complete").to_numpy(zero_copy_only=False).mean()
            assert 0.7 < whole < 0.99, name

    def test_neglect_is_a_firm_s_own(self, table: pa.Table) -> None:
        """A firm with one fact missing more often misses another: facts are not missing independently."""
        founded, fields = (table[name].is_null().to_numpy() for name in ("founded", "fields"))
        firms = np.asarray(table["kind"].to_pylist()) == "enterprise"
        assert founded[firms & fields].mean() > 1.2 * founded[firms].mean()

    def test_cities_have_their_share(self, table: pa.Table) -> None:
        found = [code[:4] for code in table["division"].to_pylist() if code]
        for city in CITIES:
            assert found.count(city.code[:4]) / len(found) == pytest.approx(city.share, abs=0.01)


class TestCalibration:
    TOTALS = Totals(
        {2 * 10**9: 5000, 10**10: 1100},
        {"420100": 8 * 10**13, "430100": 2 * 10**13},
        {"dcmm": 150},
        {"little_giant": 60},
    )

    def test_totals_are_met(self) -> None:
        society = Society(FIRMS, 7)
        found = calibrate(society, self.TOTALS)
        blocks = [draw_block(society, number, found.scaling) for number in range(society.blocks)]
        revenue = np.concatenate([block.revenue[block.firm] for block in blocks])
        city = np.concatenate([block.city[block.firm] for block in blocks])
        assert (revenue >= 2e9).sum() == pytest.approx(5000, rel=0.005)
        assert (revenue >= 1e10).sum() == pytest.approx(1100, rel=0.005)
        assert revenue[city == 0].sum() == pytest.approx(8e13, rel=0.01)
        assert revenue[city == 2].sum() == pytest.approx(2e13, rel=0.01)

    def test_holders_are_as_many(self) -> None:
        batches = list(synthetic_batches(Society(FIRMS, 7), VOCABULARY, self.TOTALS))
        for name, key, word, wanted in (
            ("certification", "scheme", "dcmm", 150),
            ("recognition", "title", "little_giant", 60),
        ):
            count = 0
            for batch in batches:
                items = batch[name].field("items")
                words = np.asarray(items.flatten().field(key).to_pylist())
                owner = np.repeat(np.arange(batch.num_rows), np.diff(items.offsets.to_numpy()))
                count += len(np.unique(owner[words == word]))
            assert 0.85 * wanted <= count <= wanted + 2  # some are lost with lists that are not whole

    @pytest.mark.parametrize(
        ("totals", "words"),
        [
            (Totals(firms_over={10**9: 10**6}), "between 1 and"),
            (Totals(firms_over={10**9: 10, 10**10: 20}), "fewer firms"),
            (Totals(firms_over={10**9: 300}, revenue={"420100": 1}), "revenue 420100"),
            (Totals(certified={"ccrc": 900}), "not so many firms"),
        ],
    )
    def test_what_cannot_be_met_is_told(self, totals: Totals, words: str) -> None:
        with pytest.raises(CalibrationError, match=words):
            calibrate(Society(1000, 1), totals)

    def test_the_file_of_totals(self, tmp_path: Path) -> None:
        path = tmp_path / "t.yaml"
        path.write_text('firms_over: {2000万元: 1.2万}\nrevenue: {"420100": 2万亿元}\n', "utf-8")
        assert read_totals(path) == Totals({2 * 10**9: 12000}, {"420100": 2 * 10**14})

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("certified: {dcm: 3}", "dcmm"),
            ("firms_ovr: {}", "firms_over"),
            ('revenue: {"420100": about 3}', "1:"),
            ("titled: {little_giant: 1.5}", "1:"),
        ],
    )
    def test_faults_of_the_file_are_told_with_their_place(
        self, tmp_path: Path, text: str, words: str
    ) -> None:
        path = tmp_path / "t.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(PackError, match=words):
            read_totals(path)


class TestCommand:
    def run(self, *arguments: object) -> Result:
        return CliRunner().invoke(main, ["lab", "synth", *map(str, arguments)])

    def test_it_writes_and_says_that_it_is_synthetic(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        result = self.run("--firms", "1,000", "--seed", 1, "-o", path, "--lang", "en")
        assert (result.exit_code, result.stderr) == (0, "")
        assert "synthetic register of 1,000 firms, 1,039 applicants" in result.stdout
        assert pq.read_metadata(path).num_rows == 1039

    def test_it_does_not_overwrite_unasked(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        path.write_text("mine", "utf-8")
        assert self.run("--firms", 10, "-o", path).exit_code == 2
        assert path.read_text("utf-8") == "mine"
        assert self.run("--firms", 10, "-o", path, "--force").exit_code == 0

    @pytest.mark.parametrize("firms", ["0", "many", "-3", "2亿"])
    def test_a_wrong_number_is_refused(self, tmp_path: Path, firms: str) -> None:
        result = self.run("--firms", firms, "-o", tmp_path / "r.parquet")
        assert result.exit_code == 2
        assert list(tmp_path.iterdir()) == []

    def test_totals_that_cannot_be_met_leave_no_file(self, tmp_path: Path) -> None:
        totals = tmp_path / "t.yaml"
        totals.write_text("certified: {ccrc: 900}", "utf-8")
        result = self.run("--firms", 500, "-o", tmp_path / "r.parquet", "--calibrate", totals)
        assert (result.exit_code, "没有那么多" in result.stderr) == (2, True)
        assert list(tmp_path.iterdir()) == [totals]


def test_a_block_is_a_row_group(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    write_synthetic(path, Society(BLOCK, 1, years=1), VOCABULARY)
    metadata = pq.read_metadata(path)
    assert (metadata.num_row_groups, metadata.row_group(0).num_rows) == (2, BLOCK)
