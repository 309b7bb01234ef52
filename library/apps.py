from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = _("法规文件")

    def ready(self) -> None:
        from accounts.directory.levels import stay_with_the_first

        # Public laws, and what is read to learn, are everybody's; what a congress made is its own. What is internal and
        # names a department is of that one's.
        inner = Q(visibility="internal", department=None)
        made_here = Q(visibility="public", kind__in=["decision", "report", "reply", "minutes"])
        stay_with_the_first("library.Document", Q(area=None) & (inner | made_here))
