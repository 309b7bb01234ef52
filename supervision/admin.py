"""Administration of supervision: all of it is read here and written on pages."""

from django.contrib import admin

from ledger.admin import ReadOnly, ReadOnlyAdmin
from supervision.findings.models import Finding
from supervision.matters.models import Suggestion, SuggestionEvent
from supervision.routing.models import RoutingRule


@admin.register(RoutingRule)
class RoutingRuleAdmin(ReadOnlyAdmin):
    """Read here, written on the page of the rules; the map widget of the admin would ask a foreign server."""

    list_display = ("category", "area", "zone_name", "department", "to_town", "days", "is_active")
    list_filter = ("is_active", "category", "department")
    list_select_related = ("area", "department")
    exclude = ("zone",)


class EventInline(ReadOnly, admin.TabularInline):
    model = SuggestionEvent
    fk_name = "suggestion"
    fields = ("at", "verb", "actor", "department", "text", "result", "due_on")
    readonly_fields = fields
    can_delete = False
    extra = 0
    max_num = 0


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    list_display = ("number", "title", "state", "department", "due_on", "submitted_at")
    list_filter = ("state", "category", "department")
    search_fields = ("number", "title")
    list_select_related = ("department",)
    inlines = (EventInline,)


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """The place is on the finding's own page; the map widget of the admin would ask a foreign server."""

    list_display = ("id", "category", "area", "reporter", "created_at")
    list_filter = ("category", "area")
    search_fields = ("text",)
    list_select_related = ("area", "reporter")
    exclude = ("geom",)
