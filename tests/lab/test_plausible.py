"""The synthetic register looks like a city's firms: broad bounds, so that a slip of the parameters is seen."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from duixian.lab.population.society import CITIES
from duixian.language.vocabulary import shared_vocabulary

VOCABULARY = shared_vocabulary()


class TestPlausible:
    """What the figures come from is told in docs/lab.md."""

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
