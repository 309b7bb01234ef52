"""Pages of river monitoring as a browser without JavaScript gets them, and the officer's form."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from river_monitoring.network.models import Chief
from river_monitoring.rectification.models import Evidence
from tests.integration.river_monitoring.conftest import BAD, GOOD

HTMX = {"HX-Request": "true"}


def text_of(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


@pytest.fixture
def anyone(as_user):
    return as_user(None)


@pytest.fixture
def soon():
    return (timezone.localdate() + timedelta(days=90)).isoformat()


def test_overview_counts_classes_with_their_denominator(anyone, make_point, sample):
    sample(make_point("BAD", status="under_way", due_on=timezone.localdate() - timedelta(days=2)), BAD)
    make_point("NEW")
    page = text_of(anyone.get("/river/"))
    assert "全区 2 个监测点位" in page
    assert "BAD 号池塘" in page
    assert "已逾期" in page
    assert 'href="/river/points/?class=6"' in page


def test_overview_of_an_empty_district_says_what_comes(anyone, world):
    assert "还没有监测点位" in text_of(anyone.get("/river/"))


def test_list_puts_the_worst_first_and_says_how_many_of_how_many(anyone, make_point, sample):
    sample(make_point("A-GOOD"), GOOD)
    sample(make_point("B-BAD"), BAD)
    page = text_of(anyone.get("/river/points/"))
    assert page.index("B-BAD") < page.index("A-GOOD")
    assert "符合条件 2 个，全区共 2 个" in page
    page = text_of(anyone.get("/river/points/?class=6&q=池塘"))
    assert "B-BAD" in page
    assert "A-GOOD 号" not in page
    assert "符合条件 1 个，全区共 2 个" in page


def test_list_is_paged_and_keeps_the_filters(anyone, make_point):
    for number in range(23):
        make_point(f"P-{number:02}")
    page = text_of(anyone.get("/river/points/?kind=small"))
    assert "第 1 页，共 2 页" in page
    assert "?kind=small&amp;page=2" in page
    assert "P-22" in text_of(anyone.get("/river/points/?kind=small&page=2"))


def test_a_filter_that_makes_no_sense_shows_its_error_and_no_rows(anyone, point):
    page = text_of(anyone.get("/river/points/?class=9"))
    assert "没有符合条件的点位" in page
    assert "errorlist" in page
    assert text_of(anyone.get("/river/points/?in_bbox=a,b"), 400)


def test_a_point_says_its_class_why_and_who(anyone, make_point, sample, reach):
    point = make_point("P-9", status="under_way", due_on=timezone.localdate() - timedelta(days=1))
    Chief.objects.create(river=reach.river, reach=reach, level="town", name="李河长")
    sample(point, BAD)
    page = text_of(anyone.get("/river/points/P-9/"))
    for words in (
        "劣Ⅴ类",
        "重度污染",
        "氨氮（超Ⅲ类标准1.4倍）",
        "未达目标Ⅴ类",
        "人工采样",
        "区水利局",
        "李河长",
        "已逾期",
    ):
        assert words in page
    assert f'data-select="monitoring_points:{point.pk}"' in page
    assert 'data-chart="trend"' in page
    assert "/report/?point=P-9" in page
    assert "更新治理状态" not in page


def test_a_point_without_samples_is_unrated_and_says_so(anyone, point):
    page = text_of(anyone.get("/river/points/P-1/"))
    assert "未评价" in page
    assert "还没有水样，不能评价类别" in page


def test_the_trend_of_another_parameter_has_an_address(anyone, point, sample):
    sample(point, GOOD)
    assert "总磷的历次读数" in text_of(anyone.get("/river/points/P-1/?parameter=tp"))


def test_an_unknown_point_is_not_found(anyone, world):
    text_of(anyone.get("/river/points/nowhere/"), 404)


def test_own_officer_sees_what_the_next_step_needs_and_others_do_not(as_user, officer, staff, deputy, listed):
    page = text_of(as_user(officer).get("/river/points/L-1/"))
    assert "制定一点一策" in page
    assert "缺</span> 一点一策方案" in page
    for outsider in (staff, deputy):
        assert "更新治理状态" not in text_of(as_user(outsider).get("/river/points/L-1/"))


def test_everybody_is_told_what_delisting_still_lacks(anyone, make_point):
    make_point("P-7", status="acceptance_asked", listed_on=timezone.localdate() - timedelta(days=100))
    page = text_of(anyone.get("/river/points/P-7/"))
    assert "下一步：验收销号" in page
    assert "由没有参与治理的验收单位的联络员办理" in page
    lacks = "至少一项已报告完成的治理措施（现有0项）；治理前照片；治理后照片；连续3个月达标水样（现有0个月）"
    assert f"还缺：{lacks}" in page


def test_terms_open_where_they_stand_and_not_in_tables_of_figures(anyone, make_point, sample):
    point = make_point("BAD", status="under_way", due_on=timezone.localdate() + timedelta(days=30))
    sample(point, BAD)
    page = text_of(anyone.get("/river/points/BAD/"))
    assert page.count('href="/library/terms/limiting/"') == page.count('href="/library/terms/non-detect/"') == 1
    assert 'class="term"' not in "".join(part.split("</table>")[0] for part in page.split("<table")[1:])


def test_a_point_that_is_not_on_the_list_has_no_next_step(anyone, point):
    page = text_of(anyone.get("/river/points/P-1/"))
    assert "下一步" not in page
    assert "没有挂号治理记录" in page


def step(client, listed, to_state, headers=None, **given):
    listed.refresh_from_db()
    body = {"to_state": to_state, "version": listed.version, **given}
    return client.post("/river/points/L-1/transition/", body, headers=headers)


def test_own_officer_takes_steps_with_photos_and_everybody_sees_them(as_user, officer, anyone, listed, soon, photo):
    client = as_user(officer)
    assert step(client, listed, "planned", note="截污纳管", due_on=soon).status_code == 302
    response = step(client, listed, "under_way", photos_before=[photo("a.jpg"), photo("b.jpg")])
    assert response["Location"] == "/river/points/L-1/"
    page = text_of(anyone.get("/river/points/L-1/"))
    assert "截污纳管" in page
    assert page.count("治理前照片：") == 2
    evidence = Evidence.objects.first()
    shown = anyone.get(f"/river/evidence/{evidence.pk}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")


def test_with_htmx_the_new_page_comes_at_once_and_tells_the_map(as_user, officer, listed, soon):
    response = step(as_user(officer), listed, "planned", headers=HTMX, note="截污纳管", due_on=soon)
    assert response.headers["HX-Trigger"] == "entity-changed"
    assert response.headers["HX-Push-Url"] == "/river/points/L-1/"
    assert "已定方案" in text_of(response)


def test_missing_evidence_is_named_and_what_was_typed_is_kept(as_user, officer, listed):
    response = step(as_user(officer), listed, "planned", headers=HTMX, note="先截污再清淤")
    page = text_of(response, 422)
    assert response["HX-Push-Url"] == "/river/points/L-1/"
    assert "HX-Trigger" not in response
    assert "缺：整治期限" in page
    assert "先截污再清淤</textarea>" in page
    listed.refresh_from_db()
    assert listed.status == "listed"


def test_a_stale_form_says_so_and_keeps_the_words(as_user, officer, listed, soon):
    response = as_user(officer).post(
        "/river/points/L-1/transition/", {"to_state": "planned", "version": 7, "note": "方案甲", "due_on": soon}
    )
    page = text_of(response, 409)
    assert "已被他人更新" in page
    assert "方案甲</textarea>" in page


def test_a_file_that_is_no_photo_is_refused_beside_its_field(as_user, officer, listed, soon):
    client = as_user(officer)
    step(client, listed, "planned", note="方案", due_on=soon)
    page = text_of(step(client, listed, "under_way", photos_before=SimpleUploadedFile("a.jpg", b"no photo")), 400)
    assert "a.jpg：" in page and "不是可以识别的照片" in page
    listed.refresh_from_db()
    assert listed.status == "planned"


def test_a_plan_must_be_a_pdf_and_is_not_shown_to_the_public(as_user, officer, deputy, anyone, listed, soon):
    client = as_user(officer)
    word = SimpleUploadedFile("plan.doc", b"\xd0\xcf\x11\xe0")
    assert "不是 PDF" in text_of(step(client, listed, "planned", due_on=soon, plan=word), 400)
    pdf = SimpleUploadedFile("方案.pdf", b"%PDF-1.7 ...")
    assert step(client, listed, "planned", due_on=soon, plan=pdf).status_code == 302
    address = f"/river/evidence/{Evidence.objects.get().pk}/"
    assert anyone.get(address).status_code == 404
    shown = as_user(deputy).get(address)
    assert shown.status_code == 200
    assert "attachment" in shown["Content-Disposition"]
    assert address not in text_of(anyone.get("/river/points/L-1/"))


def test_officer_of_another_department_is_refused_plainly(as_user, other_officer, listed, soon):
    response = step(as_user(other_officer), listed, "planned", note="方案", due_on=soon)
    assert "由区水利局负责" in text_of(response, 403)
    listed.refresh_from_db()
    assert listed.status == "listed"


@pytest.mark.parametrize("who", ["deputy", "gis"])
def test_for_others_there_is_no_step_to_take(as_user, who, listed, request):
    assert step(as_user(request.getfixturevalue(who)), listed, "planned").status_code == 404


def test_the_public_is_asked_to_sign_in(anyone, listed):
    response = step(anyone, listed, "planned")
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


def test_a_step_cannot_be_taken_by_a_link(as_user, officer, listed):
    assert as_user(officer).get("/river/points/L-1/transition/").status_code == 405


@pytest.mark.usefixtures("districts_kept")
@pytest.mark.parametrize(("status", "most"), [("none", 40), ("acceptance_asked", 48)])
def test_a_points_page_asks_as_often_for_many_samples_as_for_one(status, most, anyone, make_point, sample):
    listed = {} if status == "none" else {"listed_on": timezone.localdate() - timedelta(days=200)}
    point = make_point("P-1", status=status, **listed)
    sample(point, GOOD, days_ago=3)
    counts = []
    for more in (0, 8):
        for number in range(more):
            sample(point, GOOD, days_ago=10 + 20 * number)
        anyone.get(point.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            text_of(anyone.get(point.get_absolute_url()))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most, "\n".join(query["sql"].partition(" FROM ")[2][:90] for query in queries)
