"""A row that its model's own validation refuses, as the refusal that pages, sheets and the API show."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model

from geokit.refusal import BadInput, FieldError

OF_NO_FIELD = "__all__"
"""Django's name for what concerns several fields."""


def check_fields(row: Model, code: str, **how: Any) -> None:
    """Raise BadInput with this code and an error for each message; `how` goes to `Model.full_clean`."""
    try:
        row.full_clean(**how)
    except ValidationError as error:
        errors = [
            FieldError("" if name == OF_NO_FIELD else name, "invalid", message)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise BadInput(" ".join(error.messages), code=code, errors=errors) from error
