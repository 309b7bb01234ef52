"""What somebody else has changed meanwhile, beside what was typed."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.utils.formats import localize


@dataclass(frozen=True)
class Difference:
    """One field in which the form and what is stored differ."""

    label: str
    theirs: str
    mine: str


def differences(form: ModelForm, fresh: Model) -> list[Difference]:
    """Return the fields of a valid `form` whose stored value is another one, in the form's order."""
    found = []
    for name, field in form.fields.items():
        theirs, mine = getattr(fresh, name), form.cleaned_data.get(name)
        if hasattr(theirs, "all"):
            theirs = theirs.all()
        if _words(theirs, fresh, name) != _words(mine, fresh, name):
            found.append(Difference(str(field.label), _words(theirs, fresh, name), _words(mine, fresh, name)))
    return found


def _words(value: Any, row: Model, name: str) -> str:
    if isinstance(value, QuerySet):
        return "、".join(str(one) for one in value.order_by("pk"))
    choices = dict(getattr(row._meta.get_field(name), "flatchoices", ()))
    return str(choices.get(value) or localize(value) or "")
