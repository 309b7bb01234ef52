"""One form for each step of a matter. They read what was typed; what is right is decided by the services."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.areas.filters import departments_around, departments_shown, offer_departments
from accounts.models import Department
from accounts.permissions import Asker
from geokit.refusal import Refusal
from supervision.desk import nearby
from supervision.findings.models import Category
from supervision.matters import held_files
from supervision.matters.extensions import latest_day
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.matters.queries import open_request
from supervision.matters.states import Verb
from supervision.reply_texts.filling import filled
from supervision.reply_texts.services import texts_of
from ui.attachments import MOST, check_attachment
from ui.forms.attachments import AttachmentsField
from ui.forms.refusable import VersionedForm
from ui.forms.widgets import DayInput

CHOOSE = [("", _("请选择"))]
Choices = Sequence[tuple[str, Any]]


class StepForm(VersionedForm):
    """One step of a matter, with the version that the person saw and the last event that was there then."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    unkept = ""
    """Why files of a form that came back were not kept, where whoever sent them can do something about it."""

    def __init__(self, *args: Any, matter: Suggestion, user: Asker, takes_files: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter, self.user = matter, user
        if takes_files:
            self._offer_kept()
            self.fields["files"] = AttachmentsField()
        offer_departments(self, departments_around(matter.area) if matter.area else departments_shown(user))
        self.prepare(matter, user)

    def prepare(self, matter: Suggestion, user: Asker) -> None:
        """Fill in the choices that depend on the matter."""

    def given(self) -> dict[str, Any]:
        """Return what the service of the step takes. Raises BadInput for a kept file that is not there any more."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("seen", "kept")}
        if self.cleaned_data.get("kept"):
            given["files"] += held_files.read(self.user, self.matter, self.cleaned_data["kept"])
        return given

    def keep_files(self) -> QueryDict:
        """Keep the files that are in order, so that nobody chooses them again; return the body that names them.

        The caller has seen that the step is open to this person: nobody else hands anything in.
        """
        assert isinstance(self.data, QueryDict)  # noqa: S101 - a page's form is bound to what was posted
        data = self.data.copy()
        if "files" in self.fields:
            tickets = list(held_files.names(self.user, self.matter, _tickets(data)))
            for upload in self.files.getlist("files")[: MOST - len(tickets)]:
                upload.seek(0)
                try:
                    tickets.append(held_files.keep(self.user, self.matter, check_attachment(upload)))
                except Refusal as refusal:
                    self.unkept = refusal.message if refusal.code == held_files.FULL else self.unkept
            data.setlist("kept", tickets)
            self.data = data
            self._offer_kept()
            self.order_fields([name for name in self.fields if name not in ("kept", "files")] + ["kept", "files"])
            self.show_unkept(self.unkept)
        return data

    def show_unkept(self, why: str) -> None:
        """Say beside the files why they were not kept, if they were not."""
        if why:
            self.add_error("files", why)

    def delete_kept(self) -> None:
        """Delete what was kept for this form: the step has taken it."""
        held_files.delete(self.user, self.matter, self.cleaned_data.get("kept", []))

    def _offer_kept(self) -> None:
        if tickets := _tickets(self.data):
            self.fields["kept"] = _kept_files(held_files.names(self.user, self.matter, tickets))


def _tickets(data: Any) -> list[str]:
    """The kept files that a body names, no more than one step takes."""
    return data.getlist("kept")[:MOST] if hasattr(data, "getlist") else []


def _kept_files(names: Mapping[str, str]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("已收到的附件"),
        choices=list(names.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不用再选；不要的取消勾选。"),
        error_messages={"invalid_choice": _("有的附件已经不在，请重新上传。")},
    )


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - named so in the form
    field.choices = choices


def _text(label: Any, help_text: Any = "", *, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": rows})
    )


def _department(label: Any, help_text: Any = "") -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        Department.objects.all(), label=label, help_text=help_text, required=False, empty_label=_("请选择")
    )


class ReasonForm(StepForm):
    text = _text(_("理由"))


class AcceptForm(StepForm):
    text = _text(_("审核意见"), _("受理后按交办规则自动交办；没有规则的，由您选择主办单位。"), rows=2)


class AssignForm(StepForm):
    department = _department(_("主办单位"))
    wide = forms.BooleanField(
        label=_("涉及面广、处理难度大，答复期限六个月"),
        required=False,
        help_text=_("一般事项为三个月（代表法第五十一条）。"),
    )
    days = forms.IntegerField(
        label=_("快办工作日"),
        required=False,
        min_value=1,
        max_value=60,
        help_text=_("小事快办时填写，例如 5；只会提前，不会超过法定期限。"),
    )
    text = _text(_("交办意见"), rows=3)


class ForwardForm(StepForm):
    department = _department(_("转给"))
    text = _text(_("转办理由"), _("改派的单位重新计时。"), rows=3)


class AskForwardForm(StepForm):
    department = _department(_("应由哪个单位办理"))
    text = _text(_("转办理由"), _("写明依据。人大同意后才转；申请期间期限照常计算，转办不延长答复期限。"), rows=3)


class HandOnForm(StepForm):
    """Consent to what was asked; the department that was named is filled in."""

    department = _department(_("转给"))
    text = _text(_("说明"), _("答复期限不变；接办单位可在十日内申请退回。"), rows=2)

    def prepare(self, matter: Suggestion, user: Asker) -> None:
        asked = open_request(matter)
        if asked is not None and asked.verb == SuggestionEvent.Verb.FORWARD_ASKED:
            self.initial.setdefault("department", asked.department_id)


class AskReturnForm(StepForm):
    text = _text(_("退回理由"), _("写明应由哪个单位办理、依据是什么。人大同意后才退回；申请期间期限照常计算。"))


class NoteForm(StepForm):
    text = _text(_("说明"), rows=2)


class UntilForm(StepForm):
    """More time: the day that is wished or granted. Whoever decides finds the wished day filled in."""

    until = forms.DateField(label=_("延到"), required=False, widget=DayInput)
    text = _text(_("理由"), rows=3)

    def prepare(self, matter: Suggestion, user: Asker) -> None:
        latest = latest_day(matter)
        if latest is not None:
            self.fields["until"].help_text = _("最迟 %s；决定之前期限照常计算。") % date_format(latest)
        asked = open_request(matter)
        if asked is not None:
            self.initial.setdefault("until", asked.due_on)


class AskCoForm(StepForm):
    department = _department(_("会办单位"), _("会办意见交主办单位，由主办单位统一答复。"))
    text = _text(_("请会办的内容"), rows=3)


class CoReplyForm(StepForm):
    text = _text(_("会办意见"))


class ReplyForm(StepForm):
    text = _text(_("答复内容"), _("办了什么、结果如何；未办成的写明原因和打算。"), rows=6)
    result = forms.ChoiceField(label=_("办理结果"), choices=[*CHOOSE, *Suggestion.Result.choices], required=False)
    planned_on = forms.DateField(
        label=_("计划落实日期"),
        required=False,
        widget=DayInput,
        help_text=_("结果为 B、列入计划的填写；到这一天自动回到本单位，再答复一次。"),
    )

    def prepare(self, matter: Suggestion, user: Asker) -> None:
        self.keeps_texts = True
        self.texts = [(one.name, filled(one.text, matter)) for one in texts_of(user)]


class CorrectReplyForm(StepForm):
    text = _text(_("更正的内容"), _("写明更正哪里、更正为什么。原来的答复保留，提出人两份都会看到。"), rows=6)


class RateForm(StepForm):
    handling = forms.ChoiceField(
        label=_("对办理工作"),
        choices=SuggestionEvent.Satisfaction.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(
        label=_("对办理结果"),
        choices=SuggestionEvent.Satisfaction.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("不满意的，退回原单位重新办理一次，一个月内再答复。"),
    )
    text = _text(_("意见"), _("不满意时请写明哪些问题还没有解决。"))


class UrgeForm(StepForm):
    text = _text(_("催办说明"), rows=2)


class SayForm(StepForm):
    text = _text(_("补充的情况"), _("有关各方都会看到。"), rows=3)


class MergeForm(StepForm):
    """Merge into one of the near ones, or into one whose number is known."""

    field_of = {"other": "number"}

    other = forms.ChoiceField(label=_("附近的事项"), required=False, widget=forms.RadioSelect)
    number = forms.CharField(
        label=_("或填写编号"), required=False, max_length=30, help_text=_("并入后以那一件的答复为准。")
    )
    text = _text(_("说明"), rows=2)

    def prepare(self, matter: Suggestion, user: Asker) -> None:
        self._user = user
        near = nearby.matters_near(matter, user)
        _offer(self, "other", [(one.number, nearby.describe(one)) for one in near])
        if not near:
            del self.fields["other"]

    def given(self) -> dict[str, Any]:
        number = self.cleaned_data.get("number") or self.cleaned_data.get("other") or ""
        rest = {name: self.cleaned_data[name] for name in ("version", "text")}
        return rest | {"other": nearby.matter_of_number(number.strip(), self._user)}


class SplitForm(StepForm):
    title = forms.CharField(label=_("拆分出来的题目"), required=False, max_length=120)
    text = _text(_("拆分出来的内容"), _("一事一议：拆出的一件单独编号、单独交办、单独答复。"))
    category = forms.ChoiceField(label=_("类别"), choices=Category.choices, required=False)

    def prepare(self, matter: Suggestion, user: Asker) -> None:
        self.initial.setdefault("category", matter.category)


class LinkForm(StepForm):
    """Link to one of the near things, or to one whose code is known."""

    field_of = {"thing": "code"}

    near = forms.ChoiceField(label=_("附近的对象"), required=False)
    code = forms.CharField(
        label=_("或填写编号"), required=False, max_length=40, help_text=_("水质点位、民生实事项目或联络站的编号。")
    )

    def prepare(self, matter: Suggestion, user: Asker) -> None:
        self._user = user
        _offer(self, "near", [*CHOOSE, *nearby.things_near(matter, user)])

    def given(self) -> dict[str, Any]:
        kind, _colon, code = self.cleaned_data.get("near", "").partition(":")
        if typed := self.cleaned_data.get("code", "").strip():
            kind, code = nearby.kind_of_code(typed, self._user), typed
        return {"version": self.cleaned_data["version"], "kind": kind or "point", "code": code}


class UnlinkForm(StepForm):
    link_id = forms.IntegerField(widget=forms.HiddenInput)


STEP_FORMS: dict[Verb, type[StepForm]] = {
    Verb.ACCEPT: AcceptForm,
    Verb.ASSIGN: AssignForm,
    Verb.REPLY: ReplyForm,
    Verb.CORRECT_REPLY: CorrectReplyForm,
    Verb.CO_REPLY: CoReplyForm,
    Verb.RATE: RateForm,
    Verb.FORWARD: ForwardForm,
    Verb.RETURN: NoteForm,
    Verb.HAND_ON: HandOnForm,
    Verb.EXTEND: UntilForm,
    Verb.REFUSE_REQUEST: ReasonForm,
    Verb.ASK_RETURN: AskReturnForm,
    Verb.ASK_FORWARD: AskForwardForm,
    Verb.ASK_EXTENSION: UntilForm,
    Verb.DROP_REQUEST: NoteForm,
    Verb.RECALL: ReasonForm,
    Verb.ASK_CO: AskCoForm,
    Verb.URGE: UrgeForm,
    Verb.TAKE_BACK_URGE: NoteForm,
    Verb.SAY: SayForm,
    Verb.PAUSE: ReasonForm,
    Verb.RESUME: ReasonForm,
    Verb.MERGE: MergeForm,
    Verb.UNMERGE: ReasonForm,
    Verb.SPLIT: SplitForm,
    Verb.LINK: LinkForm,
    Verb.UNLINK: UnlinkForm,
    Verb.DECLINE: ReasonForm,
    Verb.RECONSIDER: ReasonForm,
}
"""The steps that the desk's page offers. The public's pages have their own for adopting, publishing and redacting."""

PROMPT = (
    Verb.ACCEPT, Verb.ASSIGN, Verb.REPLY, Verb.CO_REPLY, Verb.RATE, Verb.UNMERGE, Verb.RETURN, Verb.HAND_ON,
    Verb.EXTEND, Verb.REFUSE_REQUEST,
)  # fmt: skip
"""What the page asks for first: its form stands open."""
DANGEROUS = (Verb.RETURN, Verb.RECALL, Verb.DECLINE)
WITH_FILES = (
    Verb.ASSIGN, Verb.REPLY, Verb.CORRECT_REPLY, Verb.CO_REPLY, Verb.FORWARD, Verb.RETURN, Verb.HAND_ON, Verb.EXTEND,
    Verb.REFUSE_REQUEST, Verb.ASK_RETURN, Verb.ASK_FORWARD, Verb.ASK_EXTENSION, Verb.RECALL, Verb.ASK_CO, Verb.SAY,
    Verb.DECLINE, Verb.RECONSIDER,
)  # fmt: skip
"""Steps that take files beside their words."""
