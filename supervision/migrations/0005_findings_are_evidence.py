from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only

# Matters from before learn their town and the clocks that were running.
_TOWN = """
    UPDATE supervision_suggestion s SET area_id = f.area_id FROM supervision_finding f WHERE f.id = s.finding_id
"""
_NOTICE = """
    UPDATE supervision_suggestion SET notice_due_on = (submitted_at AT TIME ZONE 'Asia/Shanghai')::date + 7
    WHERE state IN ('submitted', 'returned')
"""
_RETURN = """
    UPDATE supervision_suggestion s SET returnable_until = (e.at AT TIME ZONE 'Asia/Shanghai')::date + 10
    FROM (SELECT suggestion_id, max(at) AS at FROM supervision_suggestionevent WHERE verb = 'assigned'
          GROUP BY suggestion_id) e
    WHERE e.suggestion_id = s.id AND s.state = 'assigned'
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_chain_of_matters"), ("accounts", "0003_chain_of_evidence")]

    operations = [
        migrations.RunSQL([_TOWN, _NOTICE, _RETURN], []),
        append_only("supervision_finding"),
        append_only("supervision_findingphoto"),
        chained("supervision_finding"),
        chained("supervision_findingphoto"),
    ]
