from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LayersConfig(AppConfig):
    name = "layers"
    verbose_name = _("图层数据")

    def ready(self) -> None:
        from layers import signals, thumbnails

        signals.version_published.connect(thumbnails.published, dispatch_uid="layers.thumbnails")
