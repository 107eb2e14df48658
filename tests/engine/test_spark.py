"""The function for Spark's `mapInArrow`, without Spark; `script/bench spark` runs it inside Spark itself."""

import pickle
import subprocess
import sys

import pyarrow as pa
from tests.engine.registers import REQUEST, kernel, table

from duixian.engine import assess_register
from duixian.engine.spark import claims_udf, needed_columns, spark_schema
from duixian.engine.written import written_schema


def test_a_task_gives_the_claims_of_a_run_on_one_machine() -> None:
    function = claims_udf(kernel().policies, REQUEST)
    found = pa.Table.from_batches(function(table().to_batches(max_chunksize=70)))
    assert found.schema.equals(written_schema(plain=True))
    assert found.to_pylist() == assess_register(table(), kernel(), request=REQUEST).to_pylist()


def test_a_partition_without_rows_gives_none() -> None:
    assert list(claims_udf(kernel().policies, REQUEST)(iter(()))) == []


def test_it_travels_to_another_process() -> None:
    sent = pickle.dumps(claims_udf(kernel().policies, REQUEST, emit="all"))
    program = """
import pickle, sys
import pyarrow as pa
function, = pickle.load(sys.stdin.buffer),
print(sum(batch.num_rows for batch in function(pa.table({"id": ["a"], "kind": ["enterprise"]}).to_batches())))
"""
    found = subprocess.run([sys.executable, "-c", program], input=sent, capture_output=True, check=True)
    here = assess_register(
        pa.table({"id": ["a"], "kind": ["enterprise"]}), kernel(), request=REQUEST, emit="all"
    )
    assert int(found.stdout) == len(here) > 0


def test_only_columns_that_rules_read_are_sent_and_strange_ones_are_kept_to_be_told() -> None:
    found = needed_columns(kernel().policies, [*table().column_names, "strange"])
    assert {"id", "kind", "year", "strange"} <= set(found) <= {*table().column_names, "strange"}
    function = claims_udf(kernel().policies, REQUEST)
    rows = pa.Table.from_batches(function(table().select(found[:-1]).to_batches()))
    assert rows.to_pylist() == assess_register(table(), kernel(), request=REQUEST).to_pylist()


def test_its_columns_in_the_words_of_spark() -> None:
    assert spark_schema() == (
        "applicant string, policy string, measure string, record string, event date, verdict string, "
        "min_fen bigint, max_fen bigint, payable_fen bigint, certain_fen bigint, at_most_fen bigint, "
        "with_decisions_fen bigint, with_missing_fen bigint, failed bigint, unknown bigint, readings bigint"
    )
