"""Every version of the rows that judgments rest on enters the chain of evidence; personal text as salted hashes."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0008_lights_off"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        chained("projects_project", omitted=("search_key", "progress", "light", "updated_at", "version")),
        chained("projects_milestone"),
        chained("projects_goal"),
        chained("projects_projectplace"),
        chained("projects_lightsetting"),
        chained("projects_votesession"),
        chained("projects_candidacy"),
        chained("projects_elector"),
        chained("projects_rating"),
        chained("projects_feedback", omitted=("version",), sealed=("text", "contact", "reason")),
        chained("projects_feedbackevent", sealed=("text",)),
        chained("projects_proposal", omitted=("search_key", "version"), sealed=("title", "text", "address", "contact")),
        chained("projects_proposalevent", sealed=("text",)),
    ]
