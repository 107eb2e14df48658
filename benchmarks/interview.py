"""How many questions settle all verdicts of the sample register, against asking for everything."""

from __future__ import annotations

import datetime as dt
import json
import statistics
from fractions import Fraction
from pathlib import Path

from duixian.engine.assess import Request, Rulebook, Session
from duixian.engine.interview import Answer, Interview, Question
from duixian.engine.showing import plain
from duixian.language.pack import load_policies, pack_folders
from duixian.language.vocabulary import Vocabulary, shared_vocabulary
from duixian.register.applicant import Absent, Applicant, Value
from duixian.register.read import read_register

REGISTER = Path(__file__).resolve().parent.parent / "examples" / "register.yaml"

# Days on which each policy is in force, the drafts taken to be adopted, so that there is something to settle.
REQUEST = Request(
    on=dt.date(2023, 6, 30),
    on_policy={
        "changsha-cybersecurity-2019": dt.date(2022, 6, 30),
        "chengdu-cybersecurity-2020": dt.date(2022, 6, 30),
        "wuhan-cybersecurity-2026": dt.date(2027, 3, 31),
    },
    if_adopted={
        "wuhan-cybersecurity-2026": dt.date(2026, 3, 1),
        "wuhan-industrial-internet-fund": dt.date(2023, 1, 10),
    },
)


def raw(value: Value | None, kind: str) -> str:
    """Return a fact as a person would type it."""
    if value is None:
        return "不详"
    if isinstance(value, Absent):
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if kind == "money":
        assert isinstance(value, int)
        return f"{value // 100}.{value % 100:02d}元"
    if kind == "price_per_area" and isinstance(value, int | Fraction):
        return f"{value / Fraction(100)}元/平方米"
    if isinstance(value, frozenset):
        return "、".join(sorted(value)) or "无"
    return str(plain(value))


def answer(question: Question, applicant: Applicant, vocabulary: Vocabulary) -> Answer:
    """Answer as somebody who knows just what the sample applicant's file says."""
    if question.kind == "records":
        if question.entity not in applicant.complete and not applicant.records.get(question.entity):
            return Answer(question.key, unknown=True)
        required = [
            name for name, item in vocabulary.entities[question.entity].fields.items() if item.required
        ]
        records = []
        for record in applicant.records.get(question.entity, ()):
            kept = {
                name: raw(record.get(name), vocabulary.entities[question.entity].fields[name].type.kind)
                for name in {*required, question.field} - {""}
            }
            records.append({"id": str(record["id"]), **kept})
        return Answer(question.key, records=tuple(records), whole=question.entity in applicant.complete)
    source = applicant.facts
    if question.entity != "applicant":
        source = next(item for item in applicant.records[question.entity] if item["id"] == question.record)
    value = source.get(question.field)
    kind = vocabulary.entities[question.entity].fields[question.field].type.kind
    return (
        Answer(question.key, unknown=True) if value is None else Answer(question.key, text=raw(value, kind))
    )


def ask(session: Session, applicant: Applicant, vocabulary: Vocabulary) -> int:
    """Interview one applicant to the end and return how many questions it took."""
    interview = Interview(session)
    while questions := interview.questions():
        for question in questions:
            if interview.question(question.key):  # an answer just given may have made it needless
                interview.answer(answer(question, applicant, vocabulary))
    return len(interview.answers)


def everything(applicant: Applicant, vocabulary: Vocabulary) -> int:
    """Return how many questions a form with every field would ask this applicant."""
    total = len(vocabulary.entities["applicant"].fields) + len(vocabulary.records)
    for entity, records in applicant.records.items():
        total += len(records) * len(vocabulary.entities[entity].fields)
    return total


def main() -> None:
    """Interview every applicant of the sample register and print the figures as JSON."""
    vocabulary = shared_vocabulary()
    book = Rulebook(load_policies(pack_folders(), vocabulary), vocabulary)
    session = book.ask(REQUEST)
    asked, all_ = [], []
    for applicant in read_register(REGISTER, vocabulary).applicants:
        asked.append(ask(session, applicant, vocabulary))
        all_.append(everything(applicant, vocabulary))
        print(f"{applicant.facts.get('name', applicant.id)}: {asked[-1]} of {all_[-1]}")
    print(
        json.dumps(
            {
                "applicants": len(asked),
                "questions_median": statistics.median(asked),
                "everything_median": statistics.median(all_),
                "share": round(sum(asked) / sum(all_), 3),
            }
        )
    )


if __name__ == "__main__":
    main()
