"""`duixian assess --spark MASTER`: the same claims, worked out on a Spark cluster or in Spark's local mode."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duixian.cli.options import Failure, fail
from duixian.engine.spark import claims_udf, needed_columns, spark_schema
from duixian.engine.stream import Summary
from duixian.engine.written import PAID, Tally

if TYPE_CHECKING:
    from duixian.cli.streaming import Streaming
    from duixian.cli.wording import View
    from duixian.engine.assess import Request

ROWS = 16_384


def assess_on_spark(
    source: Path, target: Path, view: View, request: Request, streaming: Streaming
) -> Summary:
    """Assess a register with Spark; the target becomes a folder of Parquet files, as Spark writes them.

    The summary counts the claims that were written. Raises Failure.
    """
    if target.exists():
        fail(
            view.lang,
            f"{target} 已存在；Spark 写成文件夹，请另取名",
            f"{target} exists; Spark writes a folder: take another name",
        )
    if not source.exists():
        fail(view.lang, f"没有文件 {source}", f"there is no file {source}")
    began = time.monotonic()
    spark = _session(view, streaming.spark or "local[*]")
    try:
        register = spark.read.parquet(str(source.resolve()))
        policies = list(view.policies.values())
        function = claims_udf(policies, request, vocabulary=view.vocabulary, emit=streaming.emit)
        register = register.select(*needed_columns(policies, register.columns, view.vocabulary))
        register.mapInArrow(function, spark_schema()).write.parquet(str(target.resolve()))
        tally = _tally(spark.read.parquet(str(target.resolve())), register.count())
    except Exception as error:
        why = _why(error)
        raise Failure(view.say(f"Spark 未能完成：{why}", f"Spark did not finish: {why}")) from error
    finally:
        spark.stop()
    return Summary(tally, (), (), 0, time.monotonic() - began, 0)


def _why(error: Exception) -> str:
    """Return the line of Spark's long message that says most: what a Python worker raised, else the first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    raised = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Interrupt): ", line)]
    return (raised or lines or [type(error).__name__])[-1 if raised else 0]


def _session(view: View, master: str) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        fail(
            view.lang,
            "没有安装 Spark：pip install 'duixian[spark]'（还需要 Java 17）",
            "Spark is not installed: pip install 'duixian[spark]' (and Java 17)",
        )
    if master.startswith("local"):
        # Workers of this machine are this Python, which has duixian; Spark would take the first on the path.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("duixian")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", ROWS)
    try:
        return builder.config("spark.ui.showConsoleProgress", "false").getOrCreate()
    except Exception as error:
        raise Failure(view.say(f"Spark 没有启动：{error}", f"Spark did not start: {error}")) from error


def _tally(claims: Any, applicants: int) -> Tally:
    """Count the written claims. The sums are decimals: Spark's own of bigint wrap round."""
    from pyspark.sql import functions as f

    sums = [f.sum(f.col(name).cast("decimal(38,0)")).alias(name) for name in PAID]
    rows = claims.groupBy("policy", "measure", "verdict").agg(f.count("*").alias("claims"), *sums).collect()
    counts = {(row["policy"], row["measure"], row["verdict"]): int(row["claims"]) for row in rows}
    fen = {name: sum(int(row[name]) for row in rows) for name in PAID}
    return Tally(applicants, sum(counts.values()), 0, counts, fen)
