"""What imported rows held is marked with a key from outside the database: a bare hash of few words can be guessed."""

import hashlib
import hmac

from django.conf import settings
from django.db import migrations

BATCH = 1000


def key_marks(apps, schema_editor):
    """Bare hashes become what `systems.past.writing` makes of them; those of systems are keyed already."""
    reference = apps.get_model("systems", "Reference")
    key = settings.TRACKING_KEYS[0].encode()
    bare = reference.objects.filter(system=None).exclude(fingerprint="")
    rows, last = bare.only("source", "external_id", "fingerprint").order_by("pk"), 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            message = f"import\x00{row.source}\x00{row.external_id}\x00{row.fingerprint}".encode()
            row.fingerprint = hmac.new(key, message, hashlib.sha256).hexdigest()
        reference.objects.bulk_update(batch, ["fingerprint"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("systems", "0005_cities_publish")]

    operations = [migrations.RunPython(key_marks, migrations.RunPython.noop, elidable=True)]
