"""The sample register is fictional, and touches every measure that can be claimed and every verdict."""

import datetime as dt
import itertools
from pathlib import Path

import pytest

import duixian.policies as installed
from duixian.engine.assess import Request, Rulebook
from duixian.engine.result import Assessment
from duixian.language.pack import load_pack, pack_folders
from duixian.language.policy import Policy
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Applicant
from duixian.register.identity import check_uscc
from duixian.register.read import read_register

POLICIES = Path(next(iter(installed.__path__)))
REGISTER = Path(__file__).parent.parent / "examples" / "register.yaml"
ON = {
    "chengdu-cybersecurity-2020": dt.date(2022, 6, 30),
    "changsha-cybersecurity-2019": dt.date(2022, 6, 30),
    "wuhan-digital-economy-2022": dt.date(2023, 6, 30),
    "wuhan-industrial-internet-fund": dt.date(2023, 6, 30),
    "wuhan-cybersecurity-2026": dt.date(2027, 3, 31),
}
ADOPTED = {
    "wuhan-industrial-internet-fund": dt.date(2023, 1, 10),
    "wuhan-cybersecurity-2026": dt.date(2026, 3, 1),
}
GIVES = {"eligible", "eligible_up_to", "competitive_up_to", "case_by_case", "amount_not_stated"}


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    return [load_pack(folder) for folder in pack_folders(POLICIES)]


@pytest.fixture(scope="module")
def applicants() -> tuple[Applicant, ...]:
    return read_register(REGISTER, shared_vocabulary()).applicants


@pytest.fixture(scope="module")
def assessed(policies: list[Policy], applicants: tuple[Applicant, ...]) -> Assessment:
    request = Request(on=dt.date(2023, 6, 30), on_policy=ON, if_adopted=ADOPTED)
    return Rulebook(policies).ask(request).assess(applicants)


def test_every_name_says_that_it_is_fictional(applicants: tuple[Applicant, ...]) -> None:
    assert len(applicants) >= 34
    assert [item.id for item in applicants if not str(item.facts["name"]).endswith("（虚构）")] == []


def test_every_code_passes_and_none_stands_twice(applicants: tuple[Applicant, ...]) -> None:
    codes = [str(item.facts["uscc"]) for item in applicants if "uscc" in item.facts]
    assert [check_uscc(code) for code in codes] == codes
    assert len(set(codes)) == len(codes)


def test_every_measure_gives_something_to_someone(policies: list[Policy], assessed: Assessment) -> None:
    assert sorted(policy.id for policy in policies) == sorted(ON)
    claims = itertools.chain.from_iterable(item.claims for item in assessed.applicants)
    given = {(claim.policy, claim.measure) for claim in claims if claim.verdict in GIVES}
    wanted = {(policy.id, item.id) for policy in policies for item in policy.measures if item.claimable}
    assert wanted - given == set()


def test_every_verdict(
    policies: list[Policy], applicants: tuple[Applicant, ...], assessed: Assessment
) -> None:
    found = {claim.verdict for item in assessed.applicants for claim in item.claims}
    later = Rulebook(policies).ask(Request(on=dt.date(2026, 11, 22))).assess(applicants)
    found |= {claim.verdict for item in later.applicants for claim in item.claims}
    assert found == {*GIVES, "undetermined", "ineligible", "not_in_force"}
