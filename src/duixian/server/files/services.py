"""Takes a file in, checks it, hands it out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from duixian.calendar.days import Both
from duixian.server.audit.commands import command
from duixian.server.audit.services import record
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.common.scopes import find
from duixian.server.files import kinds, names, store
from duixian.server.files.jobs import check
from duixian.server.files.models import Content, Upload
from duixian.server.funds.models import Fund


@dataclass(frozen=True)
class Handed:
    """A file on its way to a reader."""

    path: Path
    name: str
    media_type: str


@command("files.take_in")
def take_in(by: Actor, *, chunks: Iterable[bytes], name: str, fund: Fund | None = None) -> Upload:
    """Keeps what comes in, in quarantine, and has it checked soon after.

    Raises:
        Refused: empty or too large, a name of a kind that is not taken, a content that was refused before, or
            no person behind it.
    """
    if by.person is None:
        raise Refused("files.nobody", Both("文件须由具体人员上传", "a person must upload it"))
    if not kinds.taken(name):
        raise kinds.not_taken()
    digest, size = store.take_in(chunks)
    content, new = Content.objects.select_for_update().get_or_create(digest=digest, defaults={"size": size})
    if content.state == Content.State.REFUSED:
        store.discard(digest)
        raise Refused("files.refused_before", Both(content.refusal_zh, content.refusal_en))
    upload = Upload.objects.create(
        content=content, name=names.shown(name), by_id=by.person, organisation_id=by.organisation,
        fund_id=fund.pk if fund else by.fund, district=by.district or "",
    )  # fmt: skip
    if content.state == Content.State.QUARANTINED:
        check.enqueue(lock=digest, digest=digest)
    record(by, "files.take_in", on=upload, after={"digest": digest, "size": size, "known": not new})
    return upload


@command("files.check")
def decide(by: Actor, *, digest: str) -> Content:
    """Looks at a content in quarantine and accepts or refuses it; one that is decided stays so.

    Raises:
        Refused: a person asks; the job after an upload does this.
    """
    if not by.is_system:
        raise Refused("files.role", Both("文件由系统检查", "the system checks files"))
    content = Content.objects.select_for_update().get(pk=digest)
    if content.state != Content.State.QUARANTINED:
        return content
    try:
        found = kinds.kind(store.undecided(content.digest))
    except Refused as refused:
        content.state, content.refusal_zh, content.refusal_en = (
            Content.State.REFUSED,
            refused.why.zh,
            refused.why.en,
        )
        after = {"state": "refused", "code": refused.code}
        store.discard(content.digest)
    else:
        content.state, content.media_type = Content.State.ACCEPTED, found
        after = {"state": "accepted", "media_type": found}
        store.accept(content.digest)
    content.save(update_fields=["state", "media_type", "refusal_zh", "refusal_en"])
    record(by, "files.check", on=content, before={"state": "quarantined"}, after=after)
    return content


@command("files.hand_out")
def hand_out(by: Actor, *, number: int) -> Handed:
    """A file for somebody within whose scope it lies; who got it is logged.

    Raises:
        NotFound: there is none, or not for this actor.
        Refused: it is still in quarantine, or was refused.
    """
    upload = find(Upload, by, pk=number)
    content = upload.content
    if content.state == Content.State.QUARANTINED:
        raise Refused(
            "files.quarantined", Both("文件正在检查，请稍后再试", "the file is being checked; try again soon")
        )
    if content.state == Content.State.REFUSED:
        raise Refused("files.refused", Both(content.refusal_zh, content.refusal_en))
    path = store.accepted(content.digest)
    if not path.exists():
        raise NotFound
    record(by, "files.hand_out", on=upload, after={"digest": content.digest})
    return Handed(path, kinds.named(upload.name, content.media_type), content.media_type)
