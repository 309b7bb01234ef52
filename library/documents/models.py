"""Documents, their versions, the articles of a version, and what documents have to do with one another."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Area, Department


class Document(models.Model):
    """A law, decision, report or other paper. What it says is in its versions."""

    class Kind(models.TextChoices):
        LAW = "law", _("法律行政法规")
        LOCAL_LAW = "local_law", _("地方性法规")
        DECISION = "decision", _("决议决定")
        REPORT = "report", _("报告")
        REPLY = "reply", _("办理答复")
        MINUTES = "minutes", _("会议纪要")
        STUDY = "study", _("学习资料")
        PRESS = "press", _("报刊文章")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("公开")
        INTERNAL = "internal", _("内部")

    code = models.SlugField(_("代码"), max_length=60, unique=True)
    title = models.CharField(_("题名"), max_length=200)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    visibility = models.CharField(_("可见范围"), max_length=10, choices=Visibility, default=Visibility.INTERNAL)
    organ = models.CharField(_("发布机关"), max_length=80, blank=True)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    subjects = models.CharField(_("主题词"), max_length=120, blank=True, help_text=_("用空格分开，例如：河道 水污染"))
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("区域")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("提供部门")
    )
    source = models.CharField(_("来源"), max_length=200, blank=True)
    licence = models.CharField(_("许可"), max_length=120, blank=True)
    repealed_on = models.DateField(_("废止日期"), null=True, blank=True)
    created_at = models.DateTimeField(_("入库时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("文件")
        verbose_name_plural = _("文件")
        ordering = ["kind", "title", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="a_document_has_a_title")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("library:document", args=[self.code])


class VersionQuerySet(models.QuerySet["Version"]):
    """Versions by day."""

    def on(self, day: date) -> "VersionQuerySet":
        """Return those that had come into force by a day, the newest first; one without a date is always there."""
        begun = (
            Q(in_force_on__lte=day) | Q(in_force_on=None, adopted_on__lte=day) | Q(in_force_on=None, adopted_on=None)
        )
        return self.filter(begun).newest_first()

    def newest_first(self) -> "VersionQuerySet":
        return self.order_by(F("in_force_on").desc(nulls_last=True), F("adopted_on").desc(nulls_last=True), "-pk")


class Version(models.Model):
    """The text of a document from one day on. Never edited: another text is another version."""

    class Reading(models.TextChoices):
        TEXT = "text", _("有文字")
        SCAN = "scan", _("扫描件，没有文字")

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions", verbose_name=_("文件"))
    adopted_on = models.DateField(_("通过或发布日期"), null=True, blank=True)
    in_force_on = models.DateField(_("施行日期"), null=True, blank=True)
    preamble = models.TextField(_("题注"), blank=True)
    """How it was adopted and amended, and whatever else stands before the first article."""
    reading = models.CharField(_("文字"), max_length=10, choices=Reading, default=Reading.TEXT)
    file = models.FileField(_("原件"), upload_to="library/%Y/", blank=True)
    file_name = models.CharField(_("原件名称"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    """Of the text (or of the file of a scan): the same is not kept twice."""
    warnings = models.JSONField(_("疑点"), default=list, db_default=[], blank=True)
    """What was odd in the text: `code` and the label of the article it is about, for people to look at."""
    added_at = models.DateTimeField(_("入库时间"), auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("版本")
        verbose_name_plural = _("版本")
        ordering = ["document", "pk"]
        constraints = [models.UniqueConstraint(fields=["document", "sha256"], name="one_version_per_text")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.day or ''}"

    @property
    def day(self) -> date | None:
        """Return the day it is known by: of its adoption, else from when it is in force."""
        return self.adopted_on or self.in_force_on


class Article(models.Model):
    """One article (第…条), or one part of a text that has none. `anchor` is its address within the version."""

    version = models.ForeignKey(Version, models.CASCADE, related_name="articles", verbose_name=_("版本"))
    order = models.PositiveIntegerField(_("次序"))
    anchor = models.CharField(_("锚点"), max_length=20)
    label = models.CharField(_("条"), max_length=40, blank=True)
    chapter = models.CharField(_("章节"), max_length=120, blank=True)
    text = models.TextField(_("条文"))

    class Meta:
        verbose_name = _("条文")
        verbose_name_plural = _("条文")
        ordering = ["version", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "anchor"], name="one_article_per_anchor")]

    def __str__(self) -> str:
        return self.label or self.anchor

    def get_absolute_url(self) -> str:
        return reverse("library:article", args=[self.version.document.code, self.version_id, self.anchor])


class Relation(models.Model):
    """What one document does to another."""

    class Kind(models.TextChoices):
        AMENDS = "amends", pgettext_lazy("relation", "修改")
        REPEALS = "repeals", pgettext_lazy("relation", "废止")
        ANSWERS = "answers", pgettext_lazy("relation", "答复")
        APPLIES = "applies", pgettext_lazy("relation", "实施")

    source = models.ForeignKey(Document, models.CASCADE, related_name="relations", verbose_name=_("文件"))
    kind = models.CharField(_("关系"), max_length=10, choices=Kind)
    target = models.ForeignKey(Document, models.CASCADE, related_name="related_by", verbose_name=_("对象文件"))

    class Meta:
        verbose_name = _("文件关系")
        verbose_name_plural = _("文件关系")
        ordering = ["source", "kind", "target"]
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "target"], name="one_relation_of_a_kind"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="no_document_relates_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"
