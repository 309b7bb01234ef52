"""Forms of ratings."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.ratings.models import Answer, PaperCount
from projects.ratings.services import Counts
from ui.forms.mailboxes import MailboxField
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import DayInput, PhotoInput


class AnswerForm(RefusableForm):
    """One answer."""

    choice = forms.ChoiceField(
        label=_("您的评价"),
        choices=Answer.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择满意、基本满意、不满意或弃权。")},
    )


class PublicAnswerForm(AnswerForm):
    """One answer of somebody without an account; with a mailbox it counts as verified."""

    email = MailboxField(
        label=_("邮箱"),
        required=False,
        help_text=_("可不填。填了的，点开我们发的链接后计入已核实的评价；邮箱不保存。不填的单列。"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, initial=0)


class PaperForm(RefusableForm):
    """A count made on paper."""

    voter = forms.ChoiceField(label=_("测评主体"), choices=PaperCount.Voter.choices)
    satisfied = _count(_("满意"))
    fairly_satisfied = _count(_("基本满意"))
    dissatisfied = _count(_("不满意"))
    abstained = _count(_("弃权"))
    counted_on = forms.DateField(label=_("计票日期"), widget=DayInput, initial=timezone.localdate)
    source = forms.CharField(label=_("来源"), max_length=120, help_text=_("例如：区十一届人大五次会议现场测评"))
    sheet = forms.CharField(
        label=_("计票表编号"), max_length=40, help_text=_("写在纸质计票表上的编号，核对的人按它查找。")
    )
    photo = forms.FileField(
        label=_("计票表照片"),
        required=False,
        widget=PhotoInput,
        help_text=_("可不附。只有工作人员看得到。"),
    )

    def counts(self) -> Counts:
        """Return the four numbers of a valid form."""
        names = ("satisfied", "fairly_satisfied", "dissatisfied", "abstained")
        return Counts(*(self.cleaned_data[name] for name in names))


class DecisionForm(RefusableForm):
    """Whether a count on paper is what the sheet says."""

    step = forms.ChoiceField(choices=[("right", _("核对无误")), ("wrong", _("不符"))])
    reason = forms.CharField(label=_("哪里不符"), max_length=200, required=False)
