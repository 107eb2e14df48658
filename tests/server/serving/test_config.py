"""What a configuration may be, and how it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from duixian.server.config import ConfigProblem, incomplete, load, settings

KEY = "k" * 40
OTHER = "o" * 40


def test_nothing_given_is_a_server_for_this_machine() -> None:
    config = load({})
    assert config.embedded
    assert config.address == "127.0.0.1:8000"
    assert list(incomplete(config)) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"DUIXIAN_ADRESS": "x"}, "DUIXIAN_ADRESS: no such setting; is DUIXIAN_ADDRESS meant?"),
        ({"DUIXIAN_WEB_PROCESSES": "many"}, "DUIXIAN_WEB_PROCESSES: 'many' cannot be used"),
        ({"DUIXIAN_WEB_PROCESSES": "0"}, "DUIXIAN_WEB_PROCESSES: '0' cannot be used"),
        ({"DUIXIAN_POSTGRES": "17"}, "DUIXIAN_POSTGRES: '17' cannot be used"),
        ({"DUIXIAN_SECRET_KEY": "short"}, "DUIXIAN_SECRET_KEY: needs at least 32 random characters"),
        (
            {"DUIXIAN_SECRET_KEY": KEY, "DUIXIAN_FIELD_KEY": KEY},
            "DUIXIAN_FIELD_KEY: must not be the secret key",
        ),
        ({"DUIXIAN_HOSTS": "*"}, "DUIXIAN_HOSTS: '*' would accept any name"),
        ({"DUIXIAN_ADDRESS": "0.0.0.0:80"}, "DUIXIAN_HTTPS: pages would go out unencrypted"),
        (
            {"DUIXIAN_DEMO": "true", "DUIXIAN_ADDRESS": "0.0.0.0:80"},
            "a demonstration answers on this machine only",
        ),
        ({"DATABASE_URL": "postgresql://h/d"}, "DUIXIAN_SECRET_KEY: needs at least 32 random characters"),
        ({"DUIXIAN_OIDC_ISSUER": "https://sso.example"}, "give all three or none"),
        ({"DUIXIAN_SECRET_KEY_FILE": "/nowhere/key"}, "cannot read /nowhere/key (No such file or directory)"),
    ],
)
def test_a_wrong_setting_is_told_with_its_remedy(given: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigProblem) as refused:
        load(given)
    assert told in str(refused.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(ConfigProblem) as refused:
        load({"DUIXIAN_POSTGRES": "15", "DUIXIAN_WEB_PROCESSES": "x", "DUIXIAN_HOSTS": "*", "DUIXIAN_X": "1"})
    assert len(refused.value.problems) == 4


def test_a_secret_is_not_told() -> None:
    with pytest.raises(ConfigProblem) as refused:
        load({"DUIXIAN_SECRET_KEY": "swordfish"})
    assert "swordfish" not in str(refused.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n", encoding="utf-8")
    assert (
        load({"DUIXIAN_SECRET_KEY_FILE": str(tmp_path / "key"), "DUIXIAN_FIELD_KEY": OTHER}).secret_key == KEY
    )


def test_a_bureaus_own_database_needs_the_owners_address_too() -> None:
    config = load({"DATABASE_URL": "postgresql://h/d", "DUIXIAN_SECRET_KEY": KEY, "DUIXIAN_FIELD_KEY": OTHER})
    assert [problem.split(":")[0] for problem in incomplete(config)] == ["DATABASE_OWNER_URL"]


def test_every_setting_says_what_it_does() -> None:
    assert all(meaning and variable.isupper() for variable, meaning, _ in settings())
