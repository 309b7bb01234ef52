"""What a questionnaire is about: found by kind and code, shown to whom may see it, and asked from the thing's page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Area
from accounts.permissions import Asker, areas_visible_to
from geokit.refusal import refuse
from library.models import Document
from library.permissions import documents_visible_to
from projects.models import Project
from projects.permissions import projects_visible_to
from questions.register.models import ABOUT, Questionnaire
from questions.register.permissions import questionnaires_visible_to
from questions.register.table import TABLE
from river_monitoring.models import MonitoringPoint, River
from river_monitoring.permissions import points_visible_to, rivers_visible_to
from ui.linked import Linked

MOST_LINKED = 5


@dataclass(frozen=True, slots=True)
class AboutKind:
    """A kind of thing that can be asked about."""

    field: str
    label: Any
    model: type[Model]
    visible_to: Callable[[Asker], QuerySet[Any]]


KINDS = (
    AboutKind("document", gettext_lazy("文件（草案）"), Document, documents_visible_to),
    AboutKind("project", gettext_lazy("民生实事项目"), Project, projects_visible_to),
    AboutKind("river", gettext_lazy("河道"), River, rivers_visible_to),
    AboutKind("point", gettext_lazy("水质点位"), MonitoringPoint, points_visible_to),
    AboutKind("about_area", gettext_lazy("区域"), Area, areas_visible_to),
)


def choices() -> list[tuple[str, Any]]:
    """Return the kinds for a field."""
    return [(kind.field, kind.label) for kind in KINDS]


def about_fields(user: Asker, field: str, code: str) -> dict[str, Any]:
    """Return a value for each field, at most one of them set. Raises BadInput for what `user` cannot see."""
    found: dict[str, Any] = dict.fromkeys(ABOUT)
    kind = next((kind for kind in KINDS if kind.field == field), None)
    if kind is None:
        return found
    code = code.strip()
    thing = kind.visible_to(user).filter(code=code).first() if code and "\0" not in code else None
    if thing is None:
        raise refuse("about_code", "unknown", _("没有编号为“%s”的对象，请核对。") % code[:40])
    return found | {field: thing}


def about_of(user: Asker, questionnaire: Questionnaire) -> tuple[Any, Any] | None:
    """Return the kind's label and the thing, where `user` may see it."""
    for kind in KINDS:
        key = getattr(questionnaire, f"{kind.field}_id")
        if key:
            thing = kind.visible_to(user).filter(pk=key).first()
            return (kind.label, thing) if thing else None
    return None


def linked_to(thing: Model, user: Asker) -> list[Linked]:
    """Return the questionnaires about a thing, the newest first, for its own page."""
    kind = next((kind for kind in KINDS if isinstance(thing, kind.model)), None)
    if kind is None:
        return []
    rows = questionnaires_visible_to(user).filter(**{kind.field: thing}, state__in=TABLE.in_group("public"))
    return [
        Linked(row.title, row.get_absolute_url(), str(row.standing.label), row.standing.tone)
        for row in rows.order_by("-opens_at", "-pk")[:MOST_LINKED]
    ]
