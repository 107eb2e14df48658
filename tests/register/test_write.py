"""What is written as YAML or Parquet is read back as the same applicants."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from tests.register.facts import REGISTERS, V

from duixian.register.applicant import Applicant
from duixian.register.read import read_register
from duixian.register.write import write_register


@pytest.mark.parametrize("name", ["r.yaml", "r.parquet"])
def test_round_trip(name: str) -> None:
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(REGISTERS)
    def check(register: list[Applicant]) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            write_register(path, register, V)
            assert read_register(path, V).applicants == tuple(register)

    check()


def test_yaml_too_long_to_be_read_again_is_not_written(tmp_path: Path) -> None:
    many = [Applicant(f"A{number}", {"name": "甲" * 400}) for number in range(5000)]
    with pytest.raises(ValueError, match="bytes"):
        write_register(tmp_path / "r.yaml", many, V)
    assert not (tmp_path / "r.yaml").exists()
