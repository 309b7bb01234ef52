"""What happened to projects, in words, newest first; whoever sees the project may read its news."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import Asker
from projects.following.models import News
from projects.plan.models import Project
from projects.plan.permissions import projects_visible_to
from projects.plan.stage_table import STAGES

Kind = News.Kind


def news_visible_to(user: Asker) -> QuerySet[News]:
    """Return the news of the projects that `user` may see, newest first."""
    return News.objects.filter(project__in=projects_visible_to(user)).select_related("project", "report")


def headline(news: News) -> str:
    """Say one thing that happened in a sentence, in the reader's language."""
    if news.kind == Kind.STAGE:
        return _("进入“%(stage)s”阶段") % {"stage": _stage(news.after)}
    if news.kind == Kind.MILESTONE:
        return _("完成节点“%(title)s”") % {"title": news.subject}
    if news.kind == Kind.LIGHT:
        lights = {"before": _label(Project.Light, news.before), "after": _label(Project.Light, news.after)}
        return _("亮灯由“%(before)s”变为“%(after)s”") % lights
    return _("报告进展：%(text)s") % {"text": _first_line(news)}


def _stage(value: str) -> str:
    return str(STAGES.label(value)) if STAGES.knows(value) else value


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value in choices.values else value


def _first_line(news: News, most: int = 80) -> str:
    text = " ".join((news.report.text if news.report else "").split())
    return text if len(text) <= most else f"{text[: most - 1]}…"
