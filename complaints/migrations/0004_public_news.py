"""When a published case last had something new for the public: the feeds begin with the newest."""

from django.db import migrations, models
from django.db.models import Q

FILL = "UPDATE complaints_case SET public_at = published_at WHERE published_at IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("complaints", "0003_channels")]
    operations = [
        migrations.AddField("case", "public_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["country", "-public_at", "-id"],
                condition=Q(public_at__isnull=False),
                name="case_public_news_idx",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
