"""docs/ledger.md shows the accounts and movements that the code has; UPDATE_EXPECTED=1 writes the table anew."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from duixian.server.accounts.roles import Role
from duixian.server.ledger.kinds import Kind
from duixian.server.ledger.moves import MOVES

PAGE = Path("docs/ledger.md")
BEGIN, END = "<!-- moves: written by tests/server/ledger/test_docs.py -->\n", "<!-- /moves -->"


def table() -> Iterator[str]:
    yield "| move | | from → to | proposed by | confirmed by | when |"
    yield "|---|---|---|---|---|---|"
    for move in MOVES.values():
        way = f"{move.out_of} → {move.into}"
        if move.onward is not None:
            way += f"; in the later year appropriation → {move.onward}"
        people = [
            "; ".join(role.names.en for role in Role if role in roles) or "by itself"
            for roles in (move.proposed_by, move.confirmed_by)
        ]
        when = "while open" if move.when == "open" else "the day has passed" if move.automatic else "any time"
        yield f"| `{move.code}` | {move.name.zh} | {way} | {people[0]} | {people[1]} | {when} |"


def test_the_page_has_the_table_of_moves() -> None:
    page = PAGE.read_text(encoding="utf-8")
    written = "\n".join(table()) + "\n"
    before, rest = page.split(BEGIN)
    shown, after = rest.split(END)
    if os.environ.get("UPDATE_EXPECTED"):
        PAGE.write_text(before + BEGIN + written + END + after, encoding="utf-8")
    else:
        assert shown == written


def test_the_page_has_every_kind_of_account() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\S+) \|", PAGE.read_text(encoding="utf-8").split(BEGIN)[0], re.MULTILINE
    )
    assert rows == [(kind.value, str(kind.label)) for kind in Kind]
