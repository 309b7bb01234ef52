"""The folder `tables/`: every table as a CSV file, places also as layers of one GeoPackage. What opens doors stays.

Left out are tables of the machine (queues, caches, sessions), credentials, and the urn of an open vote; of other tables
the columns of `SECRET`. Everything else leaves, personal data too: it is the district's own.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.gis.db.models import GeometryField
from django.db.models import Field, Model

from geo_portal.leaving.gpkg import write_layer
from geo_portal.leaving.sinks import Sink
from ui.downloads import csv_lines
from ui.text.search_field import SearchKeyField

type Column = Field

FOLDER = "tables"
PLACES = "places.gpkg"
FETCH = 2_000
OF_THE_MACHINE = (
    "admin", "auth", "contenttypes", "gis", "sessions", "sites", "jobs", "tiles", "search", "backups", "postgres",
    "accounts.RateCount", "accounts.SdkTicket", "account.EmailConfirmation",
)  # fmt: skip
"""Apps, and single models, that hold nothing of the district."""
CREDENTIALS = (
    "mfa.Authenticator", "socialaccount.SocialAccount", "socialaccount.SocialApp", "socialaccount.SocialToken",
    "accounts.SetupCode", "accounts.InvitationCode", "accounts.OpenSession", "accounts.ApiToken",
    "accounts.Robot", "questions.UsedMark", "projects.BallotCode", "projects.UrnBallot", "supervision.ReporterAccess",
)  # fmt: skip
"""Models that are left out whole: what they hold opens an account, a vote or somebody's report."""
SECRET = frozenset(
    {
        "password",
        "secret",
        "former_secret",
        "token",
        "token_digest",
        "token_hash",
        "base_map_key",
        "form_key",
        "voter_key",
        "session_key",
        "once_key",
        "code_digest",
    }
)
HARMLESS = frozenset(
    {
        "code", "phone_code", "code_prefix", "page_code", "key", "key_column", "error_code", "digest", "picture_hashes",
        "public_key", "signature", "salt", "assigned_on", "is_key", "key_leader", "signed_at", "signed_version",
        "signed_on", "signed_by_id", "signer", "sent_digest", "check_code", "takes_sign_in", "code_until",
        "wrong_codes", "passed_as",
    }
)  # fmt: skip
"""Columns that sound like secrets and are none in the tables that leave; a test asks about every new one."""


def models() -> list[type[Model]]:
    """Models whose rows leave, by table."""
    stay = {*OF_THE_MACHINE, *CREDENTIALS}
    found = (model for model in apps.get_models() if model._meta.managed and not model._meta.proxy)
    leaving = (each for each in found if not stay & {each._meta.app_label, each._meta.label})
    return sorted(leaving, key=lambda model: model._meta.db_table)


def fields(model: type[Model]) -> list[Column]:
    """Columns of a model that leave."""
    found = model._meta.local_concrete_fields
    return [each for each in found if each.column not in SECRET and not isinstance(each, SearchKeyField)]


def links(model: type[Model]) -> list[type[Model]]:
    """The tables between two others that a model declares (many to many)."""
    between: list[Any] = [field.remote_field.through for field in model._meta.local_many_to_many]
    return [table for table in between if table._meta.auto_created]


def tables() -> list[type[Model]]:
    """Every table that leaves, those between two others too."""
    stay = set(OF_THE_MACHINE)
    found = models()
    between = [table for model in found for table in links(model)]
    return [*found, *(each for each in between if not stay & _ends(each))]


def _ends(between: type[Model]) -> set[str]:
    """App labels of the models that a table lies between."""
    targets = (field.related_model for field in between._meta.local_concrete_fields if field.is_relation)
    return {target._meta.app_label for target in targets if isinstance(target, type)}


def write_table(sink: Sink, model: type[Model]) -> int:
    """Write one table; return how many rows."""
    columns, count = fields(model), -1
    lines = csv_lines(_lines(model, columns))

    def counted() -> Iterator[str]:
        nonlocal count
        for line in lines:
            count += 1
            yield line

    sink.lines(f"{FOLDER}/{model._meta.db_table}.csv", counted())
    return count


def _lines(model: type[Model], columns: list[Column]) -> Iterator[list[Any]]:
    yield [field.column for field in columns]
    for row in _values(model, columns):
        yield [_cell(value) for value in row]


def _values(model: type[Model], columns: list[Column]) -> Iterator[tuple[Any, ...]]:
    names = [field.attname for field in columns]
    yield from model._base_manager.order_by("pk").values_list(*names).iterator(FETCH)


def _cell(value: Any) -> Any:
    """A value as text: bytes as hexadecimal, places as WKT, lists and objects as JSON."""
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return getattr(value, "wkt", value)


def write_places(sink: Sink) -> int:
    """Write the places of all tables, one layer for each column of places; return how many layers."""
    path = sink.work / PLACES
    layers = sum(_write_places(path, model, place) for model in tables() for place in _places(model))
    if layers:
        sink.move(f"{FOLDER}/{PLACES}", path)
    return layers


def _places(model: type[Model]) -> list[Column]:
    return [field for field in fields(model) if isinstance(field, GeometryField)]


def _write_places(path: Any, model: type[Model], place: Column) -> bool:
    others = [field for field in fields(model) if not isinstance(field, GeometryField)]
    rows = model._base_manager.exclude(**{place.attname: None}).order_by("pk")
    found = rows.values_list(place.attname, *(field.attname for field in others)).iterator(FETCH)
    said = (([_text(value) for value in values], shape) for shape, *values in found)
    # "fid" and "geom" are the file's own names.
    names = [f"{field.column}_" if field.column in ("fid", "geom") else str(field.column) for field in others]
    return bool(write_layer(path, f"{model._meta.db_table}.{place.column}", names, said))


def _text(value: Any) -> str | None:
    return None if value is None else str(_cell(value))
