"""Forms of ratings."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.ratings.models import Answer, Rating
from projects.ratings.services import Counts
from ui.forms.refusable import RefusableForm
from ui.forms.widgets import DayInput


class AnswerForm(RefusableForm):
    """One answer."""

    choice = forms.ChoiceField(
        label=_("您的评价"),
        choices=Answer.Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择满意、基本满意、不满意或弃权。")},
    )


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=1_000_000, initial=0)


class PaperForm(RefusableForm):
    """A count made on paper."""

    voter = forms.ChoiceField(label=_("测评主体"), choices=Rating.Voter.choices)
    satisfied = _count(_("满意"))
    fairly_satisfied = _count(_("基本满意"))
    dissatisfied = _count(_("不满意"))
    abstained = _count(_("弃权"))
    counted_on = forms.DateField(label=_("计票日期"), widget=DayInput, initial=timezone.localdate)
    source = forms.CharField(label=_("来源"), max_length=120, help_text=_("例如：区十一届人大五次会议现场测评"))

    def counts(self) -> Counts:
        """Return the four numbers of a valid form."""
        names = ("satisfied", "fairly_satisfied", "dissatisfied", "abstained")
        return Counts(*(self.cleaned_data[name] for name in names))
