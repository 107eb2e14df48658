"""The flat benchmark in Polars: lazy expressions over whole columns, money in whole fen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl
from polars import col, lit, when

from benchmarks.flat.data import WORDS, Data, to_arrow
from benchmarks.flat.result import Claims, Totals

Measure = tuple[pl.Expr, pl.Expr]
"""Whether the conditions hold (null: open), and fen (null where missing facts leave the sum open)."""
_CERTIFICATES = ("high_tech", "specialised", "green_factory", "state_lab")


def wan(count: int) -> pl.Expr:
    """Return so many 万元 in fen."""
    return lit(count * 1_000_000, pl.Int64)


def lesser(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Return the lesser of two; min_horizontal would pass over what is not known."""
    return when(a <= b).then(a).when(a > b).then(b)


def held(count: int) -> pl.Expr:
    """Say whether so many certificates are held: settled as soon as the known ones settle it."""
    sure = pl.sum_horizontal(col(name).fill_null(False).cast(pl.Int8) for name in _CERTIFICATES)
    perhaps = pl.sum_horizontal(col(name).fill_null(True).cast(pl.Int8) for name in _CERTIFICATES)
    return when(sure >= count).then(True).when(perhaps < count).then(False)


def steps(name: str, table: Mapping[int, int]) -> pl.Expr:
    """Return the sum of the highest step reached, in 万元 (fen by the step's own unit)."""
    low, middle, high = sorted(table)
    return (
        when(col(name) >= high)
        .then(wan(table[high]))
        .when(col(name) >= middle)
        .then(wan(table[middle]))
        .when(col(name) >= low)
        .then(wan(table[low]))
        .when(col(name) < low)
        .then(lit(0, pl.Int64))
    )


def by_word(name: str, table: Mapping[str, int]) -> pl.Expr:
    """Return the sum that goes with a word, in 万元."""
    return col(name).replace_strict(
        {word: count * 1_000_000 for word, count in table.items()}, return_dtype=pl.Int64
    )


def facts() -> dict[str, pl.Expr]:
    """Return what several measures use; awards in tenths and hundredths of a fen."""
    return {
        "may": col("kind").is_in(["enterprise", "institution"]) & col("clean_record"),
        "digital": col("industry").is_in(["software", "chips", "equipment"]),
        "small_firm": col("size").is_in(["micro", "small"]),
        "young": col("registered") >= dt.date(2023, 6, 30),
        "finished": col("completed").is_between(dt.date(2025, 1, 1), dt.date(2025, 12, 31)),
        "rnd_award_10": col("rnd_spend").clip(upper_bound=wan(2000)),
        "equipment_award_100": (12 * col("equipment_spend")).clip(upper_bound=wan(50000)),
        "interest_award_100": (30 * col("loan_interest")).clip(upper_bound=wan(10000)),
        "tax_award_100": (5 * col("tax_paid")).clip(upper_bound=wan(30000)),
    }


def _growth() -> dict[str, Measure]:
    revenue, last, rnd = col("revenue"), col("revenue_last"), col("rnd_spend")
    first_time = (
        when((revenue < wan(1000)) | (last >= wan(100000)))
        .then(lit(0, pl.Int64))
        .when(revenue.is_null() | last.is_null())
        .then(None)
        .when(revenue >= wan(100000))
        .then(wan(200))
        .when((revenue >= wan(10000)) & (last < wan(10000)))
        .then(wan(60))
        .when((revenue >= wan(5000)) & (last < wan(5000)))
        .then(wan(30))
        .when(last < wan(1000))
        .then(wan(10))
        .otherwise(lit(0, pl.Int64))
    )
    intense = (revenue >= wan(2000)) & (100 * rnd >= 5 * revenue)
    exports, before = col("export_revenue"), col("export_last")
    spent = (
        (col("equipment_spend") >= wan(100))
        & col("finished")
        & col("industry").is_in(["equipment", "materials", "energy"])
    )
    return {
        "revenue-step": (col("digital"), first_time),
        "rnd-growth": (
            col("high_tech") & (rnd > col("rnd_last")),
            (20 * (rnd - col("rnd_last")) // 100).clip(upper_bound=wan(100)),
        ),
        "rnd-award": (intense, col("rnd_award_10") // 10),
        "rnd-match": (intense & col("state_lab"), col("rnd_award_10") // 20),
        "export-growth": (
            (exports >= wan(500)) & (100 * exports > 120 * before),
            ((exports - before) // 100).clip(upper_bound=wan(50)),
        ),
        "equipment": (spent, col("equipment_award_100") // 100),
        "equipment-top-up": (
            spent & col("green_factory"),
            (col("equipment_award_100") // 500).clip(lower_bound=wan(10)),
        ),
    }


def _titles() -> dict[str, Measure]:
    size = {"micro": 20, "small": 30, "medium": 50, "large": 0}
    staff = col("employees")
    return {
        "specialised-title": (
            col("specialised") & (col("certified") >= dt.date(2025, 6, 30)),
            by_word("size", size),
        ),
        "high-tech-title": (
            col("high_tech") & ~col("specialised") & (col("certified") >= dt.date(2025, 7, 1)),
            wan(10),
        ),
        "above-scale-entry": (
            col("above_scale") & (staff >= 20),
            (wan(5) + 100_000 * staff).clip(upper_bound=wan(20)),
        ),
    }


def _costs() -> dict[str, Measure]:
    training, staff, last = col("training_spend"), col("employees"), col("employees_last")
    return {
        "young-rent": (
            col("small_firm") & col("young") & col("district").is_in(["east_lake", "valley", "north_hills"]),
            (col("rent_paid") // 2).clip(upper_bound=wan(12)),
        ),
        "loan-interest": (
            col("credit").is_in(["a", "b"]) & (col("size") != "large"),
            col("interest_award_100") // 100,
        ),
        "cloud": (
            col("size").is_in(["micro", "small", "medium"]),
            steps("cloud_spend", {10_000_000: 2, 50_000_000: 10, 200_000_000: 40}),
        ),
        "training": (training >= 50_000 * staff, lesser(60 * training // 100, 200_000 * staff)),
        "new-jobs": (
            # Whoever has fewer than ten has not ten more, whatever it was the year before.
            (staff - last >= 10) & (staff >= 10),
            (300_000 * (staff - last)).clip(upper_bound=wan(60)),
        ),
        "graduates": (
            col("graduates") > 5,
            (200_000 * col("graduates")).clip(upper_bound=wan(20)),
        ),
        "patents": (col("industry") != "trade", steps("patents", {10: 3, 50: 15, 100: 30})),
        "standards": (
            col("standards") >= 1,
            (wan(20) * col("standards")).clip(upper_bound=wan(100)),
        ),
        "listing-award": (
            col("listed") >= dt.date(2024, 6, 30),
            by_word("listing", {"unlisted": 0, "regional": 30, "national": 100, "main_board": 500}),
        ),
    }


def _size() -> dict[str, Measure]:
    tax, invested = col("tax_paid"), col("investment")
    return {
        "tax-contribution": (
            (tax > wan(200)) & (100 * tax >= 4 * col("revenue")),
            col("tax_award_100") // 100,
        ),
        "two-certificates": (held(2), wan(15)),
        "three-certificates": (held(3) & col("district").is_in(["north_hills", "valley"]), wan(40)),
        "big-investment": (
            invested >= wan(10000),
            steps("investment", {10_000_000_000: 500, 50_000_000_000: 2000, 100_000_000_000: 5000}),
        ),
        "investment-aid": ((invested >= wan(2000)) & (invested < wan(10000)), 3 * invested // 100),
    }


def _industries() -> dict[str, Measure]:
    industry, revenue, rnd = col("industry"), col("revenue"), col("rnd_spend")
    rent, training = col("rent_paid"), col("training_spend")
    return {
        "software-rnd": (
            (industry == "software") & (revenue >= wan(500)) & (100 * rnd >= 15 * revenue),
            (8 * rnd // 100).clip(upper_bound=wan(150)),
        ),
        "chip-support": (
            (industry == "chips") & ((revenue >= wan(10000)) | (rnd >= wan(3000))),
            lesser(2 * revenue // 100, 15 * rnd // 100).clip(upper_bound=wan(800)),
        ),
        "biotech-rnd": (
            (industry == "biotech") & (rnd >= wan(200)),
            (15 * rnd // 100).clip(upper_bound=wan(500)),
        ),
        "culture-space": (
            (industry == "culture") & (col("employees") >= 8),
            # The cap is reached by what is known, or the sum is open.
            when(rent.fill_null(0) + training.fill_null(0) >= wan(75))
            .then(wan(30))
            .otherwise(40 * (rent + training) // 100),
        ),
        "smart-logistics": (
            (industry == "logistics") & (col("devices") >= 20),
            (50_000 * col("devices")).clip(upper_bound=wan(25)),
        ),
    }


def _others() -> dict[str, Measure]:
    rent, training, invested = col("rent_paid"), col("training_spend"), col("investment")
    learners, spent, staff = col("apprentices"), col("equipment_spend"), col("employees")
    return {
        "green-factory": (
            col("green_factory"),
            when(col("size") == "large").then(wan(60)).when(col("size") != "large").then(wan(30)),
        ),
        "newcomer-tax": (
            col("young") & (col("tax_paid") >= wan(50)),
            (30 * col("tax_paid") // 100).clip(upper_bound=wan(80)),
        ),
        "branches": (
            (col("branches") >= 3) & ~col("high_tech"),
            (wan(2) * col("branches")).clip(upper_bound=wan(10)),
        ),
        "apprentices": (
            learners >= 5,
            when(1_500_000 * learners.fill_null(0) + training.fill_null(0) >= wan(150))
            .then(wan(15))
            .otherwise((1_500_000 * learners + training) // 10),
        ),
        "old-town": (
            col("district") == "old_town",
            when((30 * rent >= wan(5000)) | (5 * invested >= wan(5000)))
            .then(wan(50))
            .when(30 * rent >= 5 * invested)
            .then(30 * rent // 100)
            .when(30 * rent < 5 * invested)
            .then(5 * invested // 100),
        ),
        "port-exports": (
            col("district").is_in(["airport", "river_port"]) & (col("export_revenue") >= wan(1000)),
            (5 * col("export_revenue") // 1000).clip(lower_bound=wan(8)),
        ),
        "credit-award": ((col("credit") == "a") & (col("listing") != "unlisted"), wan(5)),
        "steady-jobs": (
            (staff >= col("employees_last")) & (col("revenue") < col("revenue_last")),
            (50_000 * staff).clip(upper_bound=wan(30)),
        ),
        "joint-support": (
            col("credit").is_in(["a", "b"]) & (col("tax_paid") > wan(200)),
            (col("interest_award_100") + col("tax_award_100")) // 1000,
        ),
        "new-plant": (
            col("finished") & col("above_scale") & (invested > wan(500)),
            when(invested.fill_null(0) + spent.fill_null(0) >= wan(10000))
            .then(wan(200))
            .otherwise(2 * (invested + spent) // 100),
        ),
        "balanced-growth": (
            held(1),
            lesser(10 * col("rnd_award_10"), col("equipment_award_100")) // 500,
        ),
    }


def measures() -> dict[str, Measure]:
    """Return the forty measures by name."""
    return {**_growth(), **_titles(), **_costs(), **_size(), **_industries(), **_others()}


class InPolars:
    """The engine with the data loaded."""

    name = "Polars"

    def __init__(self, data: Data) -> None:
        """Load the data: words as Enum, whose comparisons are of numbers."""
        frame = pl.DataFrame(to_arrow(data).drop_columns(["id"]))
        frame = frame.with_columns(col(name).cast(pl.Enum(words)) for name, words in WORDS.items())
        frame = frame.with_columns(pl.int_range(data.rows, dtype=pl.Int32).alias("row")).rechunk()
        found = measures()
        self.count = len(found)
        judged = (
            frame.lazy()
            .with_columns(**facts())
            .select(
                "row",
                "may",
                *(holds.alias(f"h{number}") for number, (holds, _) in enumerate(found.values())),
                *(fen.alias(f"f{number}") for number, (_, fen) in enumerate(found.values())),
            )
        )
        self._judged = judged.with_columns(
            (col("may") & col(f"h{number}") & (col(f"f{number}") > 0)).alias(f"v{number}")
            for number in range(self.count)
        )

    def threads(self, count: int) -> None:
        """Polars takes the number of its threads from the environment when it is imported: all cores."""

    def totals(self) -> pl.DataFrame:
        """Return payable, undetermined and fen of each measure in turn."""
        wanted: list[pl.Expr] = []
        for number in range(self.count):
            verdict = col(f"v{number}")
            wanted.append(verdict.sum().cast(pl.Int64).alias(f"p{number}"))
            wanted.append(verdict.null_count().cast(pl.Int64).alias(f"u{number}"))
            wanted.append(col(f"f{number}").filter(verdict).sum().alias(f"s{number}"))
        return self._judged.select(wanted).collect(engine="streaming")

    def claims(self) -> pl.DataFrame:
        """Return all claims."""
        judged = self._judged.collect(engine="streaming")
        parts = [
            judged.lazy()
            .filter(col(f"v{number}").ne_missing(False))
            .select(
                "row",
                lit(number, pl.Int8).alias("measure"),
                col(f"v{number}").alias("payable"),
                when(f"v{number}").then(f"f{number}").alias("fen"),
            )
            for number in range(self.count)
        ]
        return pl.concat(parts).collect()

    def read_totals(self, found: pl.DataFrame) -> Totals:
        """Return totals in the form that is compared."""
        return np.array(found.row(0), np.int64).reshape(-1, 3)

    def read_claims(self, found: pl.DataFrame) -> Claims:
        """Return claims in the form that is compared."""
        table = found.to_arrow()
        return Claims.of(table["row"], table["measure"], table["payable"], table["fen"])
