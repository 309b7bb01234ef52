"""Whether a sample may come in: by whom, from which source, from which day."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import rules
from accounts.permissions import Asker
from geokit.refusal import BadInput, FieldError, NotPermitted
from river_monitoring.points.models import MonitoringPoint
from river_monitoring.samples.models import Sample
from river_monitoring.samples.permissions import may_load_history, may_record_sample
from river_monitoring.samples.provenance import Provenance
from river_monitoring.standard.readings import EARLIEST

CLOCK_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Intake:
    """How a sample comes in, beside its figures.

    `confirmed`: a person looked at the unusual values. `asks`: somebody can still be asked about values far outside
    the point's history; otherwise the sample is stored and marked as questioned. `is_historic`: data of years past,
    loaded by congress or GIS staff, which never prove a rectification.
    """

    source: str = Sample.Source.MANUAL
    provenance: Provenance = field(default_factory=Provenance)
    confirmed: bool = False
    asks: bool = True
    is_historic: bool = False


def refuse_strangers(point: MonitoringPoint, actor: Asker, how: Intake) -> None:
    """Refuse whoever may not hand in samples of the point in this way."""
    if how.source not in (Sample.Source.MANUAL, Sample.Source.IMPORT):
        message = _("自动站的数据只能由自动站自己上报，不能由账号或接口填报。")
        raise BadInput(message, code="source-not-yours", errors=[FieldError("source", "source-not-yours", message)])
    if how.is_historic and not may_load_history(actor, point):
        raise NotPermitted(_("历史数据只能由人大工作人员或 GIS 人员导入，镇街的工作人员只限本镇街。"))
    if not how.is_historic and not may_record_sample(actor, point):
        message = _("这个点位的水样由本区的采样单位和责任部门“%s”报送，您不能录入。")
        raise NotPermitted(message % point.department.name)


def refuse_wrong_time(at: datetime, how: Intake) -> None:
    """Refuse a time in the future, before there were samples, or of an age that does not go with the way in."""
    _refuse_bad_time(at)
    _refuse_wrong_age(at, how)


def _refuse_bad_time(at: datetime) -> None:
    if at > timezone.now() + CLOCK_TOLERANCE:
        message = _("采样时间 %s 晚于现在，请核对日期。") % _shown(at)
        raise BadInput(message, code="future-time", errors=[FieldError("phenomenon_time", "future-time", message)])
    if at < EARLIEST:
        message = _("采样时间 %s 太早，请核对年份。") % _shown(at)
        raise BadInput(message, code="time-too-old", errors=[FieldError("phenomenon_time", "time-too-old", message)])


def _shown(at: datetime) -> str:
    """The time in words; at the calendar's first and last day as it was given, for there is no hour beyond."""
    try:
        return date_format(timezone.localtime(at), "DATETIME_FORMAT")
    except OverflowError:
        return at.isoformat(" ", "minutes")


def is_long_past(at: datetime) -> bool:
    """Tell whether a sample of that time is older than one may be that is handed in."""
    return _days_past(at) > rules.value("samples.max_age_days")


def _days_past(at: datetime) -> int:
    return (timezone.localdate() - timezone.localdate(at)).days


def _refuse_wrong_age(at: datetime, how: Intake) -> None:
    """A sample by hand may lie so many days in the past; only what is older is history."""
    most = rules.value("samples.max_age_days")
    names = {"days": _days_past(at), "most": most}
    if names["days"] > most and not how.is_historic:
        message = _(
            "采样日期在 %(days)d 天以前，补录最多 %(most)d 天以内的水样。"
            "更早的由人大或 GIS 人员作为历史数据导入，不作销号依据。"
        )
        code = "too-long-ago"
    elif names["days"] <= most and how.is_historic:
        message = _("采样日期在 %(most)d 天以内，不是历史数据，请由采样单位录入。")
        code = "not-historic"
    else:
        return
    raise BadInput(message % names, code=code, errors=[FieldError("phenomenon_time", code, message % names)])
