"""Forms of a session's column. What is right is decided by the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import DeputyGroup
from library.models import Document, Version
from library.permissions import documents_visible_to
from meetings.agenda.models import AgendaItem, Meeting
from meetings.presence.models import PresenceEvent
from papers.models import CongressSession
from projects.models import VoteSession
from ui.forms.refusable import RefusableForm, VersionedForm
from ui.forms.widgets import MomentInput

MOST_CHOICES = 60


class NewMeetingForm(RefusableForm):
    """For which session a column is opened."""

    session = forms.ModelChoiceField(CongressSession.objects.none(), label=_("会议"), empty_label=None)
    place = forms.CharField(label=_("会场"), max_length=80, required=False)

    def __init__(self, *args: Any, sessions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        session: Any = self.fields["session"]
        session.queryset = sessions


class MeetingForm(VersionedForm):
    """What stands at the head of a column."""

    place = forms.CharField(label=_("会场"), max_length=80, required=False)
    text = forms.CharField(
        label=_("会议须知"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    is_public = forms.BooleanField(
        label=_("向社会公开"), required=False, help_text=_("公开会期、公开的议程和结果、公开的文件和件数。")
    )


class ItemForm(VersionedForm):
    """One item of the agenda, with its result once there is one."""

    kind = forms.ChoiceField(label=pgettext_lazy("agenda", "类别"), choices=AgendaItem.Kind.choices)
    title = forms.CharField(label=_("议程"), max_length=120)
    text = forms.CharField(label=_("说明"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    starts_at = forms.DateTimeField(label=pgettext_lazy("agenda", "开始"), widget=MomentInput)
    ends_at = forms.DateTimeField(label=pgettext_lazy("agenda", "结束"), widget=MomentInput, required=False)
    place = forms.CharField(label=_("地点"), max_length=80, required=False)
    group = forms.ModelChoiceField(
        DeputyGroup.objects.none(), label=_("代表小组"), required=False, empty_label=_("全体代表")
    )
    vote = forms.ModelChoiceField(
        VoteSession.objects.none(), label=_("票决"), required=False, empty_label=_("没有"),
        help_text=_("票决在票决的页面上进行，这里只作链接。"),
    )  # fmt: skip
    takes_sign_in = forms.BooleanField(label=_("签到"), required=False)
    is_public = forms.BooleanField(label=_("公开"), required=False, initial=True)
    result = forms.CharField(
        label=_("结果"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如：表决通过关于……的决议"),
    )  # fmt: skip

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        congress = meeting.session.congress
        group, vote = self.fields["group"], self.fields["vote"]
        group.queryset = congress.groups.all()  # type: ignore[attr-defined]
        vote.queryset = VoteSession.objects.filter(congress=congress)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """Return what the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class DocumentForm(RefusableForm):
    """A text of the library, found by words of its title."""

    text = forms.ModelChoiceField(
        Version.objects.none(), label=_("文件"), empty_label=None, widget=forms.RadioSelect,
        error_messages={"required": _("请选择文件。")},
    )  # fmt: skip
    item = forms.ModelChoiceField(
        AgendaItem.objects.none(), label=_("议程"), required=False, empty_label=_("不属于某一项")
    )
    comments_until = forms.DateTimeField(
        label=_("提意见截止"), widget=MomentInput, required=False, help_text=_("留空为不收意见")
    )

    def __init__(self, *args: Any, meeting: Meeting, user: Any, words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = documents_visible_to(user).filter(title__icontains=words).order_by("-created_at", "pk")
        newest = [one for one in map(_newest, found[:MOST_CHOICES]) if one is not None]
        text, item = self.fields["text"], self.fields["item"]
        text.queryset = Version.objects.filter(pk__in=newest).select_related("document")  # type: ignore[attr-defined]
        text.label_from_instance = _label  # type: ignore[attr-defined]
        item.queryset = meeting.items.all()  # type: ignore[attr-defined]


def _newest(document: Document) -> int | None:
    return document.versions.newest_first().values_list("pk", flat=True).first()


def _label(version: Version) -> str:
    kind = version.document.get_kind_display()
    return f"{version.document.title}（{kind}）"


class CodeForm(RefusableForm):
    """The code beside the door."""

    code = forms.CharField(
        label=_("签到码"), max_length=20, error_messages={"required": _("请输入签到码。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "data-scan": ""}
        ),
    )  # fmt: skip


class CommentForm(RefusableForm):
    """What a deputy says of an article."""

    text = forms.CharField(
        label=_("意见"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("请写下意见。")}, help_text=_("署名提出，提出后不能修改；要补充的，再提一条。"),
    )  # fmt: skip


class PresenceForm(RefusableForm):
    """What staff write of one deputy at a sitting."""

    member = forms.IntegerField(label=_("代表"), min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    verb = forms.ChoiceField(
        label=_("登记"),
        choices=[
            (PresenceEvent.Verb.ENTERED, _("到会")),
            (PresenceEvent.Verb.EXCUSED, _("请假")),
            (PresenceEvent.Verb.CORRECTED, _("更正为未到")),
        ],
    )  # fmt: skip
    text = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("更正要写明原因。"))
