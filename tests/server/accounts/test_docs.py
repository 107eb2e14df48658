"""The tables of docs/accounts.md say what the code says."""

from __future__ import annotations

import os
from pathlib import Path

from duixian.server.accounts.roles import (
    EVERYWHERE,
    GIVEN_BY,
    INCOMPATIBLE,
    NEEDS_DISTRICT,
    NEEDS_END,
    NEEDS_ORGANISATION,
    Role,
)

PAGE = Path(__file__).parents[3] / "docs" / "accounts.md"


def names(roles: frozenset[Role]) -> str:
    return ", ".join(role.names.en for role in Role if role in roles)


def roles() -> str:
    rows = [
        "| role | 角色 | can be bound to | needs | proposed by | confirmed by |",
        "|---|---|---|---|---|---|",
    ]
    for role in Role:
        bound = "" if role in EVERYWHERE else "its applicant" if role is Role.AGENT else "fund, district"
        needs = [
            *(["a district"] if role in NEEDS_DISTRICT else []),
            *(["an organisation"] if role in NEEDS_ORGANISATION else []),
            *(["a mandate"] if role is Role.AGENT else []),
            *(["an end"] if role in NEEDS_END else []),
        ]
        proposed, confirmed = GIVEN_BY[role]
        rows.append(
            f"| {role.names.en} | {role.names.zh} | {bound} | {', '.join(needs)} "
            f"| {names(proposed)} | {names(confirmed)} |"
        )
    return "\n".join(rows)


def incompatible() -> str:
    rows = ["| reason | 理由 | which pairs | where |", "|---|---|---|---|"]
    reasons: dict[tuple[str, str, bool], list[frozenset[Role]]] = {}
    for entry in INCOMPATIBLE.values():
        reasons.setdefault((entry.why.en, entry.why.zh, entry.everywhere), []).append(entry.roles)
    for (english, chinese, everywhere), pairs in reasons.items():
        partners: dict[Role, frozenset[Role]] = {}
        for pair in pairs:
            first, second = sorted(pair, key=lambda role: (sum(role in other for other in pairs), role))[::-1]
            partners[first] = partners.get(first, frozenset()) | {second}
        told = "; ".join(f"{role.names.en} with {names(partners[role])}" for role in Role if role in partners)
        rows.append(f"| {english} | {chinese} | {told} | {'everywhere' if everywhere else 'in one fund'} |")
    return "\n".join(rows)


def test_the_tables_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = page
    for name, table in (("roles", roles()), ("incompatible", incompatible())):
        section = f"<!-- {name} -->\n\n{table}\n\n<!-- end -->"
        before, begin, rest = found.partition(f"<!-- {name} -->")
        _, end, after = rest.partition("<!-- end -->")
        assert begin
        assert end
        found = before + section + after
    if os.environ.get("UPDATE_EXPECTED"):
        PAGE.write_text(found, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == found
