"""One form for each step of a paper and of a handling. What is right is decided by the services."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.areas.filters import departments_around, offer_departments
from accounts.models import Department
from papers.handling.changes import latest_day
from papers.handling.models import Handling, Result, Satisfaction
from papers.handling.table import HandlingVerb
from papers.register.models import Paper
from papers.register.rules_read import decline_reasons
from papers.register.table import PaperVerb
from ui.forms.refusable import VersionedForm
from ui.forms.widgets import DayInput

CHOOSE = [("", _("请选择"))]


def _text(label: Any, help_text: Any = "", *, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": rows})
    )


def _offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field: Any = form.fields[name]
    field.choices = choices


class StepForm(VersionedForm):
    """One step, with the version that the person saw."""

    def __init__(self, *args: Any, thing: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare(thing)

    def prepare(self, thing: Any) -> None:
        """Fill in what depends on the thing."""

    def given(self) -> dict[str, Any]:
        """Return what the step takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class NoteForm(StepForm):
    text = _text(_("说明"), rows=2)


class ReasonForm(StepForm):
    text = _text(_("理由"))


class BareForm(StepForm):
    """Nothing to fill in: one tap."""


class ConfirmForm(StepForm):
    """One tap under the text that is shown."""

    text_version = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self, thing: Paper) -> None:
        self.initial["text_version"] = thing.text_version


class AcceptForm(StepForm):
    kind = forms.ChoiceField(
        label=_("作为"), choices=Paper.Kind.choices, help_text=_("议案不作为议案处理的，可以作为代表建议办理。")
    )
    committee = forms.CharField(label=_("专门委员会（可不填）"), max_length=60, required=False)
    text = _text(_("审查意见"), _("提出人会看到。"))

    def prepare(self, thing: Paper) -> None:
        self.initial.update({"kind": thing.kind, "committee": thing.committee})
        if thing.kind != Paper.Kind.MOTION:
            _offer(self, "kind", [one for one in Paper.Kind.choices if one[0] != Paper.Kind.MOTION])


class DeclineForm(StepForm):
    reason = forms.ChoiceField(label=_("理由"), required=False)
    text = _text(_("给提出人的话"), _("为什么退回、怎样修改后可以再提。"))

    def prepare(self, thing: Paper) -> None:
        _offer(self, "reason", [*CHOOSE, *((one, one) for one in decline_reasons())])


class AssignForm(StepForm):
    """To whom: one leads and others advise, or several answer apart."""

    apart = forms.BooleanField(
        label=_("几个单位分别办理、分别答复"), required=False, help_text=_("不勾选的，由一个单位主办，其他会办。")
    )
    departments = forms.ModelMultipleChoiceField(
        Department.objects.all(), label=_("主办（或分别办理的）单位"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("法院、检察院和监察委员会也是承办单位。按住 Ctrl 可以选多个。"),
    )  # fmt: skip
    co = forms.ModelMultipleChoiceField(
        Department.objects.all(), label=_("会办单位"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    wide = forms.BooleanField(
        label=_("涉及面广、处理难度大，答复期限六个月"),
        required=False,
        help_text=_("一般为三个月（代表法第五十一条）。"),
    )
    text = _text(_("交办意见"))

    def prepare(self, thing: Paper) -> None:
        offer_departments(self, departments_around(thing.congress.area))


class KeyForm(StepForm):
    leader = forms.CharField(label=_("督办领导"), max_length=60, required=False)
    text = _text(_("督办要求"))

    def prepare(self, thing: Paper) -> None:
        self.initial["leader"] = thing.key_leader


class PublishForm(StepForm):
    text = _text(_("公开的依据"), rows=2)

    def prepare(self, thing: Paper) -> None:
        self.fields["text"].help_text = (
            _("提出人已同意公开。") if thing.may_publish else _("提出人没有同意公开；仍要公开的，写明依据。")
        )


PAPER_FORMS: dict[PaperVerb, type[StepForm]] = {
    PaperVerb.CONFIRM: ConfirmForm,
    PaperVerb.RECANT: NoteForm,
    PaperVerb.SUBMIT: BareForm,
    PaperVerb.ACCEPT: AcceptForm,
    PaperVerb.DECLINE: DeclineForm,
    PaperVerb.REVISE: BareForm,
    PaperVerb.ASSIGN: AssignForm,
    PaperVerb.MARK_KEY: KeyForm,
    PaperVerb.PUBLISH: PublishForm,
    PaperVerb.UNPUBLISH: ReasonForm,
    PaperVerb.WITHDRAW: ReasonForm,
    PaperVerb.DISCARD: BareForm,
}
PAPER_PROMPT = (PaperVerb.CONFIRM, PaperVerb.SUBMIT, PaperVerb.ACCEPT, PaperVerb.DECLINE, PaperVerb.REVISE)
DANGEROUS = (
    PaperVerb.DISCARD, PaperVerb.WITHDRAW, PaperVerb.DECLINE, PaperVerb.UNPUBLISH, HandlingVerb.RETURN,
    HandlingVerb.RECALL,
)  # fmt: skip


class ContactForm(StepForm):
    with_whom = forms.CharField(label=_("与哪位代表"), max_length=80, required=False)
    how = forms.ChoiceField(
        label=_("方式"), required=False,
        choices=[("visit", _("上门")), ("meeting", _("座谈")), ("phone", _("电话")), ("message", _("网络"))],
    )  # fmt: skip
    on = forms.DateField(label=_("日期"), required=False, widget=DayInput)
    text = _text(_("沟通情况"))

    def prepare(self, thing: Handling) -> None:
        lead = thing.paper.signatories.filter(is_lead=True).select_related("member__person").first()
        self.initial.update({"with_whom": str(lead or ""), "on": timezone.localdate()})


class DraftForm(StepForm):
    text = _text(_("答复内容"), _("办了什么、结果如何；未办成的写明原因和打算。一行一段。"), rows=10)
    result = forms.ChoiceField(label=_("办理结果"), choices=[*CHOOSE, *Result.choices], required=False)
    planned_on = forms.DateField(
        label=_("计划落实日期"), required=False, widget=DayInput,
        help_text=_("结果为 B、列入计划的填写；落实后再答复一次，跟踪到办结。"),
    )  # fmt: skip
    contact = forms.CharField(label=_("联系人"), max_length=40, required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    copies = forms.CharField(label=_("抄送"), max_length=200, required=False)
    may_publish = forms.BooleanField(label=_("答复可以公开"), required=False, initial=True)

    def prepare(self, thing: Handling) -> None:
        draft = getattr(thing, "draft", None)
        self.initial.setdefault("copies", "区人大常委会代表工作机构、区政府办公室")
        if draft is not None:
            self.initial.update({name: getattr(draft, name) for name in self.fields if name != "version"})


class SignForm(StepForm):
    number = forms.CharField(label=_("文号"), max_length=60, required=False)
    signer = forms.CharField(label=_("签发的负责人（职务和姓名）"), max_length=60, required=False)
    signed_on = forms.DateField(label=_("签发日期"), required=False, widget=DayInput)

    def prepare(self, thing: Handling) -> None:
        self.initial["signed_on"] = timezone.localdate()


class DeliverForm(StepForm):
    file = forms.FileField(label=_("盖章后的扫描件"), required=False, help_text=_("PDF 或 OFD，不超过 30 MB。"))
    code = forms.CharField(
        label=_("校验码"), max_length=12, required=False, help_text=_("照盖章文本末尾的填，用来核对就是签发的那一份。")
    )


class UntilForm(StepForm):
    until = forms.DateField(label=_("延到"), required=False, widget=DayInput)
    text = _text(_("理由"))

    def prepare(self, thing: Handling) -> None:
        self.fields["until"].help_text = _("最迟 %s；决定之前期限照常计算。") % date_format(latest_day(thing))
        asked = thing.events.filter(verb="extend_asked").order_by("at", "pk").last()
        if thing.request == "extend_asked" and asked is not None:
            self.initial["until"] = asked.due_on


class RatingForm(StepForm):
    handling = forms.ChoiceField(
        label=_("对办理工作"), choices=Satisfaction.choices, required=False, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label=_("对办理结果"), choices=Satisfaction.choices, required=False, widget=forms.RadioSelect,
        help_text=_("不满意的，退回重新办理一次，一个月内再答复。"),
    )  # fmt: skip
    text = _text(_("意见"))


V = HandlingVerb
HANDLING_FORMS: dict[HandlingVerb, type[StepForm]] = {
    V.CONTACT: ContactForm,
    V.DRAFT: DraftForm,
    V.SIGN: SignForm,
    V.DELIVER: DeliverForm,
    V.RECEIVE: BareForm,
    V.RATE: RatingForm,
    V.OPINE: RatingForm,
    V.ADVISE: ReasonForm,
    V.RETURN: NoteForm,
    V.EXTEND: UntilForm,
    V.REFUSE_REQUEST: ReasonForm,
    V.ASK_RETURN: ReasonForm,
    V.ASK_EXTENSION: UntilForm,
    V.DROP_REQUEST: NoteForm,
    V.RECALL: ReasonForm,
    V.CORRECT: ReasonForm,
    V.URGE: NoteForm,
}
"""Following and sending back are what a rating does (`handling.services.rating_verb`)."""
HANDLING_PROMPT = (V.CONTACT, V.DRAFT, V.SIGN, V.DELIVER, V.RATE, V.ADVISE, V.RETURN, V.EXTEND, V.REFUSE_REQUEST)
