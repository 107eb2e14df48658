"""Files from upload to download: quarantined, checked, handed out to whom they concern, and never half there."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from duixian.server.accounts.models import Holding, Mandate, Organisation, Person
from duixian.server.accounts.roles import Role
from duixian.server.audit.models import Event
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.files import services, store
from duixian.server.files.jobs import check, sweep
from duixian.server.files.models import Content, Upload

PDF = b"%PDF-1.7\n" + b"x" * 100 + b"\n%%EOF\n"


@pytest.fixture(autouse=True)
def root(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_ROOT = tmp_path / "files"
    return tmp_path / "files"


def everything(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.fixture
def agents() -> list[Actor]:
    """Agents of two applicants."""
    made = []
    for number, uscc in enumerate(["91420100MA4KXXXX0A", "91420100MA4KXXXX1B"]):
        person = Person.objects.create(sign_in=f"agent{number}", name=f"经办{number}")
        firm = Organisation.objects.create(kind="applicant", name=f"公司{number}", uscc=uscc)
        made.append(Actor(Role.AGENT, person=person.pk, organisation=firm.pk, uscc=uscc))
    return made


def decide(upload: Upload) -> Content:
    return services.decide(Actor.system("files.check"), digest=upload.content_id)


def test_a_file_is_handed_out_only_after_its_check_and_only_to_its_own(
    agents: list[Actor], root: Path
) -> None:
    upload = services.take_in(agents[0], chunks=[PDF[:50], PDF[50:]], name="../执照.pdf")
    assert upload.name == "执照.pdf"
    with pytest.raises(Refused, match=r"files\.quarantined"):
        services.hand_out(agents[0], number=upload.pk)
    assert decide(upload).state == Content.State.ACCEPTED
    handed = services.hand_out(agents[0], number=upload.pk)
    assert (handed.path.read_bytes(), handed.name, handed.media_type) == (PDF, "执照.pdf", "application/pdf")
    assert handed.path.stat().st_mode & 0o777 == 0o400
    with pytest.raises(NotFound):
        services.hand_out(agents[1], number=upload.pk)
    assert [event.action for event in Event.objects.filter(refusal="").order_by("id")] == [
        "files.take_in", "files.check", "files.hand_out"
    ]  # fmt: skip
    assert len(everything(root)) == 1


def test_the_same_content_is_kept_once_for_two_applicants(agents: list[Actor], root: Path) -> None:
    uploads = [services.take_in(by, chunks=[PDF], name="a.pdf") for by in agents]
    assert decide(uploads[0]) == decide(uploads[1])
    for by, upload in zip(agents, uploads, strict=True):
        assert services.hand_out(by, number=upload.pk).path.read_bytes() == PDF
    again = services.take_in(agents[1], chunks=[PDF], name="b.pdf")
    assert services.hand_out(agents[1], number=again.pk).name == "b.pdf"
    assert len(everything(root)) == 1


def test_what_is_refused_is_deleted_and_refused_again_at_once(agents: list[Actor], root: Path) -> None:
    upload = services.take_in(agents[0], chunks=[b"\x7fELF\0\0"], name="执照.pdf")
    assert decide(upload).state == Content.State.REFUSED
    assert everything(root) == []
    with pytest.raises(Refused, match=r"files\.refused: this kind of file is not taken"):
        services.hand_out(agents[0], number=upload.pk)
    with pytest.raises(Refused, match=r"files\.refused_before"):
        services.take_in(agents[1], chunks=[b"\x7fELF\0\0"], name="执照.pdf")
    assert everything(root) == []


def _cut() -> Iterator[bytes]:
    yield PDF
    raise ConnectionResetError


@pytest.mark.parametrize(
    ("chunks", "name", "expected"),
    [
        ([], "a.pdf", Refused),
        ([b""], "a.pdf", Refused),
        ([b"x" * 600_000, b"x" * 600_000], "a.pdf", Refused),
        ([PDF], "a.exe", Refused),
        ([PDF], "pdf", Refused),
        (_cut(), "a.pdf", ConnectionResetError),
    ],
    ids=["nothing", "empty", "too large", "kind", "no suffix", "cut"],
)
def test_nothing_is_left_of_an_upload_that_fails(
    agents: list[Actor], root: Path, settings: Any, chunks: Any, name: str, expected: type[Exception]
) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    with pytest.raises(expected):
        services.take_in(agents[0], chunks=chunks, name=name)
    assert everything(root) == []
    assert not Upload.objects.exists()


def test_a_crash_between_the_move_and_the_note_of_it_is_made_good(agents: list[Actor]) -> None:
    upload = services.take_in(agents[0], chunks=[PDF], name="a.pdf")
    store.accept(upload.content_id)  # and then the transaction is lost
    assert decide(upload).state == Content.State.ACCEPTED
    assert services.hand_out(agents[0], number=upload.pk).path.read_bytes() == PDF


def test_the_sweep_deletes_only_what_was_abandoned(agents: list[Actor], root: Path) -> None:
    waiting = services.take_in(agents[0], chunks=[PDF], name="a.pdf")
    for name in ("incoming/old", "incoming/new", "quarantine/lost"):
        path = root / name
        path.write_bytes(b"x")
        if not name.endswith("new"):
            os.utime(path, (0, 0))
    os.utime(store.quarantined(waiting.content_id), (0, 0))
    sweep()
    assert sorted(path.name for path in everything(root)) == sorted(["new", waiting.content_id])


def test_nobody_uploads_without_a_person(root: Path) -> None:
    with pytest.raises(Refused, match=r"files\.nobody"):
        services.take_in(Actor.system("x"), chunks=[PDF], name="a.pdf")
    assert everything(root) == []


def test_a_stranger_is_sent_to_sign_in(client: Client, root: Path) -> None:
    answer = client.post("/files/", {"file": SimpleUploadedFile("a.pdf", PDF)})
    assert answer.status_code == 302
    assert "/sign-in/" in answer["Location"]
    assert client.get("/files/1").status_code == 302
    assert everything(root) == []


@pytest.fixture
def browser(client: Client, agents: list[Actor]) -> Client:
    """The first agent, signed in, with the mandate of its firm."""
    agent = Person.objects.get(pk=agents[0].person)
    clerk, approver = (Person.objects.create(sign_in=name, name=name) for name in ("clerk", "approver"))
    days = {"since": date.today() - timedelta(days=1), "until": date.today() + timedelta(days=9)}
    firm = {"organisation_id": agents[0].organisation}
    mandate = Mandate.objects.create(person=agent, reference="委托书", recorded_by=clerk, **firm, **days)
    Holding.objects.create(
        person=agent, role=Role.AGENT, mandate=mandate, state=Holding.State.CONFIRMED,
        proposed_by=clerk, decided_by=approver, decided_at=timezone.now(), **firm, **days,
    )  # fmt: skip
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["began"] = session["seen"] = time.time()
    session.save()
    return client


def test_up_and_down_by_http(browser: Client) -> None:
    sent = browser.post("/files/", {"file": SimpleUploadedFile("../执照.pdf", PDF)})
    assert sent.status_code == 202
    number = sent.json()["id"]
    early = browser.get(f"/files/{number}")
    assert (early.status_code, early.json()["code"]) == (409, "files.quarantined")
    decide(Upload.objects.get(pk=number))
    answer = browser.get(f"/files/{number}")
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert browser.get(f"/files/{number + 1}").status_code == 404


def test_a_request_of_5000_files_is_refused_as_it_comes(browser: Client, root: Path) -> None:
    files = {f"f{n}": SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(5000)}
    assert browser.post("/files/", files).status_code == 400
    assert everything(root) == []


def test_two_files_in_one_request_are_told_apart(browser: Client, root: Path) -> None:
    files = [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.pdf", PDF)]
    answer = browser.post("/files/", {"file": files})
    assert (answer.status_code, answer.json()["code"]) == (400, "files.one")
    assert everything(root) == []


def test_the_check_is_queued_with_the_upload(agents: list[Actor]) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    upload = services.take_in(agents[0], chunks=[PDF], name="a.pdf")
    queued = ProcrastinateJob.objects.get()
    assert (queued.task_name, queued.args) == (check.name, {"digest": upload.content_id})
