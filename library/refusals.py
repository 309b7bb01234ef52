"""A no that belongs to a field of the library's forms."""

from geokit.refusal import BadInput, FieldError


def at_field(field: str, code: str, message: str) -> BadInput:
    """Return the refusal of what stands in one field."""
    return BadInput(message, code=code, errors=[FieldError(field, code, message)])
