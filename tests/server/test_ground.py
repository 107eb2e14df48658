"""The ground itself: the roles' rights, and that each test starts from a clean database."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.db.utils import ProgrammingError

from duixian.server.cluster.roles import Role
from duixian.server.funds.models import Fund


def test_a_request_runs_as_the_applications_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, pg_catalog.pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'funds_fund'"
        )
        assert cursor.fetchone() == (Role.APPLICATION, Role.OWNER)


@pytest.mark.parametrize(
    "statement", ["ALTER TABLE funds_fund ADD x int", "TRUNCATE funds_fund", "DROP TABLE funds_fund"]
)
def test_the_application_cannot_change_a_table(statement: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError):
        cursor.execute(statement)


@pytest.mark.parametrize("code", ["one", "two"])
def test_a_fresh_database_is_empty_and_commits(database: str, code: str) -> None:
    assert not Fund.objects.exists()
    Fund.objects.create(code=code, name="测试", policy="p")
    connections.close_all()
    assert Fund.objects.get().code == code


def test_the_auditor_only_reads(database: str) -> None:
    assert not Fund.objects.using("auditor").exists()
    with pytest.raises(ProgrammingError):
        Fund.objects.using("auditor").create(code="x", name="测试", policy="p")
