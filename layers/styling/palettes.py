"""Colour schemes for classes of data (`palettes.json`): all fit for readers with colour vision deficiencies."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SOURCE = Path(__file__).with_name("palettes.json")
SEQUENTIAL, DIVERGING, QUALITATIVE = "sequential", "diverging", "qualitative"
LABELS: dict[str, Promise | str] = {
    "viridis": _("黄绿紫（Viridis）"),
    "magma": _("黄红黑（Magma）"),
    "cividis": _("黄灰蓝（Cividis）"),
    "blues": _("蓝"),
    "greens": _("绿"),
    "oranges": _("橙"),
    "purples": _("紫"),
    "ylorrd": _("黄橙红"),
    "ylgnbu": _("黄绿蓝"),
    "bupu": _("蓝紫"),
    "rdbu": _("红白蓝（两端）"),
    "puor": _("紫白橙（两端）"),
    "brbg": _("棕白青（两端）"),
    "prgn": _("紫白绿（两端）"),
    "rdylbu": _("红黄蓝（两端）"),
    "okabe-ito": _("八种分明的颜色"),
}


@dataclass(frozen=True)
class Palette:
    """One scheme: for some numbers of classes a list of colours, light to dark."""

    name: str
    kind: str
    licence: str
    sets: dict[int, tuple[str, ...]]

    @property
    def label(self) -> Promise | str:
        return LABELS[self.name]

    def colours(self, count: int, reverse: bool = False) -> list[str]:
        """`count` colours. Ordered schemes are stretched beyond their longest list, unordered ones start again."""
        if self.kind == QUALITATIVE:
            longest = self.sets[max(self.sets)]
            found = [longest[index % len(longest)] for index in range(count)]
        else:
            found = self._ordered(count)
        return found[::-1] if reverse else found

    def _ordered(self, count: int) -> list[str]:
        if count in self.sets:
            return list(self.sets[count])
        known = self.sets[min(self.sets) if count < min(self.sets) else max(self.sets)]
        if count == 1:
            return [known[len(known) // 2]]
        return [known[round(index * (len(known) - 1) / (count - 1))] for index in range(count)]


@cache
def palettes() -> dict[str, Palette]:
    """Every scheme by name, in the order in which they are offered."""
    stored = json.loads(SOURCE.read_text(encoding="utf-8"))["palettes"]
    return {
        item["name"]: Palette(
            item["name"], item["kind"], item["licence"], {int(n): tuple(c) for n, c in item["colours"].items()}
        )
        for item in stored
    }


def licences() -> dict[str, str]:
    """What each scheme's authors ask to be said, by the name of the licence."""
    return json.loads(SOURCE.read_text(encoding="utf-8"))["licences"]


def for_kind(kind: str) -> list[Palette]:
    """The schemes that suit a kind of style: distinct colours for categories, ordered ones for numbers."""
    wanted = (QUALITATIVE, SEQUENTIAL, DIVERGING) if kind == "categorized" else (SEQUENTIAL, DIVERGING)
    return [palette for name in wanted for palette in palettes().values() if palette.kind == name]
