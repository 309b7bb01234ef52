"""What the tile engine keeps in the database, written by triggers alone (`cache/watched_tables.sql`).

The changes themselves are in `tiles_tablechange`, a table without a model: only the triggers write it and only
`change_log.py` reads it. A row is what one transaction changed in one watched table: `name`, `version` (NULL until the
transaction commits), and `boxes`, flat: west, south, east, north in degrees for each place, of rows as they were and
as they are. NULL boxes mean anywhere (no geometry, TRUNCATE), empty ones mean rows without a place.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tiles.ladder.models import Ladder as Ladder


class TableVersion(models.Model):
    """The number of the last committed change of a watched table."""

    # "table" in the public schema, else "schema.table".
    name = models.CharField(_("数据表"), max_length=127, primary_key=True)
    version = models.BigIntegerField(_("版本"))

    class Meta:
        verbose_name = _("数据版本")
        verbose_name_plural = _("数据版本")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
