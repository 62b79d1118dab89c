from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("systems", "0003_status_of_references")]
    operations = [
        migrations.AddIndex(
            model_name="reference",
            index=models.Index(fields=["external_id"], name="reference_external_idx"),
        ),
    ]
