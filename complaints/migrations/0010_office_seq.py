"""The last step that officers may know of; of the cases there are, the last one of all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0009_person_kept")]
    operations = [
        migrations.AddField(
            model_name="case",
            name="office_seq",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunSQL(
            "UPDATE complaints_case SET office_seq = last_seq", migrations.RunSQL.noop
        ),
    ]
