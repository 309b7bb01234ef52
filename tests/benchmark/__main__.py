"""`python -m tests.benchmark [NAMES] [--quick] [--list]`; `make bench` sets everything up before it."""

import argparse
import contextlib
import importlib
import os
import pkgutil
import sys
from collections.abc import Iterator
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

import tests.benchmark as here
from ops import environment
from tests.benchmark import harness

DATABASE = "geo_portal_bench"


def main() -> int:
    options = _options()
    os.environ.setdefault("VAR_DIR", "var/bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo_portal.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    with environment.database(os.environ), _own_database():
        import django

        django.setup()
        for module in pkgutil.iter_modules(here.__path__, f"{here.__name__}."):
            if module.name.rpartition(".")[2].startswith("bench_"):
                importlib.import_module(module.name)
        if options.list:
            sys.stdout.write("\n".join(sorted(harness.REGISTERED)) + "\n")
            return 0
        return harness.run(options.names, quick=options.quick)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help="which benchmarks; when none is named, all but those that run only by name"
    )
    parser.add_argument("--quick", action="store_true", help="a twentieth of the data: whether it runs, not how fast")
    parser.add_argument("--list", action="store_true", help="names only")
    return parser.parse_args()


@contextlib.contextmanager
def _own_database() -> Iterator[None]:
    """A database of that name beside the configured one; child processes find it in DATABASE_URL."""
    from geo_portal import settings

    given = settings.OWNER_DATABASE or settings.DATABASES["default"]
    keys = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    parts = {keys[key]: str(given[key]) for key in keys if given.get(key)}
    line = psycopg2.connect(**parts)
    line.autocommit = True
    with line.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    line.close()
    for variable, login in (
        ("DATABASE_URL", settings.DATABASES["default"]),
        ("MIGRATION_DATABASE_URL", settings.OWNER_DATABASE),
        ("READER_DATABASE_URL", settings.READER_DATABASE),
    ):
        if login is not None:
            parts = {keys[key]: str(login[key]) for key in keys if key != "NAME" and login.get(key)}
            words = "&".join(f"{name}={quote(value, safe='')}" for name, value in parts.items())
            os.environ[variable] = f"postgresql:///{DATABASE}?{words}"
    settings.DATABASES["default"]["NAME"] = DATABASE
    yield


if __name__ == "__main__":
    sys.exit(main())
