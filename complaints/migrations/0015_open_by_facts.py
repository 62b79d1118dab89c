"""Figures' lists of what is open are read in the order of the facts (`fact_urgent_idx`)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0014_own_open"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="case",
            name="case_open_own_idx",
        ),
    ]
