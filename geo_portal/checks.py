"""System checks: what must hold before this site may run."""

import importlib.util
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DEFAULT_DB_ALIAS, connections


@register()
def driver_is_psycopg2(**kwargs: Any) -> list[CheckMessage]:
    """Refuse psycopg 3: Django silently prefers it, and tiles are read through psycopg2's COPY."""
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed, and Django would take it instead of psycopg2.",
            hint="Find what brought it in with `pip show psycopg` and remove it.",
            id="geo_portal.E001",
        )
    ]


@register()
def a_bucket_has_its_packages(**kwargs: Any) -> list[CheckMessage]:
    """Refuse a bucket for files without what speaks to it; better at the start than at the first photo."""
    if not settings.FILES_BUCKET or (importlib.util.find_spec("storages") and importlib.util.find_spec("boto3")):
        return []
    return [
        Error(
            "FILES_BUCKET is set, and django-storages or boto3 is not installed.",
            hint="pip install -r requirements-s3.txt; in the containers, build the images with it set.",
            id="geo_portal.E006",
        )
    ]


@register(Tags.database)
def postgis_is_there(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a server without PostGIS 3.4 or newer."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
            row = cursor.fetchone()
        version = tuple(int(part) for part in row[0].split(".")[:2]) if row else (0, 0)
        if version < (3, 4):
            problems.append(
                Error(
                    f"Database {alias!r} has no PostGIS 3.4 or newer (found: {row[0] if row else 'none'}).",
                    hint="Install postgresql-17-postgis-3 and run CREATE EXTENSION postgis.",
                    id="geo_portal.E002",
                )
            )
    return problems


@register(Tags.database, deploy=True)
def roles_are_apart(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a role that could alter what the chain of evidence rests on, and guards that are gone."""
    from geo_portal.health import guard_faults_now

    if DEFAULT_DB_ALIAS not in (databases or []):
        return []
    hint = "Give DATABASE_URL the site's own role, MIGRATION_DATABASE_URL the owner, and migrate (docs/operations.md)."
    return [Error(str(fault), hint=hint, id="geo_portal.E005") for fault in guard_faults_now()]


@register(Tags.security, deploy=True)
def settings_are_safe(**kwargs: Any) -> list[CheckMessage]:
    """Refuse in production what only the demonstration and tests may have."""
    unsafe = [name for name in ("DEMO", "TESTING_HOOKS", "DEBUG") if getattr(settings, name)]
    return [Error(f"{name} must be off in production.", hint=f"Unset {name}.", id="geo_portal.E003") for name in unsafe]


@register()
def rules_are_not_in_the_environment(**kwargs: Any) -> list[CheckMessage]:
    """Say that a variable is read no more: what it set is a rule of the district now."""
    return [
        CheckWarning(
            f"{name} is read no more: the district decides it on a page.",
            hint="Set it on /rules/ (a base map in /setup/record/), then unset the variable (docs/rules.md).",
            id="geo_portal.W004",
        )
        for name in settings.RETIRED_VARIABLES
    ]
