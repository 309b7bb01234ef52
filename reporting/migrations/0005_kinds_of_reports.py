"""Reports on a year and packs for a session beside those on a quarter, and texts that stand from one to the next."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from ledger.chain import chained

KINDS = [("quarter", "季度报告"), ("year", "年度报告"), ("session", "会议材料")]
REPORT, TEXT = "quarterlyreport", "reporttext"

# A wording is written once; the one change after that is its signature.
KEEP_TEXTS = """
    CREATE FUNCTION supervision_report_keep_text() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.signed_at IS NOT NULL
            OR (OLD.id, OLD.kind, OLD.slot, OLD.number, OLD.text, OLD.written_by_id, OLD.written_at)
            IS DISTINCT FROM (NEW.id, NEW.kind, NEW.slot, NEW.number, NEW.text, NEW.written_by_id, NEW.written_at) THEN
            RAISE EXCEPTION 'a wording of a report stays as it was written and signed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER supervision_report_reporttext_kept BEFORE UPDATE OR DELETE ON supervision_report_reporttext
    FOR EACH ROW EXECUTE FUNCTION supervision_report_keep_text();
    ALTER TABLE supervision_report_reporttext ENABLE ALWAYS TRIGGER supervision_report_reporttext_kept;
"""
LET_GO = """
    DROP TRIGGER IF EXISTS supervision_report_reporttext_kept ON supervision_report_reporttext;
    DROP FUNCTION IF EXISTS supervision_report_keep_text();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("papers", "0003_places_are_features_too"),
        ("ledger", "0006_functions_of_the_owner"),
        ("supervision_report", "0004_of_a_district"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name=REPORT, name="report_is_on_one_of_four_quarters"),
        migrations.RemoveConstraint(model_name=REPORT, name="one_report_of_a_quarter_at_a_time"),
        migrations.AddField(
            model_name=REPORT,
            name="kind",
            field=models.CharField(
                choices=KINDS, db_default="quarter", default="quarter", max_length=10, verbose_name="种类"
            ),
        ),
        migrations.AddField(
            model_name=REPORT,
            name="session",
            field=models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
                related_name="+", to="papers.congresssession", verbose_name="会议",
            ),
        ),
        migrations.AddField(
            model_name=REPORT,
            name="contents",
            field=models.JSONField(blank=True, db_default={}, default=dict, verbose_name="选入的内容"),
        ),
        migrations.AddField(
            model_name=REPORT,
            name="is_inner",
            field=models.BooleanField(db_default=False, default=False, verbose_name="含不公开的看板"),
        ),
        migrations.AlterField(
            model_name=REPORT,
            name="quarter",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="季度"),
        ),
        migrations.AddConstraint(
            model_name=REPORT,
            constraint=models.CheckConstraint(
                condition=models.Q(kind="quarter", quarter__range=(1, 4))
                | ~models.Q(kind="quarter") & models.Q(quarter=0),
                name="report_is_on_one_of_four_quarters",
            ),
        ),
        migrations.AddConstraint(
            model_name=REPORT,
            constraint=models.CheckConstraint(
                condition=models.Q(kind="session", session__isnull=False)
                | ~models.Q(kind="session") & models.Q(session=None),
                name="a_pack_is_of_a_session",
            ),
        ),
        migrations.AddConstraint(
            model_name=REPORT,
            constraint=models.UniqueConstraint(
                fields=["kind", "year", "quarter", "session"],
                condition=models.Q(state__in=["queued", "running"]),
                name="one_report_of_a_quarter_at_a_time",
                nulls_distinct=False,
            ),
        ),
        migrations.CreateModel(
            name="ReportText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=KINDS, max_length=10, verbose_name="种类")),
                ("slot", models.SlugField(max_length=20, verbose_name="位置")),
                ("number", models.PositiveIntegerField(verbose_name="第几稿")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="内容")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="撰写时间")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="审签时间")),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL, verbose_name="审签人",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+",
                        to=settings.AUTH_USER_MODEL, verbose_name="撰写人",
                    ),
                ),
            ],
            options={
                "verbose_name": "报告文字",
                "verbose_name_plural": "报告文字",
                "ordering": ["kind", "slot", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "slot", "number"), name="one_wording_of_a_number"),
                    models.CheckConstraint(
                        condition=models.Q(signed_by=None) | ~models.Q(signed_by=models.F("written_by")),
                        name="two_people_sign_a_text",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(signed_by=None, signed_at=None)
                        | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                        name="a_signature_has_its_moment",
                    ),
                ],
            },
        ),
        chained("supervision_report_reporttext"),
        migrations.RunSQL(KEEP_TEXTS, LET_GO),
    ]  # fmt: skip
