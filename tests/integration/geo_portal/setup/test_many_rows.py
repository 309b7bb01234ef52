"""Sheets of many rows: as many queries for a hundred as for ten, and a bad row costs the others nothing."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from shapely import box

from accounts.district.services import save_district
from accounts.loads.registry import declared
from accounts.loads.services import Answer, load_rows
from accounts.models import Area, Membership, Person, User
from geo_portal.setup.reading import read_file
from ledger.models import AuditEntry
from river_monitoring.network.models import Chief, River
from river_monitoring.points.models import MonitoringPoint
from stations.register.models import Station
from stations.service_areas.models import ServiceArea
from tests.data import county, filled

MORE = 8
"""Queries that a hundred rows may cost more than ten: a further batch of nearest reaches, a sequence of points."""
OF_THE_SITE = (
    "areas", "departments", "rivers", "reaches", "points", "stations", "congresses", "deputies", "memberships",
)  # fmt: skip


@pytest.fixture
def staff(settings: Any, db: None) -> User:
    settings.DISTRICT_CODE = ""
    user = User.objects.create_user(username="first", role="admin")
    save_district(user, county.CODE, slug="weishui", name="㵲水县", congress="x", site_name="x", code_prefix="WS")
    return user


@pytest.fixture
def load(staff: User, tmp_path: Path) -> Callable[..., tuple[Answer, int]]:
    def load_(slug: str, rows: filled.Rows, *, dry_run: bool = False) -> tuple[Answer, int]:
        """What became of rows with their head, and how many queries that took."""
        path = tmp_path / f"{slug}.csv"
        county.write_csv(path, rows)
        file = read_file(declared()[slug], path.name, path)
        with CaptureQueriesContext(connection) as queries:
            answer = load_rows(User.objects.get(pk=staff.pk), declared()[slug], file, dry_run=dry_run)
        return answer, len(queries)

    return load_


@pytest.fixture
def site(load: Callable[..., tuple[Answer, int]]) -> None:
    """What the rows of a hundred name: areas, departments, waters, a few points, stations, congresses and deputies."""
    sheets = filled.sheets()
    for slug in OF_THE_SITE:
        head, *rows = sheets[slug]
        load(slug, [head, *rows[:24]])
        if slug == "areas":
            for code, (_name, edges) in county.TOWNS.items():
                Area.objects.filter(code=code).update(geom=MultiPolygon(Polygon.from_bbox(edges), srid=4326))


def _more(slug: str, first: int, count: int) -> filled.Rows:
    """Rows of a dataset that are not there yet."""
    numbers = range(first, first + count)
    if slug == "samples":
        head, row = county.SAMPLES[0], county.SAMPLES[1]
        moments = (datetime(2019, 3, 1) + timedelta(hours=n) for n in numbers)  # of one month: each is assessed once
        return [head, *((row[0], f"{moment:%Y-%m-%d %H:%M}", *row[2:]) for moment in moments)]
    if slug == "holidays":
        days = (date(2090, 1, 1) + timedelta(days=n) for n in numbers)
        return [county.HOLIDAYS[0], *((f"{day}", "放假", "虚构") for day in days)]
    head, row = {
        "areas": (county.AREAS[0], lambda n: (f"99990110{n:04}", f"第{n}村", "村社", "999901100")),
        "departments": (county.DEPARTMENTS[0], lambda n: (f"office-{n}", f"第{n}办", "", "堃东镇", "")),
        "rivers": (county.RIVERS[0], lambda n: (f"C-{n}", f"虚构{n}浜", "河流", "乡级", "㵲水")),
        "reaches": (("编码", "名称", "河流编码", "次序", "WKT"), _reach),
        "outfalls": (county.OUTFALLS[0], _outfall),
        "stations": (county.STATIONS[0], _station),
        "chiefs": (("河流编码", "河段", "层级", "姓名", "任职日期", "离任日期"), _chief),
        "service-areas": (("联络站编号", "WKT"), lambda n: (f"LZ-{n}", box(*_cell(n)).wkt)),
        "suggestions": (county.SUGGESTIONS[0], lambda n: (f"2024-{n}", *county.SUGGESTIONS[1 + n % 2][1:])),
        "points": (county.POINTS[0], filled.point),
        "deputies": (county.DEPUTIES[0], filled.deputy),
        "memberships": (county.MEMBERS[0], filled.member),
        "projects": (county.PROJECTS[0], filled.project),
    }[slug]
    return [head, *(row(n) for n in numbers)]


def _cell(n: int) -> tuple[float, float, float, float]:
    """A square of its own for each number, in the county's first town."""
    west, south = 116.91 + 0.004 * (n % 20), 30.105 + 0.004 * (n // 20)
    return (west, south, west + 0.003, south + 0.003)


def _chief(n: int) -> tuple[str, ...]:
    """Each in office for a day, one after the other."""
    on = date(2020, 1, 1) + timedelta(days=n)
    return ("R-1", "R-1-1", "乡级", f"虚构{n}", f"{on}", f"{on}")


def _reach(n: int) -> tuple[str, ...]:
    west, south, east, north = _cell(n)
    return (f"R-1-{n}", f"㵲水第{n}段", "R-1", str(n), f"LINESTRING({west} {south}, {east} {north})")


def _outfall(n: int) -> tuple[str, ...]:
    lng, lat = 116.945 + 0.0015 * (n % 20), 30.155 + 0.0015 * (n // 20)  # within 3 km of the point
    return (f"PW-{n}", f"第{n}排口", *county.OUTFALLS[1][2:7], "W-5", f"{lng:.4f}", f"{lat:.4f}")


def _station(n: int) -> tuple[str, ...]:
    lng, lat, *_rest = _cell(n)
    said = ("村社联络站", "堃东镇", "堃东路3号", "", "每周三 14:00-16:00")
    return (f"LZ-{n}", f"第{n}联络站", *said, f"{lng:.4f}", f"{lat:.4f}")


SLUGS = (
    "areas", "departments", "rivers", "reaches", "chiefs", "points", "outfalls", "stations", "service-areas",
    "deputies", "memberships", "projects", "suggestions", "samples", "holidays",
)  # fmt: skip
"""In their order: what a later one names is there."""


def test_a_hundred_rows_take_as_many_queries_as_ten(load: Callable[..., tuple[Answer, int]], site: None) -> None:
    """A preview writes like a load, and takes it back."""
    load("stations", _more("stations", 260, 110))  # whose areas are loaded
    for slug in SLUGS:
        first = 40 if slug == "stations" else 260
        few, queries = load(slug, _more(slug, first, 10))
        many, more = load(slug, _more(slug, first + 10, 100), dry_run=True)
        assert (few.counts["stored"], many.counts["stored"]) == (10, 100), [*few.outcomes, *many.outcomes]
        assert more - queries <= MORE, slug
        assert queries < 60, slug


def test_rows_that_are_there_already_take_as_few(load: Callable[..., tuple[Answer, int]], site: None) -> None:
    for slug in SLUGS:
        rows = _more(slug, 30, 100)
        load(slug, rows)
        again, queries = load(slug, rows)
        assert again.counts["same"] == 100, again.outcomes
        assert queries < 60, slug


def test_rows_written_together_are_as_if_each_was_written_by_itself(
    load: Callable[..., tuple[Answer, int]], site: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for slug, rows in (*((slug, _more(slug, 60, 5)) for slug in SLUGS), ("points", _described_points())):
        begin = transaction.savepoint_create()
        with monkeypatch.context() as patch:
            patch.setattr("accounts.loads.services.is_beside", lambda: True)
            by_itself = load(slug, rows)[0]
        expected = (by_itself.outcomes, _cells(slug), _audit())
        transaction.savepoint_rollback(begin)
        together = load(slug, rows)[0]
        assert (together.outcomes, _cells(slug), _audit()) == expected
        assert together.counts["stored"] == len(rows) - 1


def _described_points() -> filled.Rows:
    """Points of one town, each with other optional cells filled in."""
    cells = [("𬇙头村", "虚构甲", "0999-8000009"), ("999901100202", "", ""), ("", "", "0999-8000009"), ("", "", "")]
    head = (*county.POINTS[0], "村社", "责任人", "责任人电话")
    return [head, *((*filled.point(190 + n), *described) for n, described in enumerate(cells))]


def _cells(slug: str) -> list[Any]:
    """What is stored, with the versions of what has one."""
    dataset = declared()[slug]
    return sorted(((dataset.cells(thing), getattr(thing, "version", None)) for thing in dataset.rows()), key=str)


def _audit() -> list[Any]:
    """The lines of the audit trail without keys of rows, which differ."""
    lines = AuditEntry.objects.exclude(verb="dataset-loaded").values_list("verb", "object_type", "detail")
    return sorted(((verb, kind, {**detail, "sample": 0}) for verb, kind, detail in lines), key=str)


def test_a_row_that_the_database_refuses_is_named_and_costs_the_others_nothing(
    load: Callable[..., tuple[Answer, int]], site: None
) -> None:
    head, *rows = _more("memberships", 60, 100)
    twice = ("DB-999", rows[40][1], county.CODE, rows[40][0], *rows[40][4:])  # she sits in that congress already
    answer, queries = load("memberships", [head, *rows, twice])
    assert answer.counts == {"stored": 100, "changed": 0, "same": 0, "refused": 1}
    [refused] = [outcome for outcome in answer.outcomes if outcome.errors]
    assert (refused.number, refused.errors[0].code) == (102, "member-already")
    assert queries < 400, "halves are tried, not every row"
    assert Membership.objects.filter(code__startswith="DB-").exclude(code="DB-999").count() >= 100


def test_rows_that_are_all_wrong_take_as_few(load: Callable[..., tuple[Answer, int]], site: None) -> None:
    head, *rows = _more("memberships", 60, 100)
    answer, queries = load("memberships", [head, *((*row[:2], "没有的县", *row[3:]) for row in rows)], dry_run=True)
    assert answer.counts["refused"] == 100 and queries < 60
    assert {error.code for outcome in answer.outcomes for error in outcome.errors} == {"unknown"}


def test_a_changed_member_is_written_with_the_others_and_a_changed_person_by_herself(
    load: Callable[..., tuple[Answer, int]], site: None
) -> None:
    head, *rows = _more("memberships", 60, 20)
    load("memberships", [head, *rows])
    moved = [(*row[:4], "新选区", *row[5:]) for row in rows]
    answer, queries = load("memberships", [head, *moved[:-1], (moved[-1][0], "改名", *moved[-1][2:])])
    assert answer.counts["changed"] == 20 and queries < 100
    assert set(Membership.objects.filter(code__in=[row[0] for row in rows]).values_list("constituency", flat=True)) == {
        "新选区"
    }
    assert Person.objects.get(code=moved[-1][0]).name == "改名"
    verbs = AuditEntry.objects.filter(verb__in=("member-changed", "person-corrected"))
    assert sorted(verbs.values_list("verb", flat=True)) == ["member-changed"] * 20 + ["person-corrected"]


def test_villages_of_a_town_of_the_same_sheet_are_taken(load: Callable[..., tuple[Answer, int]], site: None) -> None:
    """Also where the lower stand above the higher."""
    rows = [("999901300201", "新村", "村社", "999901300"), ("999901300", "新镇", "镇街", county.CODE)]
    answer, _queries = load("areas", [county.AREAS[0], *rows])
    assert answer.counts["stored"] == 2, answer.outcomes
    assert Area.objects.get(code="999901300201").parent == Area.objects.get(code="999901300")


@pytest.mark.parametrize("together", [True, False])
def test_what_describes_a_new_point_stands_in_the_line_of_its_entry(
    load: Callable[..., tuple[Answer, int]], site: None, monkeypatch: pytest.MonkeyPatch, together: bool
) -> None:
    if not together:
        monkeypatch.setattr("accounts.loads.services.is_beside", lambda: True)
    load("points", _described_points())
    codes = [f"X-{190 + n}" for n in range(4)]
    points = {point.code: point for point in MonitoringPoint.objects.filter(code__in=codes)}
    lines = AuditEntry.objects.filter(verb__in=("register-point", "correct-point"), detail__code__in=codes)
    assert sorted((line.detail["code"], line.verb, line.detail.get("fields")) for line in lines) == [
        ("X-190", "register-point", ["village", "responsible_name", "responsible_phone"]),
        ("X-191", "register-point", ["village"]),
        ("X-192", "register-point", ["responsible_phone"]),
        ("X-193", "register-point", []),
    ]
    assert {point.version for point in points.values()} == {1}
    assert [points[code].village and points[code].village.name for code in sorted(points)] == [
        "𬇙头村", "仝家村", None, None,
    ]  # fmt: skip


def test_a_point_of_a_village_that_nobody_knows_costs_the_others_nothing(
    load: Callable[..., tuple[Answer, int]], site: None
) -> None:
    head, *rows = _more("points", 260, 10)
    named = [(*row, "没有的村" if index == 4 else "") for index, row in enumerate(rows)]
    answer, _queries = load("points", [(*head, "村社"), *named])
    assert answer.counts == {"stored": 9, "changed": 0, "same": 0, "refused": 1}
    [refused] = [outcome for outcome in answer.outcomes if outcome.errors]
    assert [(error.field, error.code) for error in refused.errors] == [("village", "unknown")]


def test_who_comes_takes_the_place_of_who_leaves_in_the_same_sheet(
    load: Callable[..., tuple[Answer, int]], site: None
) -> None:
    head = ("河流编码", "层级", "姓名", "离任日期")
    assert load("chiefs", [head, ("R-1", "县级", "虚构甲", "")])[0].counts["stored"] == 1
    answer, _queries = load("chiefs", [head, ("R-1", "县级", "虚构乙", "")])
    assert [error.code for outcome in answer.outcomes for error in outcome.errors] == ["in-office"]
    answer, _queries = load("chiefs", [head, ("R-1", "县级", "虚构乙", ""), ("R-1", "县级", "虚构甲", "2026-01-31")])
    assert (answer.counts["stored"], answer.counts["changed"]) == (1, 1), answer.outcomes
    assert Chief.objects.get(until=None).name == "虚构乙"
    wrong = ("R-2", "R-1-1", "县级", "虚构丙", "")
    answer, _queries = load("chiefs", [("河流编码", "河段", "层级", "姓名", "离任日期"), wrong])
    assert [error.code for outcome in answer.outcomes for error in outcome.errors] == ["other-river"]


def test_a_chain_of_waters_is_taken_from_either_end(load: Callable[..., tuple[Answer, int]], site: None) -> None:
    """Each flows into the next of the same sheet, farther than a refused row is tried again."""
    rows = [(f"Z-{n}", f"第{n}条浜", "河流", "乡级", f"Z-{n + 1}" if n < 8 else "R-1") for n in range(9)]
    answer, _queries = load("rivers", [county.RIVERS[0], *rows])
    assert answer.counts["stored"] == 9, answer.outcomes
    assert River.objects.get(code="Z-0").flows_into == River.objects.get(code="Z-1")


def test_a_station_that_is_renamed_is_found_by_its_new_name(
    load: Callable[..., tuple[Answer, int]], site: None
) -> None:
    head, row = county.STATIONS[0], county.STATIONS[1]
    load("stations", [head, (row[0], "滨河联络站", *row[2:])])
    station = Station.objects.get(code=row[0])
    assert (station.name, station.version) == ("滨河联络站", 2)
    assert "bhllz" in station.search_key


def test_service_areas_that_overlap_are_set_one_after_the_other(
    load: Callable[..., tuple[Answer, int]], site: None
) -> None:
    """The later takes from the earlier; what lies apart from both is as it is written."""
    load("stations", _more("stations", 260, 1))
    lands = {"LZ-1": (117.0, 30.0, 117.04, 30.04), "LZ-2": (117.02, 30.0, 117.06, 30.04), "LZ-260": _cell(260)}
    rows = [(code, box(*edges).wkt) for code, edges in lands.items()]
    answer, _queries = load("service-areas", [("联络站编号", "WKT"), *rows])
    assert answer.counts["stored"] == 3, answer.outcomes
    areas = {area.station.code: area.geom.extent for area in ServiceArea.objects.select_related("station")}
    assert areas == {
        "LZ-1": pytest.approx((117.0, 30.0, 117.02, 30.04)), "LZ-2": pytest.approx(lands["LZ-2"]),
        "LZ-260": pytest.approx(lands["LZ-260"]),
    }  # fmt: skip
