"""`office_seq` counts the steps that officers may know of; a number left out would tell of one that is hidden."""

from django.db import migrations

COUNT = """
    UPDATE complaints_case SET office_seq = last_seq WHERE office_seq <> last_seq;
    UPDATE complaints_case SET office_seq = last_seq - hidden.steps
        FROM (
            SELECT case_id, count(*) AS steps FROM complaints_event
            WHERE move IN (
                    'withdraw', 'call_back', 'say_pressured', 'note_pressure', 'audit_look',
                    'restrict', 'appeal_restriction', 'decide_restriction', 'lift_restriction',
                    'set_aside', 'put_back'
                )
                OR data @> '{"for": "overseers"}'
            GROUP BY case_id
        ) AS hidden
        WHERE complaints_case.id = hidden.case_id;
"""


class Migration(migrations.Migration):
    dependencies = [("complaints", "0010_office_seq")]
    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
