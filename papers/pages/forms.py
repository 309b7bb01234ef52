"""Forms of a draft, its places and files, of sessions and templates. What is right is decided by the services."""

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.areas.filters import towns
from accounts.models import Congress, DeputyGroup, Membership
from papers.register.features import layers_for
from papers.register.models import CongressSession, Paper
from papers.register.permissions import seats_of
from supervision.models import Category
from ui.forms.refusable import RefusableForm, VersionedForm
from ui.forms.widgets import COORDINATE, DayInput, MomentInput

LABELS = {
    Paper.Kind.MOTION: (_("案由"), _("案据"), _("方案")),
    Paper.Kind.SUGGESTION: (_("情况"), _("分析"), _("具体意见")),
}


def _long(label: Any, help_text: Any = "", rows: int = 5) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=8000, help_text=help_text, widget=forms.Textarea(attrs={"rows": rows})
    )


class PaperForm(RefusableForm):
    """The words of a paper, and as what it goes in. Nothing is required before it is submitted but a title."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seat = forms.ModelChoiceField(
        Membership.objects.none(), label=_("以哪一级代表身份提出"), empty_label=None, required=False
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("paper", "种类"), choices=Paper.Kind.choices, initial=Paper.Kind.SUGGESTION,
        widget=forms.RadioSelect,
    )  # fmt: skip
    session = forms.ModelChoiceField(
        CongressSession.objects.none(), label=_("什么时候提出"), required=False, empty_label=_("闭会期间")
    )
    title = forms.CharField(label=_("题目"), max_length=120, error_messages={"required": _("请写题目。")})
    facts = _long(_("案由或情况"), _("一事一议：写清楚什么地方、什么时候、什么问题。"))
    analysis = _long(_("案据或分析"), _("依据什么、原因在哪里。即时事项可以不写。"))
    request = _long(_("方案或具体意见"), _("希望由谁、做什么、到什么程度。即时事项可以不写。"))
    category = forms.ChoiceField(label=_("类别"), choices=Category.choices, initial=Category.GENERAL)
    committee = forms.CharField(label=_("专门委员会（可不填）"), max_length=60, required=False)
    may_publish = forms.BooleanField(label=_("同意向社会公开建议全文和答复"), required=False, initial=True)

    def __init__(self, *args: Any, user: Any, congress: Congress | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seats = seats_of(user).select_related("congress__area", "person")
        sessions = CongressSession.objects.select_related("congress__area").order_by("-opens_on")
        session: Any = self.fields["session"]
        session.label_from_instance = session_label
        if congress is not None:
            del self.fields["seat"]
            session.queryset = sessions.filter(congress=congress)[:20]
            session.queryset = sessions.filter(pk__in=[one.pk for one in session.queryset])
            return
        seat: Any = self.fields["seat"]
        seat.queryset, seat.required = seats, True
        seat.label_from_instance = lambda one: str(one.congress)
        seat.initial = seats.first()
        session.queryset = sessions.filter(congress__in=seats.values("congress"))

    def texts(self) -> dict[str, Any]:
        """Return what the services take."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("version", "seat")}


def session_label(session: CongressSession) -> str:
    """Say until when papers of a session are taken."""
    from django.utils.timezone import localtime

    motions, suggestions = (
        date_format(localtime(at), "SHORT_DATETIME_FORMAT")
        for at in (session.motions_due_at, session.suggestions_due_at)
    )
    return str(_("%(session)s（议案 %(motions)s 止，建议 %(suggestions)s 止）")) % {
        "session": session, "motions": motions, "suggestions": suggestions,
    }  # fmt: skip


class InviteForm(VersionedForm):
    """Whom to ask; those of the own group come first."""

    members = forms.ModelMultipleChoiceField(
        Membership.objects.none(), label=_("请哪些代表联名"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, paper: Paper, words: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from django.utils.timezone import localdate

        asked = paper.signatories.filter(left_at=None).values("member")
        found: Any = Membership.objects.in_force(localdate()).filter(congress=paper.congress).exclude(pk__in=asked)
        if words:
            found = found.filter(person__name__icontains=words)
        members: Any = self.fields["members"]
        members.queryset = found.select_related("person", "group").order_by("group__name", "code")
        members.label_from_instance = lambda one: f"{one.person}（{one.group.name}）" if one.group else str(one.person)


class ShareForm(VersionedForm):
    """With which of one's groups a draft is shared."""

    group = forms.ModelChoiceField(
        DeputyGroup.objects.none(), label=_("代表小组"), required=False, empty_label=_("不共享"),
        help_text=_("小组成员可以看、可以改，每次修改都有记录。"),
    )  # fmt: skip

    def __init__(self, *args: Any, paper: Paper, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group: Any = self.fields["group"]
        mine = paper.signatories.filter(is_lead=True).values("member__group")
        group.queryset = DeputyGroup.objects.filter(pk__in=mine)
        self.initial.setdefault("group", paper.group_id)


class AreasForm(RefusableForm):
    """Towns, or the whole district."""

    whole = forms.BooleanField(label=_("全区"), required=False)
    areas: Any = forms.ModelMultipleChoiceField(
        None, label=_("镇街"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas: Any = self.fields["areas"]
        areas.queryset = towns(None)


class PointForm(RefusableForm):
    """A point, picked on the map or typed."""

    name = forms.CharField(label=_("地点名称"), max_length=80, required=False)
    lng = forms.FloatField(label=_("经度"), min_value=-180, max_value=180, widget=forms.TextInput(attrs=COORDINATE))
    lat = forms.FloatField(label=_("纬度"), min_value=-90, max_value=90, widget=forms.TextInput(attrs=COORDINATE))


class ZoneForm(RefusableForm):
    """An area, drawn on the map or typed."""

    field_of = {"zone": "corners"}

    zone_name = forms.CharField(label=_("范围名称"), max_length=80, required=False)
    corners = forms.CharField(
        label=_("范围"), max_length=60_000, widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
        help_text=_("在地图上一点一点画，或每行填一个点的经度、纬度。"),
        error_messages={"required": _("请画出范围。")},
    )  # fmt: skip


class FeatureForm(RefusableForm):
    """A feature of a layer: by words, or where it lies; then the one that is meant."""

    layer: Any = forms.ModelChoiceField(None, label=_("哪个图层"), to_field_name="slug", empty_label=_("请选择"))
    words = forms.CharField(label=_("名称或编号"), required=False, max_length=60)
    lng = forms.FloatField(
        label=_("经度"), required=False, min_value=-180, max_value=180, widget=forms.TextInput(attrs=COORDINATE)
    )
    lat = forms.FloatField(
        label=_("纬度"), required=False, min_value=-90, max_value=90, widget=forms.TextInput(attrs=COORDINATE)
    )
    feature = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        layer: Any = self.fields["layer"]
        layer.queryset = layers_for(user)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("lng") is None) != (given.get("lat") is None):
            self.add_error("lng", _("经度和纬度要一起填。"))
        elif given.get("feature") is None and not given.get("words") and given.get("lng") is None:
            self.add_error("words", _("请填名称，或者在地图上点一下。"))
        return given


class PlaceFileForm(RefusableForm):
    """Points, lines and areas of a file."""

    file = forms.FileField(
        label=_("图形文件"), help_text=_("GeoJSON、KML、打包的 Shapefile 等，点、线、面都可以。"),
        error_messages={"required": _("请选择文件。")},
    )  # fmt: skip


class AttachForm(RefusableForm):
    """A file beside the text."""

    file = forms.FileField(
        label=_("附件"), help_text=_("PDF、OFD、DOCX、XLSX、JPG 或 PNG，不超过 20 MB，最多 10 个。"),
        error_messages={"required": _("请选择文件。")},
    )  # fmt: skip


class SessionForm(RefusableForm):
    """A session with its two deadlines."""

    congress = forms.ModelChoiceField(Congress.objects.none(), label=_("人大"), empty_label=None)
    number = forms.IntegerField(label=_("第几次会议"), min_value=1, max_value=99)
    opens_on = forms.DateField(label=_("开幕"), widget=DayInput)
    closes_on = forms.DateField(label=_("闭幕"), widget=DayInput)
    motions_due_at = forms.DateTimeField(label=_("议案截止"), widget=MomentInput)
    suggestions_due_at = forms.DateTimeField(label=_("建议截止"), widget=MomentInput)

    def __init__(self, *args: Any, congresses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        congress: Any = self.fields["congress"]
        congress.queryset = congresses


class TemplateForm(RefusableForm):
    """A Word template."""

    file = forms.FileField(
        label=_("模板（DOCX）"), help_text=_("用 {{ 名称 }} 标出要填的地方；上传时先检查。"),
        error_messages={"required": _("请选择文件。")},
    )  # fmt: skip


class SheetForm(RefusableForm):
    """A sheet of the provincial system."""

    congress = forms.ModelChoiceField(Congress.objects.none(), label=_("登记到"), empty_label=None)
    file = forms.FileField(label=_("表格（XLSX 或 CSV）"), error_messages={"required": _("请选择文件。")})
    only_check = forms.BooleanField(label=_("只检查，不登记"), required=False, initial=True)

    def __init__(self, *args: Any, congresses: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        congress: Any = self.fields["congress"]
        congress.queryset = congresses
