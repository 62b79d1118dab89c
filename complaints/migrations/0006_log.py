"""Every event waits for the log from the moment it is written, without a statement more.

The trigger is of the statement, over all rows that it inserted, and always on; it runs with the rights
of whoever inserts, who may insert into the queue as into any table. Events that are there already are
put in the queue, in the order of their ids.
"""

from django.db import migrations, models

WAIT = """
CREATE FUNCTION complaints_event_waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO record_waiting (event_id, hash, recorded_at)
        SELECT id, decode(hash, 'hex'), recorded_at FROM fresh;
    RETURN NULL;
END
$$;
CREATE TRIGGER event_waits AFTER INSERT ON complaints_event
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_event_waits();
ALTER TABLE complaints_event ENABLE ALWAYS TRIGGER event_waits;
INSERT INTO record_waiting (event_id, hash, recorded_at)
    SELECT id, decode(hash, 'hex'), recorded_at FROM complaints_event ORDER BY id;
"""
UNDO = """
DROP TRIGGER event_waits ON complaints_event;
DROP FUNCTION complaints_event_waits();
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0005_closed_means_solved"), ("record", "0001_initial")]
    operations = [
        migrations.AddField("event", "fixed", models.JSONField(default=dict)),
        migrations.AlterField(
            "event", "version", models.PositiveSmallIntegerField(default=2)
        ),
        migrations.RunSQL(WAIT, UNDO),
    ]
