"""Uploading and downloading by http: thin, since the services decide."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from duixian.server.accounts.acting import as_actor
from duixian.server.common.acting import Actor
from duixian.server.common.refusals import NotFound, Refused
from duixian.server.files import services


@require_POST
@as_actor
def upload(request: HttpRequest, by: Actor) -> HttpResponse:
    """Takes the one file of a form (`file`) and answers with its number (202: it is still to be checked)."""
    given = request.FILES.getlist("file")
    if len(given) != 1:
        return JsonResponse(
            {"code": "files.one", "zh": "请一次上传一个文件", "en": "upload one file at a time"}, status=400
        )
    try:
        kept = services.take_in(by, chunks=given[0].chunks(), name=given[0].name or "")
    except Refused as refused:
        return _refusal(refused, 400)
    return JsonResponse({"id": kept.pk, "name": kept.name}, status=202)


@require_GET
@as_actor
def download(request: HttpRequest, by: Actor, number: int) -> HttpResponse | FileResponse:
    """Hands a file out to be saved, never to be shown in the page: what is in it must not act in our name."""
    try:
        handed = services.hand_out(by, number=number)
    except NotFound as refused:
        return _refusal(refused, 404)
    except Refused as refused:
        return _refusal(refused, 409)
    answer = FileResponse(
        handed.path.open("rb"), as_attachment=True, filename=handed.name, content_type=handed.media_type
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _refusal(refused: Refused, status: int) -> JsonResponse:
    return JsonResponse({"code": refused.code, "zh": refused.why.zh, "en": refused.why.en}, status=status)
