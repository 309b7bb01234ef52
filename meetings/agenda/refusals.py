"""How a service of this room refuses one field."""

from geokit.refusal import BadInput, FieldError


def refuse(field: str, code: str, message: str) -> BadInput:
    """Return the refusal of one field, to be raised."""
    return BadInput(message, code=code, errors=[FieldError(field, code, message)])
