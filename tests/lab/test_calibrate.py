"""Calibration: totals are met, and what cannot be met is told."""

from pathlib import Path

import numpy as np
import pytest

from duixian.lab.calibrate import calibrate
from duixian.lab.population.firms import Society, draw_block
from duixian.lab.synth import synthetic_batches
from duixian.lab.totals import CalibrationError, Totals, read_totals
from duixian.language.problems import PackError
from duixian.language.vocabulary import shared_vocabulary

VOCABULARY = shared_vocabulary()
FIRMS = 40_000


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
