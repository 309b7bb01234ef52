#!/usr/bin/env python
"""Django's commands. Without DATABASE_URL they use the embedded PostGIS, started for their own time if none runs."""

import contextlib
import os
import signal
import sys

from geo_portal.startup import refuse_what_is_not_ready
from ops import environment
from ops.postgis import PostgisError

# These read files only; the wait for a database would be for nothing.
WITHOUT_DATABASE = {"collectstatic", "compilemessages", "makemessages", "help", "version", "startapp", "diffsettings"}


# These serve people or make ready for it; asking one of them how it is does not count.
SERVING = {"work_jobs", "prepare", "listen_hj212"}


def needs_database(arguments: list[str]) -> bool:
    return bool(arguments) and arguments[0] not in WITHOUT_DATABASE and not {"--help", "-h"} & set(arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geo_portal.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a plain kill, too, must let go of the database
    if sys.argv[1:2] and sys.argv[1] in SERVING and not {"--check", "--help", "-h"} & set(sys.argv):
        refuse_what_is_not_ready()
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
