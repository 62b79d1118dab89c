"""A link to a respondent that was wrong can be taken back: the row stays, and bars nobody any more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0007_pressure")]
    operations = [
        migrations.AddField("respondent", "ended_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("respondent", "respondent_once"),
        migrations.AddConstraint(
            "respondent",
            models.UniqueConstraint(
                fields=["case", "user", "office", "role"],
                condition=models.Q(ended_at=None),
                nulls_distinct=False,
                name="respondent_once",
            ),
        ),
    ]
