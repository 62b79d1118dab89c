"""Open cases in the order of figures' lists, the most urgent first.

The index holds open cases alone: some seconds for five million.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0014_own_open"),
        ("oversight", "0005_file_order_why"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="fact",
            index=models.Index(
                condition=models.Q(
                    models.Q(("status", "closed"), _negated=True),
                    models.Q(("side", 4), _negated=True),
                ),
                fields=["due_at", "case"],
                name="fact_urgent_idx",
            ),
        ),
    ]
