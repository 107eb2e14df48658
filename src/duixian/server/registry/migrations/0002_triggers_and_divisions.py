"""What the database itself holds, and the divisions that a new registry starts with."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from duixian.server.common.append_only import append_only
from duixian.server.registry import divisions, triggers


def add_divisions(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    table = apps.get_model("registry", "Division")
    table.objects.using(schema_editor.connection.alias).bulk_create(
        [table(code=p.code, name=p.name, since=p.since, until=p.until) for p in divisions.PLACES]
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        append_only("registry_provenance"),
        append_only("registry_succession"),
        append_only("registry_successionparty"),
        append_only("registry_erasure"),
        triggers.VERSIONS,
        triggers.PROJECTION,
        triggers.APPLICANTS,
        triggers.NAMES,
        triggers.ERASURE,
        triggers.PAYEES,
        migrations.RunPython(add_divisions, migrations.RunPython.noop),
    ]
