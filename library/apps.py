from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = _("法规文件")

    def ready(self) -> None:
        from accounts.directory.levels import stay_with_the_first

        # What is public is everybody's and of no district; what names a department is of that one's.
        stay_with_the_first("library.Document", Q(visibility="internal", area=None, department=None))
