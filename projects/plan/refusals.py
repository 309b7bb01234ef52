"""A refusal that belongs beside one field of a form."""

from geokit.refusal import BadInput, FieldError


def field_refusal(field: str, code: str, message: str, field_code: str = "") -> BadInput:
    """Return a refusal with its error at `field`; on the whole form for an empty field.

    `field_code` is the error's own code where it says less than the refusal's.
    """
    errors = [FieldError(field, field_code or code, message)] if field else []
    return BadInput(message, code=code, errors=errors)
