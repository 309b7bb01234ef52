"""Which tables have generalised copies, and how far the making of them is."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ladder(models.Model):
    """The generalised copies of one table. Their own tables are `tile_ladder.l<pk>_...`."""

    class State(models.TextChoices):
        BUILDING = "building", _("正在生成")
        READY = "ready", _("可用")
        SPARED = "spared", _("不需要")

    class Kind(models.TextChoices):
        CELLS = "cells", _("点聚合")
        SHAPES = "shapes", _("线面简化")

    source = models.CharField(_("数据表"), max_length=127, unique=True)
    """As "schema.table", or "table" in the public schema."""
    key = models.CharField(_("主键列"), max_length=63)
    geometry = models.CharField(_("图形列"), max_length=63)
    srid = models.IntegerField(_("坐标系"))
    kind = models.CharField(_("方式"), max_length=10, choices=Kind)
    columns = models.JSONField(_("可用属性列"), default=list)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.BUILDING)
    stage = models.SmallIntegerField(_("已完成步数"), default=0)
    """So many parts are there. Triggers read it. (Of shapes that were made one zoom a step: 2 + `top`.)"""
    parts = models.IntegerField(_("分块数"), default=1, db_default=1)
    """Of how many parts the copies are made, `stage` of which are there. Triggers read it."""
    top = models.SmallIntegerField(_("最高级别"), null=True)
    """The last generalised zoom; -1 where there is none. NULL until it is known."""
    rows = models.BigIntegerField(_("行数"), default=0)
    levels = models.JSONField(_("各级别"), default=list)
    """One per zoom from 0: `zoom`, `most` (features in its fullest tile when built), `properties`."""
    kinds = models.JSONField(_("按值统计的列"), null=True)
    """Lines and areas: the columns whose values are summed per cell (`kinds.py`). NULL in copies of an older make."""
    started = models.DateTimeField(_("开始时间"), auto_now_add=True)
    finished = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        app_label = "tiles"
        verbose_name = _("概化副本")
        verbose_name_plural = _("概化副本")

    def __str__(self) -> str:
        return f"{self.source} ({self.get_state_display()})"

    @property
    def is_stale(self) -> bool:
        """Whether it was made before covered cells were kept, and has to be made anew."""
        return self.kind == self.Kind.SHAPES and self.kinds is None and self.stage > 0

    @property
    def steps(self) -> int | None:
        """How many steps the making takes; None until that is known."""
        return None if self.top is None else max(self.parts, self.stage)

    def properties(self, zoom: int) -> set[str] | None:
        """Return the columns that a tile of this zoom carries; None for all of them."""
        for level in self.levels:
            if level["zoom"] == zoom:
                return set(level["properties"])
        return None

    def as_dict(self) -> dict[str, Any]:
        """Say in plain values how far it is, for commands and pages."""
        return {
            "source": self.source,
            "state": self.state,
            "kind": self.kind,
            "steps_done": self.stage,
            "steps": self.steps,
            "top": self.top,
            "rows": self.rows,
        }
