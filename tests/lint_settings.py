"""The site's settings with the linter of migrations, for `make check` alone.

It looks at what is not in `migrations_released.txt`: tables in use must not be locked for long, nor lack what the code
of the release before still writes. A new column that is not null has its default in the database (`db_default`). A
finding that cannot be otherwise goes into that file, with a comment that says why.
"""

from pathlib import Path

from geo_portal.settings import *  # noqa: F403
from geo_portal.settings import BASE_DIR, INSTALLED_APPS

_ROOMS = [name for name in INSTALLED_APPS if (BASE_DIR / name / "migrations").is_dir()]
_LINES = Path(__file__).with_name("migrations_released.txt").read_text().splitlines()
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "sql_analyser": "postgresql",
    "no_cache": True,
    "include_apps": ["supervision_patrols", "supervision_report", *_ROOMS],
    "ignore_name": [line.split("#")[0].strip().rpartition("/")[2] for line in _LINES if line.split("#")[0].strip()],
    "quiet": ["ok", "ignore"],
}
