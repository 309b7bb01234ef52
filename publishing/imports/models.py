"""What a sheet of articles brought, and the addresses under which they were known before."""

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.loads.models import Load
from publishing.register.models import PageEvent, PageRevision, SitePage

MAX_PATH = 300


class ImportedArticle(models.Model):
    """A page that came from a sheet: the newest load that wrote it, the wording that it brought."""

    page = models.OneToOneField(SitePage, models.PROTECT, related_name="imported", verbose_name=_("页面"))
    load = models.ForeignKey(
        Load, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("导入")
    )
    revision = models.ForeignKey(PageRevision, models.PROTECT, related_name="+", verbose_name=_("页面版本"))
    pictures = models.JSONField(_("原来的图片地址"), default=list)
    """Addresses of pictures that stayed on the old site; nobody fetches them."""

    class Meta:
        verbose_name = _("导入的文章")
        verbose_name_plural = _("导入的文章")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.page_id}"


class OldAddress(models.Model):
    """Path and query of a page on an older site; whoever asks for it is sent to the page."""

    path = models.CharField(pgettext_lazy("page", "原网址"), max_length=MAX_PATH, unique=True)
    page = models.ForeignKey(SitePage, models.PROTECT, related_name="old_addresses", verbose_name=_("页面"))
    added_at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = pgettext_lazy("page", "原网址")
        verbose_name_plural = pgettext_lazy("page", "原网址")
        ordering = ["path"]
        constraints = [models.CheckConstraint(condition=Q(path__startswith="/"), name="an_old_address_is_a_path")]

    def __str__(self) -> str:
        return self.path


def with_import_day(pages: QuerySet[SitePage]) -> QuerySet[SitePage]:
    """Return `pages` with `imported_at`, when one came from an older site; None for what was written here."""
    made = PageEvent.objects.filter(page=OuterRef("pk"), page__imported__isnull=False, verb=PageEvent.Verb.MADE)
    return pages.annotate(imported_at=Subquery(made.order_by("pk").values("at")[:1]))


def as_imported(pages: QuerySet[SitePage]) -> QuerySet[SitePage]:
    """Return those of `pages` whose newest wording is the one that a load brought: its batch reviews them as one."""
    newest = PageRevision.objects.filter(page=OuterRef("pk")).order_by("-number").values("pk")[:1]
    brought = pages.filter(imported__load__isnull=False).annotate(newest_wording=Subquery(newest))
    return brought.filter(newest_wording=F("imported__revision"))
