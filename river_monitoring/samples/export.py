"""A point's samples as the rows of a file: who measured, how, what was found, and what became of it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.samples.counting import discount_of, origin_of, why_not
from river_monitoring.samples.models import Sample
from river_monitoring.samples.parties import WorksParties
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.steps.sample_quality import quality_choices
from river_monitoring.wording.parameters import parameter_name
from ui.text.labels import labels_of

READ = (
    "phenomenon_time", "party_name", "laboratory", "method", "report_number", "source", "readings", "detection_limits",
    "water_class", "quality", "party", "recorded_by", "by_works", "is_historic", "flagged",
)  # fmt: skip


def sample_rows(samples: QuerySet[Sample], point: MonitoringPoint, works: WorksParties) -> Iterator[list[Any]]:
    """A head, then a row for each sample of a point; its columns are those that a sheet of samples is read by, and
    more."""
    found = list(samples.select_related(None).only(*READ))
    codes = [code for code in GB3838_2002.parameters if any(code in sample.readings for sample in found)]
    limited = [code for code in GB3838_2002.parameters if any(code in sample.detection_limits for sample in found)]
    names = {code: parameter_name(GB3838_2002[code]) for code in {*codes, *limited}}
    yield [
        _("点位编码"), _("采样时间"), _("采样单位"), _("检测单位"), _("分析方法"), _("报告编号"), _("来源"),
        *(names[code] for code in codes), *(f"{names[code]}{_('检出限')}" for code in limited),
        _("类别"), _("质控状态"), _("说明"),
    ]  # fmt: skip
    sources, classes = labels_of(Sample.Source.choices), labels_of(WaterClass.choices)
    qualities, zone = labels_of(quality_choices()), timezone.get_current_timezone()
    for sample in found:
        yield [
            point.code, f"{sample.phenomenon_time.astimezone(zone):%Y-%m-%d %H:%M}", sample.party_name,
            sample.laboratory, sample.method, sample.report_number, sources[sample.source],
            *(sample.readings.get(code, "") for code in codes),
            *(sample.detection_limits.get(code, "") for code in limited),
            classes[sample.water_class], qualities[sample.quality],
            "" if sample.is_void else why_not(discount_of(origin_of(sample), works)),
        ]  # fmt: skip
