"""Deliveries know their step's number and their last tries; each system's waiting ones have indexes of
their own; what was erased by age, and how far a system has read, are kept.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("systems", "0001_initial")]
    operations = [
        migrations.AddField(
            model_name="followed", name="forgotten", field=models.BigIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="delivery",
            name="case_seq",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="delivery", name="history", field=models.JSONField(default=list)
        ),
        migrations.RemoveIndex(model_name="delivery", name="delivery_due_idx"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["system", "next_at", "id"],
                name="delivery_due_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["system", "log_seq"],
                name="delivery_waiting_idx",
            ),
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("log_seq", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "system",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reading",
                        to="systems.system",
                    ),
                ),
            ],
        ),
    ]
