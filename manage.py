#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL they use the embedded PostGIS, started for their own time if none runs."""

import contextlib
import os
import signal
import sys

from ops import environment
from ops.postgis import PostgisError

# These read files only; the wait for a database would be for nothing.
WITHOUT_DATABASE = {"collectstatic", "compilemessages", "makemessages", "help", "version", "startapp", "diffsettings"}


def needs_database(arguments: list[str]) -> bool:
    return bool(arguments) and arguments[0] not in WITHOUT_DATABASE and not {"--help", "-h"} & set(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo_portal.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a plain kill, too, must let go of the database
    # `make test` sets it: its database is thrown away, so it need not survive a power cut.
    durable = os.environ.get("EMBEDDED_DURABLE", "1") != "0"
    held = (
        environment.database(os.environ, durable=durable) if needs_database(sys.argv[1:]) else contextlib.nullcontext()
    )
    try:
        with held:
            from django.core.management import execute_from_command_line

            execute_from_command_line(sys.argv)
    except PostgisError as error:
        sys.exit(f"embedded PostGIS: {error}")


if __name__ == "__main__":
    main()
