"""The pages on which an operator deals with dead letters and keeps the working-day table."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.server.accounts.people import hold, person, signed_in

from duixian.server.accounts.roles import Role
from duixian.server.clocks.models import WorkingYear
from duixian.server.jobs.jobs import give_on_the_jobs_of_the_dead


@pytest.fixture
def browser() -> Client:
    """An operator, signed in with both factors."""
    who = person("operator", factor=True)
    hold(who, Role.OPERATOR)
    return signed_in(who)


@pytest.fixture
def letter() -> int:
    """A job that has failed for the last time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
            "VALUES ('default', 'files.check', '{\"digest\": \"abc\"}', 'failed', 8) RETURNING id"
        )
        number = cursor.fetchone()[0]
    assert isinstance(number, int)
    return number


def test_a_dead_letter_is_shown_and_tried_again(browser: Client, letter: int) -> None:
    page = browser.get("/operate/jobs/").content.decode()
    assert "files.check" in page
    assert "digest abc" in page
    answer = browser.post("/operate/jobs/", {"number": letter, "again": ""}, follow=True)
    assert "没有死信" in answer.content.decode()
    assert ProcrastinateJob.objects.get(id=letter).status == "todo"
    give_on_the_jobs_of_the_dead()


def test_giving_one_up_takes_a_reason(browser: Client, letter: int) -> None:
    answer = browser.post("/operate/jobs/", {"number": letter, "give_up": "", "why": ""}, follow=True)
    assert "请写明放弃的原因" in answer.content.decode()
    assert ProcrastinateJob.objects.get(id=letter).status == "failed"
    browser.post("/operate/jobs/", {"number": letter, "give_up": "", "why": "文件已撤回"})
    assert ProcrastinateJob.objects.get(id=letter).status == "cancelled"


@pytest.mark.parametrize("number", ["", "x", "0", "99999"])
def test_a_letter_that_is_not_there_is_told(browser: Client, letter: int, number: str) -> None:
    answer = browser.post("/operate/jobs/", {"number": number, "again": ""}, follow=True)
    assert "已不在死信中" in answer.content.decode()
    assert ProcrastinateJob.objects.get(id=letter).status == "failed"


YEAR = {
    "year": 2027,
    "status": "provisional",
    "holidays": "2027-01-01\n2027-10-01 至 2027-10-07\n",
    "make_up_days": "2027-10-09",
    "source": "按往年预计",
}


def test_a_year_is_entered_as_a_notice_lists_it(browser: Client) -> None:
    answer = browser.post("/operate/years/", YEAR, follow=True)
    assert "2027年已保存" in answer.content.decode()
    year = WorkingYear.objects.get(year=2027)
    assert len(year.holidays) == 8
    assert year.make_up_days == ["2027-10-09"]
    filled_in = browser.get("/operate/years/?year=2027").content.decode()
    assert "2027-10-07" in filled_in
    assert "按往年预计" in filled_in


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"holidays": "2027-02-30"}, "第 1 行「2027-02-30」"),
        ({"holidays": "2027-10-07 至 2027-10-01"}, "第 1 行"),
        ({"holidays": "国庆节"}, "第 1 行「国庆节」"),
        ({"make_up_days": "2027-10-01"}, "放假或上班二者之一"),
        ({"make_up_days": "2027-10-08"}, "周六或周日的调休上班日"),
        ({"source": ""}, "errorlist"),
        ({"year": 2025, "holidays": "2025-01-01", "make_up_days": ""}, "已公布的年份不能改为暂定"),
    ],
)
def test_a_year_that_cannot_be_is_told_and_what_was_entered_stays(
    browser: Client, change: dict[str, Any], told: str
) -> None:
    page = browser.post("/operate/years/", YEAR | change).content.decode()
    assert told in page
    assert "2027-10-09" in page or "make_up_days" in change
    assert not WorkingYear.objects.filter(year=2027).exists()
    assert date(2025, 10, 1).isoformat() in WorkingYear.objects.get(year=2025).holidays
