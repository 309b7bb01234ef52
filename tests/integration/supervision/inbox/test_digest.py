"""The daily digest of the inbox: what it says, and who gets none."""

from datetime import timedelta

from accounts.models import Delivery, Notice, NoticePreference, Robot
from accounts.notices.digest import send_digests
from tests.integration.supervision.inbox.asked import NOON


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
