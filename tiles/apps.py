from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TilesConfig(AppConfig):
    name = "tiles"
    verbose_name = _("瓦片")
    jobs = ("tiles.ladder.jobs.build_table",)
    own_schemas = ("tile_ladder",)
    own_sequences = ("tiles_version_seq",)
    attached_functions = ("tiles_note_change",)
