"""What a search is narrowed to, as its page offers it: only what there is to choose among what was found."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.directory.levels import NARROW, district_or_above, districts
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
        self._offer("area", _areas_of(found))
        self._offer("year", [(year, str(year)) for year in sorted(found.years, reverse=True)])
        self._offer("organ", [(organ, organ) for organ, _count in found.organs.most_common(30)])

    def _offer(self, name: str, choices: Iterable[tuple[Any, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("全部")), *choices]


def _areas_of(found: Found) -> list[tuple[int, str]]:
    """Return the areas of what was found, the most frequent first; before them districts, where there are several."""
    areas = list(Area.objects.filter(pk__in=found.areas).select_related("parent__parent"))
    counts, above = found.areas, Counter[int]()
    names = {area.pk: area.name for area in areas}
    if districts().several:
        for area in areas:
            if area.level in NARROW and (district := district_or_above(area)) is not None:
                above[district.pk] += counts[area.pk]
                names[district.pk] = district.name
    wide = [key for key, _count in above.most_common()]
    narrow = [key for key, _count in counts.most_common() if key in names and key not in above]
    return [(key, names[key]) for key in (*wide, *narrow)]


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
