"""Sessions of a congress, papers, who signs them, where they are about, and everything that happened to them."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, Congress, DeputyGroup, Membership, User
from papers.register.table import PAPERS, PaperState
from projects.models import Project
from river_monitoring.models import MonitoringPoint
from supervision.models import Category, Suggestion
from ui.text.search_field import SearchKeyField


class CongressSession(models.Model):
    """A session (会议) of a congress, with the moments after which papers of the session are not taken any more."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="sessions", verbose_name=_("人大"))
    number = models.PositiveSmallIntegerField(_("第几次会议"))
    opens_on = models.DateField(_("开幕"))
    closes_on = models.DateField(_("闭幕"))
    motions_due_at = models.DateTimeField(_("议案截止"))
    suggestions_due_at = models.DateTimeField(_("建议截止"))

    class Meta:
        verbose_name = _("会议")
        verbose_name_plural = _("会议")
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["congress", "number"], name="one_session_per_number",
                violation_error_message=_("这一次会议已经登记。"),
            ),
            models.CheckConstraint(
                condition=Q(closes_on__gte=models.F("opens_on")), name="a_session_closes_after_it_opens",
                violation_error_message=_("闭幕不能早于开幕。"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return _("%(congress)s第%(number)d次会议") % {"congress": self.congress, "number": self.number}


class Paper(models.Model):
    """A motion or a suggestion. Its state is what its events say; what deputies signed is its newest version."""

    State = PaperState

    class Kind(models.TextChoices):
        MOTION = "motion", _("议案")
        SUGGESTION = "suggestion", _("代表建议")
        IMMEDIATE = "immediate", _("即时事项")

    kind = models.CharField(pgettext_lazy("paper", "种类"), max_length=10, choices=Kind, default=Kind.SUGGESTION)
    number = models.CharField(_("编号"), max_length=30, unique=True, null=True, blank=True)
    outer_number = models.CharField(_("省系统编号"), max_length=40, blank=True, db_default="", default="")
    congress = models.ForeignKey(Congress, models.PROTECT, related_name="papers", verbose_name=_("人大"))
    session = models.ForeignKey(
        CongressSession, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("会议"),
        help_text=_("留空为闭会期间提出"),
    )  # fmt: skip
    title = models.CharField(_("题目"), max_length=120)
    facts = models.TextField(_("案由或情况"), max_length=8000)
    analysis = models.TextField(_("案据或分析"), max_length=8000, blank=True)
    request = models.TextField(_("方案或意见"), max_length=8000, blank=True)
    category = models.CharField(_("类别"), max_length=20, choices=Category, default=Category.GENERAL)
    committee = models.CharField(_("专门委员会"), max_length=60, blank=True)
    group = models.ForeignKey(
        DeputyGroup, models.PROTECT, null=True, blank=True, related_name="papers", verbose_name=_("共享小组")
    )
    may_publish = models.BooleanField(_("提出人同意公开"), default=False)
    is_public = models.BooleanField(_("公开"), default=False)
    is_key = models.BooleanField(_("重点督办"), default=False)
    key_leader = models.CharField(_("督办领导"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=PAPERS.choices(), default=PaperState.DRAFT)
    text_version = models.PositiveIntegerField(_("文本版本"), default=1)
    """The number of the newest `PaperVersion`; a signature is under one version."""
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("起草时间"), default=timezone.now, editable=False)
    search_key = SearchKeyField(sources=("title",))
    version = models.PositiveIntegerField(_("版本"), default=1, editable=False)

    class Meta:
        verbose_name = _("议案和代表建议")
        verbose_name_plural = _("议案和代表建议")
        ordering = ["-submitted_at", "-pk"]
        indexes = [models.Index(fields=["congress", "state"]), models.Index(fields=["is_public"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "declined", "withdrawn"]) | Q(number__isnull=False),
                name="a_filed_paper_has_a_number",
            ),
            models.CheckConstraint(condition=Q(is_key=False) | ~Q(key_leader=""), name="a_key_paper_has_a_leader"),
            models.UniqueConstraint(
                fields=["congress", "outer_number"], condition=~Q(outer_number=""), name="one_paper_per_outer_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or ''} {self.title}".strip()

    def get_absolute_url(self) -> str:
        return reverse("papers:paper", args=[self.pk])

    @property
    def tone(self) -> str:
        """The colour of the state's badge."""
        return PAPERS.state(self.state).tone


class Signatory(models.Model):
    """A deputy who leads a paper or was asked to sign it. A signature is under one version of the text."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="signatories")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="signatures", verbose_name=_("代表"))
    is_lead = models.BooleanField(_("领衔"), default=False)
    signed_version = models.PositiveIntegerField(_("签名的文本版本"), null=True, blank=True)
    signed_at = models.DateTimeField(_("签名时间"), null=True, blank=True)
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("联名")
        verbose_name_plural = _("联名")
        ordering = ["paper", "-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "member"], name="one_signature_per_deputy"),
            models.UniqueConstraint(fields=["paper"], condition=Q(is_lead=True), name="one_lead_per_paper"),
        ]

    def __str__(self) -> str:
        return str(self.member.person)

    @property
    def has_signed(self) -> bool:
        """Whether she stands under the text as it is now; `paper` must be loaded."""
        return self.left_at is None and self.signed_version == self.paper.text_version


class PaperVersion(models.Model):
    """The text as somebody wrote it once. Append-only: a shared draft can be read as it was."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("文本版本"))
    title = models.CharField(_("题目"), max_length=120)
    facts = models.TextField(_("案由或情况"))
    analysis = models.TextField(_("案据或分析"), blank=True)
    request = models.TextField(_("方案或意见"), blank=True)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("文本版本")
        verbose_name_plural = _("文本版本")
        ordering = ["paper", "number"]
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="one_text_per_version")]

    def __str__(self) -> str:
        return f"{self.paper_id} v{self.number}"


class PaperPlace(models.Model):
    """Where a paper is about: a drawn shape, a town, the whole district (which is shown at its middle), or a feature of
    a layer as it was when it was chosen."""

    class Kind(models.TextChoices):
        SHAPE = "shape", _("图形")
        AREA = "area", _("镇街")
        DISTRICT = "district", _("全区")
        FEATURE = "feature", _("图层的要素")

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="places")
    kind = models.CharField(_("种类"), max_length=8, choices=Kind)
    name = models.CharField(_("地点名称"), max_length=80, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("镇街"))
    layer = models.ForeignKey(
        "layers.Layer", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("所属图层")
    )
    feature_id = models.BigIntegerField(_("要素编号"), null=True, blank=True)
    """The row of the layer's version of that day; `name` and `geom` are copies, and `named_by` is the column (source
    name) that the name was read from."""
    named_by = models.CharField(
        _("名称取自"), max_length=200, blank=True, default="", db_default="",
        help_text=_("图层的字段；这个字段没有公开时，公众看不到名称。"),
    )  # fmt: skip
    geom = models.GeometryField(_("位置"), srid=4326)

    class Meta:
        verbose_name = _("议案建议的地点")
        verbose_name_plural = _("议案建议的地点")
        ordering = ["paper", "pk"]

    def __str__(self) -> str:
        """As a reader may read it, where `features.places_shown_to` says so."""
        return getattr(self, "name_shown", self.name) or str(self.get_kind_display())


class PaperEvidence(models.Model):
    """What a paper rests on, named when its draft was begun: one matter, water point or project a row. Append-only.

    `title` and the digests of the matter's photos are as they were then; the thing itself is shown to whom its own room
    shows it.
    """

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="evidence")
    matter = models.ForeignKey(
        Suggestion, models.PROTECT, null=True, blank=True, related_name="raised", verbose_name=_("监督事项")
    )
    point = models.ForeignKey(
        MonitoringPoint, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("水质点位")
    )
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("民生实事项目")
    )
    title = models.CharField(_("名称"), max_length=200)
    photos = models.JSONField(_("照片的 SHA-256"), default=list, db_default=[], blank=True)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("依据")
        verbose_name_plural = _("依据")
        ordering = ["paper", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "matter", "point", "project"], name="one_evidence_per_thing", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(matter__isnull=False, point__isnull=True, project__isnull=True)
                | Q(matter__isnull=True, point__isnull=False, project__isnull=True)
                | Q(matter__isnull=True, point__isnull=True, project__isnull=False),
                name="evidence_is_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PaperFile(models.Model):
    """A file that belongs to a paper."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="files")
    file = models.FileField(_("文件"), upload_to="papers/%Y/%m/")
    name = models.CharField(_("文件名"), max_length=120)
    sha256 = models.CharField(max_length=64)
    author = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["paper", "pk"]

    def __str__(self) -> str:
        return self.name


class PaperEvent(models.Model):
    """One step in the life of a paper. Append-only and chained."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="events")
    verb = models.CharField(_("动作"), max_length=12)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(_("说明"), blank=True)
    detail = models.JSONField(_("内容"), default=dict, blank=True)

    class Meta:
        verbose_name = _("议案建议的记录")
        verbose_name_plural = _("议案建议的记录")
        ordering = ["paper", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.verb}"
