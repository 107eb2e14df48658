-- A closed year stays closed when something is undone in it; a reservation's end is that of what is still held.

-- A closed year takes no new promises, neither by a move nor by undoing one: what would lead back into a reservation,
-- or go the way of a move that only an open year has, is refused as that move is.
CREATE OR REPLACE FUNCTION ledger_entry_holds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM ledger_refuse('ledger_reads_committed', 'entries are posted in READ COMMITTED only');
    END IF;
    PERFORM ledger_hold(NEW.envelope_id);
    IF ledger_is_closed(NEW.envelope_id) AND (
        EXISTS (SELECT FROM ledger_move WHERE code = NEW.move_id AND only_open)
        OR EXISTS (
            SELECT FROM ledger_entry undone JOIN ledger_move m ON m.code = undone.move_id
            LEFT JOIN ledger_move back ON back.from_kind = m.to_kind AND back.to_kind = m.from_kind
            WHERE undone.id = NEW.reverses_id AND (back.only_open OR m.from_kind = 'reserved')
        )
    ) THEN
        PERFORM ledger_refuse('ledger_year_is_open', 'the year is closed');
    END IF;
    RETURN NEW;
END $$;

-- A reversal is the other entry's mirror image, once, and is itself not reversed. What was carried over is taken back
-- only while the later year is open, as it was carried over only into an open one.
CREATE OR REPLACE FUNCTION ledger_check_reversal(e ledger_entry) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry r WHERE r.id = e.reverses_id AND r.move_id <> 'reversal'
        AND r.envelope_id = e.envelope_id AND r.amount_fen = e.amount_fen AND r.district = e.district
        AND r.award_id IS NOT DISTINCT FROM e.award_id AND e.expires_on IS NULL
    ) OR EXISTS (
        SELECT FROM (SELECT * FROM ledger_line WHERE entry_id = e.id) l
        FULL JOIN (SELECT * FROM ledger_line WHERE entry_id = e.reverses_id) r
            ON r.account_id = l.account_id AND r.debit_fen = l.credit_fen AND r.credit_fen = l.debit_fen
        WHERE l.id IS NULL OR r.id IS NULL
    ) THEN
        PERFORM ledger_refuse('ledger_reversal_mirrors', 'a reversal is the mirror image of an entry');
    END IF;
    IF EXISTS (
        SELECT FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
        WHERE l.entry_id = e.id AND a.envelope_id <> e.envelope_id AND ledger_is_closed(a.envelope_id)
    ) THEN
        PERFORM ledger_refuse('ledger_year_is_open', 'the later year is closed');
    END IF;
END $$;

-- Whether every reservation of what an award still holds had an end, and that day has passed in Beijing. Those count
-- that were made since nothing was held; what was reversed, and its reversal, are as if they had never been.
CREATE OR REPLACE FUNCTION ledger_reservation_ended(envelope bigint, award bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH standing AS (
        SELECT l.id, e.expires_on, m.to_kind = 'reserved' AS reserves, coalesce(sum(l.debit_fen - l.credit_fen)
            OVER (ORDER BY l.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS held_before
        FROM ledger_account a JOIN ledger_line l ON l.account_id = a.id
        JOIN ledger_entry e ON e.id = l.entry_id JOIN ledger_move m ON m.code = e.move_id
        WHERE a.envelope_id = envelope AND a.award_id = award AND a.kind = 'reserved'
        AND e.reverses_id IS NULL AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)
    )
    SELECT coalesce(bool_and(coalesce(
        expires_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, false)), false)
    FROM standing WHERE reserves AND id >= (SELECT max(id) FROM standing WHERE held_before <= 0)
$$;
