"""A row that its model's own validation refuses, as the refusal that pages, sheets and the API show."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from geokit.refusal import BadInput, FieldError, refuse

OF_NO_FIELD = "__all__"
"""Django's name for what concerns several fields."""
EARLIEST, LATEST = 2000, 2200
"""Years of what is planned. Near the year 1 a moment is stored that nobody can read again."""


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


def check_own_fields(row: Model, code: str, besides: Collection[str] = ()) -> None:
    """What `check_fields` asks without reading: the row's own values, not whether they fit what is stored.

    For rows that are written together: the database's constraints say the rest, of all of them. Fields `besides` are
    not looked at.
    """
    left = {field.name for field in row._meta.concrete_fields if field.is_relation or field.generated}
    check_fields(row, code, exclude=left | set(besides), validate_unique=False, validate_constraints=False)


def fault_of_code(code: str, pages: Collection[str] = ()) -> str:
    """What keeps a new code from being part of an address, in words; empty where nothing does.

    An address that cannot be made stops every list that the code stands in. `pages` are pages of the same folder, whose
    names would hide it.
    """
    if "/" in code or code in {".", "..", *pages}:
        return _("编码里不能有斜杠，也不能只写“%s”：它是网址的一部分。") % (code if "/" not in code else "..")
    return ""


def check_moment(field: str, at: date | None) -> None:
    """Refuse a day or time, of something planned, in a year that nobody means. Raises BadInput."""
    if at is not None and not EARLIEST <= at.year <= LATEST:
        words = {"first": EARLIEST, "last": LATEST}
        raise refuse(field, "odd-year", _("请核对日期：年份应在 %(first)d 到 %(last)d 之间。") % words)


def set_facts(row: Any, facts: Mapping[str, Any], is_new: bool) -> list[str]:
    """Set what is given; return the names of what that changes."""
    changed = [name for name, value in facts.items() if is_new or getattr(row, name) != value]
    for name in changed:
        setattr(row, name, facts[name])
    return sorted(changed)
