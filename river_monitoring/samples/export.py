"""A point's samples as the rows of a file: who measured, how, what was found, and what became of it."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from river_monitoring.samples.counting import discount_of, origin_of, why_not
from river_monitoring.samples.models import Sample
from river_monitoring.samples.parties import WorksParties
from river_monitoring.standard.evaluation import GB3838_2002
from river_monitoring.wording.parameters import parameter_name


def sample_rows(samples: QuerySet[Sample], works: WorksParties) -> Iterator[list[Any]]:
    """A head, then a row for each sample; its columns are those that a sheet of samples is read by, and more."""
    found = list(samples)
    codes = [code for code in GB3838_2002.parameters if any(code in sample.readings for sample in found)]
    limited = [code for code in GB3838_2002.parameters if any(code in sample.detection_limits for sample in found)]
    names = {code: parameter_name(GB3838_2002[code]) for code in {*codes, *limited}}
    yield [
        _("点位编码"), _("采样时间"), _("采样单位"), _("检测单位"), _("分析方法"), _("报告编号"), _("来源"),
        *(names[code] for code in codes), *(f"{names[code]}{_('检出限')}" for code in limited),
        _("类别"), _("质控状态"), _("说明"),
    ]  # fmt: skip
    for sample in found:
        yield [
            sample.point.code, f"{timezone.localtime(sample.phenomenon_time):%Y-%m-%d %H:%M}", sample.party_name,
            sample.laboratory, sample.method, sample.report_number, sample.get_source_display(),
            *(sample.readings.get(code, "") for code in codes),
            *(sample.detection_limits.get(code, "") for code in limited),
            sample.get_water_class_display(), sample.get_quality_display(),
            "" if sample.is_void else why_not(discount_of(origin_of(sample), works)),
        ]  # fmt: skip
