"""What the database itself sees to: events and links are never changed, times are its own, nothing is left unchained."""

from django.db import migrations

from duixian.server.common.append_only import append_only, stamped

_WAITING = """
CREATE FUNCTION audit_await_link() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_waiting (event_id) VALUES (NEW.id);
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        append_only("audit_event"),
        append_only("audit_link"),
        stamped("audit_event"),
        migrations.RunSQL(
            [
                _WAITING,
                "CREATE TRIGGER audit_event_waits AFTER INSERT ON audit_event "
                "FOR EACH ROW EXECUTE FUNCTION audit_await_link()",
            ],
            ["DROP TRIGGER audit_event_waits ON audit_event", "DROP FUNCTION audit_await_link()"],
        ),
    ]
