"""From the registry to the lab: what is assessed from an export is what is assessed from the file itself."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.server.registry.office import DAY, HONGSHAN, WUCHANG, actor, firm, given, officer, person
from tests.server.registry.test_merging import twin

from duixian.cli import main
from duixian.language.vocabulary import shared_vocabulary
from duixian.register.read import read_register
from duixian.register.survey import survey
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.refusals import Refused
from duixian.server.registry import exporting
from duixian.server.registry.exporting import export
from duixian.server.registry.importing.applying import apply_batch
from duixian.server.registry.models import Applicant, Provenance
from duixian.server.registry.services.credit import flag
from duixian.server.registry.services.importing import confirm_import, upload
from duixian.server.registry.services.merging import merge

SAMPLE = Path("examples/register.yaml")


def sampled() -> None:
    batch = upload(officer(), path=SAMPLE, kind=Provenance.Kind.AUTHORITY, source="样例", stated_on=DAY)
    confirm_import(officer(), batch=batch.pk)
    apply_batch(batch.pk)


def assessed(path: Path, policy: str, on: str, adopted: str = "") -> dict[str, Any]:
    draft = ["--if-adopted", f"{policy}={adopted}"] if adopted else []
    run = CliRunner().invoke(main, ["assess", str(path), "--policy", policy, "--on", on, *draft, "--json"])
    assert run.exit_code == 0, run.output
    return {each["id"]: each for each in json.loads(run.stdout)["applicants"]}


def owed(applicant: Any) -> list[str]:
    return [claim["measure"] for claim in applicant["claims"] if claim["verdict"].startswith("eligible")]


@pytest.mark.parametrize(
    ("policy", "on"),
    [("wuhan-digital-economy-2022", "2023-06-30"), ("changsha-cybersecurity-2019", "2022-06-30")],
)
def test_an_export_is_assessed_as_the_file_itself(policy: str, on: str, tmp_path: Path) -> None:
    sampled()
    path = tmp_path / "register.parquet"
    assert export(officer(), path=path, source="样例", personal=True) == 49
    found, wanted = assessed(path, policy, on), assessed(SAMPLE, policy, on)
    assert found == wanted
    assert sum(len(owed(each)) for each in wanted.values()) > 5
    assert not survey(path, shared_vocabulary()).problems


def test_without_a_sender_each_has_the_registrys_number_and_persons_no_name(tmp_path: Path) -> None:
    body, human = firm("甲"), person("张三")
    path = tmp_path / "register.parquet"
    export(officer(), path=path)
    found = {each.id: each.facts.get("name") for each in read_register(path, shared_vocabulary()).applicants}
    assert found == {body.number: "甲", human.number: None}
    assert "张三".encode() not in path.read_bytes()


def test_only_what_is_within_the_scope_and_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "ROWS", 2)
    rows = [firm(str(number), division=WUCHANG) for number in range(5)]
    firm("别区", division=HONGSHAN)
    merge(officer(), kept=rows[0].pk, absorbed=twin().pk, why="重复")
    path = tmp_path / "register.parquet"
    here = actor(Role.CITY_OFFICER, WUCHANG)
    assert export(here, path=path) == 5
    assert pq.ParquetFile(path).metadata.num_row_groups == 3
    assert pq.read_table(path)["id"].to_pylist() == [row.number for row in rows]
    told = Event.objects.get(action="registry.export")
    assert json.loads(told.after or "") == {"applicants": 5, "personal": False}
    with pytest.raises(Refused, match=r"registry\.role"):
        export(actor(Role.AGENT), path=path)


def test_a_bar_in_the_registry_reaches_the_engine(tmp_path: Path) -> None:
    """What a firm may claim of a fund it loses by a bar that is recorded here: by the fund's own rule."""
    sampled()
    row = Applicant.objects.get(identifiers__scheme="own", identifiers__lookup="wh-dunchuan")
    start = dt.date(2023, 1, 1)
    bar = {"key": "bar", "kind": "barred", "starts": start, "given": given(), "why": "提供虚假材料"}
    flag(officer(), applicant=row.pk, ends=None, **bar)
    path = tmp_path / "register.parquet"
    export(officer(), path=path, source="样例")
    asked = ("wuhan-industrial-internet-fund", "2023-06-30", "2023-01-10")
    assert owed(assessed(SAMPLE, *asked)["wh-dunchuan"]) == ["security-service"]
    assert owed(assessed(path, *asked)["wh-dunchuan"]) == []


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(Refused, match=r"registry\.no_file"):
        export(officer(), path=pipe)
    assert pipe.is_fifo()
