"""A board as it is now, and every version that it had."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reporting.indicators.periods import KIND_NAMES


class Board(models.Model):
    """Blocks in an order. What a block shows is narrowed to what its reader may see, whoever may open the board."""

    class Readers(models.TextChoices):
        PUBLIC = "public", _("所有人")
        INSIDE = "inside", _("登录的人员")
        STAFF = "staff", _("人大工作人员和代表")

    slug = models.SlugField(_("地址"), max_length=40, unique=True)
    title = models.CharField(_("名称"), max_length=60)
    about = models.CharField(_("说明"), max_length=300, blank=True, default="", db_default="")
    readers = models.CharField(
        _("谁能看"), max_length=10, choices=Readers, default=Readers.STAFF, db_default=Readers.STAFF
    )
    period_kind = models.CharField(_("按什么期间看"), max_length=7, choices=KIND_NAMES)
    blocks = models.JSONField(_("内容"), default=list, blank=True)
    template = models.CharField(_("模板"), max_length=40, blank=True, default="", db_default="")
    area = models.ForeignKey(
        "accounts.Area", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("属于"),
        db_index=False,
        help_text=_("一个区县自己的看板；不写时所有区县的人员都能看，各看各的数据。"),
    )  # fmt: skip
    order = models.PositiveSmallIntegerField(_("顺序"), default=100, db_default=100)
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("监督看板")
        verbose_name_plural = _("监督看板")
        ordering = ["order", "slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("boards:board", args=[self.slug])


class BoardVersion(models.Model):
    """A board as it was saved once; never changed."""

    board = models.ForeignKey(Board, models.PROTECT, related_name="versions", verbose_name=_("监督看板"))
    number = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("名称"), max_length=60)
    about = models.CharField(_("说明"), max_length=300, blank=True, default="", db_default="")
    readers = models.CharField(_("谁能看"), max_length=10)
    blocks = models.JSONField(_("内容"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("修改人")
    )
    made_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("看板的版本")
        verbose_name_plural = _("看板的版本")
        ordering = ["board", "-number"]
        constraints = [models.UniqueConstraint(fields=["board", "number"], name="a_board_has_each_version_once")]

    def __str__(self) -> str:
        return f"{self.board} v{self.number}"
