"""Ways to argue a point into delisting: each is refused and says what is missing; the honest way works."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import Department, Role, User
from geokit.refusal import BadInput, MissingEvidence, NotPermitted, StaleEdit
from ledger.chain import verify
from river_monitoring.models import Evidence, Measure
from river_monitoring.rectification.acceptance_sheet import Acceptance, facts_of
from river_monitoring.rectification.models import Objection, PhotoVouch, RectificationEvent
from river_monitoring.rectification.objections import answer_objection, object_to
from river_monitoring.rectification.point_changes import Wanted, change_point
from river_monitoring.rectification.services import transition_point
from river_monitoring.rectification.standing import basis
from river_monitoring.rectification.vouching import vouch_for
from river_monitoring.works.services import drop_measure
from tests.integration.river_monitoring.conftest import GOOD, as_file, attachment, drawn, stored

CORE_ONLY_PH = {"ph": "7.1"}


def move(point, to_state, actor, **given):
    point.refresh_from_db()
    return transition_point(point.pk, to_state, actor, expected_version=given.pop("version", point.version), **given)


def good_months(point, months=3, readings=GOOD, **more):
    """One sample in each of the last `months` months, the newest a day ago, as an independent party brings it."""
    newest = timezone.localtime() - timedelta(days=1)
    for back in range(months):
        index = newest.year * 12 + newest.month - 1 - back
        day = newest.replace(year=index // 12, month=index % 12 + 1, day=min(newest.day, 28))
        stored(point, day, readings, **more)


@pytest.fixture
def world_of_works(listed, officer, before, after, done):
    """Lead the point to where acceptance is asked, by a file with what is changed."""

    def lead(photos_before=(before,), photos_after=(after,), measure=True, point=listed):
        move(point, "planned", officer, note="截污纳管", due_on=timezone.localdate() + timedelta(days=90))
        move(point, "under_way", officer, attachments=list(photos_before))
        if measure:
            done(point)
        move(point, "acceptance_asked", officer, note="已完工", attachments=list(photos_after))
        return point

    return lead


def accept(point, actor, **given):
    return move(point, "delisted", actor, note="现场核查", **given)


def refused(point, actor, match, kind=MissingEvidence, **given):
    with pytest.raises(kind, match=match):
        accept(point, actor, **given)
    point.refresh_from_db()
    assert point.status == "acceptance_asked"
    assert not RectificationEvent.objects.filter(to_status="delisted").exists()


def test_the_honest_way_delists_with_a_sheet_whose_hash_is_in_event_and_chain(world_of_works, other_officer):
    point = world_of_works()
    good_months(point)
    event = accept(point, other_officer)
    sheet = Evidence.objects.get(event=event, kind="sheet")
    with sheet.file.open("rb") as file:
        content = file.read()
    assert content.startswith(b"%PDF-") and len(content) > 10_000
    assert event.sheet_sha256 == sheet.sha256 == sha256(content).hexdigest()
    assert event.basis["delisting.months"] == 3
    assert not faults_of(sheet)
    Path(sheet.file.path).write_bytes(content.replace(b"%PDF-1", b"%PDF-2", 1))
    assert faults_of(sheet)


def test_the_sheet_says_where_a_photo_was_taken_that_came_with_the_acceptance(world_of_works, other_officer, after):
    point = world_of_works()
    accepted = Acceptance(point, other_officer, timezone.now(), "现场核查", basis(), (after,))
    assert [round(photo.away_m) for photo in facts_of(accepted)["photos"]] == [0, 0, 0]


def faults_of(piece):
    """What the chain finds wrong with a piece of evidence."""
    return [fault for fault in verify().faults if fault.table == piece._meta.db_table and fault.row == piece.pk]


@pytest.mark.parametrize("disguise", ["the same file", "another encoding", "half the size", "edges cut"])
def test_one_picture_for_before_and_after(disguise, world_of_works, before):
    picture = drawn(1)
    copies = {
        "the same file": picture,
        "another encoding": picture,
        "half the size": picture.resize((160, 120)),
        "edges cut": picture.crop((8, 6, 314, 236)),
    }
    kind = "PNG" if disguise == "another encoding" else "JPEG"
    content = as_file(copies[disguise], kind)
    at = timezone.now() - timedelta(hours=1)
    copy = attachment("after", taken_at=at)
    copy = replace(copy, content=content, sha256=sha256(content).hexdigest())
    with pytest.raises(MissingEvidence, match="同一张"):
        world_of_works(photos_after=[copy])


def test_a_photo_from_elsewhere(world_of_works, after):
    with pytest.raises(MissingEvidence, match=r"拍摄位置离点位\d+米，超过300米"):
        world_of_works(photos_after=[replace(after, lon=121.34, lat=29.86)])


def test_the_photo_of_another_point(world_of_works, make_point, listed, officer, after):
    other = make_point("L-2", status="under_way", listed_on=listed.listed_on)
    with pytest.raises(MissingEvidence, match="治理前照片"):
        move(other, "acceptance_asked", officer, note="完工", attachments=[after])
    event = RectificationEvent.objects.create(
        point=other, at=timezone.now() - timedelta(minutes=30), from_status="planned", to_status="under_way"
    )
    Evidence.objects.create(event=event, kind="after", file="x.jpg", sha256=after.sha256)
    with pytest.raises(MissingEvidence, match="与“L-2 号池塘”档案里的照片是同一张"):
        world_of_works()


def test_a_photo_from_before_the_works_as_the_one_after(world_of_works, after):
    with pytest.raises(MissingEvidence, match=r"拍摄于措施完成（.*）之前"):
        world_of_works(photos_after=[replace(after, taken_at=timezone.now() - timedelta(days=20))])


def test_a_photo_without_place_waits_for_the_word_of_another_than_its_uploader(
    world_of_works, after, officer, other_officer, deputy
):
    point = world_of_works(photos_after=[replace(after, lon=None, lat=None)])
    good_months(point)
    refused(point, other_officer, "上传人以外的人对治理后照片")
    photo = Evidence.objects.get(kind="after")
    for person in (officer, deputy):
        with pytest.raises(NotPermitted, match="上传人以外"):
            vouch_for(photo.pk, person, "我自己拍的")
    with pytest.raises(BadInput, match="请写明凭什么"):
        vouch_for(photo.pk, other_officer, "  ")
    with pytest.raises(BadInput, match="2000"):
        vouch_for(photo.pk, other_officer, "字" * 2001)
    vouch_for(photo.pk, other_officer, "现场核对了岸线")
    with pytest.raises(BadInput, match="不需要说明"):
        vouch_for(photo.pk, other_officer, "再说一次")
    assert PhotoVouch.objects.count() == 1
    assert accept(point, other_officer).to_status == "delisted"


def test_nobody_vouches_for_a_photo_that_says_where_it_was_taken(world_of_works, other_officer):
    world_of_works()
    with pytest.raises(BadInput, match="不需要说明"):
        vouch_for(Evidence.objects.get(kind="after").pk, other_officer, "就是这里")


def test_no_measure(world_of_works):
    with pytest.raises(MissingEvidence, match="至少一项已报告完成的治理措施（现有0项）"):
        world_of_works(measure=False)


def test_a_measure_that_was_dropped_before_acceptance(world_of_works, officer, other_officer):
    point = world_of_works()
    good_months(point)
    measure = Measure.objects.get()
    drop_measure(measure.pk, officer, expected_version=measure.version, note="不做了")
    refused(point, other_officer, "至少一项已报告完成的治理措施")


def test_a_measure_that_no_report_says_to_be_complete(world_of_works, other_officer):
    point = world_of_works()
    good_months(point)
    Measure.objects.all().update(is_dropped=True)
    Measure.objects.create(point=point, kind="sewers", title="补记的措施", share_done=100)
    refused(point, other_officer, "至少一项已报告完成的治理措施")


@pytest.mark.parametrize("target", [0, 6])
def test_a_target_that_is_none(target, world_of_works, other_officer, make_point, listed):
    dates = {"listed_on": listed.listed_on, "due_on": listed.due_on}
    point = world_of_works(point=make_point("T-1", status="listed", target_class=target, **dates))
    good_months(point)
    refused(point, other_officer, "Ⅰ–Ⅴ类的目标类别")


def test_the_department_that_did_the_works_though_it_is_a_body(world_of_works, officer):
    point = world_of_works()
    good_months(point)
    refused(point, officer, "贵单位或您本人负责或参与了“.*”的治理，不能自己验收", NotPermitted)


def test_the_own_department_after_the_point_was_handed_to_another(world_of_works, officer, admin_user):
    point = world_of_works()
    good_months(point)
    parks = Department.objects.create(code="parks", name="园林局", short_name="园林")
    point.refresh_from_db()
    wanted = Wanted(point.target_class, point.water, parks)
    change_point(admin_user, point.pk, wanted, reason="职责划转", version=point.version)
    refused(point, officer, "不能自己验收", NotPermitted)


def test_a_body_that_did_the_measures_while_it_was_responsible(
    listed, officer, other_officer, admin_user, world, before, after, done
):
    """The works were planned and asked for by others; what it built it does not accept."""

    def hand_to(department):
        listed.refresh_from_db()
        wanted = Wanted(listed.target_class, listed.water, department)
        change_point(admin_user, listed.pk, wanted, reason="职责调整", version=listed.version)

    move(listed, "planned", officer, note="截污纳管", due_on=listed.due_on or timezone.localdate() + timedelta(days=90))
    move(listed, "under_way", officer, attachments=[before])
    hand_to(world.ecology)
    done(listed, actor=other_officer)
    hand_to(world.water)
    move(listed, "acceptance_asked", officer, note="已完工", attachments=[after])
    good_months(listed)
    with pytest.raises(NotPermitted):
        accept(listed, other_officer)


def test_a_plan_puts_off_no_deadline_that_the_listing_set(listed, officer):
    listed.refresh_from_db()
    listed.due_on = timezone.localdate() + timedelta(days=60)
    listed.save()
    late = listed.due_on + timedelta(days=1)
    with pytest.raises(MissingEvidence, match="挂号时已定"):
        move(listed, "planned", officer, note="截污纳管", due_on=late)
    assert move(listed, "planned", officer, note="截污纳管", due_on=listed.due_on)


@pytest.mark.parametrize("who", ["staff", "admin_user", "deputy", "gis"])
def test_whoever_supervises(who, world_of_works, request):
    point = world_of_works()
    good_months(point)
    refused(point, request.getfixturevalue(who), "验收单位|只能查看", NotPermitted)


def test_town_staff_of_another_town_neither_accept_nor_object(world_of_works, world):
    point = world_of_works()
    east = User.objects.create_user("east", password="x", role=Role.STAFF, area=world.east_town)
    refused(point, east, "只能查看", NotPermitted)
    with pytest.raises(NotPermitted, match="当地的人大工作人员"):
        object_to(point.pk, east, "不同意")
    west = User.objects.create_user("west", password="x", role=Role.STAFF, area=world.west_town)
    assert object_to(point.pk, west, "排口还在出水").pk


def test_an_officer_of_a_department_that_is_no_body(world_of_works):
    point = world_of_works()
    good_months(point)
    parks = Department.objects.create(code="parks", name="园林局", short_name="园林")
    someone = User.objects.create_user("parks", password="x", role=Role.OFFICER, department=parks)
    refused(point, someone, "没有参与治理的验收单位", NotPermitted)


def test_a_stale_form(world_of_works, other_officer):
    point = world_of_works()
    good_months(point)
    refused(point, other_officer, "已被他人更新", StaleEdit, version=point.version - 1)


def test_an_open_objection_stops_it_until_a_body_answers(world_of_works, deputy, officer, other_officer, staff):
    point = world_of_works()
    good_months(point)
    objection = object_to(point.pk, deputy, "雨后仍有黑水流出")
    with pytest.raises(BadInput, match="还在等验收单位答复"):
        object_to(point.pk, deputy, "再说一遍")
    refused(point, other_officer, "对异议的答复（还有1件未答复）")
    for person in (officer, staff, deputy):
        with pytest.raises(NotPermitted, match="没有参与治理的验收单位"):
            answer_objection(objection.pk, person, "没有问题")
    with pytest.raises(BadInput, match="请写明"):
        answer_objection(objection.pk, other_officer, " ")
    answer_objection(objection.pk, other_officer, "已查明是清淤车冲洗，已纠正")
    with pytest.raises(BadInput, match="已经答复"):
        answer_objection(objection.pk, other_officer, "补充")
    assert accept(point, other_officer).to_status == "delisted"


def test_an_objection_needs_a_reason_and_a_listed_point(make_point, deputy, officer, listed):
    with pytest.raises(BadInput, match="请写明异议的理由"):
        object_to(listed.pk, deputy, "")
    with pytest.raises(BadInput, match="没有挂号治理"):
        object_to(make_point("N-1").pk, deputy, "不同意")
    with pytest.raises(NotPermitted):
        object_to(listed.pk, officer, "不同意")
    assert not Objection.objects.exists()


def test_months_of_too_little_data(world_of_works, other_officer):
    point = world_of_works()
    good_months(point, readings=CORE_ONLY_PH)
    refused(point, other_officer, "连续3个月达标水样（现有0个月）")


def test_months_without_the_item_that_failed_at_the_listing(world_of_works, other_officer):
    point = world_of_works()
    type(point).objects.filter(pk=point.pk).update(listed_for=["cod"])
    good_months(point)
    refused(point, other_officer, "连续3个月达标水样（现有0个月）")


def test_one_good_hour_in_bad_months(world_of_works, other_officer):
    point = world_of_works()
    good_months(point, readings=GOOD | {"nh3n": "9.5"})
    newest = timezone.localtime(point.samples.latest("phenomenon_time").phenomenon_time)
    # In the same month as the bad hour beside it: on a month's first day two hours ago may be a month by itself.
    stored(point, newest + timedelta(minutes=10 if newest.hour < 12 else -10), GOOD)
    refused(point, other_officer, "现有0个月")


def test_a_picture_that_is_none(world_of_works, after):
    broken = replace(after, content=b"%PDF-1.4", sha256="0" * 64)
    with pytest.raises(MissingEvidence, match="照片打不开，无法比对"):
        world_of_works(photos_after=[broken])
    with pytest.raises(OSError):
        Image.open("/dev/null")


def test_nobody_accepts_where_no_body_is_configured(make_point, other_officer):
    point = make_point("U-1", status="acceptance_asked", listed_on=timezone.localdate() - timedelta(days=90))
    refused(point, other_officer, "本区规则里还没有配置验收单位", NotPermitted)
