"""Forms that order a report and that write its texts."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Asker
from papers.models import CongressSession
from reporting.boards.permissions import boards_visible_to
from reporting.quarterly.compose import PARTS
from reporting.quarterly.models import Kind
from reporting.quarterly.quarter import offered_quarters
from reporting.quarterly.texts import SPAN
from river_monitoring.wording.quality import span_in_words
from ui.forms.refusable import RefusableForm

YEARS = 6


class OrderForm(RefusableForm):
    """The boards that a report of any kind may hold."""

    boards = forms.MultipleChoiceField(
        label=_("附上看板"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("选了不公开的看板，这份报告只有区人大工作人员能看。"),
    )

    def __init__(self, data: Any = None, *, user: Asker) -> None:
        super().__init__(data)
        public = set(boards_visible_to(None).values_list("pk", flat=True))
        self.fields["boards"].choices = [  # type: ignore[attr-defined]
            (board.slug, board.title if board.pk in public else _("%(title)s（不公开）") % {"title": board.title})
            for board in boards_visible_to(user)
        ]


class QuarterForm(OrderForm):
    """The report on a quarter."""

    quarter = forms.ChoiceField(label=_("季度"), help_text=_("本季还没结束时也可以先出一份，数据截至今天。"))
    field_order = ("quarter", "boards")

    def __init__(self, data: Any = None, *, user: Asker) -> None:
        super().__init__(data, user=user)
        choices = [(f"{span.year}Q{span.number}", span_in_words(span)) for span in offered_quarters()]
        self.fields["quarter"].choices = choices  # type: ignore[attr-defined]
        self.fields["quarter"].initial = choices[1][0]


class YearForm(OrderForm):
    """The report on a year, for the plenary."""

    year = forms.TypedChoiceField(
        label=_("年度"), coerce=int, help_text=_("本年还没结束时也可以先出一份，数据截至今天。")
    )
    field_order = ("year", "boards")

    def __init__(self, data: Any = None, *, user: Asker) -> None:
        super().__init__(data, user=user)
        this = timezone.localdate().year
        self.fields["year"].choices = [(year, str(year)) for year in range(this, this - YEARS, -1)]  # type: ignore[attr-defined]


class PackForm(OrderForm):
    """The pack for a session: what it holds, as wished."""

    session = forms.ModelChoiceField(label=_("会议"), queryset=CongressSession.objects.none())
    parts = forms.MultipleChoiceField(
        label=_("内容"), required=False, widget=forms.CheckboxSelectMultiple, choices=list(PARTS.items()),
        initial=list(PARTS),
        help_text=_("只列公众也能看到的内容；未公开的议案、建议只计件数。"),
    )  # fmt: skip
    field_order = ("session", "parts", "boards")

    def __init__(self, data: Any = None, *, user: Asker) -> None:
        super().__init__(data, user=user)
        sessions = CongressSession.objects.select_related("congress__area").order_by("-opens_on", "-pk")
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]
        self.fields["session"].initial = sessions.first()


ORDER_FORMS = {Kind.QUARTER: QuarterForm, Kind.YEAR: YearForm, Kind.SESSION: PackForm}


class TextForm(RefusableForm):
    """One wording, with the number of the one that was seen."""

    text = forms.CharField(
        label=_("内容"), max_length=4000, required=False, widget=forms.Textarea({"rows": 12}),
        help_text=format_lazy(_("一行一段，“{word}”会换成报告的时段或会议名称。留空表示报告里不写这一段。"), word=SPAN),
    )  # fmt: skip
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_000_000_000)
