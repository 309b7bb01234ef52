"""Samples and their corrections, and the automatic stations that send them."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Department, User
from river_monitoring.points.models import MonitoringPoint, WaterClass
from river_monitoring.steps.sample_quality import OPEN, TABLE, VOID, Quality, event_choices, quality_choices

TO_REVIEW = Q(quality__in=sorted(quality.value for quality in OPEN)) | Q(
    Q(water_class=WaterClass.UNRATED), ~Q(flagged={})
)
"""Samples that wait for somebody: questioned, corrected, or with a value that its station sent and doubted itself."""


class Sample(models.Model):
    """One reading of several parameters at one point and time, with its evaluation by the standard."""

    class Source(models.TextChoices):
        MANUAL = "manual", _("人工采样")
        AUTOMATIC = "automatic", _("自动站")
        IMPORT = "import", _("批量导入")

    point = models.ForeignKey(MonitoringPoint, models.PROTECT, related_name="samples", verbose_name=_("点位"))
    phenomenon_time = models.DateTimeField(_("采样时间"))
    source = models.CharField(_("来源"), max_length=10, choices=Source, default=Source.MANUAL)
    # {"nh3n": "2.35", "cu": "0.001L"}: parameter code -> value as reported, mg/L unless the
    # standard says otherwise; "L" marks a non-detect. Text keeps the digits that were reported.
    readings = models.JSONField(_("读数"))
    water_class = models.PositiveSmallIntegerField(
        pgettext_lazy("water", "类别"), choices=WaterClass, default=WaterClass.UNRATED, editable=False
    )
    limiting = models.JSONField(_("定类因子"), default=list, editable=False)
    exceedance = models.JSONField(_("超标倍数"), default=dict, editable=False)
    note = models.TextField(_("评价说明"), blank=True, editable=False)
    # {"nh3n": {"value": "9.9", "flag": "D"}}: what an automatic station sent and marked as not measured properly.
    flagged = models.JSONField(_("标记为异常的读数"), default=dict, blank=True, editable=False)
    standard = models.CharField(_("评价标准"), max_length=40, editable=False, default="GB3838-2002")
    station = models.ForeignKey(
        "river_monitoring.AutomaticStation",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="samples",
        verbose_name=_("自动监测站"),
    )
    """The station that sent it; nobody else can say that a sample is one of a station."""
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(_("录入时间"), auto_now_add=True)
    # Whose account, token or station handed the sample in; never typed. Empty: samples from before it was kept.
    party = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("采样单位"), editable=False
    )
    # Its name on that day; of historic data whoever the loaded sheet names.
    party_name = models.CharField(_("采样单位名称"), max_length=80, blank=True, db_default="", default="")
    laboratory = models.CharField(_("检测单位"), max_length=80, blank=True, db_default="", default="")
    method = models.CharField(_("分析方法"), max_length=200, blank=True, db_default="", default="")
    # {"nh3n": "0.025"}: by parameter code, in the standard's unit.
    detection_limits = models.JSONField(_("检出限"), default=dict, blank=True, db_default={})
    report_number = models.CharField(_("报告编号"), max_length=40, blank=True, db_default="", default="")
    # Whether the party answered for the works at the point when it handed the sample in.
    by_works = models.BooleanField(_("整治责任单位自采"), default=False, db_default=False, editable=False)
    is_historic = models.BooleanField(_("补录的历史数据"), default=False, db_default=False, editable=False)
    quality = models.CharField(
        _("质控状态"),
        max_length=12,
        choices=quality_choices,
        default=Quality.UNQUESTIONED.value,
        db_default=Quality.UNQUESTIONED.value,
        editable=False,
    )
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("水样")
        verbose_name_plural = _("水样")
        ordering = ["point", "-phenomenon_time"]
        constraints = [
            models.UniqueConstraint(
                # Two parties may sample side by side; neither can take the other's place.
                fields=["point", "phenomenon_time", "source", "party"],
                nulls_distinct=False,
                name="one_sample_per_point_time_source_party",
            ),
            models.CheckConstraint(
                condition=models.Q(station=None) | models.Q(source="automatic"), name="a_stations_sample_is_automatic"
            ),
            models.CheckConstraint(
                condition=Q(is_historic=False) | Q(source="import", party=None), name="historic_samples_are_imported"
            ),
            models.CheckConstraint(condition=Q(by_works=False) | Q(party__isnull=False), name="works_have_a_party"),
        ]
        indexes = [models.Index(fields=["-phenomenon_time", "id"], condition=TO_REVIEW, name="samples_to_review")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.phenomenon_time:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("river:sample", args=[self.point.code, self.pk])

    @property
    def is_void(self) -> bool:
        """Whether it was rejected and counts nowhere."""
        return self.quality in VOID

    @property
    def quality_tone(self) -> str:
        return TABLE.state(self.quality).tone


class Series(models.Model):
    """That a parameter was measured at a point, first and last when: kept by a trigger as samples are written."""

    point = models.ForeignKey(MonitoringPoint, models.CASCADE, related_name="series", verbose_name=_("点位"))
    code = models.CharField(_("指标"), max_length=40)
    first_at = models.DateTimeField(_("最早采样时间"))
    last_at = models.DateTimeField(_("最近采样时间"))

    class Meta:
        verbose_name = _("监测序列")
        verbose_name_plural = _("监测序列")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["point", "code"], name="one_series_per_point_and_parameter")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.code}"


class SampleRevision(models.Model):
    """The values of a sample before a correction. Append-only."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="revisions", verbose_name=_("水样"))
    at = models.DateTimeField(_("更正时间"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("更正人"))
    reason = models.TextField(_("更正原因"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("更正单位")
    )
    readings = models.JSONField(_("更正前读数"))
    water_class = models.PositiveSmallIntegerField(_("更正前类别"), choices=WaterClass)

    class Meta:
        verbose_name = _("水样更正")
        verbose_name_plural = _("水样更正")
        ordering = ["sample", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.at:%Y-%m-%d}"


class SampleCheck(models.Model):
    """One step of a sample's quality control. Append-only; `department` is that of the actor on that day."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="checks", verbose_name=_("水样"))
    at = models.DateTimeField(_("时间"))
    verb = models.CharField(_("动作"), max_length=12, choices=event_choices)
    from_state = models.CharField(_("原状态"), max_length=12, choices=quality_choices)
    to_state = models.CharField(_("新状态"), max_length=12, choices=quality_choices)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("操作人"))
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    reason = models.TextField(_("理由"), blank=True)

    class Meta:
        verbose_name = _("水样质控记录")
        verbose_name_plural = _("水样质控记录")
        ordering = ["sample", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.verb}"


class AutomaticStation(models.Model):
    """A station that sends HJ 212 packets for one monitoring point."""

    mn = models.CharField(_("设备唯一标识（MN）"), max_length=24, unique=True)
    point = models.ForeignKey(
        MonitoringPoint, models.PROTECT, related_name="automatic_stations", verbose_name=_("监测点位")
    )
    operator = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="automatic_stations",
        verbose_name=_("运维单位"),
        help_text=_("由整治责任单位运维的自动站，其数据不作为销号依据。"),
    )
    password = models.CharField(_("访问密码（PW）"), max_length=9)
    """Sent in clear by the protocol itself; it distinguishes stations and protects nothing."""
    units = models.JSONField(_("单位换算"), default=dict, blank=True)
    """{"w20111": "ug/L"}: where this station departs from `hj212.codes.UNITS`."""
    networks = models.JSONField(_("来源网段"), default=list, db_default=[], blank=True)
    """["10.20.0.0/16"]: the networks it may report from; empty for any."""
    is_active = models.BooleanField(_("启用"), default=True)
    failures = models.PositiveIntegerField(_("认证失败次数"), default=0, db_default=0, editable=False)
    failing_since = models.DateTimeField(_("首次失败"), null=True, blank=True, editable=False)
    locked_at = models.DateTimeField(_("锁定时间"), null=True, blank=True, editable=False)
    """Locked after too many failures; only `last_peer` is still heard, until somebody unlocks it."""
    last_peer = models.CharField(_("最近来源地址"), max_length=45, blank=True, db_default="", editable=False)
    last_seen = models.DateTimeField(_("最近通信"), null=True, blank=True, editable=False)
    latest = models.JSONField(_("最近数据"), default=dict, blank=True, editable=False)
    """The last report of any command: {`cn`, `time`, `values` {code: [value, flag]}}."""

    class Meta:
        verbose_name = _("自动监测站")
        verbose_name_plural = _("自动监测站")
        ordering = ["mn"]

    def __str__(self) -> str:
        return self.mn


class StationFault(models.Model):
    """Connections that were cut off, or reports that were rejected: one row an hour for each source and reason."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
    count = models.PositiveIntegerField(_("次数"), default=1, db_default=1)
    last_at = models.DateTimeField(_("最近一次"), default=timezone.now, db_default=Now())
    peer = models.CharField(_("来源地址"), max_length=45, blank=True)
    mn = models.CharField(_("设备唯一标识（MN）"), max_length=24, blank=True)
    code = models.CharField(_("代码"), max_length=40)
    excerpt = models.CharField(_("内容摘录"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("自动站故障")
        verbose_name_plural = _("自动站故障")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["mn", "at"])]

    def __str__(self) -> str:
        return f"{self.mn} {self.code}"
