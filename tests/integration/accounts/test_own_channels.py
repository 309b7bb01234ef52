"""Text messages, DingTalk and WeCom: whose address it is, what goes there, and what the other side says of it."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from accounts.models import Delivery, Notice, NoticePreference, OwnAddress
from accounts.notices import delivery, notify, own_addresses
from accounts.notices.channels import platform
from accounts.notices.channels.sms import aliyun, tencent
from accounts.people import services as people
from accounts.rate_limits import network_of, spend
from geokit.refusal import BadInput, Busy, NotFound, TooMany
from tests.integration.accounts.message_servers import KEY_ID, SECRET, Aliyun, DingTalk, Tencent, WeCom

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PHONE, USER_ID = "13800000000", "zhang.san"
SMS = {
    "SMS_PROVIDER": "aliyun", "SMS_KEY_ID": KEY_ID, "SMS_KEY_SECRET": SECRET, "SMS_SIGN": "测试人大",
    "SMS_APP_ID": "1400000000", "SMS_REGION": "", "SMS_TEMPLATE_CODE": "T-code", "SMS_TEMPLATE_NOTICE": "T-notice",
    "SMS_TEMPLATE_LINK": "T-link",
}  # fmt: skip
DINGTALK = {"DINGTALK_APP_KEY": KEY_ID, "DINGTALK_APP_SECRET": SECRET, "DINGTALK_AGENT_ID": "7"}
WECOM = {"WECOM_CORP_ID": KEY_ID, "WECOM_SECRET": SECRET, "WECOM_AGENT_ID": "1000002"}
PROGRAMS = {"dingtalk": DingTalk, "wecom": WeCom}


@pytest.fixture(autouse=True)
def fresh_tokens(monkeypatch):
    monkeypatch.setattr(platform, "_kept", {})


@pytest.fixture
def noon(db):
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def sms(serve, settings, noon):
    """Text messages by Alibaba Cloud, whose server is ours."""
    settings.SMS = SMS
    server = serve(Aliyun)
    server.taken, server.errors = [], []
    return server


@pytest.fixture
def program(serve, settings, noon, request):
    """A program with tokens, whose server is ours."""
    settings.DINGTALK, settings.WECOM = DINGTALK, WECOM
    server = serve(PROGRAMS[request.param])
    server.taken, server.errors, server.fetched, server.tokens = [], [], 0, set()
    server.name = request.param
    return server


def bound(user, channel="sms", address=PHONE, **more):
    return OwnAddress.objects.create(user=user, channel=channel, address=address, confirmed_at=NOON, **more)


def tell(*people, key="matter:1", kind="matter-assigned", url="/work/"):
    return notify(people, kind, "新交办一件", "请在期限前答复。", url, key=key)


def test_the_signature_is_that_of_the_published_example():
    """Alibaba Cloud's own example of ACS3-HMAC-SHA256, number by number."""
    query = aliyun.canonical_query(
        {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    )
    at = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC)
    nonce = "3156853299f313e23d1673dc12e1703d"
    headers = aliyun.signed_headers("RunInstances", "2014-05-26", "ecs.cn-shanghai.aliyuncs.com", at, nonce)
    said = aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)
    assert said.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_the_digest_of_a_request_is_that_of_the_published_example():
    """Tencent Cloud's own example of TC3-HMAC-SHA256; its key is published only in part."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    found = tencent.digest_of_request("cvm.tencentcloudapi.com", "DescribeInstances", body)
    assert found == "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84"


def code_in(server):
    return re.search(r"\d{6}", server.taken[-1]["TemplateParam"])[0]


def test_a_code_shows_whose_number_it_is_and_only_then_notices_go_there(sms, officer):
    own_addresses.ask(officer, "sms", "+86 138-0000-0000")
    tell(officer)
    assert delivery.deliver_due() == 0
    assert [message["TemplateCode"] for message in sms.taken] == ["T-code"]
    code = code_in(sms)
    assert code not in str(list(OwnAddress.objects.values()))
    own_addresses.confirm(officer, "sms", f" {code} ")
    assert Notice.objects.filter(recipient=officer, kind="account-own-address").count() == 1
    Delivery.objects.all().delete()
    tell(officer, key="matter:2")
    assert delivery.deliver_due() == 1
    sent = sms.taken[-1]
    assert (sent["PhoneNumbers"], sent["TemplateCode"], sent["SignName"]) == (PHONE, "T-notice", "测试人大")
    assert "新交办一件" in sent["TemplateParam"]


def test_a_wrong_an_old_and_a_foreign_code_confirm_nothing(sms, officer, other_officer, noon):
    own_addresses.ask(officer, "sms", PHONE)
    code = code_in(sms)
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(BadInput):
        own_addresses.confirm(other_officer, "sms", code)
    for _try in range(5):
        with pytest.raises(BadInput):
            own_addresses.confirm(officer, "sms", wrong)
    with pytest.raises(BadInput):  # the right one comes too late
        own_addresses.confirm(officer, "sms", code)
    own_addresses.ask(officer, "sms", PHONE)
    noon.shift(timedelta(minutes=11))
    with pytest.raises(BadInput):
        own_addresses.confirm(officer, "sms", code_in(sms))
    assert not OwnAddress.objects.exclude(confirmed_at=None).exists()


def test_a_strangers_number_gets_four_codes_a_day_whoever_types_it(sms, officer, other_officer, deputy, gis):
    for user in (officer, other_officer, deputy, gis):
        own_addresses.ask(user, "sms", PHONE)
    with pytest.raises(TooMany):
        own_addresses.ask(officer, "sms", PHONE)
    assert len(sms.taken) == 4


def test_one_account_one_network_and_the_site_ask_for_so_many_codes(sms, officer, other_officer, noon, set_rule):
    for number in range(12):
        noon.shift(timedelta(minutes=11))
        if number < 10:
            own_addresses.ask(officer, "sms", f"139000000{number:02}")
        else:
            with pytest.raises(TooMany):
                own_addresses.ask(officer, "sms", f"139000000{number:02}")
    for _time in range(40):
        spend(own_addresses.OF_NETWORK, network_of("203.0.113.9"))
    with pytest.raises(TooMany):
        own_addresses.ask(other_officer, "sms", "13911111111", asked_from="203.0.113.10")
    set_rule("limits.texts_day", 10)
    with pytest.raises(TooMany):
        own_addresses.ask(other_officer, "sms", "13911111111", asked_from="198.51.100.1")
    assert len(sms.taken) == 10


@pytest.mark.parametrize("program", ["wecom"], indirect=True)
def test_capitals_make_no_other_address(program, officer, other_officer):
    spellings = ("zhang.san", "Zhang.San", "ZHANG.SAN", "zhang.saN")
    for name, user in zip(spellings, (officer, other_officer) * 2, strict=True):
        own_addresses.ask(user, "wecom", name)
    with pytest.raises(TooMany):
        own_addresses.ask(other_officer, "wecom", "zhanG.san")


@pytest.mark.parametrize("address", ["", "12345", "23800000000", "138000000001", "1380000000a", "\0", "+1 555 0100000"])
def test_what_is_no_mobile_number_is_refused_without_a_message(sms, officer, address):
    with pytest.raises(BadInput) as refused:
        own_addresses.ask(officer, "sms", address)
    assert [error.field for error in refused.value.errors] == ["address"]
    assert sms.taken == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", BadInput), ("isv.SMS_TEMPLATE_ILLEGAL", BadInput),
        ("isv.BUSINESS_LIMIT_CONTROL", Busy), ("isp.SYSTEM_ERROR", Busy),
    ],
)  # fmt: skip
def test_what_the_provider_refuses_is_said_to_who_asked_for_a_code(sms, officer, code, kind):
    sms.errors = [code]
    with pytest.raises(kind):
        own_addresses.ask(officer, "sms", PHONE)
    assert not OwnAddress.objects.exists()


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "waiting"), ("isv.SMS_TEMPLATE_ILLEGAL", "failed"),
        ("isv.MOBILE_NUMBER_ILLEGAL", "failed"), ("isp.SYSTEM_ERROR", "waiting"),
    ],
)  # fmt: skip
def test_a_limit_is_tried_again_and_a_wrong_template_or_number_is_not(sms, officer, noon, code, state):
    bound(officer)
    sms.errors = [code]
    tell(officer)
    assert delivery.deliver_due() == 0
    row = Delivery.objects.get()
    assert (row.state, row.attempts, code in row.error) == (state, 1, True)
    assert PHONE not in row.error
    noon.shift(timedelta(minutes=5))
    assert delivery.deliver_due() == (1 if state == "waiting" else 0)


def test_a_wrong_secret_is_refused_by_the_provider_and_tried_again(sms, officer, settings):
    settings.SMS = SMS | {"SMS_KEY_SECRET": "another"}
    bound(officer)
    tell(officer)
    assert delivery.deliver_due() == 0
    assert (Delivery.objects.get().state, sms.taken) == ("waiting", [])
    assert "SignatureDoesNotMatch" in Delivery.objects.get().error


def test_the_other_provider_gets_it_signed_its_own_way(serve, settings, noon, officer):
    settings.SMS = SMS | {"SMS_PROVIDER": "tencent"}
    server = serve(Tencent)
    bound(officer)
    server.errors = [
        "LimitExceeded.PhoneNumberThirtySecondLimit", "Ok", "FailedOperation.TemplateIncorrectOrUnapproved"
    ]  # fmt: skip
    tell(officer)
    assert delivery.deliver_due() == 0
    noon.shift(timedelta(minutes=5))
    assert delivery.deliver_due() == 1
    (sent,) = server.taken
    assert (sent["PhoneNumberSet"], sent["TemplateId"], sent["SmsSdkAppId"]) == (
        [f"+86{PHONE}"],
        "T-notice",
        "1400000000",
    )
    assert sent["TemplateParamSet"] == ["新交办一件"]
    tell(officer, key="matter:2")
    noon.shift(timedelta(minutes=5))
    assert delivery.deliver_due() == 0
    assert Delivery.objects.get(key="matter:2").state == "failed"


@pytest.mark.parametrize("program", PROGRAMS, indirect=True)
def test_a_program_is_asked_with_a_token_that_is_kept_and_fetched_anew_when_it_is_stale(program, officer, noon):
    bound(officer, program.name, USER_ID)
    tell(officer)
    tell(officer, key="matter:2", url="/projects/")
    assert delivery.deliver_due() == 2
    assert (program.fetched, len(program.taken)) == (1, 2)
    program.tokens = set()  # all are stale now
    tell(officer, key="matter:3")
    assert delivery.deliver_due() == 1
    assert (program.fetched, len(program.taken)) == (2, 3)
    text = str(program.taken[-1])
    assert USER_ID in text
    assert "新交办一件" in text
    assert "/work/" in text


@pytest.mark.parametrize(
    ("program", "said", "state"),
    [("dingtalk", {"errcode": 60121}, "failed"), ("wecom", {"errcode": 81013}, "failed"),
     *((name, said, "waiting") for name in PROGRAMS for said in ({"errcode": 45009}, {"errcode": "x"}, []))],
    indirect=["program"],
)  # fmt: skip
def test_a_limit_is_tried_again_and_who_has_left_is_not(program, officer, said, state):
    bound(officer, program.name, USER_ID)
    program.errors = [said]
    tell(officer)
    assert delivery.deliver_due() == 0
    row = Delivery.objects.get()
    assert row.state == state
    assert not any(secret in row.error for secret in (SECRET, "token-", USER_ID))


@pytest.mark.parametrize("program", ["wecom"], indirect=True)
def test_who_has_left_is_not_taken_for_told_where_the_program_says_ok(program, officer):
    bound(officer, "wecom", USER_ID)
    program.errors = [{"errcode": 0, "errmsg": "ok", "invaliduser": USER_ID}]
    tell(officer)
    assert delivery.deliver_due() == 0
    assert Delivery.objects.get().state == "failed"


@pytest.mark.parametrize("address", ["", "@all", "a|b", "张三", "a b", "x" * 65])
@pytest.mark.parametrize("program", ["wecom"], indirect=True)
def test_no_list_and_not_everybody_is_an_address(program, officer, address):
    with pytest.raises(BadInput):
        own_addresses.ask(officer, "wecom", address)


def test_nothing_goes_out_where_nothing_is_set_up(noon, officer, settings):
    settings.SMS = SMS | {"SMS_SIGN": ""}
    bound(officer)
    tell(officer)
    assert not Delivery.objects.exists()
    with pytest.raises(NotFound):
        own_addresses.ask(officer, "sms", PHONE)
    with pytest.raises(NotFound):
        own_addresses.ask(officer, "pigeon", PHONE)


def test_a_link_that_opens_something_by_itself_goes_to_the_mailbox_alone(sms, program_text, officer):
    officer.email = "officer@example.org"
    officer.save()
    bound(officer)
    bound(officer, "dingtalk", USER_ID)
    tell(officer, kind="account-reset", url="/accounts/reset/1/~/")
    texts = program_text(officer)
    assert len(texts) == 2
    assert not any("/accounts/reset" in text for text in texts)
    delivery.deliver_due()
    assert "/accounts/reset/1/" in mail.outbox[0].body


@pytest.fixture
def program_text(settings, monkeypatch):
    """What would be said to own addresses, without any server."""
    from accounts.notices.channels.own import words_of

    settings.DINGTALK = DINGTALK

    def texts(user):
        rows = Delivery.objects.filter(notice__recipient=user, channel__in=("sms", "dingtalk"))
        return [str(words_of(row)) for row in rows]

    return texts


@pytest.mark.parametrize(("wanted", "told"), [("at-once", ["matter", "digest"]), ("daily", ["digest"]), ("never", [])])
def test_each_person_chooses_and_her_topics_and_hours_hold_here_too(sms, officer, wanted, told, noon):
    NoticePreference.objects.create(user=officer, muted=["river"], quiet_from="12:00", quiet_until="13:30")
    bound(officer, wanted=wanted)
    tell(officer, key="matter", url="/a/")
    tell(officer, key="digest", kind="digest-daily", url="/b/")
    tell(officer, key="river", kind="river-late", url="/c/")
    assert delivery.deliver_due() == 0
    for _minute in range(3):
        noon.shift(timedelta(minutes=91))
        delivery.deliver_due()
    assert sorted(Delivery.objects.filter(state="sent").values_list("key", flat=True)) == sorted(told)


def test_six_notices_about_one_page_are_one_text_message_and_one_a_minute_goes_out(sms, officer, noon):
    bound(officer)
    for number in range(6):
        tell(officer, key=f"matter:{number}")
    tell(officer, key="matter:other", url="/other/")
    assert delivery.deliver_due() == 1
    assert len(sms.taken) == 1
    noon.shift(timedelta(seconds=61))
    assert delivery.deliver_due() == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_by_pages_she_binds_chooses_and_takes_it_back_and_sees_nobody_elses(sms, as_user, officer, other_officer):
    client = as_user(officer)
    assert client.get("/notices/own/wecom/").status_code == 404
    assert client.post("/notices/own/sms/", {"step": "ask", "address": "1"}).status_code == 400
    assert client.post("/notices/own/sms/", {"step": "ask", "address": PHONE}).status_code == 302
    assert client.post("/notices/own/sms/", {"step": "confirm", "code": "x"}).status_code == 400
    assert client.post("/notices/own/sms/", {"step": "confirm", "code": code_in(sms)}).status_code == 302
    assert client.post("/notices/own/sms/", {"step": "choose", "wanted": "often"}).status_code == 400
    assert client.post("/notices/own/sms/", {"step": "choose", "wanted": "daily"}).status_code == 302
    assert PHONE in client.get("/notices/preferences/").content.decode()
    foreign = as_user(other_officer)
    assert PHONE not in foreign.get("/notices/own/sms/").content.decode()
    foreign.post("/notices/own/sms/", {"step": "remove"})
    assert OwnAddress.objects.get().wanted == "daily"
    assert foreign.post("/notices/own/sms/", {"step": "choose", "wanted": "never"}).status_code == 404
    assert client.post("/notices/own/sms/", {"step": "drop"}).status_code == 404
    client.post("/notices/own/sms/", {"step": "remove"})
    assert not OwnAddress.objects.exists()


def test_the_operator_sees_what_is_missing_sends_a_test_and_no_secret_is_shown(sms, as_user, admin_user, settings):
    settings.WECOM = WECOM | {"WECOM_AGENT_ID": ""}
    client = as_user(admin_user)
    page = client.get("/notices/channels/").content.decode()
    assert "WECOM_AGENT_ID" in page
    assert not any(value in page for value in (SECRET, KEY_ID, "T-code"))
    client.post("/notices/channels/sms/try/")
    assert not Delivery.objects.exists()
    bound(admin_user)
    client.post("/notices/channels/sms/try/")
    assert delivery.deliver_due() == 1
    assert "测试消息" in sms.taken[0]["TemplateParam"]
    assert "最近一条已送达" in client.get("/notices/channels/").content.decode()


@pytest.mark.parametrize("step", ["another mailbox", "closed"])
def test_an_account_that_others_pass_on_or_close_tells_no_telephone_any_more(noon, staff, officer, step):
    bound(officer)
    if step == "closed":
        people.close(staff, officer.pk)
    else:
        given = people.Particulars(
            display_name="李接任", role=officer.role, department=officer.department, email="new@example.org"
        )
        people.change(staff, officer.pk, given, people.version_of(officer))
    assert not OwnAddress.objects.exists()


def test_with_a_stolen_session_alone_nobody_has_notices_sent_to_herself(sms, as_user, officer, noon):
    client = as_user(officer)
    noon.shift(timedelta(minutes=6))
    asked = client.post("/notices/own/sms/", {"step": "ask", "address": PHONE})
    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Fnotices%2Fown%2Fsms%2F"
    assert not sms.taken and not OwnAddress.objects.exists()
    client.post("/accounts/reauthenticate/", {"password": "a long enough phrase"})
    assert client.post("/notices/own/sms/", {"step": "ask", "address": PHONE}).status_code == 302
    assert len(sms.taken) == 1
