"""Administration of people and organisations. Outlines are read, never typed."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Area, CalendarDay, Delivery, Department, RobotHost
from accounts.notices.channels import CHANNELS
from ledger.admin import ReadOnlyAdmin


@admin.register(RobotHost)
class RobotHostAdmin(admin.ModelAdmin):
    """Where robots' messages may go."""

    list_display = ("host", "note")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What was sent, what waits, and why something did not get through."""

    list_display = ("notice", "way", "robot", "state", "attempts", "not_before", "sent_at", "error")
    list_filter = ("state", "channel")
    list_select_related = ("notice", "robot")

    @admin.display(description=_("方式"), ordering="channel")
    def way(self, delivery: Delivery) -> str:
        return str(CHANNELS[delivery.channel].label)


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    """The rules of the district name departments by their codes, so that a code stays: who takes another's, takes its
    part in acceptance and sampling."""

    list_display = ("code", "name", "short_name", "area", "phone")
    search_fields = ("code", "name", "short_name")
    list_select_related = ("area",)
    autocomplete_fields = ("area",)

    def get_readonly_fields(self, request: HttpRequest, obj: Department | None = None) -> tuple[str, ...]:
        return ("code",) if obj else ()


@admin.register(Area)
class AreaAdmin(admin.ModelAdmin):
    """Names and order; outlines come from data files, and the map widget would ask a foreign server."""

    list_display = ("code", "name", "level", "parent", "is_schematic")
    list_filter = ("level",)
    search_fields = ("code", "name")
    list_select_related = ("parent",)
    autocomplete_fields = ("parent",)
    exclude = ("geom", "point")


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnlyAdmin):
    """Days off and bridge days that were written here before they became rules of the district (`calendar.*`)."""

    list_display = ("day", "is_workday", "name")
    date_hierarchy = "day"
