"""The applicants' own facts as columns: ids, names and codes that no real body can have, and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from duixian.lab.population.codes import Codes
from duixian.lab.population.draws import NONE, UNKNOWN, Flags, Ints, between, yes
from duixian.lab.population.firms import Block
from duixian.lab.population.odds import Chance, Odds
from duixian.lab.population.society import BRANCHES, CITIES, CITY_OF, DISTRICTS, KINDS, OTHERS
from duixian.lab.population.table import Piece, columns, take, without_some
from duixian.language.vocabulary import Entity, Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

LEADING: Final = Chance(0.0003, 1.5, 0.8)
_SIGNS: Final = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
_AUTHORITY: Final = b"Y9"
"""Place 1 and 2 of every code: `Y` is for bodies registered by others (GB 32100), which have only `Y1`. So the
codes pass the check of their last sign, and no real body has one."""
_BODIES: Final = [0, *(KINDS.index(other.kind) for other in OTHERS if other.body)]
_MOVABLE: Final = ("person", "team")


def ids(block: Block) -> pa.Array:
    """The ids of the applicants, `S0000000001` and on."""
    import pyarrow.compute as pc

    return pc.binary_join_element_wise("S", _serial(block), "")


def own_columns(
    odds: Odds, sizes: Ints, fields: Ints, vocabulary: Vocabulary, codes: Codes, arrived: Ints
) -> list[pa.Array]:
    """The columns of the applicants' own facts, in the schema's order and with facts missing.

    `arrived` are those that were brought to a city as leading firms.
    """
    block = odds.block
    entity = vocabulary.entities["applicant"]
    facts = _facts(odds, sizes, fields, codes, arrived)
    thin = without_some(
        entity, Piece(np.arange(block.size), facts), block.rng("missing applicant"), block.neglect
    )
    texts = {"name": _names(block), "uscc": _uscc(block)}
    made: list[Any] = []
    # Texts are no numbers: they are put in at their places among the other columns.
    rest = iter(columns(_without(entity, texts), thin.columns, block.size, vocabulary))
    for name, field in entity.fields.items():
        if name in texts:
            made.append(texts[name])
            continue
        made.append(next(rest))
        if field.optional:
            made.append(next(rest))
    return made


def _without(entity: Entity, names: dict[str, Any]) -> Entity:
    kept = {name: field for name, field in entity.fields.items() if name not in names}
    return Entity(entity.name, entity.label, entity.event, kept)


def _facts(odds: Odds, sizes: Ints, fields: Ints, codes: Codes, arrived: Ints) -> dict[str, Ints]:
    block, rng = odds.block, odds.block.rng("applicant")
    size, body = block.size, np.isin(block.kind, _BODIES)
    mobile = np.isin(block.kind, [KINDS.index(kind) for kind in _MOVABLE])
    leading = np.zeros(size, np.int64)
    leading[odds.firms(rng, LEADING)] = 1
    leading[arrived] = yes(rng, 0.8, len(arrived))
    leading[odds.others(rng, "team", 0.05)] = 1  # research teams of leading firms
    moved = yes(rng, np.where(mobile, 0.5, 0.08), size) == 1
    settled = between(
        rng, np.where(mobile, block.society.first_day, block.founded), block.society.last_day, size
    )
    return {
        "kind": codes.all("applicant_kind", KINDS)[block.kind],
        "division": block.district,
        "tax_division": _tax(block, rng.random(size)),
        "legal_person": np.where(block.firm, yes(rng, 0.97, size), body.astype(np.int64)),
        "founded": np.where(mobile, UNKNOWN, block.founded),
        "fields": fields,
        "size": np.where(
            sizes >= 0, codes.all("size", ["micro", "small", "medium", "large"])[sizes], UNKNOWN
        ),
        "leading_firm": leading,
        "employer_division": np.where(mobile, block.district, UNKNOWN),
        "settled": np.where(moved, settled, NONE),
    }


def _tax(block: Block, drawn: np.ndarray[Any, np.dtype[np.float64]]) -> Ints:
    """Where tax is paid: nearly always where the applicant is registered, else elsewhere in its city or away."""
    first = np.asarray([CITY_OF.index(city) for city in range(len(CITIES))])[block.city]
    away = (block.district * 7 + 11) % len(DISTRICTS)
    return np.where(drawn < 0.94, block.district, np.where(drawn < 0.985, first, away))


def _serial(block: Block) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pa.array(np.arange(block.first + 1, block.first + block.size + 1))
    return pc.utf8_lpad(numbers.cast(pa.string()), 10, "0")


def _names(block: Block) -> pa.Array:
    """`（虚构）武汉软件企业0000000123`: nobody can take it for a real firm."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words = [f"{branch.zh}企业" for branch in BRANCHES] + [other.zh for other in OTHERS]
    word = np.where(block.firm, block.branch, len(BRANCHES) + block.kind - 1)
    cities = take([f"（虚构）{city.zh}" for city in CITIES], block.city, pa.string())
    return pc.binary_join_element_wise(cities, take(words, word, pa.string()), _serial(block), "")


def _uscc(block: Block) -> pa.Array:
    """Codes with a right check sign (GB 32100) under an authority that does not exist; a fiftieth is unknown."""
    import pyarrow as pa
    import pyarrow.compute as pc

    size = block.size
    values = np.zeros((size, 18), np.int64)
    values[:, 0], values[:, 1] = 30, 9
    division = np.asarray([[int(sign) for sign in code] for code in DISTRICTS], np.int64)
    values[:, 2:8] = division[block.district]
    rest = np.arange(block.first, block.first + size, dtype=np.int64)
    for place in range(16, 7, -1):
        values[:, place] = rest % 31
        rest //= 31
    weights = np.asarray([pow(3, place, 31) for place in range(17)], np.int64)
    values[:, 17] = (31 - values[:, :17] @ weights % 31) % 31
    signs = np.ascontiguousarray(_SIGNS[values])
    assert signs[0, :2].tobytes() == _AUTHORITY
    offsets = pa.py_buffer(np.arange(0, 18 * (size + 1), 18, dtype=np.int32))
    text = pa.StringArray.from_buffers(size, offsets, pa.py_buffer(signs))
    return pc.if_else(pa.array(_has_code(block)), text, pa.scalar(None, pa.string()))


def _has_code(block: Block) -> Flags:
    return np.isin(block.kind, _BODIES) & (block.rng("uscc").random(block.size) > 0.02)
