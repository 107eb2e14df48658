"""A policy whose end hangs on other documents: settled where every end that they can have gives the same."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

import duixian.policies as installed
from duixian.engine.assess import Request, Rulebook
from duixian.language.pack import load_pack

POLICIES = Path(next(iter(installed.__path__)))
FUND, PARENT = "wuhan-industrial-internet-fund", "wuhan-digital-economy-2022"
OTHER = "wuhan-tech-upgrade-2021"
ADOPTED = dt.date(2023, 1, 10)


def state(on: str, *beside: str, ends: dict[str, dt.date | None] | None = None) -> str:
    fund = load_pack(POLICIES / FUND)
    documents = dict(fund.documents)
    for name, day in (ends or {}).items():
        documents[name] = msgspec.structs.replace(documents[name], ends=day)
    others = [load_pack(POLICIES / name) for name in beside]
    book = Rulebook([msgspec.structs.replace(fund, documents=documents), *others])
    request = Request(on=dt.date.fromisoformat(on), if_adopted={FUND: ADOPTED})
    return book.ask(request).standings[FUND].state


@pytest.mark.parametrize("beside", [(), (PARENT,)])
def test_later_of_a_known_and_an_unknown_end_is_not_before_the_known_one(beside: tuple[str, ...]) -> None:
    assert state("2023-01-09", *beside) == "not_yet"
    assert state("2023-01-10", *beside) == "in_force"
    assert state("2025-05-31", *beside) == "in_force"
    assert state("2025-06-01", *beside) == "open"


def test_both_ends_known() -> None:
    known = {OTHER: dt.date(2026, 9, 9)}
    assert state("2026-09-09", ends=known) == "in_force"
    assert state("2026-09-10", ends=known) == "expired"


def test_a_pack_that_is_assessed_too_knows_its_end_better_than_a_stub() -> None:
    stub = {PARENT: dt.date(2030, 1, 1)}
    assert state("2029-12-31", ends=stub) == "in_force"
    assert state("2029-12-31", PARENT, ends=stub) == "open"
