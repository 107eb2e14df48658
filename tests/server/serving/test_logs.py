"""The log: a line for a person or for a collector, with nothing in it that is nobody's business."""

from __future__ import annotations

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from duixian.server.serving.logs import JsonLines
from duixian.server.serving.requests import RequestLog


def test_a_line_of_json_holds_what_was_added_and_the_traceback() -> None:
    record = logging.makeLogRecord(
        {"name": "duixian", "levelname": "INFO", "msg": "读了 %d 行", "args": (3,), "batch": 7}
    )
    line = json.loads(JsonLines().format(record))
    assert (line["message"], line["batch"], line["level"], line["logger"]) == (
        "读了 3 行",
        7,
        "INFO",
        "duixian",
    )
    try:
        raise ValueError("坏了")
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    assert "ValueError: 坏了" in json.loads(JsonLines().format(record))["traceback"]


def test_a_request_is_told_without_what_stands_in_its_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = RequestLog(lambda _: HttpResponse(status=404))(
            RequestFactory().get("/x/110101199003071234?name=张三")
        )
    (record,) = caplog.records
    assert "110101199003071234" not in record.getMessage()
    assert "张三" not in record.getMessage()
    assert f"request={answer['X-Request-Id']}" in record.getMessage()
    assert "status=404" in record.getMessage()
