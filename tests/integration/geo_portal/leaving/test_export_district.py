"""`manage.py export_district`: everything readable leaves, what opens doors stays, another instance is built of it."""

import csv
import hashlib
import json
import re
import sqlite3
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.contrib.gis.geos import Point as Place
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction

from accounts.areas.register import save_area
from accounts.district.services import save_district
from accounts.loads.definition import SHAPE
from accounts.loads.registry import declared
from accounts.models import Area, Department, District, RuleChange, User
from geo_portal.leaving import tables
from reporting.observations.models import EarlierValue, Observation, Way
from river_monitoring.models import River
from river_monitoring.points.registration import NewPoint, register_point
from tests.conftest import World
from tests.data import county
from tests.data.reported import report

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture
def elsewhere(settings: Any, db: None) -> None:
    settings.DISTRICT_CODE = ""


def load(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    county.write_county(folder)
    run("new_district", folder / "DISTRICT.toml", folder)
    User.objects.create_user(username="first", password="a pass phrase of hers", role="admin")


def run(name: str, *words: Any) -> tuple[int, dict[str, Any]]:
    """Exit code and JSON of a command."""
    out, code = StringIO(), 0
    try:
        call_command(name, *map(str, words), "--json", stdout=out, stderr=StringIO())
    except SystemExit as left:
        code = int(left.code or 0)
    return code, json.loads(out.getvalue())


def build_on() -> None:
    """What the county's files have none of: a village known by a place alone, a section far from its river."""
    user = User.objects.get(username="first")
    save_area(user, "999901100202", {"point": Place(116.97, 30.16, srid=4326)})
    river, water = River.objects.get(code="R-1"), Department.objects.get(code="water")
    far = NewPoint("W-6", "远断面", "county", water, lng=116.92, lat=30.18, river=river)
    register_point(far, user, confirmed=True)
    report(user)


def rows_by_dataset() -> dict[str, list[dict[str, Any]]]:
    """All rows as they would leave, with rounded places."""
    return {slug: sorted(map(_plain, _cells(dataset)), key=str) for slug, dataset in declared().items()}


def _cells(dataset: Any) -> list[dict[str, str]]:
    return [dataset.cells(thing) for thing in (dataset.leaves or dataset.rows)()]


def _plain(cells: dict[str, str]) -> dict[str, Any]:
    place = GEOSGeometry(cells[SHAPE]) if cells.get(SHAPE) else None
    about = (place.num_points, *(round(edge, 7) for edge in place.extent)) if place else None
    return {**cells, SHAPE: about}


def test_another_instance_built_from_an_export_has_the_same_rows(tmp_path: Path) -> None:
    point = transaction.savepoint_create()
    load(tmp_path)
    build_on()
    code, body = run("export_district", tmp_path / "out")
    assert (code, body["status"]) == (0, "exported")
    before, figures, rules, counts = rows_by_dataset(), body["datasets"], _rules(), _counts()
    said = _said()
    record = District.objects.values().get()
    transaction.savepoint_rollback(point)
    cache.clear()
    assert not any(rows_by_dataset().values())
    folder = tmp_path / "out" / "district"
    code, loaded_again = run("new_district", folder / "DISTRICT.toml", folder)
    assert code == 0, [file for file in loaded_again["files"] if file.get("refused") or "error" in file]
    assert rows_by_dataset() == before
    assert {slug: len(rows) for slug, rows in before.items()} == figures
    assert min(figures[slug] for slug in ("areas", "reaches", "samples", "memberships", "service-areas")) >= 2
    assert figures["indicators"] == 4 and figures["observations"] == 4
    assert figures["earlier-values"] == 1 and figures["warning-rules"] == 2
    assert _said() == said and len(said) == 6
    assert _rules() == rules
    assert {table for table, count in _counts().items() if count != counts[table]} <= OF_ONE_INSTANCE
    again = District.objects.values().get()
    assert {**again, "id": 0, "updated_at": 0} == {**record, "id": 0, "updated_at": 0}


def _said() -> set[Any]:
    """What stands in each cell, and what stood there before, with when it was said and why; of formulas the value."""
    cell = ("indicator__code", "area__code", "feature__code", "period")
    what = ("value", "plan", "whole", "reason", "said_at")
    given = Observation.objects.exclude(way=Way.FORMULA).values_list(*cell, *what)
    earlier = EarlierValue.objects.values_list(*(f"observation__{name}" for name in cell), *what, "replaced_at")
    computed = Observation.objects.filter(way=Way.FORMULA).values_list(*cell, "value")
    return {*given, *earlier, *computed}


OF_ONE_INSTANCE = {
    "accounts_user",
    "accounts_load",
    "accounts_loadedrow",
    "accounts_auditentry",
}
"""Tables of which another instance has other rows: its accounts, and what it wrote down of its own loads."""


def _counts() -> dict[str, int]:
    """How many rows each table that leaves has."""
    return {model._meta.db_table: model._base_manager.count() for model in tables.models()}


def _rules() -> dict[str, Any]:
    return dict(RuleChange.objects.values_list("key", "value"))


def test_everything_is_there_with_its_digest_but_what_opens_a_door(world: World, tmp_path: Path) -> None:
    user = User.objects.create_user(username="first", password="a pass phrase of hers", role="admin")
    save_district(user, "330203", slug="xi", name="溪县", congress="溪县人大", site_name="溪县地图", code_prefix="X")
    target = tmp_path / "out.zip"
    code, body = run("export_district", target)
    assert code == 0
    with zipfile.ZipFile(target) as archive:
        written = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(line.split("  ")[::-1] for line in written["SHA256SUMS"].decode().splitlines())
    assert sums == {
        name: hashlib.sha256(content).hexdigest() for name, content in written.items() if name != "SHA256SUMS"
    }
    for page in ("说明.html", "README.html"):
        assert all(f'id="{table}"' in written[page].decode() for table in body["tables"])
    users = list(csv.DictReader(written["tables/accounts_user.csv"].decode("utf-8-sig").splitlines()))
    assert len(users) == body["tables"]["accounts_user"] and "first" in {row["username"] for row in users}
    assert not any(user.password.encode() in content for content in written.values())
    (tmp_path / "places.gpkg").write_bytes(written["tables/places.gpkg"])
    with sqlite3.connect(tmp_path / "places.gpkg") as places:
        found = places.execute('SELECT count(*) FROM "accounts_area.geom"').fetchone()
    assert found == (Area.objects.exclude(geom=None).count(),)
    assert run("export_district", target)[1]["error"]["code"] == "target-exists"


def test_of_every_column_that_sounds_like_a_secret_is_said_whether_it_is_one() -> None:
    unsure = {
        (model._meta.label, field.column)
        for model in tables.models()
        for field in tables.fields(model)
        if re.search("pass|token|secret|digest|key|sign|salt|code|hash|nonce|credential", field.column)
        and field.column not in tables.HARMLESS
    }
    assert not unsure, "add each to tables.SECRET or tables.HARMLESS"


def test_nothing_is_written_over(world: World, tmp_path: Path, admin_user: User) -> None:
    save_district(admin_user, "330203", slug="xi", name="溪县", congress="溪县人大", site_name="溪县", code_prefix="X")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    code, body = run("export_district", tmp_path / "out")
    assert (code, body["error"]["code"]) == (2, "target-exists")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_a_site_without_a_record_has_nothing_to_export(tmp_path: Path) -> None:
    code, body = run("export_district", tmp_path / "out")
    assert (code, body["error"]["code"]) == (2, "no-district")
    assert not (tmp_path / "out").exists()
