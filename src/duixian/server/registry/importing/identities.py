"""Persons whose id in a file is their identity number: sealed as the file is read, plain nowhere after that.

The vocabulary has no field for such a number, since no rule may ask for it. A person's `id` may be one instead: a
resident identity number, or `护照:CHN:E12345678` (`passport:CHN:…`). Of it the chunk keeps what is shown, the keyed
hash and the ciphertext, and so does everything that is made from the chunk. Problems are told with numbers masked.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec

from duixian.calendar.days import Both, fold_width
from duixian.register.amounts import ValueProblem
from duixian.register.identity import check_uscc, mask
from duixian.register.problems import InputProblem, Place, Problems
from duixian.server.common.refusals import Refused
from duixian.server.registry.importing.chunks import SEALED
from duixian.server.registry.importing.reading import Part
from duixian.server.registry.models import Identifier
from duixian.server.registry.services.applicants import issuer_of, looks_resident, number_forms

if TYPE_CHECKING:
    import pyarrow as pa

_PASSPORT: Final = re.compile(r"\s*(?:护照|passport)\s*[:：]\s*([A-Za-z]*)\s*[:：]\s*(.*)", re.IGNORECASE)
_LABEL: Final = re.compile(r"\s*(?:公民身份号码|身份证号?|resident)\s*[:：]?\s*", re.IGNORECASE)
_SUSPECT: Final = r"(?i)护照|passport|身份|resident"
_PERSONS_OWN: Final = r"(?i)(^|[^0-9A-Za-z])[0-9]{15,19}X?($|[^0-9A-Za-z])"
_BODYS_OWN: Final = r"(?i)^[1-8][0-9]{5}(18|19|20)[0-9]{9}[0-9X]$"
"""What an id that may be an identity number looks like, in half-width signs without spaces and hyphens. Of what is
surely a body any long number may be its own id, but for one that has the form of a person's."""
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){14,18}[XxＸｘ]?(?![0-9A-Za-z])")
_NAMED: Final = re.compile(
    r"((?:护照|passport)\s*[:：]\s*\w*\s*[:：]?\s*)([^\s，；」'\"、,;)）]+)", re.IGNORECASE
)
_TWIN: Final = Both("文件中有两行是同一证件", "two rows of the file have the same identity number")
_MALFORMED: Final = Both(
    "编号像身份证件号码而不是：个人可用公民身份号码或「护照:CHN:号码」作编号",
    "the id looks like an identity number and is none: a person's id may be one, or `passport:CHN:NUMBER`",
)
_PERSONS: Final = Both("身份证件号码只能作个人的编号", "an identity number can be the id of a person only")
_REMEDY: Final = Both("请更正编号，或改用来源方自己的编号", "correct the id, or give it one of your own")


def sealed(found: Iterable[Part], name: str) -> Iterator[Part]:
    """The parts of a file with every identity number sealed; `name` is what the file is called in messages."""
    for table, problems in found:
        told = [_hidden(problem) for problem in problems]
        if table is None or not (suspects := _suspects(table)):
            yield table, told
            continue
        rest, more = _sealed(table, suspects, name)
        yield rest, told + more


def hidden(text: str) -> str:
    """A text for people in which every number that may be an identity number is masked."""
    masked = _NAMED.sub(lambda found: found[1] + mask(found[2], first=1), text)
    return _NUMBER.sub(lambda found: _masked(found[0]), masked)


def _suspects(table: pa.Table) -> list[int]:
    """The rows whose id may be an identity number, found in the column as a whole: files may have a million."""
    import pyarrow.compute as pc

    ids = pc.replace_substring_regex(pc.utf8_normalize(table["id"].cast("string"), "NFKC"), r"[\s-]", "")
    body = pc.invert(pc.is_in(table["kind"].cast("string"), _of_people()))
    long = pc.if_else(
        body, pc.match_substring_regex(ids, _BODYS_OWN), pc.match_substring_regex(ids, _PERSONS_OWN)
    )
    rows: list[int] = pc.indices_nonzero(pc.or_(long, pc.match_substring_regex(ids, _SUSPECT))).to_pylist()
    return rows


def _of_people() -> pa.Array:
    import pyarrow as pa

    return pa.array(["person", "team", None])


def _sealed(table: pa.Table, suspects: list[int], name: str) -> Part:
    import pyarrow as pa

    ids, kinds = table["id"].to_pylist(), table["kind"].to_pylist()
    numbers: list[dict[str, Any] | None] = [None] * len(ids)
    problems, bad = Problems(), set()
    for row in suspects:
        shown = hidden(ids[row])
        try:
            number = _number(ids[row], kinds[row])
        except Refused as refused:
            problems.add("identity", Place(name, shown), refused.why, _REMEDY, applicant=shown)
            bad.add(row)
            continue
        if number is not None:
            ids[row], numbers[row] = number.pop("shown"), number
    count = Counter(number["lookup"] for number in numbers if number)
    for row, number in enumerate(numbers):
        if number and count[number["lookup"]] > 1:
            problems.add("twin-identity", Place(name, ids[row]), _TWIN, _REMEDY, applicant=ids[row])
            bad.add(row)
    whole = table.set_column(
        table.schema.get_field_index("id"), table.schema.field("id"), pa.array(ids, table.schema.field("id").type)
    )  # fmt: skip
    keys = pa.struct([(part, pa.string()) for part in ("scheme", "issuer", "lookup", "sealed")])
    whole = whole.append_column(SEALED, pa.array(numbers, keys))
    keep = [row for row in range(len(whole)) if row not in bad]
    return (whole.take(keep) if keep else None), problems.found


def _number(id: str, kind: str | None) -> dict[str, Any] | None:
    """What is kept of an id that is an identity number; None for one that is not.

    Raises:
        Refused: it looks like one and cannot be, or belongs to no person.
    """
    passport, bare = _PASSPORT.fullmatch(id), _LABEL.sub("", id, count=1)
    digits = re.sub(r"[\s-]", "", fold_width(bare))
    if passport is None and not re.fullmatch("[0-9]{15,19}[Xx]?", digits):
        if hidden(fold_width(id)) != fold_width(id) or "护照" in id:
            raise Refused("registry.number", _MALFORMED)
        return None
    if kind not in {None, "person"}:
        if passport is None and (kind != "team" and (_is_code(digits) or not looks_resident(digits))):
            return None  # a body's own long number
        raise Refused("registry.number", _PERSONS)
    scheme = Identifier.Scheme.PASSPORT if passport else Identifier.Scheme.RESIDENT
    found, shown, cipher = number_forms(scheme, passport[2] if passport else digits)
    issuer = issuer_of(scheme, passport[1] if passport else "")
    assert cipher is not None
    sealed = base64.b64encode(cipher).decode()
    return {"scheme": scheme.value, "issuer": issuer, "lookup": found, "sealed": sealed, "shown": shown}


def _is_code(text: str) -> bool:
    try:
        check_uscc(text)
    except ValueProblem:
        return False
    return True


def _masked(text: str) -> str:
    plain = re.sub(r"[\s-]", "", fold_width(text))
    return text if len(plain) == 18 and _is_code(plain) else mask(plain)


def _hidden(problem: InputProblem) -> InputProblem:
    """A problem that repeats no identity number."""
    return msgspec.structs.replace(
        problem,
        place=Place(hidden(problem.place.file), hidden(problem.place.at)),
        what=Both(hidden(problem.what.zh), hidden(problem.what.en)),
        remedy=Both(hidden(problem.remedy.zh), hidden(problem.remedy.en)),
        applicant=hidden(problem.applicant),
    )
