"""The interview: it settles what the full file settles, asks less, goes back and goes on."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from benchmarks.interview import REQUEST, answer, everything

from duixian.engine.assess import Rulebook, Session
from duixian.engine.interview import Answer, Interview
from duixian.engine.result import ApplicantResult
from duixian.language.cache import installed_policies
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.problems import InputError
from duixian.register.read import read_register

VOCABULARY = shared_vocabulary()
REGISTER = {
    item.id: item
    for item in read_register(Path(__file__).parents[2] / "examples" / "register.yaml", VOCABULARY).applicants
}


@pytest.fixture(scope="module")
def session() -> Session:
    return Rulebook(installed_policies(), VOCABULARY).ask(REQUEST)


def verdicts(
    result: ApplicantResult,
) -> dict[tuple[str, str, str | None], tuple[str, int | None, int | None]]:
    return {
        (claim.policy, claim.measure, claim.record): (claim.verdict, claim.min_fen, claim.max_fen)
        for claim in result.claims
    }


@pytest.mark.parametrize(
    "id", ["wh-xuzhou-software", "wh-juntai", "cd-jianmen", "cs-su", "wh-wangshu", "cs-xuanwu"]
)
def test_the_interview_settles_what_the_whole_file_settles(session: Session, id: str) -> None:
    # What the authority decided or paid is never asked of the applicant, so it is left out here.
    known = {
        entity: items
        for entity, items in REGISTER[id].records.items()
        if entity not in ("decision", "payment")
    }
    applicant = msgspec.structs.replace(REGISTER[id], records=known)
    interview = Interview(session)
    while questions := interview.questions():
        for question in questions:
            if interview.question(question.key):
                interview.answer(answer(question, applicant, VOCABULARY))
    whole, asked = verdicts(session.applicant(applicant)), verdicts(interview.result())
    settled = {key: value for key, value in whole.items() if value[0] not in ("undetermined", "ineligible")}
    assert settled
    assert {key: asked.get(key) for key in settled} == settled
    assert len(interview.answers) < everything(applicant, VOCABULARY)


def test_the_kind_of_applicant_comes_first_and_says_why(session: Session) -> None:
    first = Interview(session).questions()[0]
    assert (first.entity, first.field, first.kind) == ("applicant", "kind", "fact")
    assert first.claims > 90
    assert first.reasons
    assert "营业执照" in first.evidence


def test_dont_know_is_not_asked_again(session: Session) -> None:
    interview = Interview(session)
    first = interview.questions()[0]
    interview.answer(Answer(first.key, unknown=True))
    assert first.key not in {question.key for question in interview.questions()}
    assert "kind" not in interview.applicant().facts


def test_going_back_takes_the_last_answer_off(session: Session) -> None:
    interview = Interview(session)
    before = interview.questions()
    interview.answer(Answer("applicant::kind", text="person"))
    assert interview.questions() != before
    assert interview.back() == Answer("applicant::kind", text="person")
    assert interview.questions() == before
    assert interview.back() is None


def test_an_answer_that_cannot_be_read_is_refused_and_not_kept(session: Session) -> None:
    interview = Interview(session)
    with pytest.raises(InputError):
        interview.answer(Answer("applicant::division", text="武汉"))
    assert interview.answers == []


def test_it_goes_on_from_earlier_answers(session: Session) -> None:
    interview = Interview(session)
    interview.answer(Answer("applicant::kind", text="enterprise"))
    again = Interview(session, interview.answers)
    assert again.questions() == interview.questions()
    assert again.facts() == interview.facts()
