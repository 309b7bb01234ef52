"""What the public answered without showing who it is gets totals of its own; decisions on paper counts are history."""

from collections import Counter
from typing import Any

from django.db import migrations

from ledger.chain import chained
from ledger.history import append_only

DECISIONS = "projects_paperdecision"
COLUMNS = {"satisfied": "satisfied", "fairly_satisfied": "fairly", "dissatisfied": "dissatisfied"}
COLUMNS |= {"abstained": "abstained"}


def part(apps: Any, editor: Any) -> None:
    """Of each public total leave what was counted on paper, and put the answers of browsers into a total apart."""
    ratings = apps.get_model("projects", "Rating").objects.using(editor.connection.alias)
    answers = apps.get_model("projects", "Answer").objects.using(editor.connection.alias)
    for rating in ratings.filter(voter="public"):
        found = Counter(answers.filter(project=rating.project_id, deputy=None).values_list("choice", flat=True))
        if not found:
            continue
        apart = {column: found[choice] for column, choice in COLUMNS.items()}
        ratings.create(project_id=rating.project_id, voter="unverified", **apart)
        for column, count in apart.items():
            setattr(rating, column, getattr(rating, column) - count)
        if any(getattr(rating, column) for column in COLUMNS):
            rating.save()
        else:
            rating.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0012_ratings_verified_and_counted_by_two"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        append_only(DECISIONS),
        chained(DECISIONS),
        migrations.RunPython(part, migrations.RunPython.noop, elidable=True),
    ]
