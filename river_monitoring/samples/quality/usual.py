"""What is usual at a point, from the samples that it has, and the sentence that asks about a value that is not."""

from collections.abc import Iterable, Mapping

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from geokit.refusal import FieldError
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.quality.outliers import Outlier, Usual, outliers_in, usual_of_all
from river_monitoring.standard.evaluation import Standard
from river_monitoring.steps.sample_quality import Quality
from river_monitoring.wording.parameters import parameter_name

TAKEN = 60
"""Newest samples that are read: five years of monthly ones."""
TAKEN_AUTOMATIC = 720
"""A month of hours."""
KEPT_SECONDS = 3_600
"""How long the bounds of an automatic station serve before they are read anew; an hour adds one value of 720."""
SOUND = (Quality.UNQUESTIONED, Quality.CONFIRMED)


def outliers_of(point: MonitoringPoint, readings: Mapping[str, str], *, but: int | None = None) -> list[Outlier]:
    """Values far outside the point's history by hand-taken samples; `but` leaves out the sample that is corrected."""
    rows = _sound(point).exclude(source=Sample.Source.AUTOMATIC)
    rows = rows.exclude(pk=but) if but else rows
    return outliers_in(readings, usual_of_all(_newest(rows, TAKEN)))


def outliers_of_hour(point: MonitoringPoint, readings: Mapping[str, str]) -> list[Outlier]:
    """The same of an hourly mean against the hours before it."""
    key = f"usual-hours:{point.pk}"
    usual: dict[str, Usual] | None = cache.get(key)
    if usual is None:
        rows = _sound(point).filter(source=Sample.Source.AUTOMATIC)
        usual = usual_of_all(_newest(rows, TAKEN_AUTOMATIC))
        if usual:
            cache.set(key, usual, KEPT_SECONDS)
    return outliers_in(readings, usual)


def _sound(point: MonitoringPoint) -> QuerySet[Sample]:
    return Sample.objects.filter(point=point, quality__in=SOUND)


def _newest(rows: QuerySet[Sample], most: int) -> Iterable[Mapping[str, str]]:
    return rows.order_by("-phenomenon_time").values_list("readings", flat=True)[:most]


def sentence(found: Outlier, standard: Standard) -> str:
    """What is said of a value that is not usual here."""
    parameter = standard[found.code]
    names = {
        "name": parameter_name(parameter),
        "value": found.value,
        "unit": parameter.unit,
        "low": f"{found.usual.low:.3g}",
        "high": f"{found.usual.high:.3g}",
        "count": found.usual.count,
    }
    return _("%(name)s的值%(value)s%(unit)s远离这个点位的历史范围（%(low)s–%(high)s，近%(count)s次）。") % names


def errors_of(found: Iterable[Outlier], standard: Standard) -> list[FieldError]:
    """Each as the error of its box: it asks, and is no refusal."""
    ask = _("请核对；确实无误请确认后再提交。")
    return [FieldError(each.code, "outlier", sentence(each, standard) + ask) for each in found]
