from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PatrolsConfig(AppConfig):
    name = "inspections"
    label = "supervision_patrols"
    verbose_name = _("巡查")
