from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("systems", "0004_references_by_name")]
    operations = [
        migrations.AddField(
            model_name="city",
            name="publishes",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="forwarding",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("sent", "With the city"),
                    ("refused", "Refused by the city"),
                    ("over", "Over: the case is closed"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.RemoveIndex(model_name="forwarding", name="forwarding_due_idx"),
        migrations.AddIndex(
            model_name="forwarding",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sent"])),
                fields=["city", "next_at", "id"],
                name="forwarding_due_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="forwarding",
            index=models.Index(
                condition=models.Q(("state", "refused")),
                fields=["city", "-id"],
                name="forwarding_refused_idx",
            ),
        ),
    ]
