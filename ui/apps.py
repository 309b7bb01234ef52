from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

CHOOSE = _("请选择")
"""What stands first in a list from which nothing has been chosen."""


class UiConfig(AppConfig):
    name = "ui"
    verbose_name = _("页面组件")

    def ready(self) -> None:
        from django.db.models import fields
        from django.urls import register_converter

        from ui.network.content_types import read_as_utf8
        from ui.secret_addresses import NAME, SecretConverter

        read_as_utf8()
        register_converter(SecretConverter, NAME)
        # Django's own words have no Chinese; it says that an app may set its own here.
        fields.BLANK_CHOICE_LABEL = CHOOSE
