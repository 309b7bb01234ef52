"""The migrated database that runs of the tests copy: never half built, never out of date."""

import pytest
from django.conf import settings
from django.db import connection

from tests import template_database as template


@pytest.fixture
def templates(db, monkeypatch):
    """Templates of this test's own, each an empty database; those that the runs use are left alone."""
    monkeypatch.setattr(template, "PREFIX", "migrated_try_")
    monkeypatch.setattr(template, "UNFINISHED", "migrating_try")
    monkeypatch.setattr(template, "migration_files", lambda: [])
    monkeypatch.setattr(connection, "close", lambda: None)  # or this test's own transaction would be lost
    if settings.OWNER_DATABASE:  # who makes databases; this test's own transaction stays with the site's role
        monkeypatch.setitem(connection.settings_dict, "OPTIONS", settings.OWNER_DATABASE["OPTIONS"])
    monkeypatch.setattr(connection.creation, "create_test_db", lambda **_: _create("migrating_try"))
    yield _named
    with connection._nodb_cursor() as cursor:
        for name in _named():
            cursor.execute(f'DROP DATABASE "{name}"')


def _create(name):
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')


def _named():
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'migrat%try%' ORDER BY datname")
        return [name for (name,) in cursor.fetchall()]


def test_a_template_is_built_once_and_used_again(templates, monkeypatch):
    name = template.ensure(connection)
    monkeypatch.setattr(template, "_build", None)
    assert template.ensure(connection) == name
    assert templates() == [name]


def test_what_an_interrupted_run_left_is_built_anew(templates, monkeypatch):
    def interrupted(**_):
        _create("migrating_try")
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(connection.creation, "create_test_db", interrupted)
        with pytest.raises(KeyboardInterrupt):
            template.ensure(connection)
    assert templates() == ["migrating_try"]
    assert templates() != [template.ensure(connection)] == templates()


def test_the_three_last_used_are_kept(templates, monkeypatch):
    names = []
    for versions in "abcd":
        monkeypatch.setattr(template, "server_versions", lambda _cursor, versions=versions: versions)
        names.append(template.ensure(connection))
    assert templates() == sorted(names[1:])


def test_another_content_is_another_template(tmp_path):
    file = tmp_path / "0001_initial.py"
    file.write_text("a = 1")
    first = template.fingerprint([file], "17")
    file.write_text("a = 2")
    assert len({first, template.fingerprint([file], "17"), template.fingerprint([file], "18")}) == 3


def test_what_a_migration_imports_counts_too():
    names = {
        str(file.relative_to(template.ROOT)) for file in template.migration_files() if template.ROOT in file.parents
    }
    assert {"ledger/chain/sql.py", "ui/text/search_field.py", "accounts/migrations/0001_initial.py"} <= names
    assert {"supervision/apps.py", "search/journal.py", "ledger/roles/grants.py", "river_monitoring/jobs.py"} <= names


def test_a_page_or_a_service_is_no_part_of_it():
    names = {
        file.relative_to(template.ROOT).as_posix()
        for file in template.migration_files()
        if template.ROOT in file.parents
    }
    assert not {name for name in names if "/pages/" in name or "/api/" in name}
    assert "projects/voting/services.py" not in names


def test_a_table_that_is_searched_or_chained_anew_is_another_template(monkeypatch):
    before = template.fingerprint([], "17", template.declarations())
    monkeypatch.setattr("search.journal.watched_columns", lambda: {("a_table", "id"): ["kind", ""]})
    assert template.fingerprint([], "17", template.declarations()) != before
