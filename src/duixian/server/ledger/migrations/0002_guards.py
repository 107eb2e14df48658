"""What the database itself holds true of the ledger, and its own table of moves."""

from pathlib import Path

from django.db import migrations

from duixian.server.common.append_only import append_only, stamped
from duixian.server.ledger import moves

GUARDS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
KEPT = ["envelope", "yearstate", "award", "account", "proposal", "decision", "entry", "line"]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial"), ("audit", "0002_triggers")]

    operations = [
        *(append_only(f"ledger_{table}") for table in KEPT),
        *(stamped(f"ledger_{table}") for table in ("yearstate", "proposal", "decision", "entry")),
        migrations.RunSQL(GUARDS),
        migrations.RunPython(moves.sync),
    ]
