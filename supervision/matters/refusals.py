"""What services of matters refuse in the same words."""

from collections.abc import Sequence

from django.utils.translation import gettext

from geokit.refusal import refuse


def refuse_unknown(field: str, value: str, known: Sequence[str]) -> None:
    """Raise BadInput for a value that is neither empty nor among `known`."""
    if value and value not in known:
        raise refuse(field, "unknown-value", gettext("“%s”不是可选的值。") % value)
