"""Rivers and their reaches, monitoring points, samples, and the rectification of a point."""

from pathlib import PurePath

from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, Department, User
from river_monitoring.network.ellipsoid import OnEllipsoid
from river_monitoring.network.models import Chief as Chief
from river_monitoring.network.models import ManagementRange as ManagementRange
from river_monitoring.network.models import ReachLink as ReachLink
from river_monitoring.points.follow_models import EvidenceCheck as EvidenceCheck
from river_monitoring.points.follow_models import RiverFollow as RiverFollow
from river_monitoring.works import models as works  # noqa: F401 - Django looks for models here only


class WaterKind(models.TextChoices):
    """Which column of GB 3838-2002 Table 1 applies."""

    RIVER = "river", _("河流")
    LAKE = "lake", _("湖库")


class WaterClass(models.IntegerChoices):
    """How `standards.WaterClass` is stored and carried by tiles: its number, 6 inferior V, 0 cannot be told."""

    UNRATED = 0, _("未评价")
    I = 1, _("Ⅰ类")  # noqa: E741 - the standard's own name
    II = 2, _("Ⅱ类")
    III = 3, _("Ⅲ类")
    IV = 4, _("Ⅳ类")
    V = 5, _("Ⅴ类")
    INFERIOR_V = 6, _("劣Ⅴ类")


class Grade(models.TextChoices):
    """Who administers a river (河道等级)."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")


class River(models.Model):
    """A named water: a river, canal, or lake. `surface` is its water where that is known, as of a lake."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("水体类型"), max_length=10, choices=WaterKind, default=WaterKind.RIVER)
    grade = models.CharField(_("河道等级"), max_length=10, choices=Grade, default=Grade.COUNTY)
    flows_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="tributaries", verbose_name=_("汇入")
    )
    goal = models.TextField(_("整治目标"), blank=True, help_text=_("写在公示牌上"))
    surface = models.MultiPolygonField(_("水面"), srid=4326, null=True, blank=True)
    surface_m2 = models.GeneratedField(
        expression=OnEllipsoid("surface", function="ST_Area"),
        output_field=models.FloatField(null=True),
        db_persist=True,
        verbose_name=_("水面面积（平方米）"),
    )

    class Meta:
        verbose_name = _("河流")
        verbose_name_plural = _("河流")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("river:water", args=[self.code])


class Reach(models.Model):
    """A stretch of a river within one town, in flow direction."""

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    river = models.ForeignKey(River, models.PROTECT, related_name="reaches", verbose_name=_("河流"))
    area = models.ForeignKey(Area, models.PROTECT, related_name="reaches", verbose_name=_("镇街"))
    order = models.PositiveIntegerField(_("自上游起的次序"), default=0)
    chief_name = models.CharField(_("河长"), max_length=40, blank=True)
    chief_post = models.CharField(_("河长职务"), max_length=60, blank=True)
    chief_phone = models.CharField(_("监督电话"), max_length=30, blank=True)
    begins_at = models.CharField(_("起点"), max_length=80, blank=True)
    ends_at = models.CharField(_("终点"), max_length=80, blank=True)
    width_m = models.FloatField(_("平均河宽（米）"), null=True, blank=True, validators=[MinValueValidator(0)])
    geom = models.MultiLineStringField(_("河道中心线"), srid=4326)
    length_m = models.GeneratedField(
        expression=OnEllipsoid("geom", function="ST_Length"),
        output_field=models.FloatField(),
        db_persist=True,
        verbose_name=_("长度（米）"),
    )
    is_schematic = models.BooleanField(_("示意"), default=False)

    class Meta:
        verbose_name = _("河段")
        verbose_name_plural = _("河段")
        ordering = ["river", "order"]

    def __str__(self) -> str:
        return self.name


class MonitoringPoint(models.Model):
    """A place where water is sampled: a section (断面) or a small water (小微水体)."""

    class Kind(models.TextChoices):
        STATE = "state", _("国控断面")
        PROVINCE = "province", _("省控断面")
        CITY = "city", _("市控断面")
        COUNTY = "county", _("县控断面")
        HANDOVER = "handover", _("交接断面")
        SMALL = "small", _("小微水体")

    class Status(models.TextChoices):
        NONE = "none", _("未挂号")
        LISTED = "listed", _("已挂号")
        PLANNED = "planned", _("已定方案")
        UNDER_WAY = "under_way", _("治理中")
        ACCEPTANCE_ASKED = "acceptance_asked", _("申请验收")
        DELISTED = "delisted", _("已销号")
        LOOK_BACK = "look_back", _("回头看")
        SUSPENDED = "suspended", _("暂停")

    code = models.CharField(_("编码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    water = models.CharField(_("适用标准表"), max_length=10, choices=WaterKind, default=WaterKind.RIVER)
    river = models.ForeignKey(
        River, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("所在河流")
    )
    reach = models.ForeignKey(
        Reach, models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("所在河段")
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="monitoring_points", verbose_name=_("镇街"))
    village = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("村社"))
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="monitoring_points", verbose_name=_("责任部门")
    )
    geom = models.PointField(_("位置"), srid=4326)
    is_schematic = models.BooleanField(_("示意"), default=False)
    target_class = models.PositiveSmallIntegerField(_("目标类别"), choices=WaterClass, default=WaterClass.III)
    baseline_class = models.PositiveSmallIntegerField(_("挂号时类别"), choices=WaterClass, default=WaterClass.UNRATED)
    causes = models.TextField(_("成因"), blank=True)
    responsible_name = models.CharField(_("责任人"), max_length=40, blank=True)
    responsible_phone = models.CharField(_("责任人电话"), max_length=30, blank=True)
    # What the newest sample says; written only by services.record_sample.
    current_class = models.PositiveSmallIntegerField(
        _("现状类别"), choices=WaterClass, default=WaterClass.UNRATED, editable=False
    )
    current_sample = models.ForeignKey(
        "Sample", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # Where rectification stands; written only by services.transition_point.
    status = models.CharField(_("治理状态"), max_length=20, choices=Status, default=Status.NONE)
    listed_on = models.DateField(_("挂号日期"), null=True, blank=True)
    due_on = models.DateField(_("整治期限"), null=True, blank=True)
    delisted_on = models.DateField(_("销号日期"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("监测点位")
        verbose_name_plural = _("监测点位")
        ordering = ["code"]
        indexes = [models.Index(fields=["status", "due_on"]), models.Index(fields=["current_class"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("river:point", args=[self.code])


class Sample(models.Model):
    """One reading of several parameters at one point and time, with what the standard says of it."""

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
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(_("录入时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("水样")
        verbose_name_plural = _("水样")
        ordering = ["point", "-phenomenon_time"]
        constraints = [
            models.UniqueConstraint(
                fields=["point", "phenomenon_time", "source"], name="one_sample_per_point_time_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.phenomenon_time:%Y-%m-%d}"


class PointFollow(models.Model):
    """Somebody wants to hear what becomes of a point."""

    user = models.ForeignKey(User, models.CASCADE, related_name="followed_points", verbose_name=_("关注人"))
    point = models.ForeignKey(MonitoringPoint, models.CASCADE, related_name="follows", verbose_name=_("点位"))
    since = models.DateTimeField(_("关注时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("点位关注")
        verbose_name_plural = _("点位关注")
        ordering = ["-since"]
        constraints = [models.UniqueConstraint(fields=["user", "point"], name="follow_a_point_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.point_id}"


class SampleRevision(models.Model):
    """What a sample said before it was corrected. Append-only."""

    sample = models.ForeignKey(Sample, models.PROTECT, related_name="revisions", verbose_name=_("水样"))
    at = models.DateTimeField(_("更正时间"))
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("更正人"))
    reason = models.TextField(_("更正原因"))
    readings = models.JSONField(_("更正前读数"))
    water_class = models.PositiveSmallIntegerField(_("更正前类别"), choices=WaterClass)

    class Meta:
        verbose_name = _("水样更正")
        verbose_name_plural = _("水样更正")
        ordering = ["sample", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.at:%Y-%m-%d}"


class AutomaticStation(models.Model):
    """A station that sends HJ 212 packets for one monitoring point."""

    mn = models.CharField(_("设备唯一标识（MN）"), max_length=24, unique=True)
    point = models.ForeignKey(
        MonitoringPoint, models.PROTECT, related_name="automatic_stations", verbose_name=_("监测点位")
    )
    password = models.CharField(_("访问密码（PW）"), max_length=9)
    """Sent in clear by the protocol itself; it tells stations apart and protects nothing."""
    units = models.JSONField(_("单位换算"), default=dict, blank=True)
    """{"w20111": "ug/L"}: where this station departs from `hj212.codes.UNITS`."""
    is_active = models.BooleanField(_("启用"), default=True)
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
    """A connection that was cut off, or a report that was not believed."""

    at = models.DateTimeField(_("时间"), auto_now_add=True)
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


class RectificationEvent(models.Model):
    """One step of a point's rectification. Append-only."""

    point = models.ForeignKey(MonitoringPoint, models.PROTECT, related_name="events", verbose_name=_("点位"))
    at = models.DateTimeField(_("时间"))
    from_status = models.CharField(_("原状态"), max_length=20, choices=MonitoringPoint.Status)
    to_status = models.CharField(_("新状态"), max_length=20, choices=MonitoringPoint.Status)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(_("说明"), blank=True)
    due_on = models.DateField(_("期限"), null=True, blank=True)

    class Meta:
        verbose_name = _("治理事件")
        verbose_name_plural = _("治理事件")
        ordering = ["point", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.point_id} {self.from_status} -> {self.to_status}"


class Evidence(models.Model):
    """A photo or document that proves a step."""

    class Kind(models.TextChoices):
        BEFORE = "before", _("治理前照片")
        AFTER = "after", _("治理后照片")
        PLAN = "plan", _("方案文件")
        OTHER = "other", _("其他")

    event = models.ForeignKey(RectificationEvent, models.PROTECT, related_name="evidence")
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    file = models.FileField(_("文件"), upload_to="evidence/%Y/%m/")
    caption = models.CharField(_("说明"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("佐证")
        verbose_name_plural = _("佐证")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.event_id}"

    @property
    def download_name(self) -> str:
        """A name that says what it is; the stored name is the content's hash."""
        return f"{self.kind}-{self.pk}{PurePath(str(self.file)).suffix}"
