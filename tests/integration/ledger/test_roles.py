"""What the site's role can do to the evidence when somebody has taken it over: drills with a login of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from psycopg2.errors import InsufficientPrivilege, RestrictViolation

from ledger.chain.declared import declared
from ledger.chain.guards import guard_faults
from ledger.roles import grants
from ledger.roles.connections import as_owner, connection_parameters
from ledger.roles.faults import role_faults
from tests import roles

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(settings.OWNER_DATABASE is None, reason="the database has one role only"),
]
HISTORY = sorted(name for name, spec in declared().items() if spec.history)
FIXED = sorted(name for name, spec in declared().items() if not (spec.history or spec.deletable))
type Ask = Callable[..., list[tuple]]


@pytest.fixture
def site() -> Iterator[Ask]:
    """Run SQL as the site's role by a login of its own; nothing is committed."""
    line = psycopg2.connect(**connection_parameters(roles.site_login()))

    def ask(query: str, *values: Any) -> list[tuple]:
        with line.cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    yield ask
    line.close()


@pytest.mark.parametrize("table", [*HISTORY, *grants.READ_ONLY])
def test_no_row_of_a_history_is_changed_deleted_or_cut_off(site: Ask, table: str) -> None:
    column = "xact" if table in ("ledger_turn", "ledger_pending") else "id"
    for statement in (
        f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE",
        f"SELECT 1 FROM {table} FOR UPDATE",
    ):  # fmt: skip
        refused(site, statement)


@pytest.mark.parametrize("table", FIXED)
def test_no_row_of_a_chained_table_is_deleted_past_the_pages(site: Ask, table: str) -> None:
    refused(site, f"DELETE FROM {table}")
    refused(site, f"TRUNCATE {table} CASCADE")


def test_nothing_at_all_is_truncated(site: Ask) -> None:
    mine = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    names = {name for (name,) in site(mine)}
    assert len(names) > 80
    assert site(f"{mine} AND has_table_privilege(oid, 'TRUNCATE')") == []


@pytest.mark.parametrize("table", grants.KEPT_BY_TRIGGERS)
def test_nobody_writes_links_but_the_triggers(site: Ask, table: str) -> None:
    refused(site, f"INSERT INTO {table} DEFAULT VALUES")


OWN_FUNCTION = """CREATE FUNCTION layer_data.harmless() RETURNS trigger LANGUAGE plpgsql
    AS $$ BEGIN RETURN NULL; END $$"""


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER accounts_auditentry_append_only ON accounts_auditentry",
        "ALTER TABLE accounts_auditentry DISABLE TRIGGER ALL",
        "ALTER TABLE accounts_auditentry DISABLE TRIGGER accounts_auditentry_append_only",
        "ALTER TABLE river_monitoring_sample DROP CONSTRAINT river_monitoring_sample_pkey CASCADE",
        "ALTER TABLE accounts_auditentry OWNER TO CURRENT_USER",
        "ALTER TABLE accounts_auditentry RENAME TO away",
        "ALTER TABLE accounts_auditentry ENABLE ROW LEVEL SECURITY",
        "DROP TABLE accounts_auditentry CASCADE",
        "CREATE RULE silent AS ON INSERT TO accounts_auditentry DO INSTEAD NOTHING",
        f"{OWN_FUNCTION}; CREATE TRIGGER mine BEFORE INSERT ON accounts_auditentry FOR EACH ROW"
        " EXECUTE FUNCTION layer_data.harmless()",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION refuse_history_edit() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
        "CREATE FUNCTION public.ledger_seal(text) RETURNS text LANGUAGE sql AS 'SELECT 1::text'",
        "ALTER FUNCTION ledger_note() RESET search_path",
        "DROP FUNCTION ledger_note() CASCADE",
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "DROP SCHEMA layer_data CASCADE",
        f"SET ROLE {settings.OWNER_DATABASE and settings.OWNER_DATABASE['USER']}",
        "SET SESSION AUTHORIZATION postgres",
        f"GRANT {settings.OWNER_DATABASE and settings.OWNER_DATABASE['USER']} TO CURRENT_USER",
        "GRANT pg_write_all_data TO CURRENT_USER",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "CREATE ROLE helper SUPERUSER",
        "CREATE EXTENSION dblink",
        "COPY accounts_auditentry FROM PROGRAM 'id'",
        "COPY accounts_auditentry TO '/var/tmp/audit'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT setval(pg_get_serial_sequence('accounts_auditentry', 'id'), 1)",
    ],
)
def test_what_stands_before_the_evidence_stays(site: Ask, statement: str) -> None:
    refused(site, statement)


def test_the_servers_settings_are_not_the_sites() -> None:
    line = psycopg2.connect(**connection_parameters(roles.site_login()))
    line.autocommit = True
    with pytest.raises(InsufficientPrivilege), line.cursor() as cursor:
        cursor.execute("ALTER SYSTEM SET session_replication_role = replica")
    line.close()


def refused(site: Ask, statement: str) -> None:
    site("SAVEPOINT before")
    with pytest.raises(InsufficientPrivilege):
        site(statement)
    site("ROLLBACK TO SAVEPOINT before")


def test_the_grant_of_the_table_is_worth_nothing(site: Ask) -> None:
    site(f"GRANT ALL ON accounts_auditentry TO {settings.APP_ROLE}")  # PostgreSQL warns that nothing was granted
    refused(site, "DELETE FROM accounts_auditentry")


AUDIT = """INSERT INTO accounts_auditentry (at, verb, object_type, object_id, detail)
    VALUES (now(), 'drill', 'x', '1', '{}') RETURNING id"""


@pytest.mark.parametrize(
    "shadow",
    [
        "CREATE TEMPORARY TABLE ledger_pending (LIKE public.ledger_pending)",
        "CREATE TABLE layer_data.ledger_pending (LIKE public.ledger_pending); SET search_path = layer_data, public",
        "CREATE FUNCTION layer_data.ledger_content(jsonb, text[], text[], uuid) RETURNS jsonb LANGUAGE sql"
        " AS $$ SELECT '{}'::jsonb $$; SET search_path = layer_data, public",
    ],
)
def test_what_is_named_like_the_chains_own_takes_nothing_from_it(site: Ask, shadow: str) -> None:
    site(shadow)
    key = site(AUDIT)[0][0]
    noted = "SELECT content::json ->> 'verb' FROM public.ledger_pending WHERE table_name = 'accounts_auditentry'"
    assert site(f"{noted} AND row_id = %s", key) == [("drill",)]
    site("SET CONSTRAINTS ALL IMMEDIATE")
    linked = "SELECT count(*) FROM public.accounts_chainlink WHERE table_name = 'accounts_auditentry' AND row_id = %s"
    assert site(linked, key) == [(1,)]


def test_a_table_of_the_sites_own_writes_no_links(site: Ask) -> None:
    site("CREATE TABLE layer_data.accounts_auditentry (id bigint)")
    refused(
        site,
        "CREATE TRIGGER forged AFTER INSERT ON layer_data.accounts_auditentry REFERENCING NEW TABLE AS fresh"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_note('{}', '{}')",
    )


def test_the_door_for_erasures_opens_for_a_record_of_the_same_transaction_only(site: Ask) -> None:
    with pytest.raises(RestrictViolation):
        site("SELECT ledger_blot_out('supervision_finding', 1, '{}')")


def test_functions_with_the_owners_rights_fix_where_they_look(site: Ask) -> None:
    open_ones = site(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proowner = %s::regrole"
        " AND (prosecdef OR prorettype = 'trigger'::regtype)"
        " AND NOT coalesce(proconfig, '{}') @> '{\"search_path=public, pg_temp\"}'",
        settings.OWNER_DATABASE["USER"],
    )
    assert open_ones == []
    definers = "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    own = {name for (name,) in site(f"{definers} AND proowner = %s::regrole", settings.OWNER_DATABASE["USER"])}
    assert own == {"ledger_note", "ledger_settle", "ledger_blot_out"}


def test_the_site_makes_and_drops_tables_of_layers(site: Ask) -> None:
    for schema in ("layer_data", "layer_work", "layers", "tile_ladder"):
        site(f"CREATE TABLE {schema}.mine (id bigint PRIMARY KEY); DROP TABLE {schema}.mine")


def test_whoever_reads_tiles_writes_nothing_and_sees_no_secret() -> None:
    line = psycopg2.connect(**connection_parameters(settings.READER_DATABASE))
    with line.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM projects_project")
        for statement in (
            "SELECT password FROM accounts_user", "SELECT session_data FROM django_session",
            "SELECT content FROM accounts_chainlink", "DELETE FROM django_session",
            "CREATE TABLE layer_data.mine (id int)", f"SET ROLE {settings.APP_ROLE}",
        ):  # fmt: skip
            line.rollback()
            with pytest.raises(InsufficientPrivilege):
                cursor.execute(statement)
    line.close()


def test_the_roles_as_migrated_are_right() -> None:
    assert [str(fault) for fault in role_faults()] == []


@pytest.mark.parametrize(
    ("mistake", "told"),
    [
        ("GRANT UPDATE ON accounts_auditentry TO {app}", "accounts_auditentry"),
        ("GRANT UPDATE (verb) ON accounts_auditentry TO {app}", "accounts_auditentry"),
        ("GRANT TRUNCATE ON river_monitoring_sample TO PUBLIC", "river_monitoring_sample"),
        ("GRANT TRIGGER ON projects_project TO {app}", "projects_project"),
        ("GRANT INSERT ON accounts_chainlink TO {app}", "accounts_chainlink"),
        ("GRANT CREATE ON SCHEMA public TO {app}", "may make tables among ours"),
        ("GRANT CREATE ON DATABASE {database} TO {app}", "may make schemas"),
        ("GRANT CREATE ON SCHEMA public TO {app}; ALTER TABLE accounts_area OWNER TO {app}", "owns accounts_area"),
    ],
)
def test_a_right_too_many_is_a_fault_and_the_site_is_not_ready(mistake: str, told: str) -> None:
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute(mistake.format(app=settings.APP_ROLE, database=connection.settings_dict["NAME"]))
    faults = [str(fault) for fault in role_faults()]
    assert any(told in fault for fault in faults), faults
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["evidence"] is False


def test_a_site_that_runs_as_the_owner_is_a_fault(settings: Any) -> None:
    settings.APP_ROLE = settings.OWNER_DATABASE["USER"]
    told = " ".join(str(fault) for fault in role_faults())
    assert "owns" in told
    settings.APP_ROLE = "nobody_of_that_name"
    assert ["there is no role" in str(fault) for fault in role_faults()] == [True]


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("ALTER TABLE accounts_auditentry DISABLE TRIGGER accounts_auditentry_append_only", "trigger-missing"),
        ("DROP TRIGGER river_monitoring_sample_chained_update ON river_monitoring_sample", "trigger-missing"),
        ("ALTER TABLE supervision_suggestion DROP CONSTRAINT {foreign_key}", "constraint-missing"),
        ("ALTER TABLE river_monitoring_sample DROP CONSTRAINT works_have_a_party", "constraint-missing"),
        ("ALTER FUNCTION ledger_note() SECURITY INVOKER", "function-changed"),
        ("ALTER FUNCTION refuse_history_edit() RESET search_path", "function-changed"),
    ],
)
def test_a_guard_that_is_gone_is_a_fault_and_counted(damage: str, kind: str) -> None:
    def counted() -> int:
        text = Client().get("/metrics").content.decode()
        return int(float(text.split("\ngeo_portal_guard_faults ")[1].split()[0]))

    assert counted() == 0
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = 'supervision_suggestion'::regclass"
        )
        cursor.execute(damage.format(foreign_key=cursor.fetchone()[0]))
    assert kind in {fault.kind for fault in guard_faults(declared())}
    assert counted() > 0
    assert Client().get("/readyz").json()["evidence"] is False


@pytest.mark.django_db(transaction=True)
def test_what_an_earlier_release_made_as_the_owner_becomes_the_sites() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE layer_data.former (id int); CREATE VIEW layers.former AS SELECT 1 AS one")
        cursor.execute(
            "CREATE FUNCTION tile_ladder.l0_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
        )
        cursor.execute(f"GRANT UPDATE ON accounts_auditentry TO {settings.APP_ROLE}")
    grants.apply()
    assert list(role_faults()) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE layer_data.former; DROP VIEW layers.former; DROP FUNCTION tile_ladder.l0_insert()")


@pytest.mark.django_db(transaction=True)
def test_migrating_is_the_owners_and_leaves_the_connection_as_it_was() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        before = cursor.fetchone()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == before
    assert before == (settings.APP_ROLE,)


def test_no_transaction_changes_hands() -> None:
    with pytest.raises(RuntimeError), as_owner():
        pass
