"""Checks the ledger from its rows alone: every entry, every stored total, and what the event log told of them.

Each check is one query, which gives the first wrong row. None relies on a function or trigger of the database that
is checked, nor on a constraint: its owner may have dropped it. None fails on what somebody has put into a text.
Tables are joined as wholes: a query's time grows as its rows do, without an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import psycopg

from duixian.calendar.days import Both
from duixian.server.audit.faults import Fault, Progress
from duixian.server.ledger.moves import rows

TABLES = ("account", "award", "decision", "entry", "envelope", "line", "proposal", "yearstate")
"""The ledger's append-only tables, without their prefix."""


class Check(NamedTuple):
    """A query for the first wrong row's key, and what it would mean."""

    table: str
    what: Both
    sql: str


_UNTOLD = Both(
    "与留痕记载不符，或没有留痕", "it is not what the event log tells of it, or the log tells nothing"
)


def _gone(name: str, zh: str) -> Check:
    """What the event log tells of has been taken out."""
    return Check(
        f"ledger_{name}",
        Both(f"留痕有记载，{zh}却不存在", "the event log tells of it, and it is not there"),
        f"""
        SELECT v.key FROM audit_event v WHERE v.kind = 'ledger.{name}' AND v.refusal = ''
        AND NOT EXISTS (
            SELECT FROM ledger_{name} t WHERE t.id = CASE WHEN v.key ~ '^[0-9]{{1,18}}$' THEN v.key::bigint END
        ) ORDER BY v.id LIMIT 1
        """,  # noqa: S608 - a table of ours
    )


CHECKS = (
    Check(
        "ledger_entry",
        Both("借贷不平，或与凭证金额不符", "its debits, credits and sum are not the same"),
        """
        SELECT e.id FROM ledger_entry e LEFT JOIN LATERAL (
            SELECT a.envelope_id, count(*) AS lines, sum(l.debit_fen) AS debit, sum(l.credit_fen) AS credit,
                bool_or(least(l.debit_fen, l.credit_fen) <> 0 OR l.debit_fen + l.credit_fen <= 0) AS odd
            FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE l.entry_id = e.id
            GROUP BY a.envelope_id
        ) s ON true
        WHERE s.lines IS NULL OR s.odd OR s.lines <> 2 OR s.debit <> e.amount_fen OR s.credit <> e.amount_fen
        ORDER BY e.id LIMIT 1
        """,
    ),
    Check(
        "ledger_line",
        Both("分录不属于任何凭证或账户", "the line belongs to no entry or account"),
        """
        SELECT l.id FROM ledger_line l LEFT JOIN ledger_entry e ON e.id = l.entry_id
        LEFT JOIN ledger_account a ON a.id = l.account_id WHERE e.id IS NULL OR a.id IS NULL ORDER BY l.id LIMIT 1
        """,
    ),
    Check(
        "ledger_balance",
        Both("余额与分录合计不符", "the stored totals are not those of the account's lines"),
        """
        SELECT coalesce(a.id, b.account_id) FROM ledger_account a
        FULL JOIN ledger_balance b ON b.account_id = a.id
        LEFT JOIN (
            SELECT account_id, sum(debit_fen) AS debit, sum(credit_fen) AS credit FROM ledger_line GROUP BY account_id
        ) s ON s.account_id = a.id
        WHERE a.id IS NULL OR b.account_id IS NULL
            OR b.debit_fen <> coalesce(s.debit, 0) OR b.credit_fen <> coalesce(s.credit, 0)
            OR b.sign <> CASE WHEN a.kind = 'appropriation' THEN -1 ELSE 1 END
        ORDER BY 1 LIMIT 1
        """,
    ),
    Check(
        "ledger_account",
        Both("余额为负", "its balance is below zero"),
        """
        SELECT a.id FROM ledger_account a JOIN ledger_line l ON l.account_id = a.id GROUP BY a.id, a.kind
        HAVING sum(l.debit_fen - l.credit_fen) * CASE WHEN a.kind = 'appropriation' THEN -1 ELSE 1 END < 0
        ORDER BY a.id LIMIT 1
        """,
    ),
    Check(
        "ledger_entry",
        _UNTOLD,
        """
        SELECT e.id FROM ledger_entry e
        LEFT JOIN ledger_decision d ON d.id = e.decision_id
        LEFT JOIN (
            SELECT entry_id, jsonb_agg(jsonb_build_object('account', account_id, 'debit_fen', debit_fen,
                'credit_fen', credit_fen) ORDER BY id) AS lines
            FROM ledger_line GROUP BY entry_id
        ) s ON s.entry_id = e.id
        LEFT JOIN (
            SELECT key, count(*) AS times, min(action) AS action, min(why) AS why, min(after) AS after
            FROM audit_event WHERE kind = 'ledger.entry' AND refusal = '' GROUP BY key
        ) v ON v.key = e.id::text
        WHERE v.times IS DISTINCT FROM 1 OR v.action IS DISTINCT FROM 'ledger.' || e.move_id
        OR v.why IS DISTINCT FROM coalesce(d.why, '')
        OR CASE WHEN pg_input_is_valid(v.after, 'jsonb') THEN v.after::jsonb END
            IS DISTINCT FROM jsonb_build_object('envelope', e.envelope_id, 'award', e.award_id,
                'district', e.district, 'amount_fen', e.amount_fen, 'expires_on', e.expires_on,
                'reverses', e.reverses_id, 'lines', s.lines) || CASE WHEN d.id IS NULL
                THEN jsonb_build_object('key', e.key)
                ELSE jsonb_build_object('proposal', d.proposal_id, 'proposed_by', d.proposed_by_id,
                    'decided_by', d.decided_by_id) END
        ORDER BY e.id LIMIT 1
        """,
    ),
    _gone("entry", "凭证"),
    Check(
        "ledger_entry",
        Both("账户与该变动不符", "its accounts are not those of its move, award and district"),
        """
        SELECT e.id FROM ledger_entry e JOIN ledger_move m ON m.code = e.move_id
        JOIN ledger_line l ON l.entry_id = e.id JOIN ledger_account a ON a.id = l.account_id
        LEFT JOIN ledger_decision d ON d.id = e.decision_id LEFT JOIN ledger_proposal p ON p.id = d.proposal_id
        WHERE e.move_id <> 'reversal' AND (
            a.kind <> CASE
                WHEN a.envelope_id = e.envelope_id AND l.credit_fen > 0 THEN m.from_kind
                WHEN a.envelope_id = e.envelope_id THEN m.to_kind
                WHEN l.credit_fen > 0 THEN 'appropriation'
                ELSE m.onward_kind END
            OR (a.envelope_id <> e.envelope_id AND a.envelope_id IS DISTINCT FROM p.onward_id)
            OR a.source <> CASE WHEN a.kind <> 'appropriation' THEN ''
                WHEN a.envelope_id = e.envelope_id THEN p.source ELSE 'carried_over' END
            OR a.award_id <> e.award_id OR (a.award_id IS NOT NULL AND e.award_id IS NULL)
            OR (a.district <> '' AND a.district <> e.district)
        ) ORDER BY e.id LIMIT 1
        """,
    ),
    Check(
        "ledger_award",
        _UNTOLD,
        """
        SELECT w.id FROM ledger_award w WHERE NOT EXISTS (
            SELECT FROM audit_event v
            WHERE v.kind = 'ledger.award' AND v.key = w.id::text AND v.action = 'ledger.name_award' AND v.refusal = ''
            AND CASE WHEN pg_input_is_valid(v.after, 'jsonb') THEN v.after::jsonb END
            = jsonb_build_object('fund', w.fund_id, 'reference', w.reference,
                'district', w.district, 'from_quota', w.from_quota)
        ) ORDER BY w.id LIMIT 1
        """,
    ),
    Check(
        "ledger_envelope",
        _UNTOLD,
        """
        SELECT n.id FROM ledger_envelope n WHERE NOT EXISTS (
            SELECT FROM audit_event v
            WHERE v.kind = 'ledger.envelope' AND v.key = n.id::text AND v.action = 'ledger.open_year'
            AND v.refusal = '' AND CASE WHEN pg_input_is_valid(v.after, 'jsonb') THEN v.after::jsonb END
            = jsonb_build_object('fund', n.fund_id, 'year', n.year)
        ) ORDER BY n.id LIMIT 1
        """,
    ),
    _gone("proposal", "申请"),
    Check(
        "ledger_proposal",
        _UNTOLD,
        """
        SELECT p.id FROM ledger_proposal p WHERE NOT EXISTS (
            SELECT FROM audit_event v
            WHERE v.kind = 'ledger.proposal' AND v.key = p.id::text AND v.action = 'ledger.propose' AND v.refusal = ''
            AND v.person = p.proposed_by_id AND v.why = p.why
            AND CASE WHEN pg_input_is_valid(v.after, 'jsonb') THEN v.after::jsonb END
            = jsonb_build_object('key', p.key, 'move', p.move_id, 'envelope', p.envelope_id,
                'amount_fen', p.amount_fen, 'award', p.award_id, 'source', p.source, 'district', p.district,
                'onward', p.onward_id, 'expires_on', p.expires_on, 'reverses', p.reverses_id)
        ) ORDER BY p.id LIMIT 1
        """,
    ),
    Check(
        "ledger_decision",
        Both(
            "一人办理，或同意后没有凭证",
            "only one person stands behind it, or it was confirmed without an entry",
        ),
        """
        SELECT d.id FROM ledger_decision d JOIN ledger_proposal p ON p.id = d.proposal_id
        WHERE d.proposed_by_id <> p.proposed_by_id OR (d.confirmed AND d.decided_by_id = p.proposed_by_id)
            OR d.confirmed <> EXISTS (SELECT FROM ledger_entry e WHERE e.decision_id = d.id)
        ORDER BY d.id LIMIT 1
        """,
    ),
    Check(
        "ledger_decision",
        Both(
            "退回与留痕记载不符，或没有留痕",
            "it turned a proposal down, and the event log does not tell of it",
        ),
        """
        SELECT d.id FROM ledger_decision d WHERE NOT d.confirmed AND NOT EXISTS (
            SELECT FROM audit_event v
            WHERE v.kind = 'ledger.proposal' AND v.key = d.proposal_id::text AND v.action = 'ledger.decline'
            AND v.refusal = '' AND v.person = d.decided_by_id AND v.why = d.why
        ) ORDER BY d.id LIMIT 1
        """,
    ),
    Check(
        "ledger_envelope",
        Both("关账、开账与留痕记载不符", "it was not closed and opened as the event log tells"),
        """
        SELECT envelope FROM (
            SELECT envelope_id::text AS envelope, closed, by_id AS person, why, count(*) AS times
            FROM ledger_yearstate GROUP BY 1, 2, 3, 4
        ) y FULL JOIN (
            SELECT key AS envelope, action = 'ledger.close_year' AS closed, person, why, count(*) AS times
            FROM audit_event WHERE kind = 'ledger.envelope' AND refusal = ''
            AND action IN ('ledger.close_year', 'ledger.reopen_year') GROUP BY 1, 2, 3, 4
        ) v USING (envelope, closed, person, why)
        WHERE y.times IS DISTINCT FROM v.times ORDER BY 1 LIMIT 1
        """,
    ),
    Check(
        "ledger_entry",
        Both("没有审批，而该变动须经两人办理", "nobody decided on it, and such a movement takes two people"),
        """
        SELECT e.id FROM ledger_entry e LEFT JOIN ledger_decision d ON d.id = e.decision_id
        LEFT JOIN ledger_proposal p ON p.id = d.proposal_id
        WHERE NOT e.move_id = ANY(%(automatic)s) AND (
            p.id IS NULL OR p.envelope_id <> e.envelope_id OR p.move_id <> e.move_id
            OR p.amount_fen <> e.amount_fen OR p.award_id IS DISTINCT FROM e.award_id OR p.district <> e.district
            OR p.reverses_id IS DISTINCT FROM e.reverses_id
        ) ORDER BY e.id LIMIT 1
        """,
    ),
    Check(
        "ledger_envelope",
        Both("预算恒等式不成立", "its budget is not where its accounts say"),
        """
        SELECT a.envelope_id FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id GROUP BY a.envelope_id
        HAVING sum(l.debit_fen - l.credit_fen) <> 0 ORDER BY 1 LIMIT 1
        """,
    ),
)


def verify_ledger(link: psycopg.Connection, progress: Progress) -> Iterator[Fault]:
    """The first wrong row of every check; nothing if the ledger is right."""
    look = Both("检查总账", "ledger: accounts and entries")
    automatic = [code for code, row in rows().items() if row["automatic"]]
    with link.cursor() as cursor:
        for done, check in enumerate(CHECKS):
            progress(look, done, len(CHECKS))
            cursor.execute(check.sql, {"automatic": automatic})
            row = cursor.fetchone()
            if row is not None:
                yield Fault(check.table, str(row[0]), check.what)
        progress(look, len(CHECKS), len(CHECKS))
        cursor.execute(
            "SELECT code, from_kind, to_kind, onward_kind, only_open, automatic FROM ledger_move ORDER BY 1"
        )
        names = ("from_kind", "to_kind", "onward_kind", "only_open", "automatic")
        stored = {code: dict(zip(names, rest, strict=True)) for code, *rest in cursor.fetchall()}
    expected = rows()
    for code in sorted(stored.keys() | expected.keys()):
        if stored.get(code) != expected.get(code):
            yield Fault(
                "ledger_move", code, Both("与程序的变动表不符", "not as in the program's table of moves")
            )
