"""Validation of a JSON object: every value checked, every error collected under its path."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from geokit.refusal import FieldError

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class Checked:
    """A JSON object being read. What is wrong is noted under its path, and the plain value taken instead."""

    def __init__(self, stored: Any, path: str = "", errors: list[FieldError] | None = None) -> None:
        self.errors: list[FieldError] = [] if errors is None else errors
        self.path = path
        if not isinstance(stored, Mapping):
            self.refuse("", _("这里应当是一个对象。"))
            stored = {}
        self.stored: Mapping[str, Any] = stored

    def refuse(self, name: str, message: str) -> None:
        self.errors.append(FieldError(f"{self.path}{name}" or "style", "style-invalid", message))

    def inside(self, name: str) -> "Checked":
        """The object under `name`; an empty one when there is none."""
        return Checked(self.stored.get(name, {}), f"{self.path}{name}.", self.errors)

    def several(self, name: str, most: int) -> list["Checked"]:
        """The objects of the list under `name`."""
        items = self.stored.get(name, [])
        if not isinstance(items, list | tuple) or len(items) > most:
            self.refuse(name, _("应当是最多 %d 项的列表。") % most)
            return []
        return [Checked(item, f"{self.path}{name}[{index}].", self.errors) for index, item in enumerate(items)]

    def one_of(self, name: str, allowed: Sequence[Any], plain: Any) -> Any:
        value = self.stored.get(name, plain)
        if value not in allowed:
            self.refuse(name, _("可选：%s。") % "、".join(str(item) for item in allowed if item != ""))
            return plain
        return value

    def text(self, name: str, most: int) -> str:
        value = self.stored.get(name, "")
        if not isinstance(value, str) or len(value) > most:
            self.refuse(name, _("应当是最多 %d 个字的文字。") % most)
            return ""
        return value

    def colour(self, name: str, plain: str) -> str:
        """`#rrggbb`, in small letters; empty is `plain`."""
        value = self.stored.get(name) or plain
        if value and not (isinstance(value, str) and COLOUR.fullmatch(value)):
            self.refuse(name, _("颜色要写成 #rrggbb。"))
            return plain
        return value.lower()

    def number(self, name: str, low: float | None, high: float | None, plain: Any) -> Any:
        """A finite number within bounds; None in `plain` means that it may be missing."""
        value = self.stored.get(name, plain)
        if value is None and plain is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.refuse(name, _("应当是数字。"))
            return plain
        if (low is not None and value < low) or (high is not None and value > high):
            self.refuse(name, _("应当在 %(low)s 到 %(high)s 之间。") % {"low": low, "high": high})
            return plain
        return value
