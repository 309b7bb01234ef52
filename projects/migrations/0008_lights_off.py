"""A project that is not under way has its light off; "not started" is said of one that is under way and has not begun."""

from django.db import migrations, models

UNDER_WAY = ("building", "supervised", "rated")


def _trigger(condition: str) -> list[str]:
    return [
        "DROP TRIGGER projects_tell_light ON projects_project",
        f"""CREATE TRIGGER projects_tell_light AFTER UPDATE OF light ON projects_project
        FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION projects_tell_light()""",
    ]


# That work begins on time is the stage's news, not the light's.
NEWS = """OLD.light <> NEW.light AND NEW.light NOT IN ('none', 'off')
    AND NOT (OLD.light IN ('none', 'off') AND NEW.light = 'green')"""
NEWS_BEFORE = "OLD.light <> NEW.light AND NEW.light <> 'none' AND NOT (OLD.light = 'none' AND NEW.light = 'green')"


def turn_off(apps, schema_editor):
    apps.get_model("projects", "Project").objects.filter(light="none").exclude(status__in=UNDER_WAY).update(light="off")


def turn_back(apps, schema_editor):
    apps.get_model("projects", "Project").objects.filter(light="off").update(light="none")


class Migration(migrations.Migration):
    dependencies = [("projects", "0007_news_and_confirmed_followers")]

    operations = [
        migrations.AlterField(
            model_name="project",
            name="light",
            field=models.CharField(
                choices=[
                    ("green", "按期"), ("yellow", "滞后"), ("red", "严重滞后"), ("none", "未开工"), ("off", "不亮灯"),
                ],
                default="off",
                editable=False,
                max_length=10,
                verbose_name="亮灯",
            ),
        ),
        migrations.RunSQL(_trigger(NEWS), _trigger(NEWS_BEFORE)),
        migrations.RunPython(turn_off, turn_back),
    ]  # fmt: skip
