"""People and organisations, ways in and second factors: no administrator alone can take an account over."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, ProgrammingError, transaction
from tests.server.accounts.people import (
    BUREAU,
    FIRM,
    OFFICE,
    OTHER_FIRM,
    PASSWORD,
    QINGSHAN,
    WUCHANG,
    acting,
    organisation,
    person,
)

from duixian.server.accounts.models import Holding, Organisation, Person
from duixian.server.accounts.roles import Role
from duixian.server.accounts.selectors import actor_for, self_actor
from duixian.server.accounts.services import founding, people, sign_in
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused

FOUNDERS = (founding.Founder("admin.one", "甲"), founding.Founder("admin.two", "乙"))


def test_a_new_system_gets_its_first_two_administrators_once() -> None:
    by = Actor.system("setup")
    tokens = founding.found(by, bureau="市经信局", uscc=BUREAU, founders=FOUNDERS)
    assert len({*tokens}) == 2
    assert [sign_in.invited(token).sign_in for token in tokens] == ["admin.one", "admin.two"]
    for who in Person.objects.all():
        assert actor_for(who, Role.SECURITY).role == "security"
    with pytest.raises(Refused, match=r"accounts\.state"):
        founding.found(by, bureau="市经信局", uscc=BUREAU, founders=FOUNDERS)


def test_the_first_two_are_two_and_nobody_founds_from_a_page() -> None:
    with pytest.raises(Refused, match=r"accounts\.second_person"):
        founding.found(Actor.system("setup"), bureau="局", uscc=BUREAU, founders=(FOUNDERS[0], FOUNDERS[0]))
    with pytest.raises(Refused, match=r"accounts\.role"):
        founding.found(acting(Role.OPERATOR), bureau="局", uscc=BUREAU, founders=FOUNDERS)
    assert not Holding.objects.filter(role=Role.SECURITY).exists()


@pytest.mark.parametrize(
    ("uscc", "code"),
    [
        ("91420106MA4KXYT12K", ""),
        ("91420106MA4KXYT121", "uscc"),
        ("123", "uscc"),
        ("91420106ma4kxyt12k ", ""),
    ],
)
def test_an_organisations_code_is_checked(uscc: str, code: str) -> None:
    def enter() -> Organisation:
        return people.add_organisation(
            acting(Role.SECURITY),
            kind=Organisation.Kind.APPLICANT,
            name="某公司",
            uscc=uscc,
            district=WUCHANG,
        )

    if code:
        with pytest.raises(Refused, match=rf"accounts\.{code}"):
            enter()
    else:
        assert enter().uscc == FIRM
        with pytest.raises(Refused, match="there already"):
            enter()


def test_officers_enter_applicants_of_their_own_district() -> None:
    officer = acting(Role.DISTRICT_OFFICER)
    add = people.add_organisation
    with pytest.raises(Refused, match=r"accounts\.district"):
        add(officer, kind=Organisation.Kind.APPLICANT, name="某公司", uscc=OTHER_FIRM, district=QINGSHAN)
    with pytest.raises(Refused, match=r"accounts\.role"):
        add(officer, kind=Organisation.Kind.CITY, name="某局", uscc=BUREAU, district="")
    firm = add(officer, kind=Organisation.Kind.APPLICANT, name="某公司", uscc=FIRM, district=WUCHANG)
    who = people.add_person(officer, sign_in="li.wei", name="李伟", organisation=firm.pk)
    assert not who.has_usable_password()
    with pytest.raises(Refused, match=r"accounts\.role"):
        people.add_person(officer, sign_in="wang.fang", name="王芳", organisation=organisation(OFFICE).pk)
    with pytest.raises(NotFound):
        people.add_person(officer, sign_in="wang.fang", name="王芳", organisation=organisation(OTHER_FIRM).pk)


@pytest.mark.parametrize("name", ["ab", "李伟", "Li.Wei", "-abc", "a b c", "a" * 65])
def test_a_sign_in_name_is_plain(name: str) -> None:
    by = acting(Role.SECURITY)
    with pytest.raises(Refused, match=r"accounts\.sign_in"):
        people.add_person(by, sign_in=name, name="李伟", organisation=organisation().pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create_user(name[:60] + "!", "李伟")


def test_a_sign_in_name_is_one_persons() -> None:
    by = acting(Role.SECURITY)
    people.add_person(by, sign_in="li.wei", name="李伟", organisation=organisation().pk)
    with pytest.raises(Refused, match=r"accounts\.sign_in"):
        people.add_person(by, sign_in="li.wei", name="李威", organisation=organisation().pk)


def test_names_are_not_readable_in_the_event_log() -> None:
    people.add_person(acting(Role.SECURITY), sign_in="li.wei", name="李伟", organisation=organisation().pk)
    logged = str(Event.objects.values_list())
    assert "accounts.add_person" in logged
    assert "李伟" not in logged
    assert "li.wei" not in logged


def test_who_lets_in_does_not_reset_the_second_factor_and_the_other_way_round() -> None:
    one, two, who = acting(Role.SECURITY), acting(Role.SECURITY), person("li.wei", factor=True)
    sign_in.issue_activation(one, person=who.pk)
    with pytest.raises(Refused, match=r"accounts\.second_person"):
        sign_in.reset_second_factor(one, person=who.pk, why="手机丢失")
    assert Authenticator.objects.filter(user=who).exists()
    sign_in.reset_second_factor(two, person=who.pk, why="手机丢失")
    assert not Authenticator.objects.filter(user=who).exists()
    for way_in in (
        lambda: sign_in.issue_activation(two, person=who.pk),
        lambda: sign_in.link_single_sign_on(two, person=who.pk, subject="u-1"),
    ):
        with pytest.raises(Refused, match=r"accounts\.second_person"):
            way_in()
    sign_in.link_single_sign_on(one, person=who.pk, subject="u-1")


def test_the_database_itself_keeps_the_two_apart() -> None:
    one, who = person("admin.one"), person("li.wei", factor=True)
    who.let_in_by = who.factor_reset_by = one
    with pytest.raises(IntegrityError), transaction.atomic():
        who.save()


def test_a_subject_is_one_persons() -> None:
    by = acting(Role.SECURITY)
    sign_in.link_single_sign_on(by, person=person("li.wei").pk, subject="u-1")
    other = person("wang.fang")
    with pytest.raises(Refused, match=r"accounts\.subject"):
        sign_in.link_single_sign_on(by, person=other.pk, subject=" u-1 ")
    other.refresh_from_db()
    assert other.subject is None
    sign_in.link_single_sign_on(by, person=Person.objects.get(subject="u-1").pk, subject="")
    assert not Person.objects.filter(subject="u-1").exists()


def test_nobody_administers_their_own_account() -> None:
    by = acting(Role.SECURITY)
    assert by.person
    me = by.person
    for own in (
        lambda: people.close_account(by, person=me, why="试"),
        lambda: people.reopen_account(by, person=me, why="试"),
        lambda: sign_in.issue_activation(by, person=me),
        lambda: sign_in.reset_second_factor(by, person=me, why="试"),
        lambda: sign_in.link_single_sign_on(by, person=me, subject="u-1"),
    ):
        with pytest.raises(Refused, match=r"accounts\.oneself"):
            own()


def test_an_account_is_closed_and_reopened_with_a_reason() -> None:
    by, who = acting(Role.SECURITY), person("li.wei")
    with pytest.raises(Refused, match=r"accounts\.missing"):
        people.close_account(by, person=who.pk, why="")
    people.close_account(by, person=who.pk, why="离职")
    with pytest.raises(Refused, match=r"accounts\.standing"):
        people.close_account(by, person=who.pk, why="离职")
    with pytest.raises(Refused, match=r"accounts\.inactive"):
        sign_in.issue_activation(by, person=who.pk)
    people.reopen_account(by, person=who.pk, why="返聘")
    assert Person.objects.get(pk=who.pk).is_active


def test_a_password_is_set_by_oneself_only() -> None:
    who = person("li.wei")
    for by in (acting(Role.SECURITY), self_actor(person("other.one"))):
        with pytest.raises(Refused, match=r"accounts\.role"):
            sign_in.set_password(by, person=who.pk, password=PASSWORD + "三")
    with pytest.raises(Refused, match=r"accounts\.password"):
        sign_in.set_password(self_actor(who), person=who.pk, password="short")  # noqa: S106


def test_the_databases_auditor_reads_no_password_and_no_second_factor(database: str) -> None:
    person("li.wei", factor=True)
    seen = Person.objects.using("auditor")
    assert seen.values_list("sign_in", flat=True).get() == "li.wei"
    for secret in (seen.values("password"), Authenticator.objects.using("auditor")):
        with pytest.raises(ProgrammingError, match="permission denied"):
            list(secret)
