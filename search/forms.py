"""What a search is narrowed to, as its page offers it: only what there is to choose among what was found."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Area
from search.find import Filters, Found


class FilterForm(forms.Form):
    """The filters of a search; what is not understood counts as not said."""

    kind = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    area = forms.TypedChoiceField(label=_("镇街"), required=False, coerce=int, empty_value=None)
    year = forms.TypedChoiceField(label=_("年份"), required=False, coerce=int, empty_value=None)
    organ = forms.ChoiceField(label=_("单位"), required=False)

    def offer(self, found: Found) -> None:
        """Offer the areas, years and organs of what was found, the most frequent first."""
        names = Area.objects.filter(pk__in=found.areas).values_list("pk", "name")
        self._offer("area", sorted(names, key=lambda row: -found.areas[row[0]]))
        self._offer("year", [(year, str(year)) for year in sorted(found.years, reverse=True)])
        self._offer("organ", [(organ, organ) for organ, _count in found.organs.most_common(30)])

    def _offer(self, name: str, choices: Iterable[tuple[Any, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("全部")), *choices]


def filters_of(given: Any) -> Filters:
    """Read the filters from an address; a number that is none is left out."""
    return Filters(
        kind=given.get("kind", "")[:30],
        area=_number(given.get("area", "")),
        year=_number(given.get("year", "")),
        organ=given.get("organ", "")[:80].replace("\x00", ""),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
