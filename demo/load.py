"""Load the whole demo district in one transaction, or nothing of it."""

from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import Area, Department, District, User
from accounts.rules.queries import read_once
from demo.plan.citizens import reports
from demo.plan.congress.receptions import sessions
from demo.plan.history import histories
from demo.plan.matters import findings_and_matters
from demo.plan.projects import projects
from demo.store import (
    areas,
    automatic,
    boards,
    citizens,
    days,
    layers,
    library,
    matters,
    patrols,
    public,
    receptions,
    record,
    rivers,
    samples,
    site,
    stations,
    steps,
    works,
)
from demo.store import projects as store_projects
from demo.store.congress import congresses, duty, meetings, papers, proposals, questions, voters, votes
from geokit.refusal import NotPermitted, Refusal
from layers.models import Layer
from ledger.files import record_missing_files
from river_monitoring.models import River
from search.index import rebuild

LOCK = 330203
FILLED = (Area, Department, District, User, River, Layer)
TABLES = (
    "accounts_%", "ledger_%", "river_monitoring_%", "projects_%", "stations_%", "supervision_%", "papers_%",
    "voters_%", "meetings_%", "questions_%", "publishing_%", "layers_%", "library_%",
)  # fmt: skip


class NotEmpty(Refusal):
    """The database holds something already."""

    default_code = "database-not-empty"


def is_empty() -> bool:
    return not any(model.objects.exists() for model in FILLED)


@transaction.atomic
def load_district(today: date) -> dict[str, int]:
    """Write the district as it stands on `today`; counts by thing. Raises NotEmpty.

    Two loads at once wait for each other, and the second finds the database filled.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if not is_empty():
        raise NotEmpty("数据库里已有数据，演示数据只能装入空库。要保留现有数据请加 --if-empty。")
    with read_once():
        return _write(today)


@transaction.atomic
def replace_district(today: date) -> dict[str, int]:
    """Empty every table of ours, histories too, and load anew, as their owner (`as_owner`) alone may.

    Raises NotPermitted outside the demonstration.
    """
    if not settings.DEMO:
        raise NotPermitted("只有演示环境(DEMO=1)可以清空数据重新装入。")
    _empty()
    counts = load_district(today)
    transaction.on_commit(cache.clear)
    return counts


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = 'layer_data'::regnamespace AND relkind = 'r'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE {name} CASCADE")
        mine = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE ANY(%s)"
        cursor.execute(mine, [list(TABLES)])
        names = ", ".join(connection.ops.quote_name(name) for (name,) in cursor.fetchall())
        # Truncation is the one way past the triggers that keep histories; it is open to the demo only.
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")


def _write(today: date) -> dict[str, int]:
    record.store_district()
    places = areas.store_areas()
    departments = areas.store_departments(places)
    users = areas.store_people(places, departments)
    members = congresses.store_congresses(places, users, today)
    steps.store_accepting_bodies(today)
    samples.store_sampling_bodies(today)
    site.store_reviews(today)
    rivers.store_range_rules(today)
    reaches = rivers.store_rivers(places)
    lives = histories(today)
    points = rivers.store_points(lives, places, departments, reaches)
    planned = projects(today)
    plans = store_projects.store_projects(planned, places, departments, users, today)
    proposals.store_recommendations(plans, places, users["staff"], today)
    proposed = proposals.store_proposals(plans, users, today)
    ballots = votes.store_votes(plans, places, users, today)
    found = stations.store_stations(places, users, members)
    world = matters.World(places, departments, users, points, plans)
    matters.store_rules(world)
    seen, chain = findings_and_matters(today)
    findings = matters.store_findings(seen, world)
    counts = {
        "areas": len(places),
        "departments": len(departments),
        "users": len(users),
        "reaches": len(reaches),
        "monitoring_points": len(points),
        "samples": samples.store_samples(lives, points, samples.Parties(departments, users)),
        "automatic_stations": automatic.store_stations(points.values()),
        "hours": samples.store_hours(today),
        "measures": works.store_works(lives, points, users, today),
        "events": steps.store_steps(lives, points, users, departments),
        "sample_checks": samples.store_checks(users),
        "outfalls": works.store_outfalls(lives, points, places, departments),
        "escalations": works.store_escalations(today),
        "projects": len(plans),
        "proposals": proposed,
        "ballots": ballots,
        "stations": len(found),
        "receptions": receptions.store_receptions(sessions(today), found, users["staff"]),
        "findings": len(findings),
        "suggestions": matters.store_suggestions(chain, findings, world),
        "citizens_reports": citizens.store_reports(reports(today), world),
        "voters_messages": voters.store_messages(users, today),
        "papers": papers.store_papers(places, departments, users, today),
        "patrols": patrols.store_patrols(today, users),
        "duties": duty.store_duty(today, users["staff"]),
        "planned_receptions": days.store_days(today, users["staff"]),
        **public.store_public(planned, plans, users, today),
        "layers": layers.store_layers(departments, users),
        **boards.store_boards(users["staff"], today),
        "documents": library.store_library(users["staff"], users["deputy"], today),
        "meetings": meetings.store_meetings(places, users, today),
        "questionnaires": questions.store_questionnaires(places, users, today),
        "site_pages": site.store_pages(places, users, today),
    }
    record_missing_files()
    rebuild()
    return counts
