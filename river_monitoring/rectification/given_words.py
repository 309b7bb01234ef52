"""The one text that an objection, its answer or the word for a photo consists of."""

from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError

MAX_WORDS = 2000
"""Characters."""


def given_words(field: str, given: str, missing: str) -> str:
    """Return the text without blanks around it. Raises BadInput with `missing` for none, or when it is too long."""
    words = given.strip()
    if not words:
        raise BadInput(missing, code="words-required", errors=[FieldError(field, "required", missing)])
    if len(words) > MAX_WORDS:
        message = _("最多 %d 字。") % MAX_WORDS
        raise BadInput(message, code="too-long", errors=[FieldError(field, "too-long", message)])
    return words
