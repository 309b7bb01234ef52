"""How a service of matters refuses one field."""

from collections.abc import Sequence

from django.utils.translation import gettext

from geokit.refusal import BadInput, FieldError


def refuse(field: str, code: str, message: str) -> BadInput:
    """Return the refusal of one field, to be raised."""
    return BadInput(message, code=code, errors=[FieldError(field, code, message)])


def refuse_unknown(field: str, value: str, known: Sequence[str]) -> None:
    """Raise BadInput for a value that is neither empty nor among `known`."""
    if value and value not in known:
        raise refuse(field, "unknown-value", gettext("“%s”不是可选的值。") % value)
