from django.db import migrations, models

from ledger.chain import chained
from ledger.history import append_only
from stations.register import models as register_models


class Migration(migrations.Migration):
    dependencies = [("stations", "0003_what_was_counted_becomes_rows")]

    operations = [
        migrations.AlterField(
            model_name="deputy",
            name="page_code",
            field=models.SlugField(
                default=register_models.new_page_code,
                editable=False,
                max_length=20,
                unique=True,
                verbose_name="代表码",
            ),
        ),
        migrations.RemoveField(model_name="reception", name="was_held"),
        migrations.AddField(
            model_name="reception",
            name="held",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(status="recorded", then=models.Value(True)), default=models.Value(False)
                ),
                output_field=models.BooleanField(),
                verbose_name="已举行",
            ),
        ),
        migrations.AddConstraint(
            model_name="reception",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "recorded"), ("visitors", 0), _connector="OR"),
                name="only_held_receptions_have_visitors",
            ),
        ),
        migrations.AddConstraint(
            model_name="reception",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "cancelled"), _negated=True),
                    models.Q(("cancel_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_cancelled_day_says_why",
            ),
        ),
        migrations.RemoveField(
            model_name="reception",
            name="matters",
        ),
        migrations.RemoveField(
            model_name="reception",
            name="matters_settled",
        ),
        append_only("stations_receptionevent"),
        chained("stations_receptionevent"),
        append_only("stations_dutyevent"),
        chained("stations_dutyevent"),
        append_only("stations_pointsrule"),
        append_only("stations_pointsitem"),
    ]
