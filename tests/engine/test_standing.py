"""A policy whose end hangs on other documents: settled where every end that they can have gives the same."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest
from tests.language.test_pack import written

import duixian.policies as installed
from duixian.engine.assess import Request, RequestError, Rulebook, Session
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


# A small policy of its own: from 2022-06-01 for three years, the last day by a reading.


def asked(pack: Path, on: str, **more: object) -> Session:
    return Rulebook([load_pack(pack)]).ask(Request(on=dt.date.fromisoformat(on), **more))  # type: ignore[arg-type]


def stands(pack: Path, on: str, **more: object) -> tuple[str, bool | None, tuple[str, ...]]:
    standing = asked(pack, on, **more).standings["base"]
    return standing.state, standing.in_force, standing.matters


@pytest.mark.parametrize(
    ("on", "state", "matters"),
    [
        ("2022-05-31", "not_yet", ()),
        ("2022-06-01", "in_force", ()),
        ("2025-05-31", "in_force", ()),
        ("2025-06-01", "expired", ("last_day",)),
        ("2025-06-02", "expired", ()),
    ],
)
def test_a_policy_through_its_life(tmp_path: Path, on: str, state: str, matters: tuple[str, ...]) -> None:
    assert stands(written(tmp_path), on) == (state, state == "in_force", matters)


def test_the_other_reading_of_the_last_day(tmp_path: Path) -> None:
    pack = written(tmp_path)
    assert stands(pack, "2025-06-01", readings={"last_day": "anniversary"}) == (
        "in_force",
        True,
        ("last_day",),
    )
    assert stands(pack, "2025-06-02", readings={"base/last_day": "anniversary"}) == ("expired", False, ())


def test_an_open_reading_leaves_only_its_own_days_open(tmp_path: Path) -> None:
    pack = written(tmp_path, ("policy", "default: day_before", "default: none"))
    assert stands(pack, "2022-05-31") == ("not_yet", False, ())
    assert stands(pack, "2025-06-01")[:2] == ("open", None)
    session = asked(pack, "2025-06-01")
    assert session.standings["base"].missing == (("reading.last_day", ""),)
    (policy,) = session.states()
    assert (policy.state, policy.starts, policy.ends) == ("open", dt.date(2022, 6, 1), None)


def test_a_draft_stands_only_if_adopted(tmp_path: Path) -> None:
    pack = written(
        tmp_path,
        ("policy", "kind: issued\nissued: 2022-04-28", "kind: draft"),
        ("policy", "starts: 2022-06-01", "starts: blank"),
    )
    assert stands(pack, "2024-01-01") == ("draft", False, ())
    adopted = {"base": dt.date(2024, 1, 1)}
    assert stands(pack, "2023-12-31", if_adopted=adopted)[0] == "not_yet"
    assert stands(pack, "2026-12-31", if_adopted=adopted)[0] == "in_force"
    assert stands(pack, "2027-01-02", if_adopted=adopted)[0] == "expired"


def test_an_end_beyond_the_calendar_is_open(tmp_path: Path) -> None:
    pack = written(tmp_path, ("policy", "starts + 3年 - 1日", "starts + 9999年"))
    assert stands(pack, "2022-05-31")[0] == "not_yet"
    assert stands(pack, "2099-01-01")[0] == "open"


def test_another_day_for_one_policy(tmp_path: Path) -> None:
    session = asked(written(tmp_path), "2022-05-31", on_policy={"base": dt.date(2022, 6, 1)})
    assert session.day("base") == dt.date(2022, 6, 1)
    assert session.standings["base"].state == "in_force"


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ({"on_policy": {"bse": ADOPTED}}, "no policy `bse`: did you mean `base`?"),
        ({"if_adopted": {"bse": ADOPTED}}, "no policy `bse`"),
        ({"readings": {"last_days": "anniversary"}}, "no reading `last_days`: did you mean `last_day`?"),
        ({"readings": {"other/last_day": "anniversary"}}, "no reading `other/last_day`"),
        ({"readings": {"last_day": "annual"}}, "`annual` is not a choice of the reading `last_day`"),
    ],
)
def test_a_request_names_only_what_there_is(tmp_path: Path, request_: dict[str, object], told: str) -> None:
    with pytest.raises(RequestError) as caught:
        asked(written(tmp_path), "2023-01-01", **request_)
    assert told in str(caught.value)


def test_a_policy_ends_with_one_that_ends_with_a_third(tmp_path: Path) -> None:
    names = ("a", "b", "c")
    for name, after in zip(names, (*names[1:], ""), strict=True):
        (tmp_path / name).mkdir()
        pack = written(tmp_path / name, ("policy", "id: base", f"id: {name}"))
        if after:
            path = pack / "policy.yaml"
            old = '"if reading.last_day == anniversary then starts + 3年 else starts + 3年 - 1日"'
            choice = f'if reading.last_day == anniversary then end_of("{after}") else end_of("{after}") + 1日'
            path.write_text(path.read_text("utf-8").replace(old, f"'{choice}'"), "utf-8")
    policies = [load_pack(tmp_path / name / "base", known=names) for name in names]
    session = Rulebook(policies).ask(Request(on=dt.date(2023, 1, 1)))
    assert session.ends == {"a": dt.date(2025, 6, 2), "b": dt.date(2025, 6, 1), "c": dt.date(2025, 5, 31)}
    alone = Rulebook(policies[:1]).ask(Request(on=dt.date(2023, 1, 1)))
    assert alone.standings["a"].missing == (("end_of.b", ""),)
