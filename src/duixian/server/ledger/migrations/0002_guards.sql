-- What holds for the ledger whoever writes to it, by whatever program: the application's own commands, a person
-- with its password and psql, the tables' owner. docs/ledger.md says it in words.
--
-- Functions that write what the application may only read run with their owner's rights (SECURITY DEFINER); all of
-- them name the schemas in which they look, so that nobody can put a table of the same name before theirs; and those
-- that are triggers look whose trigger they are, so that nobody can hang them on a table of their own.

-- Says no under a name that the application knows (server/ledger/refusals.py).
CREATE FUNCTION ledger_refuse(rule text, what text) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '%: %', rule, what USING ERRCODE = 'check_violation', CONSTRAINT = rule;
END $$;

-- Whatever moves money in an envelope first takes this lock, so that no two entries of one envelope can wait for
-- each other. Those that touch two envelopes take the earlier year first.
CREATE FUNCTION ledger_hold(wanted bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM ledger_envelope WHERE id = wanted FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION ledger_is_closed(wanted bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT closed FROM ledger_yearstate WHERE envelope_id = wanted ORDER BY id DESC LIMIT 1), false)
$$;

-- Accounts: an award's accounts are in its own fund and district; each account has a balance from the start.

CREATE FUNCTION ledger_account_fits() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.award_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM ledger_award w JOIN ledger_envelope v ON v.fund_id = w.fund_id
        WHERE w.id = NEW.award_id AND v.id = NEW.envelope_id AND w.district = NEW.district
    ) THEN
        PERFORM ledger_refuse('ledger_account_fits', 'the award belongs to another fund or district');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION ledger_open_balance() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_RELID <> 'public.ledger_account'::regclass THEN
        PERFORM ledger_refuse('ledger_own_trigger', 'balances are opened for accounts only');
    END IF;
    INSERT INTO ledger_balance (account_id, sign, debit_fen, credit_fen)
    VALUES (NEW.id, CASE WHEN NEW.kind = 'appropriation' THEN -1 ELSE 1 END, 0, 0);
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_account_fits BEFORE INSERT ON ledger_account
FOR EACH ROW EXECUTE FUNCTION ledger_account_fits();
CREATE TRIGGER ledger_account_opens AFTER INSERT ON ledger_account
FOR EACH ROW EXECUTE FUNCTION ledger_open_balance();

-- Entries and changes of a year's state take the envelope's lock; a closed year takes no new promises. What is checked
-- under the lock must be what stands there now, and not what stood there when a longer snapshot was taken.

CREATE FUNCTION ledger_entry_holds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        PERFORM ledger_refuse('ledger_reads_committed', 'entries are posted in READ COMMITTED only');
    END IF;
    PERFORM ledger_hold(NEW.envelope_id);
    IF ledger_is_closed(NEW.envelope_id) AND EXISTS (
        SELECT FROM ledger_move WHERE code = NEW.move_id AND only_open
    ) THEN
        PERFORM ledger_refuse('ledger_year_is_open', 'the year is closed');
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION ledger_state_holds() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_hold(NEW.envelope_id);
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_entry_holds BEFORE INSERT ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION ledger_entry_holds();
CREATE TRIGGER ledger_yearstate_holds BEFORE INSERT ON ledger_yearstate
FOR EACH ROW EXECUTE FUNCTION ledger_state_holds();

-- Lines: each is added to its account's totals at once. The row of totals is locked until the transaction ends, and
-- its own check is the ceiling.

CREATE FUNCTION ledger_post() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_RELID <> 'public.ledger_line'::regclass THEN
        PERFORM ledger_refuse('ledger_own_trigger', 'only lines are added to balances');
    END IF;
    PERFORM ledger_hold((SELECT envelope_id FROM ledger_account WHERE id = NEW.account_id));
    UPDATE ledger_balance
    SET debit_fen = debit_fen + NEW.debit_fen, credit_fen = credit_fen + NEW.credit_fen
    WHERE account_id = NEW.account_id;
    IF NOT FOUND THEN
        PERFORM ledger_refuse('ledger_account_has_balance', 'the account has no balance');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_line_posts AFTER INSERT ON ledger_line
FOR EACH ROW EXECUTE FUNCTION ledger_post();

-- At the end of the transaction every entry to which anything was added is looked at as a whole. As its row fixes the
-- sum, and each envelope has one debit and one credit of it, no line can be added to an old entry either.

CREATE FUNCTION ledger_check(wanted bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    e ledger_entry;
    m ledger_move;
    places bigint[];
    elsewhere bigint;
BEGIN
    SELECT * INTO e FROM ledger_entry WHERE id = wanted;
    SELECT * INTO m FROM ledger_move WHERE code = e.move_id;

    IF EXISTS (
        SELECT FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
        WHERE l.entry_id = e.id GROUP BY a.envelope_id
        HAVING count(*) <> 2 OR sum(l.debit_fen) <> e.amount_fen OR sum(l.credit_fen) <> e.amount_fen
    ) THEN
        PERFORM ledger_refuse('ledger_entry_balances', 'debits, credits and the sum differ');
    END IF;
    SELECT coalesce(array_agg(DISTINCT a.envelope_id), '{}') INTO places
    FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE l.entry_id = e.id;
    IF NOT e.envelope_id = ANY (places) THEN
        PERFORM ledger_refuse('ledger_entry_balances', 'the entry has no lines in its envelope');
    END IF;
    places := array_remove(places, e.envelope_id);
    elsewhere := places[1];
    IF cardinality(places) > 1 THEN
        PERFORM ledger_refuse('ledger_entry_is_a_move', 'an entry touches two envelopes at most');
    END IF;

    IF m.code = 'reversal' THEN
        PERFORM ledger_check_reversal(e);
    ELSE
        PERFORM ledger_check_move(e, m, elsewhere);
    END IF;
    PERFORM ledger_check_people(e, m, elsewhere);

    IF NOT EXISTS (
        SELECT FROM audit_event WHERE kind = 'ledger.entry' AND key = e.id::text AND refusal = ''
    ) THEN
        PERFORM ledger_refuse('ledger_entry_has_event', 'the event log does not tell of the entry');
    END IF;
END $$;

-- The accounts are those that the move names, all of them of the entry's award and district.
CREATE FUNCTION ledger_check_move(e ledger_entry, m ledger_move, elsewhere bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (elsewhere IS NOT NULL) <> (m.onward_kind <> '') OR (elsewhere IS NOT NULL AND (ledger_is_closed(elsewhere) OR NOT EXISTS (
        SELECT FROM ledger_envelope here JOIN ledger_envelope there ON there.fund_id = here.fund_id
        WHERE here.id = e.envelope_id AND there.id = elsewhere AND there.year > here.year
    ))) THEN
        PERFORM ledger_refuse('ledger_carries_forward', 'money is carried over only into a later, open year of its fund');
    END IF;
    IF EXISTS (
        SELECT FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
        LEFT JOIN ledger_award w ON w.id = e.award_id
        WHERE l.entry_id = e.id AND (
            a.kind <> CASE
                WHEN a.envelope_id = e.envelope_id AND l.credit_fen > 0 THEN m.from_kind
                WHEN a.envelope_id = e.envelope_id THEN m.to_kind
                WHEN l.credit_fen > 0 THEN 'appropriation'
                ELSE m.onward_kind END
            OR (a.kind = 'appropriation' AND (a.source = 'carried_over') <> (a.envelope_id <> e.envelope_id))
            OR (a.award_id IS NOT NULL AND a.award_id IS DISTINCT FROM e.award_id)
            OR (a.district <> '' AND a.district <> e.district)
            OR (w.id IS NOT NULL AND a.kind IN ('available', 'quota')
                AND m.from_kind NOT IN ('returned', 'recovered') AND (a.kind = 'quota') <> w.from_quota)
        )
    ) OR EXISTS (
        SELECT FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id WHERE l.entry_id = e.id
        HAVING (e.award_id IS NOT NULL AND count(a.award_id) = 0)
            OR (e.district <> '' AND count(*) FILTER (WHERE a.district <> '') = 0)
    ) OR (e.expires_on IS NOT NULL AND m.to_kind <> 'reserved') THEN
        PERFORM ledger_refuse('ledger_entry_is_a_move', 'the accounts are not those of the move');
    END IF;
END $$;

-- A reversal is the other entry's mirror image, once, and is itself not reversed.
CREATE FUNCTION ledger_check_reversal(e ledger_entry) RETURNS void LANGUAGE plpgsql
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
END $$;

-- Two people stand behind an entry and asked for just this; or it is automatic, and the day has passed that they set.
CREATE FUNCTION ledger_check_people(e ledger_entry, m ledger_move, elsewhere bigint) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF m.automatic THEN
        IF e.decision_id IS NOT NULL OR NOT ledger_reservation_ended(e.envelope_id, e.award_id) THEN
            PERFORM ledger_refuse('ledger_reservation_ended', 'the reservation has not ended');
        END IF;
    ELSIF NOT EXISTS (
        SELECT FROM ledger_decision d JOIN ledger_proposal p ON p.id = d.proposal_id
        WHERE d.id = e.decision_id AND d.confirmed
        AND d.proposed_by_id = p.proposed_by_id AND d.decided_by_id <> p.proposed_by_id
        AND p.envelope_id = e.envelope_id AND p.move_id = e.move_id AND p.amount_fen = e.amount_fen
        AND p.award_id IS NOT DISTINCT FROM e.award_id AND p.district = e.district
        AND p.expires_on IS NOT DISTINCT FROM e.expires_on
        AND p.reverses_id IS NOT DISTINCT FROM e.reverses_id
        AND (m.code = 'reversal' OR p.onward_id IS NOT DISTINCT FROM elsewhere)
        AND (m.code = 'reversal' OR p.source = coalesce((
            SELECT a.source FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id
            WHERE l.entry_id = e.id AND a.kind = 'appropriation' AND a.envelope_id = e.envelope_id), ''))
    ) THEN
        PERFORM ledger_refuse('ledger_entry_was_decided', 'no two people decided on this movement');
    END IF;
END $$;

-- Whether every reservation of an award that was not reversed had an end, and that day has passed in Beijing.
CREATE FUNCTION ledger_reservation_ended(envelope bigint, award bigint) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(bool_and(coalesce(e.expires_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, false)), false)
    FROM ledger_entry e JOIN ledger_move m ON m.code = e.move_id
    WHERE e.envelope_id = envelope AND e.award_id = award AND m.to_kind = 'reserved'
    AND NOT EXISTS (SELECT FROM ledger_entry r WHERE r.reverses_id = e.id)
$$;

CREATE FUNCTION ledger_check_entry() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_check(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION ledger_check_line() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM ledger_check(NEW.entry_id);
    RETURN NULL;
END $$;

-- A confirmed decision has its entry, so that none is lost between the two.
CREATE FUNCTION ledger_check_decision() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.confirmed AND NOT EXISTS (SELECT FROM ledger_entry WHERE decision_id = NEW.id) THEN
        PERFORM ledger_refuse('ledger_decision_has_entry', 'a confirmed movement has no entry');
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_is_whole AFTER INSERT ON ledger_entry
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_entry();
CREATE CONSTRAINT TRIGGER ledger_line_is_whole AFTER INSERT ON ledger_line
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_line();
CREATE CONSTRAINT TRIGGER ledger_decision_is_whole AFTER INSERT ON ledger_decision
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_decision();
