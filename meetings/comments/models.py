"""What a deputy said of an article, or of a whole document. Append-only: another word is another comment."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from library.models import Article
from meetings.agenda.models import MeetingDocument


class ArticleComment(models.Model):
    """One comment; without an article it is about the whole document."""

    document = models.ForeignKey(MeetingDocument, models.PROTECT, related_name="comments")
    article = models.ForeignKey(
        Article, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("条文")
    )
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+", verbose_name=_("代表"))
    text = models.TextField(_("意见"), max_length=2000)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("审议意见")
        verbose_name_plural = _("审议意见")
        ordering = ["document", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_comment_says_something")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.pk}"
