"""The log over all events. What is in it stays: the database itself refuses to change or remove it.

As for events (complaints 0002_record): one trigger a statement, always on, and only the owner of the
tables can take it away. The queue of what is waiting is emptied as it is worked off.
"""

import django.db.models.deletion
from django.db import migrations, models

KEPT = ("entry", "node", "treehead", "signingkey")
REFUSE = """
CREATE FUNCTION record_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The record is never changed: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
""" + "".join(
    f"""
CREATE TRIGGER record_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON record_{table}
    FOR EACH STATEMENT EXECUTE FUNCTION record_stays();
ALTER TABLE record_{table} ENABLE ALWAYS TRIGGER record_stays;
"""
    for table in KEPT
)
UNDO = "".join(f"DROP TRIGGER record_stays ON record_{table};\n" for table in KEPT) + (
    "DROP FUNCTION record_stays();"
)


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('log_seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('event_id', models.BigIntegerField(unique=True)),
                ('leaf_hash', models.BinaryField(unique=True)),
                ('logged_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Node',
            fields=[
                ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='SigningKey',
            fields=[
                ('id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('public', models.BinaryField()),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Waiting',
            fields=[
                ('event_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.BinaryField()),
                ('recorded_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TreeHead',
            fields=[
                ('day', models.DateField(primary_key=True, serialize=False)),
                ('size', models.BigIntegerField()),
                ('root', models.BinaryField()),
                ('previous_size', models.BigIntegerField()),
                ('previous_root', models.BinaryField()),
                ('consistency', models.JSONField()),
                ('signed_at', models.DateTimeField()),
                ('signature', models.BinaryField()),
                ('key', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='heads', to='record.signingkey')),
            ],
            options={
                'indexes': [models.Index(fields=['size', 'day'], name='head_size_idx')],
            },
        ),
        migrations.RunSQL(REFUSE, UNDO),
    ]
