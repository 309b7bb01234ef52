from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("人代会专栏")
    chained_tables = ("meetings.chain.CHAINED",)
    calendar_entries = ("meetings.appointments.entries",)
    erasures = {
        "erase-presence": "meetings.presence.erasure.erase_presence",
        "erase-comment": "meetings.comments.erasure.erase_comment",
    }
