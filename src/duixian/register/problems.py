"""What is wrong with the facts people send, told so that they can mend it: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from duixian.calendar.days import Both, Language, Refusal
from duixian.language.vocabulary import Field

_SHOWN = 60  # characters of a found text that a message repeats
NOTHING = Both("", "")


class Place(NamedTuple):
    """A place in what was sent: the file, and in it `年度经营!C5`, `12`, `12:7` or `$.year[0].revenue`."""

    file: str
    at: str = ""

    def __str__(self) -> str:
        return ":".join(part for part in self if part)


class InputProblem(msgspec.Struct, frozen=True):
    """One fault of the input.

    `code` is stable, for tests and tools. `applicant` is the id of the applicant that the fault spoils, blank
    where that is not known. `record_type` is the type of the record that it stands in, blank for the
    applicant's own facts. `whole` marks a fault of the whole file, sheet or column: no applicant can be left
    out to get rid of it.
    """

    code: str
    place: Place
    what: Both
    remedy: Both = NOTHING
    applicant: str = ""
    record_type: str = ""
    whole: bool = False

    def text(self, lang: Language) -> str:
        """The whole message in one language, on one line."""
        zh = lang == "zh"
        where = f"{self.place}: " if str(self.place) else ""
        message = where + self.what.text(lang)
        if self.remedy.text(lang):
            message += ("；" if zh else "; ") + self.remedy.text(lang)
        if self.applicant:
            message += f"（申报主体 {self.applicant}）" if zh else f" (applicant {self.applicant})"
        return message


class InputError(Exception):
    """The input cannot be used as it stands; `problems` holds all that was found."""

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def text(self, lang: Language) -> str:
        """Every problem on its line, then how many there are."""
        count = len(self.problems)
        end = f"共 {count} 处问题" if lang == "zh" else f"{count} problem{'s' if count != 1 else ''}"
        return "\n".join([*(problem.text(lang) for problem in self.problems), end])

    def __str__(self) -> str:
        return self.text("en")


class Problems:
    """Collects every problem of an input; nothing is repaired and nothing is guessed."""

    def __init__(self) -> None:
        self.found: list[InputProblem] = []

    def __len__(self) -> int:
        return len(self.found)

    def add(
        self,
        code: str,
        place: Place,
        what: Both,
        remedy: Both = NOTHING,
        *,
        applicant: str = "",
        record_type: str = "",
        whole: bool = False,
    ) -> None:
        """Note one problem."""
        self.found.append(InputProblem(code, place, what, remedy, applicant, record_type, whole))

    def refuse(
        self, place: Place, field: Field, refusal: Refusal, *, applicant: str = "", record_type: str = ""
    ) -> None:
        """Note a value that a parser refused, under the name of its field."""
        found, expected = shown(refusal.found), refusal.expected
        what = Both(
            f"「{field.label.zh}」读到「{found}」，应为{expected.zh}",
            f"`{field.name}`: found '{found}', expected {expected.en}",
        )
        self.add("value", place, what, refusal.remedy, applicant=applicant, record_type=record_type)

    def spoilt(self) -> frozenset[str]:
        """The ids of the applicants that have a problem."""
        return frozenset(problem.applicant for problem in self.found if problem.applicant)

    def raise_if_any(self) -> None:
        """Raise InputError with all problems, if there are any."""
        if self.found:
            raise InputError(self.found)


def one_line(error: Exception) -> str:
    """What an error says as a part of a sentence: Arrow writes several lines and a full stop."""
    return " ".join(str(error).split()).rstrip(".")


def shown(text: str) -> str:
    """The text as a message repeats it: on one line, cut where it is long."""
    text = " ".join(text.splitlines())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
