"""Kinds of problem are data: they bring category, clock and department along, and their history stays."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from geokit.refusal import BadInput, NotPermitted
from supervision.findings.models import Category
from supervision.kinds.definition import Unit, Urgency, guess, standard
from supervision.kinds.models import KindVersion
from supervision.kinds.queries import all_kinds, kind_of, kinds
from supervision.kinds.services import begin_version
from supervision.models import Finding, RoutingRule
from ui.icons import ICONS

FACTS = {
    "name": "水面油污", "icon": "drop", "words": "油污 油花", "questions": ["多大？"], "photos": "", "urgency": "now",
    "amount": 12, "unit": "hours", "category": "environment", "department": None, "position": 30, "is_active": True,
}  # fmt: skip


@pytest.fixture
def routed(world):
    """Both towns answer by the water department, the west within two working days."""
    RoutingRule.objects.create(category="environment", department=world.water)
    RoutingRule.objects.create(category="environment", area=world.west_town, department=world.water, days=2)


def test_the_standard_list_is_whole():
    rows = standard()
    assert 25 <= len(rows) <= 40
    assert len({row.code for row in rows}) == len(rows)
    assert {row.category for row in rows} <= set(Category.values)
    assert {row.unit for row in rows} <= set(Unit.values)
    assert {row.urgency for row in rows} <= set(Urgency.values)
    assert {row.icon for row in rows} <= set(ICONS)
    assert all(row.questions and (row.amount is None) == (row.unit == "statutory") for row in rows)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("桥东路灯不亮三天了", "street-light"), ("河水发黑发臭", "water-colour"), ("门口井盖没了", "manhole"),
        ("楼下烧烤占道", "street-vendor"), ("半夜打桩太吵", "noise-site"), ("邻居搭了违建", "illegal-building"),
        ("垃圾桶满了没人清运", "garbage"), ("公交末班车太早", "bus"), ("你好", None), ("", None),
    ],
)  # fmt: skip
def test_what_people_type_finds_its_kind(text, code):
    found = guess(standard(), text)
    assert (found.code if found else None) == code


def test_a_kind_has_the_same_clock_in_every_town_whatever_a_town_promises(deputy, file_finding, routed):
    west = file_finding(deputy, kind="oil-film", category="legal").suggestion
    east = file_finding(deputy, kind="oil-film", lon=121.38).suggestion
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert (west.category, west.finding.kind) == ("environment", "oil-film")
    assert (west.due_on, east.due_on) == (tomorrow, tomorrow)
    assert file_finding(deputy).suggestion.due_on > tomorrow


def test_a_kind_s_own_department_answers_but_not_for_a_point(deputy, staff, world, file_finding, routed, point):
    facts = FACTS | {"department": world.ecology}
    begin_version(staff, "oil-film", facts, since=timezone.localdate(), reason="专业处置")
    assert file_finding(deputy, kind="oil-film").suggestion.department == world.ecology
    assert file_finding(deputy, kind="oil-film", point_code=point.code).suggestion.department == world.water


def test_a_code_that_is_none_is_refused(deputy, file_finding):
    with pytest.raises(BadInput) as refused:
        file_finding(deputy, kind="no-such")
    assert [error.field for error in refused.value.errors] == ["kind"]


def test_a_change_counts_from_its_day_and_what_was_before_stays(staff):
    today = timezone.localdate()
    begin_version(staff, "oil-film", FACTS, since=today + timedelta(days=3), reason="夏季加快")
    assert kind_of("oil-film").amount == 24
    assert kind_of("oil-film", today + timedelta(days=3)).amount == 12
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"append|history|permission|denied"):
        cursor.execute("UPDATE supervision_kindversion SET amount = 1")


def test_one_that_is_switched_off_cannot_be_chosen_but_is_still_named(staff, deputy, file_finding):
    begin_version(staff, "bus", FACTS | {"is_active": False}, since=timezone.localdate(), reason="不用")
    assert "bus" not in [kind.code for kind in kinds()]
    assert "bus" in [kind.code for kind in all_kinds()]
    with pytest.raises(BadInput):
        file_finding(deputy, kind="bus")


@pytest.mark.parametrize(
    "more", [{"since": -1}, {"reason": " "}, {"unit": "statutory"}, {"name": ""}, {"amount": None}]
)
def test_what_cannot_be_is_refused(more, staff):
    more = dict(more)
    since = timezone.localdate() + timedelta(days=more.pop("since", 0))
    with pytest.raises(BadInput):
        begin_version(staff, "oil-film", FACTS | {k: v for k, v in more.items() if k != "reason"}, since=since,
                      reason=more.get("reason", "理由"))  # fmt: skip
    assert not KindVersion.objects.exists()


def test_only_staff_of_the_whole_district_change_kinds(deputy, officer, gis, world):
    from tests.data.cast import person

    for user in (deputy, officer, gis, person("west-staff", "staff", area=world.west_town), None):
        with pytest.raises(NotPermitted):
            begin_version(user, "oil-film", FACTS, since=timezone.localdate(), reason="理由")


def test_the_report_form_shows_pictures_and_takes_a_kind_without_a_script(client, world):
    page = client.get("/report/").content.decode()
    assert 'value="oil-film"' in page
    assert "油膜" in page
    given = {
        "client_id": str(uuid4()), "secret": "s" * 43, "lng": "121.32", "lat": "29.85", "text": "水面一层油",
        "category": "legal", "kind": "oil-film",
    }  # fmt: skip
    assert client.post("/report/", given).status_code == 302
    finding = Finding.objects.get()
    assert (finding.kind, finding.category) == ("oil-film", "environment")
    refused = client.post("/report/", given | {"kind": "<script>", "client_id": str(uuid4())})
    assert refused.status_code == 400


def test_staff_change_a_kind_on_its_page(staff, as_user):
    form = FACTS | {"questions": "多大？\n多久？", "since": timezone.localdate().isoformat(), "reason": "加快"}
    form = {name: value for name, value in form.items() if value is not None} | {"is_active": "on"}
    client = as_user(staff)
    assert client.post("/routing/kinds/oil-film/", form).status_code == 302
    assert kind_of("oil-film").questions == ("多大？", "多久？")
    assert "加快" in client.get("/routing/kinds/oil-film/").content.decode()


def test_a_new_kind_is_begun_by_its_name_and_gets_a_code_that_no_other_has(staff, as_user):
    client = as_user(staff)
    answer = client.get("/routing/kinds/", {"new": " 供暖不热 "})
    assert answer["Location"].startswith("/routing/kinds/gong-nuan-bu-re/?name=")
    assert 'value="供暖不热"' in client.get(answer["Location"]).content.decode()
    assert client.get("/routing/kinds/", {"new": "oil film"})["Location"].startswith("/routing/kinds/oil-film-2/")
    for odd in ("？！", "3 号", "<script>", "长" * 300):
        answer = client.get("/routing/kinds/", {"new": odd})
        assert client.get(answer["Location"]).status_code == 200, odd


def test_clocks_are_said_in_words():
    with override("en"):
        assert kind_of_standard("manhole").clock == "within 4 hours"
    assert kind_of_standard("bus").answer_by(timezone.now()) is None


def kind_of_standard(code):
    return next(kind for kind in standard() if kind.code == code)
