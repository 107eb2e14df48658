"""What the database itself holds about record versions and payee accounts, whoever writes to it."""

from __future__ import annotations

from typing import Final

from django.db.migrations import RunSQL

NAMES: Final = RunSQL(
    "CREATE INDEX registry_names ON registry_recordversion ((payload ->> 'name') text_pattern_ops) "
    "WHERE type = 'applicant'",
    "DROP INDEX registry_names",
)
"""Every name that an applicant ever had, found by its beginning."""

VERSIONS: Final = RunSQL(
    [
        """
        CREATE FUNCTION registry_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.payload IS NOT NULL AND NEW.payload IS NULL
               AND to_jsonb(NEW) - 'payload' = to_jsonb(OLD) - 'payload'
               AND EXISTS (SELECT FROM public.registry_applicant
                           WHERE id = OLD.applicant_id AND erased_at IS NOT NULL) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'record versions are append-only: % refused', TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        "CREATE TRIGGER registry_recordversion_rows BEFORE UPDATE OR DELETE ON registry_recordversion "
        "FOR EACH ROW EXECUTE FUNCTION registry_guard_version()",
        "CREATE TRIGGER registry_recordversion_all BEFORE TRUNCATE ON registry_recordversion "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ],
    [
        "DROP TRIGGER registry_recordversion_rows ON registry_recordversion",
        "DROP TRIGGER registry_recordversion_all ON registry_recordversion",
        "DROP FUNCTION registry_guard_version",
    ],
)
"""A version is added and never changed; only the content of an erased person's versions may be emptied."""

PROJECTION: Final = RunSQL(
    [
        """
        CREATE FUNCTION registry_project() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM (SELECT DISTINCT applicant_id AS id FROM added) v
                       WHERE NOT EXISTS (SELECT FROM registry_applicant a WHERE a.id = v.id))
               OR EXISTS (SELECT FROM (SELECT DISTINCT provenance_id AS id FROM added) v
                          WHERE NOT EXISTS (SELECT FROM registry_provenance p WHERE p.id = v.id)) THEN
                RAISE EXCEPTION 'a record version of an applicant or a provenance that does not exist'
                    USING ERRCODE = 'foreign_key_violation';
            END IF;
            UPDATE registry_applicant a
            SET kind = v.kind, name = v.name, division = v.division
            FROM (SELECT DISTINCT ON (applicant_id) applicant_id,
                         coalesce(payload ->> 'kind', '') AS kind,
                         coalesce(payload ->> 'name', '') AS name,
                         coalesce(payload ->> 'division', '') AS division
                  FROM added WHERE type = 'applicant'
                      AND coalesce(valid_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)
                      AND coalesce(valid_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date, true)
                  ORDER BY applicant_id, number DESC) v
            WHERE a.id = v.applicant_id
              AND (a.kind, a.name, a.division) IS DISTINCT FROM (v.kind, v.name, v.division);
            RETURN NULL;
        END $$
        """,
        "CREATE TRIGGER registry_recordversion_project AFTER INSERT ON registry_recordversion "
        "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION registry_project()",
    ],
    [
        "DROP TRIGGER registry_recordversion_project ON registry_recordversion",
        "DROP FUNCTION registry_project",
    ],
)
"""A version's applicant and provenance exist, and an applicant's kind, name and division are those of its newest
own facts that are true today: both a statement at a time."""

APPLICANTS: Final = RunSQL(
    [
        """
        CREATE FUNCTION registry_keep_applicant() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'an applicant stays under its number: % refused', TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        "CREATE TRIGGER registry_applicant_stays BEFORE DELETE OR UPDATE OF id ON registry_applicant "
        "FOR EACH ROW EXECUTE FUNCTION registry_keep_applicant()",
    ],
    ["DROP TRIGGER registry_applicant_stays ON registry_applicant", "DROP FUNCTION registry_keep_applicant"],
)
"""Nobody deletes an applicant or changes its number: records, money and the log refer to it."""

ERASURE: Final = RunSQL(
    [
        """
        CREATE FUNCTION registry_erase(person bigint) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = pg_catalog, public, pg_temp AS $$
        DECLARE versions bigint; numbers bigint; accounts bigint;
        BEGIN
            UPDATE public.registry_applicant SET erased_at = statement_timestamp(), name = '', division = ''
            WHERE id = person AND erased_at IS NULL AND kind IN ('person', 'team')
              AND NOT EXISTS (SELECT FROM public.registry_identifier
                              WHERE applicant_id = person AND scheme = 'uscc');
            IF NOT FOUND THEN
                RAISE EXCEPTION 'applicant % is no person, or erased already', person
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            UPDATE public.registry_recordversion SET payload = NULL
            WHERE applicant_id = person AND payload IS NOT NULL;
            GET DIAGNOSTICS versions = ROW_COUNT;
            DELETE FROM public.registry_identifier WHERE applicant_id = person;
            GET DIAGNOSTICS numbers = ROW_COUNT;
            UPDATE public.registry_payeeaccount
            SET holder = '', bank = '', shown = '', lookup = '', sealed = NULL, why = ''
            WHERE applicant_id = person;
            GET DIAGNOSTICS accounts = ROW_COUNT;
            RETURN jsonb_build_object('versions', versions, 'identifiers', numbers, 'payee_accounts', accounts);
        END $$
        """,
        "REVOKE ALL ON FUNCTION registry_erase(bigint) FROM PUBLIC",
        "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'duixian_application') THEN "
        "GRANT EXECUTE ON FUNCTION registry_erase(bigint) TO duixian_application; END IF; END $$",
    ],
    "DROP FUNCTION registry_erase",
)
"""The one way in which content of record versions goes away: a person's, all at once, by the owner's own function."""

PAYEES: Final = RunSQL(
    [
        """
        CREATE FUNCTION registry_guard_payee() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.applicant_id = OLD.applicant_id AND NEW.proposed_by_id = OLD.proposed_by_id
               AND (OLD.decided_by_id IS NULL OR NEW.decided_by_id = OLD.decided_by_id)
               AND ((NEW.state = OLD.state)
                    OR (OLD.state = 'proposed' AND NEW.state IN ('active', 'declined'))
                    OR (OLD.state = 'active' AND NEW.state = 'closed'))
               AND ((NEW.sealed, NEW.lookup, NEW.holder, NEW.bank, NEW.shown)
                        IS NOT DISTINCT FROM (OLD.sealed, OLD.lookup, OLD.holder, OLD.bank, OLD.shown)
                    OR (NEW.sealed IS NULL AND EXISTS (SELECT FROM public.registry_applicant
                        WHERE id = OLD.applicant_id AND erased_at IS NOT NULL))) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'a payee account is replaced, never changed: % refused', TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        "CREATE TRIGGER registry_payeeaccount_rows BEFORE UPDATE OR DELETE ON registry_payeeaccount "
        "FOR EACH ROW EXECUTE FUNCTION registry_guard_payee()",
    ],
    [
        "DROP TRIGGER registry_payeeaccount_rows ON registry_payeeaccount",
        "DROP FUNCTION registry_guard_payee",
    ],
)
"""An account's number, bank and holder never change, its state moves only forward, and it is never deleted."""
