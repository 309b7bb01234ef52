"""The inbox: what waits for each role, by due date, narrowed by the address, and the same things on the map."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Area, Delivery, Notice, NoticePreference, Robot, SavedView
from accounts.notices.digest import send_digests
from geo_portal.work import inbox
from geo_portal.work.inbox import Choice, look
from layers.models import ImportJob
from projects.models import Milestone, VoteSession
from river_monitoring.models import PointFollow
from river_monitoring.works.models import Measure
from stations.models import Deputy, Reception, Station
from supervision.matters import services
from supervision.models import CoHandling, Suggestion

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def station(world, deputy):
    made = Station.objects.create(
        code="S1", name="西镇联络站", area=world.west_town, address="路 1 号", geom=world.west_town.point
    )
    Deputy.objects.create(code="330203-1", name="张代表", user=deputy, station=made)
    return made


@pytest.fixture
def reception(station, deputy, noon):
    day = Reception.objects.create(
        station=station, starts_at=NOON + timedelta(days=3), ends_at=NOON + timedelta(days=3, hours=2)
    )
    day.deputies.add(deputy.deputy)
    return day


def kinds(user, today=None, **choice):
    """Kind -> how many, of what `user` has to do."""
    found = look(user, Choice(**choice), today or timezone.localdate())
    return {waiting.kind: count for waiting, count in found.kinds}


def titles(user, **choice):
    found = look(user, Choice(**choice), timezone.localdate())
    return [row.item.title for group in found.groups for row in group.rows]


def test_a_matter_waits_for_the_department_that_has_it_and_nobody_elses(assigned, officer, other_officer):
    assert kinds(officer) == {"matters-to-answer": 1}
    assert kinds(other_officer) == {}


def test_what_nobody_has_waits_for_the_congress_staff(unrouted, staff, officer):
    assert kinds(staff) == {"matters-to-route": 1}
    assert kinds(officer) == {}


def test_an_answer_waits_for_the_rating_of_its_author_only(replied, deputy, officer, staff):
    assert kinds(deputy) == {"matters-to-rate": 1}
    assert kinds(officer) == kinds(staff) == {}
    assert kinds(officer, following=True) == {"matters-answered": 1}


def test_a_matter_that_is_late_waits_for_the_staff_too(assigned, officer, staff):
    Suggestion.objects.filter(pk=assigned.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert kinds(staff) == {"matters-overdue": 1}
    found = look(officer, Choice(), timezone.localdate())
    assert [(group.span, group.total) for group in found.groups] == [("overdue", 1)]
    assert found.groups[0].rows[0].days_late == 1


def test_points_and_measures_wait_for_their_own_department(point, officer, other_officer):
    point.status, point.due_on = "under_way", timezone.localdate()
    point.save()
    Measure.objects.create(point=point, kind="dredging", title="清淤", due_on=timezone.localdate() + timedelta(days=20))
    Measure.objects.create(point=point, kind="dredging", title="已完", due_on=timezone.localdate(), share_done=100)
    assert kinds(officer) == {"points-to-mend": 1, "measures-due": 1}
    assert kinds(other_officer) == {}


def test_milestones_wait_for_the_lead_department(project, officer, other_officer):
    Milestone.objects.create(project=project, order=1, title="开工", weight=50, due_on=timezone.localdate())
    Milestone.objects.create(
        project=project, order=2, title="完工", weight=50, due_on=timezone.localdate(), done_on=timezone.localdate()
    )
    assert kinds(other_officer) == {"milestones-due": 1}
    assert kinds(officer) == {}


def test_a_candidate_has_no_milestones_due_yet(candidate, other_officer):
    Milestone.objects.create(project=candidate, order=1, title="开工", weight=50, due_on=timezone.localdate())
    assert kinds(other_officer) == {}


def test_a_point_that_changed_waits_for_its_followers_for_a_week(point, deputy, staff, noon):
    PointFollow.objects.create(user=deputy, point=point)
    assert kinds(deputy) == {}
    point.events.create(at=NOON, from_status="registered", to_status="listed")
    assert kinds(deputy) == {"points-changed": 1}
    noon.shift(timedelta(days=8))
    assert kinds(deputy) == {}
    assert kinds(deputy, following=True) == {"points-followed": 1}


def test_a_vote_waits_for_those_who_have_not_voted_until_it_closes_and_then_for_the_staff(world, deputy, staff, noon):
    vote = VoteSession.objects.create(
        title="票决", year=2027, area=world.district, places=1, opens_at=NOON - timedelta(days=1),
        closes_at=NOON + timedelta(days=1),
    )  # fmt: skip
    assert kinds(deputy) == {}
    vote.electors.create(deputy=deputy)
    assert kinds(deputy) == {"votes-open": 1}
    assert kinds(staff) == {}
    noon.shift(timedelta(days=2))
    assert kinds(deputy) == {}
    assert kinds(staff) == {"votes-to-count": 1}


def test_a_reception_waits_for_its_deputies_and_afterwards_for_who_records_it(reception, deputy, staff, noon):
    assert kinds(deputy) == {"receptions-to-come": 1}
    assert kinds(staff) == {}
    noon.shift(timedelta(days=4))
    assert kinds(deputy) == {}
    assert kinds(staff) == {"receptions-to-record": 1}


def test_a_matter_of_a_reception_waits_until_it_is_settled_or_handed_on(reception, staff, noon):
    matter = reception.matters.create(number=1, level="town", text="路灯不亮")
    assert kinds(staff) == {}
    assert kinds(staff, following=True) == {"station-matters": 1}
    staff.area = reception.station.area
    assert kinds(staff) == {"station-matters": 1}
    matter.reference = "2026-00001"
    matter.save()
    assert kinds(staff) == {}


def test_imports_wait_for_those_who_load_data(gis, staff, admin_user, deputy):
    for state in ("previewed", "failed", "done"):
        ImportJob.objects.create(state=state, file_name=f"{state}.zip", created_by=gis)
    expected = {"imports-to-confirm": 1, "imports-failed": 1}
    assert kinds(gis) == kinds(admin_user) == expected
    assert kinds(deputy) == {}


@pytest.fixture
def four(file_finding, deputy, point, noon):
    """One late, one due today, one due in 30 days, one that nobody has."""
    made = {}
    for name, days in (("late", -3), ("today", 0), ("later", 30)):
        made[name] = file_finding(deputy, point_code=point.code, text=name).suggestion
        due = timezone.localdate() + timedelta(days=days)
        Suggestion.objects.filter(pk=made[name].pk).update(due_on=due)
    made["unrouted"] = file_finding(deputy, text="unrouted").suggestion
    return made


def test_the_earliest_due_comes_first_in_groups_by_span(four, officer):
    found = look(officer, Choice(), timezone.localdate())
    assert [(group.span, [row.item.title for row in group.rows]) for group in found.groups] == [
        ("overdue", ["late"]),
        ("soon", ["today"]),
        ("later", ["later"]),
    ]


@pytest.mark.parametrize(("days", "span"), [(-1, "overdue"), (0, "soon"), (7, "soon"), (8, "later")])
def test_the_borders_of_the_spans(four, officer, days, span):
    Suggestion.objects.filter(pk=four["late"].pk).update(due_on=timezone.localdate() + timedelta(days=days))
    assert "late" in titles(officer, span=span)
    for other in {"overdue", "soon", "later", "none"} - {span}:
        assert "late" not in titles(officer, span=other)


def test_time_alone_moves_a_matter_to_overdue(four, officer, noon):
    noon.shift(timedelta(days=1))
    assert titles(officer, span="overdue") == ["late", "today"]


def test_page_counts_and_map_answer_the_same_question(as_user, four, staff):
    found = as_user(staff).get("/work/?due=overdue").context["inbox"]
    assert (found.matching, found.counts.overdue, found.everything) == (1, 1, 2)
    assert found.on_map == {"findings": [four["late"].finding_id]}
    page = as_user(staff).get("/work/?kind=matters-to-route")
    assert page.context["inbox"].on_map == {"findings": [four["unrouted"].finding_id]}
    assert f'data-feature="findings:{four["unrouted"].finding_id}"' in page.text


def test_another_town_has_nothing_waiting(as_user, four, staff, world):
    client = as_user(staff)
    assert client.get(f"/work/?area={world.west_town.code}").context["inbox"].matching == 2
    east = client.get(f"/work/?area={world.east_town.code}")
    assert east.context["inbox"].matching == 0
    assert "没有符合条件的事项" in east.text
    assert east.context["inbox"].everything == 2


def test_what_cannot_be_understood_in_the_address_is_left_out(as_user, four, staff):
    answer = as_user(staff).get("/work/?due=yesterday&area=nowhere&page=0&view=secret&kind=%3Cscript%3E")
    assert answer.status_code == 200
    assert answer.context["inbox"].matching == 2


def test_an_unknown_kind_is_empty_and_says_how_to_go_on(as_user, four, staff):
    answer = as_user(staff).get("/work/?kind=nothing-of-ours")
    assert answer.context["inbox"].matching == 0
    assert "清除筛选" in answer.text


def test_pages_follow_each_other_without_a_gap_or_a_double(as_user, file_finding, deputy, staff, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE_SIZE", 3)
    for number in range(8):
        file_finding(deputy, text=f"第{number}件")
    seen = [title for page in (1, 2, 3) for title in titles(staff, page=page)]
    assert sorted(seen) == sorted(f"第{number}件" for number in range(8))
    assert titles(staff, page=9) == titles(staff, page=3)


def test_the_page_asks_as_often_however_much_waits(
    as_user, file_finding, deputy, staff, point, django_assert_max_num_queries
):
    client = as_user(staff)

    def asked_with(numbers):
        for number in numbers:
            file_finding(deputy, text=f"第{number}件", **({"point_code": point.code} if number % 2 else {}))
        with django_assert_max_num_queries(40) as asked:
            client.get("/work/")
        return len(asked)

    asked_with(range(2))  # what is read once in a process
    assert asked_with(range(2, 4)) == asked_with(range(4, 16))


def test_the_inbox_of_someone_new_teaches_what_will_come(as_user, deputy):
    assert "没有等您处理的事项" in as_user(deputy).get("/work/").text
    assert "点“上报”拍照填报" in as_user(deputy).get("/work/?view=following").text


def test_the_inbox_asks_the_public_to_sign_in(world, as_user):
    assert as_user(None).get("/work/").status_code == 302


def test_every_kind_has_one_name_on_the_whole_site(world, deputy, officer, staff, gis, admin_user):
    today = timezone.localdate()
    for user in (deputy, officer, staff, gis, admin_user):
        names = [waiting.kind for waiting in inbox.waiting_for(user, today)]
        assert len(names) == len(set(names))


def test_each_role_has_its_own_buttons(as_user, gis, admin_user, world):
    assert "导入数据" in as_user(gis).get("/work/").text
    assert "运行状况" in as_user(admin_user).get("/work/").text


def test_a_title_with_markup_stays_text(as_user, file_finding, deputy, staff):
    file_finding(deputy, text="</script><script>alert(1)</script>")
    assert "<script>alert" not in as_user(staff).get("/work/").text


def test_the_village_counts_with_its_town(world, staff, file_finding, deputy):
    village = Area.objects.create(
        code="330203100001", name="村", level="village", parent=world.west_town, geom=world.west_town.geom
    )
    suggestion = file_finding(deputy).suggestion
    Suggestion.objects.filter(pk=suggestion.pk).update(area=village)
    assert kinds(staff, area=world.west_town) == {"matters-to-route": 1}
    services.assign(staff, suggestion.pk, version=1, department=world.water)
    assert kinds(staff, area=world.west_town) == {}


def test_what_the_public_reports_waits_for_the_staff_until_it_is_accepted(unrouted, staff, deputy):
    Suggestion.objects.filter(pk=unrouted.pk).update(state="received")
    assert kinds(staff) == {"matters-to-accept": 1}
    assert kinds(deputy) == {}


def test_an_opinion_waits_for_the_department_that_was_asked_and_the_answer_for_the_lead(
    assigned, officer, other_officer, world
):
    CoHandling.objects.create(suggestion=assigned, department=world.ecology, due_on=timezone.localdate())
    assert kinds(other_officer) == {"matters-to-advise": 1}
    assert kinds(officer) == {"matters-to-answer": 1}
    CoHandling.objects.update(opinion="同意", answered_at=timezone.now())
    assert kinds(other_officer) == {}


def test_staff_of_a_town_have_only_that_towns_matters_waiting(unrouted, staff, world):
    staff.area = world.east_town
    assert kinds(staff) == {}
    staff.area = world.west_town
    assert kinds(staff) == {"matters-to-route": 1}


def test_the_digest_says_what_is_overdue_and_what_is_due_soon(four, officer, noon):
    officer.email = "officer@example.org"
    officer.save()
    noon.move_to(NOON.replace(hour=7, minute=30))
    assert send_digests() >= 1
    told = Notice.objects.get(recipient=officer, kind="digest-daily")
    assert "已超期 1 件：" in told.body
    assert "等待答复：late" in told.body
    assert "等待答复：today" in told.body
    assert "另有 1 件等您处理。" in told.body
    assert send_digests() == 0
    noon.shift(timedelta(days=1))
    assert send_digests() >= 1


def test_who_wants_no_digest_and_who_has_nothing_waiting_get_none(four, officer, gis, noon):
    NoticePreference.objects.create(user=officer, digest=False)
    send_digests()
    assert not Notice.objects.filter(kind="digest-daily", recipient__in=[officer, gis]).exists()


def test_a_digest_goes_to_no_group(four, officer, admin_user, noon):
    Robot.objects.create(
        name="群",
        form="wecom",
        department=officer.department,
        url="https://qyapi.weixin.qq.com/x",
        created_by=admin_user,
    )
    send_digests()
    assert Notice.objects.filter(kind="digest-daily", recipient=officer).exists()
    assert not Delivery.objects.filter(channel="robot").exists()


def rows(user, **choice):
    found = look(user, Choice(**choice), timezone.localdate())
    return [row for group in found.groups for row in group.rows]


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
