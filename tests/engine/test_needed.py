"""Only the facts that the rules use are read, and the rest would have changed nothing."""

import pyarrow as pa
from tests.engine.registers import REQUEST, kernel, table

from duixian.engine.needed import needed_schema
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.conform import conform, leaves
from duixian.register.schema import register_schema


def _needed() -> pa.Schema:
    return needed_schema(register_schema(shared_vocabulary()), kernel())


class TestTheFactsThatAreRead:
    def test_are_those_of_the_rules_with_their_marks_and_ids(self) -> None:
        found = set(leaves(_needed()))
        # 第五条（一）3#1 counts the security income of years; 第十一条#2 asks when a bar ends, which may be never.
        assert found >= {
            "division",
            "year.complete",
            "year.items.id",
            "year.items.security_income",
            "sanction.items.ends",
            "sanction.items.ends_none",
        }

    def test_are_no_others(self) -> None:
        found = set(leaves(_needed()))
        # No rule of the fund asks for revenue, head count, contracts or a name.
        assert not {"year.items.revenue", "year.items.headcount", "name"} & found
        assert not any(leaf.startswith("contract") for leaf in found)

    def test_suffice_for_native_code_and_for_the_reference(self) -> None:
        whole = table().combine_chunks().to_batches()[0]
        pruned = conform(whole, _needed())
        expected = kernel().reference_run(whole, REQUEST, emit="all").claims
        assert kernel().reference_run(pruned, REQUEST, emit="all").claims.equals(expected)
        assert kernel().run(pruned, REQUEST, emit="all").claims.equals(expected)
