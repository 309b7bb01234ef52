from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = _("法规文件")

    def ready(self) -> None:
        from library.documents import settling

        settling.connect()
