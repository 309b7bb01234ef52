"""The pages of an issue as they are read on the site. Append-only, like the file that they were drawn from."""

from typing import Any

from django.db import models
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publishing.files.models import PageFile
from publishing.register.models import SitePage


class IssuePage(models.Model):
    """One page of the PDF of an issue, drawn once when it came."""

    file = models.ForeignKey(PageFile, models.PROTECT, related_name="issue_pages", verbose_name=_("附件"))
    number = models.PositiveSmallIntegerField(pgettext_lazy("issue", "页码"))
    picture = models.FileField(upload_to="site/issues/%Y/%m/", editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    text = models.TextField(_("文字"), blank=True)

    class Meta:
        verbose_name = _("会刊页")
        verbose_name_plural = _("会刊页")
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="one_picture_per_page_of_an_issue")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("publishing:issue_page", args=[self.file.page.code, self.number])

    @property
    def picture_url(self) -> str:
        return reverse("publishing:issue_picture", args=[self.file.number, self.number, self.sha256[:16]])


def shown_in(pages: QuerySet[SitePage]) -> QuerySet[IssuePage]:
    """Return the pages of the issues that `pages` show in their live versions."""
    block: Any = Func(Value("file"), Cast("file__number", TextField()), function="jsonb_build_object")
    body: Any = F("file__page__live__body")
    holds = Func(body, Func(block, function="jsonb_build_array"), template="(%(expressions)s)", arg_joiner=" @> ",
                 output_field=models.BooleanField())  # fmt: skip
    rows = IssuePage.objects.filter(file__page__in=pages.filter(live__isnull=False).values("pk"))
    return rows.annotate(is_live=holds).filter(is_live=True)
