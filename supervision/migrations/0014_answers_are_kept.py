"""How each matter was answered is a row beside it, kept by the database as events are written."""

import django.db.models.deletion
from django.db import migrations, models

ANSWERS = """
    INSERT INTO supervision_matteranswer (suggestion_id, assigned_on, replied_on, days, was_late, satisfied)
    SELECT suggestion_id, assigned_on, replied_on, replied_on - assigned_on, was_late, satisfied FROM (
        SELECT suggestion_id,
            (array_agg(day ORDER BY at DESC, id DESC) FILTER (WHERE is_given AND before_reply))[1] AS assigned_on,
            (array_agg(day ORDER BY at, id) FILTER (WHERE verb = 'replied'))[1] AS replied_on,
            coalesce(bool_or(due_on IS NULL OR day > due_on) FILTER (WHERE verb = 'replied'), FALSE) AS was_late,
            (array_agg(outcome IN ('satisfied', 'fairly') ORDER BY at DESC, id DESC)
                FILTER (WHERE verb IN ('rated', 'reopened') AND outcome <> ''))[1] AS satisfied
        FROM (
            SELECT id, suggestion_id, verb, at, due_on, outcome, (at AT TIME ZONE 'Asia/Shanghai')::date AS day,
                verb IN ('assigned', 'forwarded', 'passed_on') AS is_given,
                count(*) FILTER (WHERE verb = 'replied')
                    OVER (PARTITION BY suggestion_id ORDER BY at, id) = 0 AS before_reply
            FROM supervision_suggestionevent
            WHERE {matters} AND verb IN ('assigned', 'forwarded', 'passed_on', 'replied', 'rated', 'reopened')
        ) AS counted GROUP BY suggestion_id
    ) AS answers
    ON CONFLICT (suggestion_id) DO UPDATE SET assigned_on = excluded.assigned_on, replied_on = excluded.replied_on,
        days = excluded.days, was_late = excluded.was_late, satisfied = excluded.satisfied"""
WRITTEN = "suggestion_id IN (SELECT suggestion_id FROM written)"
KEEP = f"""
    CREATE FUNCTION supervision_keep_answers() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        {ANSWERS.format(matters=WRITTEN)};
        RETURN NULL;
    END $$;
    CREATE TRIGGER supervision_suggestionevent_answers AFTER INSERT ON supervision_suggestionevent
        REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION supervision_keep_answers();
    {ANSWERS.format(matters="TRUE")};
"""
FORGET = """
    DROP TRIGGER supervision_suggestionevent_answers ON supervision_suggestionevent;
    DROP FUNCTION supervision_keep_answers();
"""


class Migration(migrations.Migration):
    dependencies = [("supervision", "0013_corrections_and_urges_taken_back")]

    operations = [
        migrations.CreateModel(
            name="MatterAnswer",
            fields=[
                (
                    "suggestion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="supervision.suggestion",
                    ),
                ),
                ("assigned_on", models.DateField(null=True, verbose_name="交办日期")),
                ("replied_on", models.DateField(null=True, verbose_name="首次答复日期")),
                ("days", models.IntegerField(null=True, verbose_name="答复用时")),
                ("was_late", models.BooleanField(db_default=False, default=False, verbose_name="曾经逾期答复")),
                ("satisfied", models.BooleanField(null=True, verbose_name="对结果满意")),
            ],
            options={"verbose_name": "答复情况", "verbose_name_plural": "答复情况"},
        ),
        migrations.RunSQL(KEEP, FORGET),
    ]
