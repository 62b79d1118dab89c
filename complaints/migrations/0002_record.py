"""The record stays: the database itself refuses to change, remove or empty events.

One trigger a statement, so that even a statement that would touch no row is refused; it fires always,
also in replication mode. Only the owner of the table can take it away.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION complaints_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The record is never changed: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON complaints_event
    FOR EACH STATEMENT EXECUTE FUNCTION complaints_event_stays();
ALTER TABLE complaints_event ENABLE ALWAYS TRIGGER event_stays;
"""
UNDO = """
DROP TRIGGER event_stays ON complaints_event;
DROP FUNCTION complaints_event_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, UNDO)]
