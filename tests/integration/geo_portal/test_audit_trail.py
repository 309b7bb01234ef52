"""The audit trail for people: in words, from what to what; what `/admin/` does stands in it too."""

import ast
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point

from accounts.models import Department
from geo_portal.audit_trail.queries import changes_of, model_of
from geo_portal.audit_trail.verbs import VERBS, words_of
from ledger import audit
from ledger.models import AuditEntry
from river_monitoring.models import Chief, MonitoringPoint, River
from supervision.matters import services
from tests.queries import asked

ADDRESS = "/work/audit/"


def written_verbs():
    """Every verb that the program writes as a word of its own."""
    for room in settings.BASE_DIR.iterdir():
        if not (room / "apps.py").exists():
            continue
        for path in room.rglob("*.py"):
            yield from ((path, verb) for verb in _verbs_in(path))


def _verbs_in(path: Path):
    text = path.read_text()
    names = {"audit.record", "audit.record_many"}
    names |= {"record", "record_many"} if "from ledger.audit import" in text else set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            verb = node.args[1] if len(node.args) > 1 else None
            choices = (verb.body, verb.orelse) if isinstance(verb, ast.IfExp) else (verb,)
            yield from (one.value for one in choices if isinstance(one, ast.Constant))


def test_every_verb_that_is_written_has_words():
    found = list(written_verbs())
    assert len(found) > 60
    assert [(str(path), verb) for path, verb in found if verb not in VERBS] == []


def test_steps_have_the_words_of_their_table():
    assert str(words_of("suggestion-urged")) == "催办"
    assert str(words_of("what-nobody-writes")) == "其他操作"


def test_a_step_stands_there_in_words_with_its_thing(as_user, staff, admin_user, assigned):
    services.urge(staff, assigned.pk)
    page = as_user(staff).get(ADDRESS)
    (line,) = [line for line in page.context["lines"] if line.verb == "催办"]
    assert (line.who, line.title, line.changes) == (str(staff), str(assigned), ["之后为“办理中”"])
    assert "suggestion-urged" not in page.text.replace('value="suggestion-urged"', "")


def test_it_is_narrowed_by_person_day_verb_and_thing(as_user, staff, admin_user, world, assigned):
    services.urge(staff, assigned.pk)
    audit.record(admin_user, "department-entered", world.water)
    client = as_user(admin_user)

    def count(query):
        return len(client.get(f"{ADDRESS}?{query}").context["lines"])

    assert count(f"who={admin_user.username}") == 1
    assert count("verb=suggestion-urged") == 1
    assert count(f"object_type=accounts.department&object_id={world.water.pk}") == 1
    assert count("since=2999-01-01") == 0
    assert count("until=1999-01-01&verb=nothing&since=never&object_id=%F0%9F%92%A9") == 0
    rows = client.get(f"{ADDRESS}export.csv?verb=suggestion-urged").getvalue().decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert "催办" in rows[1]


def test_towns_staff_and_others_do_not_read_it_and_staff_nothing_of_accounts(
    as_user, staff, officer, deputy, gis, world, admin_user
):
    audit.record(admin_user, "person-changed", officer)
    for person in (officer, deputy, gis):
        assert as_user(person).get(ADDRESS).status_code == 404
    assert "修改人员" not in [line.verb for line in as_user(staff).get(ADDRESS).context["lines"]]
    assert "修改人员" in [line.verb for line in as_user(admin_user).get(ADDRESS).context["lines"]]
    staff.area = world.west_town
    staff.save()
    assert as_user(staff).get(ADDRESS).status_code == 404
    assert as_user(staff).get(f"{ADDRESS}export.csv").status_code == 404


def test_a_page_asks_as_often_for_many_entries(as_user, admin_user, world):
    client = as_user(admin_user)
    counts = []
    for number in (2, 30):
        for place in range(number):
            made = Department.objects.create(code=f"d{number}-{place}", name=f"单位{number}-{place}", short_name="单位")
            audit.record(admin_user, "department-entered", made)
        counts.append(asked(client, ADDRESS))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "detail",
    [
        *([], {"values": []}, {"values": {"x": 3}, "fields": "x"}, {"state": {}}, {"fields": [1]}, {"changed": 1}),
        *({"before": {"a": 1}, "after": {"a": 2}}, {"before": [1], "after": [2]}, {"before": 12, "after": 34}),
    ],
)
def test_a_detail_of_any_form_is_shown(detail, admin_user, world):
    entry = AuditEntry(object_type="accounts.department", object_id="1", verb="x", detail=detail)
    assert isinstance(changes_of(entry, model_of("accounts.department")), list)
    assert isinstance(changes_of(entry, model_of("gone.thing")), list)


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"before": {"name": "甲"}, "after": {"name": "乙"}}, ["名称：甲 → 乙"]),
        ({"before": 12, "after": 34}, []),
        ({"changed": ["name"]}, ["修改了名称"]),
        ({"changed": {"name": "乙"}}, ["名称改为乙"]),
        ({"values": {"is_active": ["True", "False"]}}, ["有效：是 → 否"]),
    ],
)
def test_a_change_is_said_from_whatever_keeps_it(detail, said):
    entry = AuditEntry(object_type="accounts.department", object_id="1", verb="x", detail=detail)
    assert changes_of(entry, Department) == said


def test_what_is_changed_of_a_part_is_said_in_its_words():
    entry = AuditEntry(object_type="x", object_id="1", verb="x", detail={"changed": ["share_done"]})
    assert changes_of(entry, MonitoringPoint) == ["修改了完成比例（%）"]
    entry = AuditEntry(
        object_type="library.document", object_id="1", verb="library.place", detail={"state": "confirmed"}
    )
    assert changes_of(entry, model_of("library.document")) == ["之后为“已确认”"]


@pytest.mark.parametrize("verb", ["paper-submitted", "transition-point", "plan_milestones", "reach-changed"])
def test_verbs_that_are_put_together_have_words_too(verb):
    assert str(words_of(verb)) != "其他操作"


@pytest.fixture
def chief(world):
    river = River.objects.create(code="R9", name="试河")
    return Chief.objects.create(name="张三", level="village", river=river, since="2026-01-01")


def test_what_is_changed_in_the_administration_stands_there_from_what_to_what(as_user, admin_user, chief):
    client, address = as_user(admin_user), f"/admin/river_monitoring/chief/{chief.pk}/change/"
    form = client.get(address).context["adminform"].form
    given = {name: value for name, value in form.initial.items() if value is not None and name != "id"}
    answer = client.post(address, given | {"level": "town", "name": "李四"})
    assert answer.status_code == 302
    entry = AuditEntry.objects.get(verb="admin-change")
    said = changes_of(entry, Chief)
    assert any(("→" in one and "乡" in one) or "镇" in one for one in said)
    assert "李四" not in str(entry.detail)  # an erasure could not take it out of the trail
    assert entry.actor == admin_user
    client.post(f"/admin/river_monitoring/chief/{chief.pk}/delete/", {"post": "yes"})
    assert AuditEntry.objects.filter(verb="admin-delete", object_id=str(chief.pk)).exists()


def test_the_administration_speaks_chinese(as_user, admin_user):
    page = as_user(admin_user).get("/admin/").text
    assert "系统管理" in page
    assert "Django" not in page


def test_a_target_class_is_not_changed_in_the_administration_and_its_change_stands_in_the_trail_and_the_file(
    as_user, admin_user, world
):
    point = MonitoringPoint.objects.create(
        code="T-1", name="试点", kind="small", area=world.west_town, department=world.water, target_class=5,
        geom=Point(121.32, 29.85, srid=4326),
    )  # fmt: skip
    client, address = as_user(admin_user), f"/admin/river_monitoring/monitoringpoint/{point.pk}/change/"
    form = client.get(address).context["adminform"].form
    assert "target_class" not in form.fields
    given = {name: value for name, value in form.initial.items() if value is not None and name in form.fields}
    client.post(address, given | {"geom": point.geom.ewkt, "target_class": "1"})
    point.refresh_from_db()
    assert point.target_class == 5
    wanted = {"target_class": "4", "water": "river", "department": world.water.code, "reason": "区政府文件"}
    answer = client.post("/river/points/T-1/change/", wanted | {"version": str(point.version)})
    assert answer.status_code == 302
    where = f"?object_type=river_monitoring.monitoringpoint&object_id={point.pk}&verb=change-point"
    page = client.get(f"/work/audit/{where}").content.decode()
    assert "Ⅴ类 → Ⅳ类" in page
    file = b"".join(client.get(f"/work/audit/export.csv{where}")).decode()
    assert "Ⅴ类 → Ⅳ类" in file and str(admin_user) in file


def test_what_somebody_said_in_her_group_is_called_so():
    assert str(words_of("group-post")) == "在小组里留言"
