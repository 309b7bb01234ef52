from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "ui"
    verbose_name = _("页面组件")

    def ready(self) -> None:
        from django.urls import register_converter

        from ui.secret_addresses import NAME, SecretConverter

        register_converter(SecretConverter, NAME)
