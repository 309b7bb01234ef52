"""Figures of stations: receptions that were held, and their part of the numbers page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.indicators import Case, Indicator, Scope, Source
from accounts.permissions import Asker, within
from stations.receptions.models import ReceptionEvent
from stations.receptions.permissions import receptions_visible_to
from stations.receptions.table import TABLE as RECEPTIONS
from stations.statistics.queries import numbers
from ui.days import midnight, midnight_after


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionCase(Case):
    """One reception day that is over and was not called off before it began."""

    is_held: bool


def reception_cases(asker: Asker, scope: Scope, today: date) -> list[ReceptionCase]:
    """Read the reception days of an area and time; those that are not over are not counted.

    One that nobody held stays one of those that were announced, also where it was called off afterwards.
    """
    if scope.department:
        return []
    until = min(scope.until or today, today)
    cancelled = ReceptionEvent.objects.filter(reception=OuterRef("pk"), verb=ReceptionEvent.Verb.CANCELLED)
    afterwards = Exists(cancelled.filter(at__gte=OuterRef("starts_at")))
    days = receptions_visible_to(asker).filter(Q(status__in=RECEPTIONS.in_group("takes_place")) | afterwards)
    days = days.filter(Q(held=True) | Q(ends_at__lte=timezone.now()), starts_at__lt=midnight_after(until))
    days = days.filter(starts_at__gte=midnight(scope.since)) if scope.since else days
    days = days.filter(within(scope.area, "station__area") if scope.area else Q())
    rows = days.order_by("pk").values_list("pk", "station__area__code", "station__area__name", "starts_at", "held")
    return [
        ReceptionCase(pk=pk, area=(code or "", name or ""), day=timezone.localdate(at), is_held=held)
        for pk, code, name, at, held in rows
    ]


def section(asker: Asker) -> str:
    """The receptions of all stations."""
    return render_to_string("stations/_numbers.html", {"numbers": numbers(asker)})


SOURCES = (
    Source(
        code="receptions",
        cases=reception_cases,
        indicators=(
            Indicator(
                code="receptions-held",
                title=_("接待场次"),
                numerator=_("已举行的接待"),
                denominator=_("安排的接待"),
                in_part=lambda case: case.is_held,
                unit=_("场"),
            ),
        ),
        section=section,
    ),
)
