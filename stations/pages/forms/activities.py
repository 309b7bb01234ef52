"""Forms of activities. They parse input; the services validate it."""

from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.congress.permissions import groups_seen_by
from accounts.district import examples
from accounts.models import DeputyGroup
from accounts.permissions import Asker
from stations.activities.models import Activity
from stations.activities.plans import MAX_INVITED, ActivityPlan
from stations.pages.forms.base import moment_field, text_area
from stations.register.models import Deputy, Station
from stations.register.permissions import deputies_kept_by, in_office, stations_run_by
from ui.forms.refusable import RefusableForm, VersionedForm


class ActivityForm(RefusableForm):
    """An activity, and the stations whose deputies are invited."""

    kind = forms.ChoiceField(label=_("类别"), choices=Activity.Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label=_("名称"), max_length=80)
    starts_at = moment_field(_("开始"))
    ends_at = moment_field(_("结束"))
    place = forms.CharField(label=_("地点"), max_length=120)
    lng = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)
    agenda = text_area(_("内容和要求"), required=False, most=2000)
    places = forms.IntegerField(
        label=_("名额"),
        required=False,
        min_value=1,
        max_value=MAX_INVITED,
        help_text=_("留空为不用报名；报满后的排队候补"),
    )
    group = forms.ModelChoiceField(
        DeputyGroup.objects.none(), label=_("代表小组"), required=False, empty_label=_("不是小组活动"),
        help_text=_("小组活动请小组里的代表，不用再选联络站。"),
    )  # fmt: skip
    stations = forms.ModelMultipleChoiceField(
        Station.objects.none(),
        label=_("请哪些联络站的代表"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是本辖区全体在任代表"),
    )

    def __init__(self, user: Asker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["stations"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared above
        field.queryset = stations_run_by(user).order_by("code")
        if "group" in self.fields:
            self.fields["group"].queryset = groups_seen_by(user).order_by("name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("lng") is None) != (given.get("lat") is None):
            self.add_error("lng", examples.fill(_("请同时填写经度和纬度，例如 %(lng)s 和 %(lat)s。")))
        return given

    def plan(self) -> ActivityPlan:
        """Return the plan of a valid form."""
        given = self.cleaned_data
        place = Point(given["lng"], given["lat"], srid=4326) if given["lng"] is not None else None
        names = ("kind", "title", "starts_at", "ends_at", "place", "agenda", "places")
        return ActivityPlan(**{name: given[name] for name in names}, geom=place)

    def invited(self) -> list[Deputy]:
        """Return the deputies in office of the chosen stations, or of all of the caller's area."""
        people = deputies_kept_by(self.user).filter(in_office())
        chosen, group = self.cleaned_data["stations"], self.cleaned_data["group"]
        if group is not None:
            sitting = group.memberships.in_force(timezone.localdate())
            people = people.filter(person__in=sitting.values("person"))
        return list(people.filter(station__in=chosen) if chosen else people)


class ChangeActivityForm(ActivityForm):
    """An activity's time, place and agenda; the invitations stay."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, user: Asker, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        del self.fields["stations"], self.fields["group"]

    @staticmethod
    def initial_of(activity: Activity) -> dict[str, Any]:
        names = ("kind", "title", "place", "agenda", "places", "version")
        return {name: getattr(activity, name) for name in names} | {
            "starts_at": timezone.localtime(activity.starts_at),
            "ends_at": timezone.localtime(activity.ends_at),
            "lng": activity.geom.x if activity.geom else None,
            "lat": activity.geom.y if activity.geom else None,
        }


class CancelActivityForm(VersionedForm):
    reason = forms.CharField(label=_("取消原因"), max_length=120, help_text=_("受邀代表会看到"))


class LeaveForm(RefusableForm):
    reason = forms.CharField(
        label=_("请假原因"), max_length=200, help_text=_("只有组织活动的工作人员看得到，不对外公开")
    )


class SignInForm(RefusableForm):
    field_of = {"not-now": "code", "wrong-state": "code"}

    code = forms.CharField(
        label=_("活动码"),
        max_length=20,
        help_text=_("现场大屏或签到台上的 8 位字母和数字"),
        widget=forms.TextInput(
            attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false", "data-scan": ""}
        ),
    )


class AddPresenceForm(RefusableForm):
    """A deputy who attended and did not sign in herself: one in office, or one invited who has left since."""

    deputy = forms.ModelChoiceField(Deputy.objects.none(), label=_("代表"), empty_label=_("请选择"))

    def __init__(self, user: Asker, activity: Activity, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        attends = Q(in_office()) | Q(pk__in=activity.invited.values("pk"))
        field.queryset = (
            deputies_kept_by(user).filter(attends).exclude(presences__activity=activity).order_by("name", "pk")
        )


class RemovePresenceForm(RefusableForm):
    """A deputy who did not attend."""

    deputy = forms.ModelChoiceField(Deputy.objects.none(), label=_("代表"), empty_label=_("请选择"))
    reason = forms.CharField(label=_("撤销理由"), max_length=200)

    def __init__(self, user: Asker, activity: Activity, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["deputy"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Deputy.objects.filter(presences__activity=activity).order_by("name", "pk")
