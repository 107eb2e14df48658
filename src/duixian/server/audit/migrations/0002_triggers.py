"""What the database itself sees to: events and links are never changed, times are its own, nothing is left unchained."""

from django.db import migrations

from duixian.server.common.append_only import append_only, stamped

_WAITING = """
CREATE FUNCTION audit_await_link() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_waiting (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

-- An event stops waiting only when a link holds it.
CREATE FUNCTION audit_leave_waiting() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR NOT EXISTS (SELECT FROM audit_link WHERE event_id = OLD.event_id) THEN
        RAISE EXCEPTION 'event % is in no link of the chain yet', OLD.event_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;

-- Links follow each other without a gap; the worker that adds them is the only one (its advisory lock).
CREATE FUNCTION audit_link_follows() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.number <> 1 AND NOT EXISTS (SELECT FROM audit_link WHERE number = NEW.number - 1) THEN
        RAISE EXCEPTION 'link % follows no other', NEW.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

ALTER TABLE audit_link ADD CONSTRAINT audit_link_hash CHECK (octet_length(hash) = 32);
CREATE TRIGGER audit_event_waits AFTER INSERT ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_await_link();
CREATE TRIGGER audit_waiting_leaves BEFORE UPDATE OR DELETE ON audit_waiting
FOR EACH ROW EXECUTE FUNCTION audit_leave_waiting();
CREATE TRIGGER audit_link_follows BEFORE INSERT ON audit_link
FOR EACH ROW EXECUTE FUNCTION audit_link_follows();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        append_only("audit_event"),
        append_only("audit_link"),
        stamped("audit_event"),
        migrations.RunSQL(_WAITING),
    ]
