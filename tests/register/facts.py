"""Generates applicants of the shared vocabulary for the round trips."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import strategies as st

from duixian.language.vocabulary import Entity, Field, shared_vocabulary
from duixian.register.amounts import LIMIT, is_none_word, is_unknown_word
from duixian.register.applicant import Absent, Applicant
from duixian.register.read_tables import EXAMPLE, FORMULA_ERRORS

V = shared_vocabulary()
NAMES = st.text("甲乙丙ABC019-_（）(),、 %", min_size=1, max_size=12).filter(
    lambda t: t == t.strip() and not is_unknown_word(t) and not is_none_word(t) and t not in FORMULA_ERRORS
)
IDS = st.text("abcAB019-_甲", min_size=1, max_size=5).filter(
    lambda t: not t.startswith(EXAMPLE) and t not in ("null",)
)
DECIMALS = st.builds(Fraction, st.integers(0, 10**9), st.sampled_from([1, 2, 4, 10, 100, 1000]))


def values(field: Field) -> st.SearchStrategy[object]:
    """Values of a field as any reader can give them."""
    kind, of = field.type.kind, field.type.of
    known: dict[str, st.SearchStrategy[object]] = {
        "money": st.one_of(st.integers(0, 10**11), st.integers(0, LIMIT)),
        "count": st.one_of(st.integers(0, 9), st.integers(0, LIMIT)),
        "area": st.one_of(DECIMALS, DECIMALS.map(lambda d: d * Fraction(2000, 3))),
        "price_per_area": DECIMALS,
        "ratio": DECIMALS,
        "year": st.integers(1949, 2100),
        "date": st.dates(dt.date(1800, 1, 1), dt.date(2199, 12, 31)),
        "flag": st.booleans(),
        "division": st.sampled_from(["420106", "430100", "110000", "820000"]),
        "text": NAMES,
    }
    if kind == "enum":
        made: st.SearchStrategy[object] = st.sampled_from(sorted(V.enums[of]))
    elif kind == "set":
        made = st.frozensets(st.sampled_from(sorted(V.enums[of])))
    else:
        made = st.just("91420100MA00000025") if field.name == "uscc" else known[kind]
    return st.one_of(made, st.just(Absent.NONE)) if field.optional else made


@st.composite
def facts(draw: st.DrawFn, entity: Entity, ids: dict[str, list[str]]) -> dict[str, object]:
    """Some of the fields of an entity; required ones always, references only to what there is."""
    found: dict[str, object] = {}
    for name, field in entity.fields.items():
        if not field.required and draw(st.integers(0, 3)):
            continue
        if field.type.kind != "record":
            found[name] = draw(values(field))
        elif ids.get(field.type.of):
            found[name] = draw(st.sampled_from(ids[field.type.of]))
    return found


@st.composite
def applicants(draw: st.DrawFn, ident: str | None = None) -> Applicant:
    """An applicant with a few records of a few types."""
    ids = {}
    for name in draw(st.lists(st.sampled_from(sorted(V.records)), max_size=4, unique=True)):
        ids[name] = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    if not ids.get("platform"):
        ids.pop("platform_year", None)
    records = {
        name: tuple({"id": one, **draw(facts(V.entities[name], ids))} for one in known)
        for name, known in ids.items()
    }
    complete = draw(st.frozensets(st.sampled_from(sorted(V.records)), max_size=3))
    own = draw(facts(V.entities["applicant"], ids))
    return Applicant(ident or draw(IDS), own, records, complete)


REGISTERS = st.lists(IDS, max_size=3, unique=True).flatmap(
    lambda ids: st.tuples(*(applicants(ident=one) for one in ids)).map(list)
)
