"""The inbox as a list to work through: rows by water, words, urging many at once, views kept by name."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Notice, SavedView
from geo_portal.work.inbox import Choice, look
from river_monitoring.works.models import Measure
from tests.integration.supervision.inbox.asked import kinds, rows, titles


def test_a_point_and_its_measures_are_one_row_with_the_waters_name(point, officer):
    point.status, point.due_on = "under_way", timezone.localdate() + timedelta(days=20)
    point.save()
    for number in range(3):
        due = timezone.localdate() + timedelta(days=number)
        Measure.objects.create(point=point, kind="dredging", title=f"清淤{number}", due_on=due)
    found = look(officer, Choice(), timezone.localdate())
    assert (found.everything, found.shown) == (1, 1)
    (row,) = rows(officer)
    assert (row.item.title, row.days_left) == ("望春桥", 0)
    assert sorted(one.item.title for one in row.members) == ["望春桥", "清淤0", "清淤1", "清淤2"]
    (alone,) = rows(officer, kind="measures-due")
    assert alone.lead.title == "望春桥"
    # What a chip says is how many rows it leads to.
    assert kinds(officer) == {"points-to-mend": 1, "measures-due": 1}
    assert kinds(officer, span="soon") == {"measures-due": 1}
    assert found.counts.of("soon") == 1
    assert found.counts.of("later") == 0


def test_days_that_the_law_sets_stand_first(four, officer, point):
    point.status, point.due_on = "under_way", timezone.localdate() - timedelta(days=90)
    point.save()
    assert titles(officer) == ["late", "today", "望春桥", "later"]
    found = look(officer, Choice(law=True), timezone.localdate())
    assert (found.matching, found.counts.law) == (3, 3)


def test_words_find_by_number_title_and_water(four, officer, staff):
    assert titles(officer, words=four["late"].number) == ["late"]
    assert set(titles(officer, words="望春")) == {"late", "today", "later"}
    assert titles(officer, words="望春 lat") == ["late", "later"]
    assert titles(officer, words="没有这个") == []
    assert titles(officer, words="100% _ \\") == []


def test_a_department_narrows_the_staffs_list(four, staff, world):
    assert titles(staff, department=world.water) == ["late"]
    assert titles(staff, department=world.ecology) == []


def test_many_are_urged_at_once_each_with_its_answer(as_user, four, staff):
    client = as_user(staff)
    page = client.get("/work/?due=overdue")
    (row,) = page.context["inbox"].groups[0].rows
    gone = f"matters-overdue:{four['later'].pk}:1"
    answer = client.post("/work/act/?due=overdue", {"do": "urge", "chosen": [row.key, gone, row.key, "x", "a:²:1"]})
    assert [(one.done, bool(one.item)) for one in answer.context["results"]] == [(True, True), (False, False)]
    assert four["late"].events.filter(verb="urged").count() == 1
    again = client.post("/work/act/", {"do": "urge", "chosen": row.key, "text": "再催一次"})
    assert [one.words for one in again.context["results"]] == ["今天已经催办过，请明天再催。"]


def test_what_is_chosen_must_be_ones_own_and_as_it_was_seen(as_user, four, staff, officer, world):
    mine = f"matters-to-route:{four['unrouted'].pk}"
    for given, status in (
        ({"do": "assign", "chosen": f"{mine}:1"}, 422),
        ({"do": "assign"}, 400),
        ({"do": "nothing", "chosen": f"{mine}:1"}, 400),
        ({"do": "assign", "chosen": [f"{mine[:-1]}{number}:1" for number in range(201)]}, 400),
    ):
        assert as_user(staff).post("/work/act/", given).status_code == status
    routed = {"do": "assign", "department": world.water.pk}
    assert as_user(officer).post("/work/act/", routed | {"chosen": f"{mine}:1"}).status_code == 400
    stale = as_user(staff).post("/work/act/", routed | {"chosen": f"{mine}:7"})
    assert [one.done for one in stale.context["results"]] == [False]
    staff.area = world.east_town
    staff.save()
    elsewhere = as_user(staff).post("/work/act/", routed | {"chosen": f"{mine}:1"})
    assert [one.done for one in elsewhere.context["results"]] == [False]
    staff.area = world.west_town
    staff.save()
    done = as_user(staff).post("/work/act/", routed | {"chosen": f"{mine}:1"})
    assert [one.done for one in done.context["results"]] == [True]
    four["unrouted"].refresh_from_db()
    assert four["unrouted"].department == world.water


def test_staff_remind_the_department_of_a_late_point_once_a_day(as_user, point, staff, officer, other_officer):
    point.status, point.due_on = "under_way", timezone.localdate() - timedelta(days=2)
    point.save()
    chosen = {"do": "urge", "chosen": f"points-overdue:{point.pk}:{point.version}"}
    client = as_user(staff)
    assert [one.done for one in client.post("/work/act/", chosen).context["results"]] == [True]
    assert [one.done for one in client.post("/work/act/", chosen).context["results"]] == [False]
    assert Notice.objects.filter(kind="river-reminded").values_list("recipient", flat=True).get() == officer.pk


def test_a_view_is_kept_by_name_and_opened_by_its_address(as_user, four, staff, deputy):
    client = as_user(staff)
    kept = client.post("/work/views/", {"name": " 超期 的 ", "query": "?page=4&due=overdue&q=&kind=x%00"}, follow=True)
    assert kept.status_code == 200
    view = SavedView.objects.get()
    assert (view.name, view.query, view.user) == ("超期 的", "due=overdue", staff)
    assert "超期 的" in client.get("/work/?due=overdue").text
    assert client.get("/work/?" + "a=1&" * 60).status_code == 200
    client.post("/work/views/", {"name": "超期 的", "query": "due=soon"})
    assert SavedView.objects.get().query == "due=soon"
    assert as_user(deputy).post(f"/work/views/{view.pk}/remove/").status_code == 404
    assert client.post(f"/work/views/{view.pk}/remove/").status_code == 302
    for number in range(31):
        client.post("/work/views/", {"name": f"第{number}个", "query": ""})
    assert SavedView.objects.filter(user=staff).count() == 30
