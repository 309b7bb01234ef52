"""Administration of waters. What is computed or part of the history is shown and cannot be typed."""

import re
from ipaddress import ip_network
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import EmptyFieldListFilter
from django.contrib.gis import admin
from django.contrib.gis.forms import GeometryField
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geokit.refusal import BadInput, Refusal
from ledger.admin import Audited, ReadOnly, ReadOnlyAdmin
from river_monitoring.network import build
from river_monitoring.network.models import Chief, Reach, ReachLink, River
from river_monitoring.points.correction import refuse_move, town_and_village
from river_monitoring.points.models import MonitoringPoint, PointChange
from river_monitoring.points.registration import fault_of_code as fault_of_point_code
from river_monitoring.points.registration import outside_district
from river_monitoring.rectification.models import Evidence, RectificationEvent
from river_monitoring.rectification.point_changes import follow_register
from river_monitoring.samples.hj212 import guard
from river_monitoring.samples.hj212.codes import FACTORS
from river_monitoring.samples.models import AutomaticStation, Sample, StationFault
from ui.field_checks import fault_of_code


class JoinsTheNetwork:
    """For waters: when one is drawn or ordered anew, links and management ranges are worked out again."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        build.rebuild()


class KeepsAddress(forms.ModelForm):
    """The form of what has a page of its own, at an address that its code is part of."""

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if "code" in self.changed_data and (message := self.fault_of(code)):
            raise forms.ValidationError(message, code="invalid")
        return code

    def fault_of(self, code: str) -> str:
        """What is wrong with a code that is new, in words."""
        return fault_of_code(code)


NO_NUMBER = re.compile("nan|inf", re.IGNORECASE)
"""In the text of a shape, which has no other words like these."""


def require_shape(shape: Any) -> None:
    """Refuse a shape without a place (`POINT EMPTY`, `POINT(nan nan)`), which the database takes."""
    if shape is not None and (shape.empty or NO_NUMBER.search(shape.wkt)):
        raise forms.ValidationError(_("图形是空的，没有坐标。"), code="invalid")


class ShapesAdmin(admin.GISModelAdmin):
    """For what is drawn: its shape has a place."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **given: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **given)
        if isinstance(field, GeometryField):
            field.validators.append(require_shape)
        return field


@admin.register(River)
class RiverAdmin(JoinsTheNetwork, Audited, ShapesAdmin):
    form = KeepsAddress
    said = ("code", "name", "kind", "grade")
    readonly_fields = ["surface_m2"]
    list_display = ["code", "name", "kind", "grade", "flows_into"]
    list_filter = ["kind", "grade"]
    search_fields = ["code", "name"]
    list_select_related = ["flows_into"]

    def save_model(self, request: HttpRequest, obj: River, form: Any, change: bool) -> None:
        """Points take the limits of the water's kind, each by an event; where one cannot, nothing is saved."""
        try:
            with transaction.atomic():
                super().save_model(request, obj, form, change)
                follow_register(request.user, obj)
        except Refusal as refusal:
            self.message_user(request, _("没有保存：%s") % refusal, messages.ERROR)


@admin.register(Reach)
class ReachAdmin(JoinsTheNetwork, ShapesAdmin):
    form = KeepsAddress
    list_display = ["code", "name", "river", "area", "length_m"]
    readonly_fields = ["length_m"]
    list_filter = ["area"]
    search_fields = ["code", "name", "river__name"]
    list_select_related = ["river", "area"]


@admin.register(Chief)
class ChiefAdmin(admin.ModelAdmin):
    list_display = ["name", "level", "duty", "river", "reach", "since", "until"]
    list_filter = ["level", "duty"]
    search_fields = ["name", "river__name", "reach__name"]
    list_select_related = ["river", "reach"]
    autocomplete_fields = ["river", "reach", "area"]


@admin.register(ReachLink)
class ReachLinkAdmin(admin.ModelAdmin):
    """A link that somebody saves here stays: working out the network anew does not change it."""

    list_display = ["upstream", "downstream", "leaves_at", "joins_at", "is_computed"]
    list_filter = ["is_computed"]
    search_fields = ["upstream__name", "downstream__name"]
    list_select_related = ["upstream", "downstream"]
    autocomplete_fields = ["upstream", "downstream"]
    exclude = ["is_computed"]

    def save_model(self, request: HttpRequest, obj: ReachLink, form: Any, change: bool) -> None:
        obj.is_computed = False
        super().save_model(request, obj, form, change)


JUDGED_BY = ("target_class", "water", "department")


class PointAdminForm(KeepsAddress):
    def fault_of(self, code: str) -> str:
        return fault_of_point_code(code)

    def clean(self) -> dict[str, Any]:
        """A point that is moved is of the town that holds its place."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and "geom" in given and "geom" in self.changed_data:
            given |= town_and_village(self.instance, given, given["geom"])
        return given

    def clean_geom(self) -> Any:
        place = self.cleaned_data["geom"]
        if message := outside_district(place):
            raise forms.ValidationError(message, code="outside-district")
        if self.instance.pk and not place.equals_exact(self.instance.geom, 1e-7):
            try:
                refuse_move(self.instance)
            except BadInput as refused:
                raise forms.ValidationError(refused.message, code=refused.code) from refused
        return place


@admin.register(MonitoringPoint)
class MonitoringPointAdmin(Audited, ShapesAdmin):
    said = ("code", "kind", "river", "reach", "area", "village", "geom")
    form = PointAdminForm
    list_display = ["code", "name", "kind", "area", "department", "current_class", "status", "due_on"]
    list_filter = ["kind", "current_class", "status", "department"]
    search_fields = ["code", "name"]
    list_select_related = ["area", "department"]
    readonly_fields = [
        "current_class", "status", "baseline_class", "listed_on", "due_on", "delisted_on", "version", "updated_at",
    ]  # fmt: skip
    autocomplete_fields = ["river", "reach"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What a point is judged by changes on its own page only, by an event with a reason (`PointChange`)."""
        return [*self.readonly_fields, *JUDGED_BY] if obj else [*self.readonly_fields]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its samples and what was done there are evidence."""
        return False


class StationAdminForm(forms.ModelForm):
    def clean_units(self) -> Any:
        """A unit that nobody knows would leave every sample of the station unrated."""
        units = self.cleaned_data["units"] or {}
        wrong = (
            [f"{code}: {unit}" for code, unit in units.items() if unit not in FACTORS]
            if isinstance(units, dict)
            else [str(units)]
        )
        if wrong:
            names = {"wrong": "、".join(wrong), "known": "、".join(FACTORS)}
            raise forms.ValidationError(_("不认识的单位：%(wrong)s。可用 %(known)s。") % names, code="unit-unknown")
        return units

    def clean_networks(self) -> Any:
        """A network that cannot be read would keep the station out, or be taken for none."""
        networks = self.cleaned_data["networks"] or []
        try:
            return [str(ip_network(network)) for network in networks]
        except (TypeError, ValueError) as error:
            message = _('来源网段应为列表，例如 ["10.20.0.0/16"]：%(error)s') % {"error": error}
            raise forms.ValidationError(message, code="network-unreadable") from error


@admin.register(AutomaticStation)
class AutomaticStationAdmin(Audited, admin.ModelAdmin):
    said = ("mn", "point", "operator", "units", "networks", "is_active")
    form = StationAdminForm
    list_display = ["mn", "point", "operator", "is_active", "last_seen", "failures", "locked_at"]
    list_filter = ["is_active", ("locked_at", EmptyFieldListFilter)]
    actions = ["unlock"]
    search_fields = ["mn", "point__code", "point__name"]
    list_select_related = ["point", "operator"]
    autocomplete_fields = ["point"]
    readonly_fields = ["last_seen", "last_peer", "failures", "failing_since", "locked_at", "latest"]

    @admin.action(description=gettext_lazy("解除锁定"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[AutomaticStation]) -> None:
        for station in queryset:
            guard.unlock(station)
            self.log_change(request, station, [_("解除锁定")])


@admin.register(StationFault)
class StationFaultAdmin(ReadOnlyAdmin):
    list_display = ["last_at", "mn", "peer", "code", "count", "excerpt"]
    list_filter = ["code"]
    search_fields = ["mn", "peer"]
    date_hierarchy = "at"


@admin.register(Sample)
class SampleAdmin(ReadOnlyAdmin):
    list_display = ["point", "phenomenon_time", "source", "party_name", "water_class", "quality", "recorded_by"]
    list_filter = ["source", "quality", "water_class"]
    search_fields = ["point__code", "point__name"]
    list_select_related = ["point", "recorded_by"]
    date_hierarchy = "phenomenon_time"


class EvidenceInline(ReadOnly, admin.TabularInline):
    model = Evidence
    extra = 0
    fields = ("kind", "caption", "sha256", "taken_at")
    readonly_fields = fields


@admin.register(RectificationEvent)
class RectificationEventAdmin(ReadOnlyAdmin):
    list_display = ["point", "at", "from_status", "to_status", "actor", "department"]
    list_filter = ["to_status", "department"]
    search_fields = ["point__code", "point__name"]
    list_select_related = ["point", "actor", "department"]
    inlines = [EvidenceInline]


@admin.register(PointChange)
class PointChangeAdmin(ReadOnlyAdmin):
    list_display = ["point", "at", "target_before", "target_class", "department", "actor", "reason"]
    search_fields = ["point__code", "point__name"]
    list_select_related = ["point", "department", "actor"]
    date_hierarchy = "at"
