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


def test_yaml_too_long_to_be_read_again_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duixian.register.write.MAX_BYTES", 100)
    with pytest.raises(ValueError, match="more than 100 bytes"):
        write_register(tmp_path / "r.yaml", [Applicant("A1", {"name": "甲" * 40})], V)
    assert not (tmp_path / "r.yaml").exists()
