"""The choice of a town in forms and filters, said once."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.areas.filters import areas_to_choose, towns
from accounts.directory.levels import districts
from accounts.directory.models import Area
from accounts.permissions import Asker


class _Choices(ModelChoiceIterator):
    """The areas; with several districts each with its district, for towns of two may have one name."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if districts().several:
            self.queryset = self.queryset.select_related("parent").defer("parent__geom", "parent__point")
        yield from super().__iter__()


class AreaChoiceField(forms.ModelChoiceField):
    """A town by its code. With `every` it narrows a list, and none chosen means all of them."""

    iterator = _Choices

    def __init__(self, *, every: bool = False, **more: Any) -> None:
        said: dict[str, Any] = {
            "queryset": towns(None),
            "label": gettext_lazy("镇街"),
            "required": False,
            "to_field_name": "code",
            "empty_label": gettext_lazy("全部镇街") if every else gettext_lazy("请选择"),
        }
        super().__init__(**(said | more))

    def offer(self, user: Asker) -> None:
        """Let `user` choose what a list can be narrowed to: where there are several districts, these too."""
        self.queryset = areas_to_choose(user)

    def label_from_instance(self, area: Area) -> str:
        if districts().several and area.level == Area.Level.TOWN and area.parent is not None:
            return _("%(town)s（%(district)s）") % {"town": area.name, "district": area.parent.name}
        return str(area)
