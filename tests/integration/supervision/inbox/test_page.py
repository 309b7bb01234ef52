"""The inbox: by due date, narrowed by the address, and the same things on the map."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Area
from geo_portal.work import inbox
from geo_portal.work.inbox import Choice, look
from supervision.matters import services
from supervision.models import Suggestion
from tests.integration.supervision.inbox.asked import kinds, titles


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
