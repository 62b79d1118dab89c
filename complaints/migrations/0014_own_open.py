"""Open cases in the order of figures' lists, without those of before the portal.

The indexes hold open cases alone: some seconds for five million cases.
"""

from django.db import migrations, models

OWN = ~models.Q(status="closed") & models.Q(imported_from="")


class Migration(migrations.Migration):
    dependencies = [("complaints", "0013_filed_counts")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["country", "next_due", "id"], condition=OWN, name="case_open_own_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["country", "filed_at", "id"], condition=OWN, name="case_oldest_own_idx"
            ),
        ),
        migrations.RemoveIndex(model_name="case", name="case_oldest_idx"),
    ]
