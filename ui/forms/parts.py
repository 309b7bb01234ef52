"""Parts of a formset whose kind decides which of their fields are asked (``ui/parts.html``)."""

from collections.abc import Iterable, Mapping

from django import forms


def needed_by(form: forms.BaseForm, kinds: Mapping[str, Iterable[str]]) -> None:
    """Say of fields for which values of the part's ``kind`` they are asked; what is not named is asked for all."""
    for name, wanted in kinds.items():
        form.fields[name].widget.attrs["data-for"] = " ".join(wanted)
