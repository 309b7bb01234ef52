"""A text for replies that a department keeps under a name."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department


class ReplyText(models.Model):
    """What a department often replies: plain text with placeholders (`filling.NAMES`) for the facts of a matter."""

    department = models.ForeignKey(Department, models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("名称"), max_length=40)
    text = models.TextField(_("内容"), max_length=4000)
    version = models.PositiveIntegerField(_("版本"), default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("常用答复")
        verbose_name_plural = _("常用答复")
        ordering = ["department", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"], name="one_reply_text_of_a_name",
                violation_error_message=_("本单位已有同名的常用答复。"),
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(text=""), name="a_reply_text_says_something"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
