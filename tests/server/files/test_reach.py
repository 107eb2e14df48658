"""Who reaches a file: its own people, whatever else they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.server.accounts.people import BUREAU, QINGSHAN, WUCHANG, acting, organisation

from duixian.server.accounts.roles import Role
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound
from duixian.server.files import services
from duixian.server.files.models import Upload
from duixian.server.funds.models import Fund

PDF = b"%PDF-1.7\n" + b"x" * 100 + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def _root(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


def taken(by: Actor, **how: Any) -> Upload:
    made = services.take_in(by, chunks=[PDF], name="证明.pdf", **how)
    services.decide(Actor.system("files.check"), digest=made.content_id)
    return made


def reaches(by: Actor, upload: Upload) -> bool:
    try:
        services.hand_out(by, number=upload.pk)
    except NotFound:
        return False
    return True


def test_an_officer_reaches_what_they_uploaded_for_no_fund_and_nobody_else_does() -> None:
    by = acting(Role.CITY_OFFICER, organisation=organisation(BUREAU))
    upload = taken(by)
    assert reaches(by, upload)
    assert not reaches(acting(Role.CITY_OFFICER, organisation=organisation(BUREAU)), upload)
    assert not reaches(acting(Role.AGENT), upload)
    assert not reaches(acting(Role.SECURITY), upload)
    assert reaches(acting(Role.AUDITOR), upload)


def test_what_an_officer_of_one_fund_uploads_is_that_funds() -> None:
    for code in ("a", "b"):
        Fund.objects.create(code=code, name=code, policy=code)
    by, same, other = (
        acting(Role.CITY_OFFICER, organisation=organisation(BUREAU), fund_id=fund) for fund in ("a", "a", "b")
    )
    upload = taken(by)
    assert [reaches(each, upload) for each in (by, same, other)] == [True, True, False]


def test_a_district_does_not_reach_anothers_files_nor_an_applicants_own() -> None:
    Fund.objects.create(code="a", name="a", policy="a")
    here = acting(Role.DISTRICT_OFFICER, district=WUCHANG)
    there = acting(Role.DISTRICT_OFFICER, district=QINGSHAN)
    upload = taken(here, fund=Fund.objects.get())
    assert [reaches(here, upload), reaches(there, upload)] == [True, False]
    agents = taken(acting(Role.AGENT))
    assert not reaches(here, agents)
