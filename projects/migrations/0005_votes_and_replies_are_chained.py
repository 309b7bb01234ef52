from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only

EVENTS = (
    "projects_answer",
    "projects_ballot",
    "projects_feedbackevent",
    "projects_proposalevent",
    "projects_recommendation",
    "projects_stagechange",
    "projects_turnout",
    "projects_votecount",
)


class Migration(migrations.Migration):
    dependencies = [("projects", "0004_proposals_votes_and_public"), ("accounts", "0003_chain_of_evidence")]

    operations = [
        *(append_only(table) for table in EVENTS),
        *(chained(table) for table in EVENTS),
        append_only("projects_lightsetting"),
    ]
