"""The synthetic register: the same whatever the threads, valid, consistent, plausible, and said to be made up."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from duixian.cli import main
from duixian.lab.population import firms as firms_module
from duixian.lab.population.firms import BLOCK, Society, draw_block
from duixian.lab.population.society import BRANCHES, CITIES, DISTRICTS, FIELD_SETS
from duixian.lab.synth import synthetic_batches, write_synthetic
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
FIRMS = 40_000  # of the fixture `table`


@pytest.fixture(scope="module")
def applicants(table: pa.Table) -> list[Applicant]:
    return from_arrow(table.slice(0, 4000), VOCABULARY)


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
        late = firms_module.day(2026, 10, 31)
        for name, entity in VOCABULARY.records.items():
            field = entity.fields.get(entity.event)
            for applicant, record in records(applicants, name):
                event, founded = record.get(entity.event), applicant.facts.get("founded")
                if event is None or field is None or applicant.facts["kind"] in ("person", "team"):
                    continue
                if field.type.kind == "year":
                    assert event <= 2025  # the last accounts
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


class TestCommand:
    def run(self, *arguments: object) -> Result:
        return CliRunner().invoke(main, ["lab", "synth", *map(str, arguments)])

    def test_it_writes_and_says_that_it_is_synthetic(self, tmp_path: Path) -> None:
        path = tmp_path / "r.parquet"
        result = self.run("--firms", "1,000", "--seed", 1, "-o", path, "--lang", "en")
        assert result.exit_code == 0, result.output
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
