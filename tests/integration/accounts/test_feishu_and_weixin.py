"""Feishu and WeChat: whose address it is, what goes there, and what the other side says of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount

from accounts.identities.services import unbind
from accounts.models import Delivery, Notice, OwnAddress
from accounts.notices import delivery, notify, own_addresses
from accounts.notices.channels import platform
from accounts.notices.channels.base import NeverDelivered, Words
from accounts.notices.channels.weixin import say as say_weixin
from geokit.refusal import BadInput, NotFound
from tests.integration.accounts.message_servers import KEY_ID, SECRET, Feishu, Weixin

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FEISHU = {"FEISHU_APP_ID": KEY_ID, "FEISHU_APP_SECRET": SECRET}
WEIXIN_MP = {
    "WEIXIN_MP_APP_ID": KEY_ID, "WEIXIN_MP_APP_SECRET": SECRET, "WEIXIN_MP_TEMPLATE": "T-1",
    "WEIXIN_MP_FIELDS": "thing1=title, time2=at,thing3=site",
}  # fmt: skip
OPENID, OPEN_ID = "oFromTheServiceAccount000001", "ou_7d8a6e6df7621556ce0d21922b676706"
ADDRESSES = {"feishu": OPEN_ID, "weixin": OPENID}
BOTH = pytest.mark.parametrize("program", ["feishu", "weixin"], indirect=True)


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def program(serve, settings, noon, request, monkeypatch):
    """One of the two, whose server is ours."""
    monkeypatch.setattr(platform, "_kept", {})
    settings.FEISHU, settings.WEIXIN_MP = FEISHU, WEIXIN_MP
    server = serve({"feishu": Feishu, "weixin": Weixin}[request.param])
    server.taken, server.errors, server.fetched, server.tokens = [], [], 0, set()
    server.name = request.param
    return server


def known_by(user, name):
    key = {"feishu": "open_id", "weixin": "openid"}[name]
    return SocialAccount.objects.create(user=user, provider=name, uid="u-1", extra_data={key: ADDRESSES[name]})


def bound(user, name, **more):
    return OwnAddress.objects.create(user=user, channel=name, address=ADDRESSES[name], confirmed_at=NOON, **more)


def tell(user, key="matter:1", title="新交办一件", url="/work/"):
    return notify([user], "matter-assigned", title, "请在期限前答复。", url, key=key)


def state_of(name):
    return Delivery.objects.get(channel=name)


@BOTH
def test_a_notice_goes_to_the_address_that_her_identity_proves(program, officer, as_user):
    known_by(officer, program.name)
    client, address = as_user(officer), f"/notices/own/{program.name}/"
    assert "发到我绑定的账号" in client.get(address).text
    assert client.post(address, {"step": "take"}).status_code == 302
    row = OwnAddress.objects.get(user=officer)
    assert (row.address, row.confirmed_at) == (ADDRESSES[program.name], NOON)
    tell(officer)
    delivery.deliver_due()
    assert program.taken
    assert state_of_matter(program.name) == "sent"


def state_of_matter(name):
    return Delivery.objects.get(channel=name, notice__key="matter:1").state


@BOTH
def test_with_the_identity_the_address_goes(program, officer):
    kept = known_by(officer, program.name)
    own_addresses.take(officer, program.name)
    unbind(officer, kept.pk)
    assert not OwnAddress.objects.exists()


@BOTH
def test_without_an_identity_nothing_is_proven(program, officer, staff):
    known_by(staff, program.name)
    with pytest.raises(BadInput, match="绑定"):
        own_addresses.take(officer, program.name)
    assert not OwnAddress.objects.exists()


def test_nobody_types_an_openid(settings, noon, officer):
    settings.WEIXIN_MP = WEIXIN_MP
    with pytest.raises(NotFound):
        own_addresses.ask(officer, "weixin", OPENID)


@pytest.mark.parametrize("program", ["feishu"], indirect=True)
def test_a_user_id_of_feishu_is_confirmed_by_a_code(program, officer):
    own_addresses.ask(officer, "feishu", "zhang.san")
    sent = program.taken[0]
    assert (sent["kind"], sent["receive_id"]) == ("user_id", "zhang.san")
    code = sent["content"]["zh_cn"]["title"][-6:]
    own_addresses.confirm(officer, "feishu", code)
    tell(officer)
    delivery.deliver_due()
    last = program.taken[-1]
    assert last["content"]["zh_cn"]["content"][1][0]["href"].endswith("/work/")


@pytest.mark.parametrize("program", ["weixin"], indirect=True)
def test_the_template_is_filled_as_its_fields_take_it(program, officer):
    bound(officer, "weixin")
    tell(officer, title="很长的标题" * 10)
    delivery.deliver_due()
    said = program.taken[0]
    assert (said["touser"], said["page"][-6:]) == (OPENID, "/work/")
    assert said["data"]["thing1"]["value"] == ("很长的标题" * 10)[:20]
    assert said["data"]["time2"]["value"] == "2026-11-24 12:00"


@pytest.mark.parametrize("program", ["weixin"], indirect=True)
@pytest.mark.parametrize("fields", ["", "thing1", "thing1=body", "thing1=title;time2=at", "href=title"])
def test_fields_that_cannot_be_read_are_the_operators_fault(program, settings, fields):
    settings.WEIXIN_MP = WEIXIN_MP | {"WEIXIN_MP_FIELDS": fields}
    with pytest.raises(NeverDelivered):
        say_weixin(OPENID, Words("notice", "t"))
    assert not program.taken


@BOTH
def test_a_token_that_is_over_is_fetched_anew_within_the_same_try(program, officer):
    bound(officer, program.name)
    tell(officer)
    delivery.deliver_due()
    program.tokens = set()
    tell(officer, key="matter:2", url="/river/")
    delivery.deliver_due()
    assert len(program.taken) == 2
    assert program.fetched == 2


LIMITED = {"feishu": {"code": 99991400, "msg": "request trigger frequency limit"}, "weixin": {"errcode": 45009}}
GONE = {"feishu": {"code": 230029, "msg": "User has resigned"}, "weixin": {"errcode": 43101, "errmsg": "refused"}}


@BOTH
def test_what_is_limited_comes_again_after_two_minutes(program, officer, noon):
    bound(officer, program.name)
    program.errors.append(LIMITED[program.name])
    tell(officer)
    delivery.deliver_due()
    assert state_of(program.name).state == "waiting"
    noon.shift(timedelta(minutes=2, seconds=1))
    delivery.deliver_due()
    assert state_of(program.name).state == "sent"
    assert len(program.taken) == 1


@BOTH
def test_who_has_left_or_refuses_is_not_tried_again(program, officer):
    bound(officer, program.name)
    program.errors.append(GONE[program.name])
    tell(officer)
    delivery.deliver_due()
    found = state_of(program.name)
    assert (found.state, found.attempts) == ("failed", 1)
    assert SECRET not in found.error
    assert ADDRESSES[program.name] not in found.error


@BOTH
def test_at_night_nobody_is_disturbed(program, officer, noon):
    bound(officer, program.name)
    noon.move_to(NOON.replace(hour=23))
    tell(officer)
    delivery.deliver_due()
    assert not program.taken
    noon.move_to(NOON.replace(day=25, hour=7, minute=1))
    delivery.deliver_due()
    assert len(program.taken) == 1


@BOTH
def test_who_wants_only_the_daily_bundle_gets_no_single_message(program, officer):
    bound(officer, program.name, wanted="daily")
    tell(officer)
    assert Notice.objects.filter(recipient=officer).count() == 1
    assert not Delivery.objects.filter(channel=program.name).exists()


@BOTH
def test_what_opens_by_its_address_alone_is_not_linked_there(program, officer):
    bound(officer, program.name)
    tell(officer, url="/line/abc/~/")
    delivery.deliver_due()
    assert "abc" not in str(program.taken)
