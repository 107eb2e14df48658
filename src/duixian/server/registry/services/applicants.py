"""Enters applicants, gives them the numbers by which they are known, and says who stands for them."""

from __future__ import annotations

import datetime as dt
import re

from django.db import IntegrityError, transaction
from django.utils import timezone

from duixian.calendar.days import Both, Refusal, fold_width
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.applicant import Facts
from duixian.register.identity import check_resident_id, check_uscc, mask
from duixian.register.values import read_id
from duixian.server.audit.commands import command
from duixian.server.audit.services import Personal, record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import Refused
from duixian.server.common.sealing import lookup, seal
from duixian.server.registry.models import Applicant, Identifier, Representative
from duixian.server.registry.models.records import OWN
from duixian.server.registry.rights import PEOPLE, require
from duixian.server.registry.writing import Given, append, checked, current, locked, visible

_RESIDENT = r"[1-8][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])[0-9]{3}[0-9Xx]"
_TAKEN = Both(
    "该号码已登记在另一主体名下：请核对号码；若为同一主体，请合并条目",
    "another applicant has this number: check it; if the two are one, merge the entries",
)


_NOT_A_PERSON = Both(
    "身份证件只用于个人，信用代码只用于单位；团队通过负责人识别",
    "identity papers are for persons, credit codes for organisations; a team is known by who answers for it",
)


@command("registry.register")
def register(by: Actor, *, facts: Facts, given: Given) -> Applicant:
    """Enter an applicant with its own facts; a credit code among them becomes its identifier.

    Raises:
        Refused: `registry.role`, `.fact`, `.kind`, `.taken`, `.outside`, `.future`, `.evidence`, `.not_a_person`.
    """
    require(by, "registry.register")
    payload = checked(shared_vocabulary().entities[OWN], facts, shared_vocabulary())
    if not payload.get("kind") or not payload.get("name"):
        raise Refused("registry.kind", Both("须写明主体类型和名称", "kind and name are needed"))
    if payload["kind"] in PEOPLE and "uscc" in payload:
        raise Refused("registry.not_a_person", _NOT_A_PERSON)
    row = Applicant.objects.create()
    append(by, "registry.register", row, (OWN, ""), payload, given.keep(by))
    if "uscc" in payload:
        _keep(by, row, Identifier.Scheme.USCC, "", str(payload["uscc"]))
    if not visible(by, row.pk):
        raise Refused("registry.outside", Both(
            "注册地不在您的区划范围内，或者未写明", "its division is missing, or outside your scope"
        ))  # fmt: skip
    row.refresh_from_db()
    return row


@command("registry.identify")
def identify(
    by: Actor,
    *,
    applicant: int,
    scheme: Identifier.Scheme,
    number: str,
    issuer: str = "",
    given: Given | None = None,
) -> Identifier:
    """Record a number by which an applicant is known; `issuer` is a passport's country or whose own number it is.

    A credit code also becomes a fact of the applicant, for which `given` says where it comes from.

    Raises:
        NotFound: the applicant is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.number`, `.issuer`, `.taken`, `.second_code`,
            `.not_a_person`.
    """
    require(by, "registry.identify")
    row = locked(by, applicant)
    persons = scheme in {Identifier.Scheme.RESIDENT, Identifier.Scheme.PASSPORT}
    if persons != (row.kind == "person") and scheme != Identifier.Scheme.OWN:
        raise Refused("registry.not_a_person", _NOT_A_PERSON)
    if scheme == Identifier.Scheme.USCC and row.kind in PEOPLE:
        raise Refused("registry.not_a_person", _NOT_A_PERSON)
    kept = _keep(by, row, scheme, issuer, number)
    before = current(row, OWN)
    own = before.payload if before else {}
    if scheme == Identifier.Scheme.USCC and own.get("uscc") != kept.lookup:
        if given is None:
            raise Refused("registry.evidence", Both("须写明信用代码的来源", "say where the code comes from"))
        payload = own | {"uscc": kept.lookup}
        append(by, "registry.state", row, (OWN, ""), payload, given.keep(by), stated=["uscc"])
    return kept


@command("registry.represent")
def represent(
    by: Actor, *, applicant: int, person: int, role: Representative.Role, since: dt.date, given: Given
) -> Representative:
    """Record who stands for an applicant from a day on; who did so before ends on the day before.

    Raises:
        NotFound: one of the two is outside the actor's scope.
        Refused: `registry.role`, `.merged`, `.erased`, `.representative`, `.times`.
    """
    require(by, "registry.represent")
    row, human = locked(by, applicant), locked(by, person)
    team = row.kind == "team"
    if human.kind != "person" or team != (role == Representative.Role.RESPONSIBLE) or row.kind == "person":
        raise Refused("registry.representative", Both(
            "法定代表人用于单位，负责人用于团队，且须为已登记的个人",
            "an organisation has a legal representative, a team somebody responsible; both are persons entered here",
        ))  # fmt: skip
    before = Representative.objects.filter(applicant=row, role=role, until=None).first()
    if before is not None:
        if before.since >= since:
            raise Refused("registry.times", Both(
                f"现任自 {before.since} 起，新任须在其后", f"who stands now does since {before.since}; begin later"
            ))  # fmt: skip
        before.until = since - dt.timedelta(days=1)
        before.save(update_fields=["until"])
    made = Representative.objects.create(
        applicant=row, person=human, role=role, since=since, provenance=given.keep(by), recorded_by_id=by.person
    )  # fmt: skip
    old = {"person": before.person_id, "until": before.until} if before else None
    after = {"person": human.pk, "role": role.value, "since": since}
    record(by, "registry.represent", on=row, before=old, after=after)
    return made


def number_forms(scheme: Identifier.Scheme, number: str) -> tuple[str, str, bytes | None]:
    """How a number is found, what is shown of it, and its ciphertext.

    Raises:
        Refused: `registry.number`, with what is wrong and what to do.
    """
    try:
        match scheme:
            case Identifier.Scheme.USCC:
                code = check_uscc(number)
                return code, code, None
            case Identifier.Scheme.RESIDENT:
                digits = check_resident_id(number)
                if digits[6:14] > timezone.localdate().strftime("%Y%m%d"):
                    raise Refused("registry.number", Both(
                        "出生日期晚于今天，请对照证件", "the day of birth is still to come: check it against the card"
                    ))  # fmt: skip
                return lookup(digits, scheme), mask(digits), seal(digits, scheme)
            case Identifier.Scheme.PASSPORT:
                plain = "".join(fold_width(number).split()).upper()
                if not (plain.isascii() and plain.isalnum() and 5 <= len(plain) <= 20):
                    raise Refused("registry.number", Both(
                        "护照号码为5至20位字母和数字，请对照证件", "a passport number has 5 to 20 letters and digits"
                    ))  # fmt: skip
                return lookup(plain, scheme), mask(plain, first=1, last=2), seal(plain, scheme)
            case Identifier.Scheme.OWN:
                if looks_resident(number):  # it would stand here for everybody to read
                    raise Refused("registry.number", Both(
                        "这是公民身份号码，请按「公民身份号码」登记",
                        "this is a resident identity number: record it as such",
                    ))  # fmt: skip
                own = read_id(number)
                return own, own, None
    except Refusal as refusal:
        raise Refused("registry.number", Both(refusal.text("zh"), refusal.text("en"))) from None


def looks_resident(text: str) -> bool:
    """Whether a text has the form of a resident identity number, mistyped or not."""
    return re.fullmatch(_RESIDENT, re.sub(r"[\s-]", "", fold_width(text))) is not None


def issuer_of(scheme: Identifier.Scheme, issuer: str) -> str:
    """The issuer of a number in its one spelling: none of codes and resident numbers, a country of passports.

    Raises:
        Refused: `registry.issuer`.
    """
    given = "".join(fold_width(issuer).split())
    match scheme:
        case Identifier.Scheme.PASSPORT if re.fullmatch("[A-Za-z]{3}", given):
            return given.upper()
        case Identifier.Scheme.OWN if given:
            return issuer.strip()
        case Identifier.Scheme.USCC | Identifier.Scheme.RESIDENT if not given:
            return ""
    raise Refused("registry.issuer", Both(
        "护照须写签发国三位字母代码（如 CHN），来源方编号须写来源方，其他号码不写签发方",
        "a passport needs its country's three letters (CHN), a sender's own number the sender, others no issuer",
    ))  # fmt: skip


def _keep(by: Actor, row: Applicant, scheme: Identifier.Scheme, issuer: str, number: str) -> Identifier:
    found, shown, sealed = number_forms(scheme, number)
    issuer = issuer_of(scheme, issuer)
    known = Identifier.objects.filter(scheme=scheme, issuer=issuer, lookup=found).first()
    if known is not None and known.applicant_id != row.pk:
        raise Refused("registry.taken", _TAKEN)
    if known is not None:
        return known
    if scheme == Identifier.Scheme.USCC and row.identifiers.filter(scheme=scheme).exists():
        raise Refused("registry.second_code", Both(
            "该主体已有信用代码；主体更换代码的，请作为新主体登记并办理主体沿革",
            "it has a credit code already; a body with a new code is entered anew, with a succession",
        ))  # fmt: skip
    try:
        with transaction.atomic():  # somebody else may just be entering the same number
            kept = Identifier.objects.create(
                applicant=row, scheme=scheme, issuer=issuer, lookup=found, shown=shown, sealed=sealed
            )
    except IntegrityError:
        raise Refused("registry.taken", _TAKEN) from None
    after = {"scheme": scheme.value, "issuer": issuer, "number": Personal(found)}
    record(by, "registry.identify", on=row, before=None, after=after)
    return kept
