"""Retention finds the cases whose person is still kept without reading those erased long ago."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0008_respondent_ended")]
    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["country", "closed_at", "id"],
                condition=models.Q(status="closed", person_erased_at=None),
                name="case_person_kept_idx",
            ),
        ),
    ]
