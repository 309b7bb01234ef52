"""Choices that the filters of several rooms offer."""

from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm, ModelChoiceField
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.directory.levels import district_or_above, districts, of_area
from accounts.directory.models import Area, Department
from accounts.looking import shown, shown_with_above, with_above
from accounts.permissions import Asker, areas_visible_to, departments_visible_to


def towns(request: Any) -> QuerySet[Area]:
    """Return the towns that the asker may choose from; `request` is None while a schema is drawn."""
    user = getattr(request, "user", None)
    return areas_visible_to(user).filter(shown(user, "pk"), level=Area.Level.TOWN)


def areas_to_choose(user: Asker) -> QuerySet[Area]:
    """Return what a list can be narrowed to: towns, and where there are several districts these too, each before its
    own."""
    if not districts().several:
        return areas_visible_to(user).filter(level=Area.Level.TOWN)
    levels = [Area.Level.DISTRICT, Area.Level.TOWN]
    return areas_visible_to(user).filter(shown(user, "pk"), level__in=levels).order_by("code")


def departments_to_choose(request: Any) -> QuerySet[Department]:
    """Return the departments that a filter offers: of the district that the asker is shown, and above it."""
    return departments_shown(getattr(request, "user", None))


def departments_shown(user: Asker) -> QuerySet[Department]:
    """Return the departments that a form of `user` offers: of the district that she is shown, and above it."""
    return departments_visible_to(user).filter(shown_with_above(user))


def departments_around(area: Area | None) -> QuerySet[Department]:
    """Return the departments that a form about a thing offers: of the district that it lies in, and above it."""
    wide = district_or_above(area) if districts().several else None
    return Department.objects.all() if wide is None else Department.objects.filter(with_above(wide))


def offer_departments(form: BaseForm, found: QuerySet[Department]) -> None:
    """Let each choice of a department in `form` be one of these."""
    for field in form.fields.values():
        if isinstance(field, ModelChoiceField) and field.queryset is not None and field.queryset.model is Department:
            field.queryset = found


def _choices(request: Any) -> QuerySet[Area]:
    return areas_to_choose(getattr(request, "user", None))


class AreaFilter(filters.ModelChoiceFilter):
    """What is of a town, or of a district and what lies in it, by the area's code."""

    def __init__(self, **more: Any) -> None:
        said = {"label": _("镇街"), "queryset": _choices, "to_field_name": "code", "empty_label": _("全部镇街")}
        super().__init__(**(said | more))

    def filter(self, queryset: QuerySet, value: Area | None) -> QuerySet:
        return queryset if value is None else queryset.filter(of_area(value, self.field_name))
