"""Puts a block together: every record type drawn, lists made partial, references tied, all turned into Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from duixian.lab.population import dealings, projects, titles
from duixian.lab.population.applicants import ids, own_columns
from duixian.lab.population.codes import Codes, business
from duixian.lab.population.draws import Flags
from duixian.lab.population.firms import Block
from duixian.lab.population.odds import Odds
from duixian.lab.population.table import Piece, joined, to_arrow, without_some
from duixian.lab.population.years import fiscal_years
from duixian.language.vocabulary import Vocabulary
from duixian.register.schema import register_schema

if TYPE_CHECKING:
    import pyarrow as pa

_WHOLE: Final = {"year": 0.93, "project": 0.86, "contract": 0.80, "hire": 0.82, "standard": 0.85}
_WHOLE_ELSE: Final = 0.90
_WHOLE_OF_AUTHORITIES: Final = {"incident": 0.97, "sanction": 0.97, "decision": 0.98, "payment": 0.98}
_LOST: Final = 0.25
"""How many of the records of a list that is not whole are missing from it."""


def block_rows(block: Block, vocabulary: Vocabulary, factors: Mapping[str, float]) -> pa.RecordBatch:
    """The block as rows of the register."""
    import pyarrow as pa

    schema = register_schema(vocabulary)
    odds, codes = Odds(block, factors), Codes(vocabulary)
    years, sizes = fiscal_years(block)
    fields = business(block)
    kept = _Lists(block, vocabulary)
    made: dict[str, Piece] = {"year": kept.keep("year", [years])}
    made["project"] = kept.keep("project", projects.projects(odds, codes, fields))
    made["platform"] = kept.keep("platform", projects.platforms(odds, codes, fields))
    made["platform_year"] = kept.keep("platform_year", projects.platform_years(block, made["platform"]))
    granted = kept.keep("recognition", titles.recognitions(odds, codes, fields))
    made["recognition"] = titles.refer(granted, codes, made["project"], made["platform"])
    made["certification"] = kept.keep("certification", titles.certifications(odds, codes))
    made["testing"] = kept.keep("testing", titles.testings(odds, codes))
    made["standard"] = kept.keep("standard", titles.standards(odds, codes, fields))
    made["product"] = kept.keep("product", projects.products(odds, codes, fields))
    made["listing"] = kept.keep("listing", dealings.listings(odds, codes))
    made["contract"] = kept.keep("contract", dealings.contracts(odds, codes, fields))
    made["event"] = kept.keep("event", dealings.events(odds, codes, fields))
    made["prize"] = kept.keep("prize", dealings.prizes(odds, codes))
    made["home"] = kept.keep("home", dealings.homes(odds, made["recognition"]))
    made["hire"] = kept.keep("hire", dealings.hires(odds, codes))
    made["guarantee"] = kept.keep("guarantee", dealings.guarantees(odds))
    money = projects.public_money(block, codes, made["project"])
    made["public_money"] = kept.keep("public_money", money)
    made["incident"] = kept.keep("incident", dealings.incidents(odds, codes))
    made["sanction"] = kept.keep("sanction", dealings.sanctions(odds, codes))
    arrived = projects.arrived(made["project"], codes)
    arrays: list[Any] = [ids(block), *own_columns(odds, sizes, fields, vocabulary, codes, arrived)]
    for name, entity in vocabulary.records.items():
        piece = made.get(name, joined([]))
        arrays.append(to_arrow(entity, piece, kept.whole(name), vocabulary))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


class _Lists:
    """Which lists of the block are whole; takes records from the others, and facts from all."""

    def __init__(self, block: Block, vocabulary: Vocabulary) -> None:
        self.block = block
        self.vocabulary = vocabulary

    def whole(self, name: str) -> Flags:
        """Which applicants' lists of this type are whole: fewer where facts are neglected."""
        share = {**_WHOLE, **_WHOLE_OF_AUTHORITIES}.get(name, _WHOLE_ELSE)
        missing = np.minimum((1 - share) * self.block.neglect, 0.9)
        drawn: Flags = self.block.rng(f"whole {name}").random(self.block.size) >= missing
        return drawn

    def keep(self, name: str, pieces: list[Piece]) -> Piece:
        """The records that the register has, with facts missing."""
        piece = joined(pieces)
        rng = self.block.rng(f"missing {name}")
        lost = ~self.whole(name)[piece.owner] & (rng.random(len(piece.owner)) < _LOST)
        return without_some(self.vocabulary.entities[name], piece.kept(~lost), rng, self.block.neglect)
