"""Scripts of the programs in whose browser a page is read: where they may be, and what is signed for them."""

import hashlib
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.signin.in_app import programs, tickets, views
from accounts.signin.in_app.addresses import may_load, signed_address
from accounts.signin.in_app.models import SdkTicket
from accounts.signin.in_app.programs import PROGRAMS
from accounts.signin.ways import limits
from tests.integration.accounts.message_servers import KEY_ID, SECRET
from tests.integration.accounts.signin.conftest import CHROME, WECHAT
from tests.integration.accounts.ticket_servers import SERVERS

SITE = "https://map.example.org"
AGENTS = {
    "weixin_mp": WECHAT, "wecom": f"{WECHAT} wxwork/4.1.20", "feishu": "Mozilla/5.0 (iPhone) Lark/7.1",
    "dingtalk": "Mozilla/5.0 (iPhone) AliApp(DingTalk/7.0)",
}  # fmt: skip
EXPIRED = {"errcode": 42001, "errmsg": "access_token expired"}
LIMITED = {"errcode": 45009, "errmsg": "reach max api daily quota limit"}


@pytest.fixture
def on(offered: object) -> object:
    """Every program's script, as the operator wants it."""
    offered.IN_APP_SDKS = list(PROGRAMS)
    offered.DINGTALK = offered.DINGTALK | {"DINGTALK_AGENT_ID": "7", "DINGTALK_CORP_ID": KEY_ID}
    return offered


@pytest.fixture
def signer(serve, on, on_device):
    """Return a function that starts the server of a program, and one that asks for a signature in its browser."""

    def start(way):
        server, client = serve(SERVERS[way]), on_device(AGENTS[way])

        def ask(address=f"{SITE}/map/?at=2026-03"):
            return client.get("/accounts/in-app/signature/", {"address": address})

        return server, ask

    return start


def hosts_in(answer):
    """What of a page or its policy belongs to another program."""
    said = answer.text + answer.headers["Content-Security-Policy"]
    return [program.script for program in PROGRAMS.values() if program.script.split("/")[2] in said]


@pytest.mark.parametrize("way", PROGRAMS)
@pytest.mark.parametrize("page", ["/map/", "/invitations/"])
def test_a_page_in_the_program_may_run_its_script_and_no_other(on, on_device, way, page):
    plain = on_device().get(page).headers["Content-Security-Policy"]
    answer = on_device(AGENTS[way]).get(page)
    policy = answer.headers["Content-Security-Policy"]
    script = PROGRAMS[way].script
    assert policy.replace(f" {script}", "") == plain
    assert f"script-src 'self' {script}" in policy
    assert f'data-in-app="{PROGRAMS[way].name}"' in answer.text
    assert script not in answer.text  # the front end has it with the signature
    assert "User-Agent" in answer.headers["Vary"]


@pytest.mark.parametrize("way", PROGRAMS)
def test_without_the_operator_s_wish_there_is_nothing(on, on_device, way):
    client = on_device(AGENTS[way])
    group = {"weixin_mp": "WEIXIN_MP", "wecom": "WECOM", "feishu": "FEISHU", "dingtalk": "DINGTALK"}[way]
    for name, value in (("IN_APP_SDKS", []), ("SIGN_IN_WAYS", []), (group, {})):
        kept = getattr(on, name)
        setattr(on, name, value)
        answer = client.get("/map/")
        assert hosts_in(answer) == [] and "data-in-app" not in answer.text
        assert client.get("/accounts/in-app/signature/", {"address": f"{SITE}/map/"}).status_code == 404
        setattr(on, name, kept)


def test_elsewhere_there_is_nothing(on, on_device, as_user, admin_user):
    answer = on_device(CHROME).get("/map/")
    assert hosts_in(answer) == [] and "data-in-app" not in answer.text
    in_wechat = on_device(WECHAT)
    in_wechat.force_login(admin_user)
    closed = (
        "/accounts/login/", "/accounts/password/change/", "/accounts/ways/setup/", "/work/tokens/", "/work/calendar/",
        "/notices/", "/admin/", "/nothing-here/",
    )  # fmt: skip
    for page in closed:
        answer = in_wechat.get(page, follow=True)
        assert "res.wx.qq.com" not in answer.headers.get("Content-Security-Policy", ""), page
        assert "data-in-app=" not in answer.text, page


def test_a_secret_page_is_never_swapped_into_a_document_with_a_script(on, on_device):
    secret = "/invitations/abc/def/?x=1"
    swapped = {"HX-Request": "true", "HX-Target": "panel-host"}
    answer = on_device(WECHAT).get(secret, headers=swapped)
    assert answer.headers["HX-Redirect"] == secret and answer.content == b""
    assert "HX-Redirect" not in on_device(CHROME).get(secret, headers=swapped).headers
    assert "HX-Redirect" not in on_device(WECHAT).get("/map/", headers=swapped).headers
    away = on_device(WECHAT).get("//evil.example.org/invitations/", headers=swapped)
    assert not away.headers.get("HX-Redirect", "").startswith("//")


@pytest.mark.parametrize("way", PROGRAMS)
def test_the_address_of_the_page_is_signed(signer, way):
    server, ask = signer(way)
    answer = ask(f"{SITE}/map/?at=2026-03#top")
    said = answer.json()
    text = f"jsapi_ticket=ticket-1&noncestr={said['nonce']}&timestamp={said['stamp']}&url={SITE}/map/?at=2026-03"
    assert said["signature"] == hashlib.sha1(text.encode()).hexdigest()
    assert (said["script"], said["app"]) == (PROGRAMS[way].script, KEY_ID)
    assert said["agent"] == ("7" if way == "dingtalk" else "")
    assert "ticket-1" not in answer.text and SECRET not in answer.text and "token-1" not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert ask().json()["nonce"] != said["nonce"]
    assert server.tickets == 1  # kept for the next


@pytest.mark.parametrize(
    "address",
    [
        "", "/map/", "map/", f"{SITE}/nothing-here/", "https://evil.example.org/map/", "http://map.example.org/map/",
        "https://map.example.org.evil.org/map/", "https://map.example.org@evil.org/map/",
        "https://u:p@map.example.org/map/", "https://map.example.org:444/map/", "https://[map/", "javascript:1",
        f"{SITE}/invitations/abc/def/", f"{SITE}/invitations/abc/def/#map", f"{SITE}/%69nvitations/abc/def/",
        f"{SITE}/calendar/abc/", f"{SITE}/by-token/abc/map/", f"{SITE}/accounts/email/confirm/a/b/",
        f"{SITE}/accounts/login/", f"{SITE}/accounts/ways/dingtalk/back/?code=c", f"{SITE}/projects/votes/1/",
        f"{SITE}/work/tokens/", f"{SITE}/exchange/partners/new/", f"{SITE}/my/mail/1/guess/",
        f"{SITE}/admin/", f"{SITE}/map/\n&url=x", f"{SITE}/地图/", f"{SITE}/map/?{'x' * 2000}",
    ],
)  # fmt: skip
def test_no_other_address_is_signed(signer, address):
    server, ask = signer("weixin_mp")
    assert ask(address).status_code == 404
    assert not hasattr(server, "fetched")  # nobody was asked


def test_what_every_secret_address_begins_with_is_closed(on):
    from django.urls import get_resolver

    from ui.secret_addresses import prefixes

    for prefix in prefixes(get_resolver().url_patterns):
        for rest in ("guess/", "guess/guess/", "1/guess/", "guess/1/", "mail/1/guess/"):
            assert not may_load(f"/{prefix}/{rest}"), (prefix, rest)
            assert signed_address(f"{SITE}/{prefix}/{rest}") is None
    assert may_load("/map/") and may_load("/invitations/") and may_load("/accounts/ways/bind/")


def test_a_program_needs_each_of_its_variables_once():
    assert PROGRAMS["dingtalk"].names() == ["DINGTALK_CORP_ID", "DINGTALK_AGENT_ID"]
    assert PROGRAMS["feishu"].names() == ["FEISHU_APP_ID"]


def test_a_token_that_is_over_is_fetched_anew(signer):
    server, ask = signer("weixin_mp")
    server.errors = [EXPIRED]
    assert ask().status_code == 200
    assert (server.fetched, server.tickets) == (2, 1)


@pytest.mark.parametrize(
    ("way", "error", "said"),
    [
        ("weixin_mp", LIMITED, "NotDelivered errcode 45009"), ("wecom", LIMITED, "NotDelivered errcode 45009"),
        ("dingtalk", {"errcode": 88, "sub_code": "90018", "errmsg": "x"}, "NotDelivered errcode 90018"),
        ("feishu", {"code": 99991400, "msg": "request trigger frequency limit"}, "NotDelivered errcode 99991400"),
        ("weixin_mp", {"errcode": 0}, "NotDelivered no ticket in the answer"),
        ("weixin_mp", {"errcode": 0, "ticket": "x" * 600, "expires_in": 7200}, "NotDelivered no ticket in the answer"),
        ("weixin_mp", {"errcode": 0, "ticket": "x", "expires_in": "soon"}, "NotDelivered no ticket in the answer"),
        ("feishu", {"code": 0, "data": ["x"]}, "NotDelivered no ticket in the answer"),
    ],
)  # fmt: skip
def test_a_program_that_refuses_is_left_in_peace_and_the_page_works_without(
    signer, as_user, admin_user, way, error, said
):
    server, ask = signer(way)
    server.errors = [error]
    for _ in range(2):
        answer = ask()
        assert (answer.status_code, answer.content) == (204, b"")
    assert not hasattr(server, "tickets")
    assert SdkTicket.objects.get().said == said
    assert said in as_user(admin_user).get("/accounts/ways/setup/").text
    SdkTicket.objects.update(tried_at=timezone.now() - tickets.PAUSE)
    assert ask().status_code == 200
    assert SdkTicket.objects.get().said == ""


def test_a_ticket_is_replaced_before_its_end_and_used_while_that_fails(signer):
    server, ask = signer("wecom")
    assert ask().status_code == 200
    now, near = timezone.now(), tickets.EARLIER - timedelta(minutes=1)
    SdkTicket.objects.update(good_until=now + near, tried_at=now - timedelta(hours=1))
    server.errors = [LIMITED]
    assert ask().status_code == 200
    assert SdkTicket.objects.get().ticket == "ticket-1"
    SdkTicket.objects.update(tried_at=now - timedelta(hours=1))
    assert ask().status_code == 200
    assert SdkTicket.objects.get().ticket == "ticket-2"
    SdkTicket.objects.update(good_until=now + timedelta(seconds=30))  # tried a moment ago, and nearly over
    assert ask().status_code == 204


def test_another_application_gets_a_ticket_of_its_own(signer, on):
    server, ask = signer("dingtalk")
    ask()
    on.DINGTALK = on.DINGTALK | {"DINGTALK_CORP_ID": "another"}
    assert ask().json()["app"] == "another"
    assert server.tickets == 2


def test_too_many_get_nothing(signer, monkeypatch):
    _server, ask = signer("weixin_mp")
    monkeypatch.setattr(views, "SIGNATURES", limits.Limit("in-app-signature", 1, limits.HOUR))
    assert [ask().status_code, ask().status_code] == [200, 204]


def test_nobody_posts_there(on, on_device):
    assert on_device(WECHAT).post("/accounts/in-app/signature/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_the_program_is_asked_outside_a_transaction_and_the_attempt_counts_whatever_comes(on):
    program, within = PROGRAMS["weixin_mp"], []

    def broken():
        within.append(connection.in_atomic_block)
        raise RuntimeError

    broken_program = programs.Program("weixin", "weixin_mp", program.script, broken, program.given, program.app)
    with pytest.raises(RuntimeError):
        tickets.ticket_of(broken_program)
    with pytest.raises(tickets.NoTicket):
        tickets.ticket_of(broken_program)
    assert within == [False]  # and not a second time
    SdkTicket.objects.update(tried_at=timezone.now() - tickets.PAUSE)
    with pytest.raises(RuntimeError):
        tickets.ticket_of(broken_program)
    assert within == [False, False]


@pytest.mark.django_db(transaction=True)
def test_only_one_process_asks_and_the_others_do_not_wait(signer, monkeypatch):
    _server, _ask = signer("weixin_mp")
    program, asked, go_on, said = PROGRAMS["weixin_mp"], threading.Event(), threading.Event(), []

    def slow():
        asked.set()
        assert go_on.wait(20)
        return "ticket-slow", 7200

    slowly = programs.Program("weixin", "weixin_mp", program.script, slow, program.given, program.app)

    def first():
        try:
            said.append(tickets.ticket_of(slowly))
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert asked.wait(20)
        with pytest.raises(tickets.NoTicket):
            tickets.ticket_of(program)
    finally:
        go_on.set()
        thread.join(20)
    assert said == ["ticket-slow"] == [tickets.ticket_of(program)]


def test_the_page_for_operators_says_what_is_missing(on, as_user, admin_user):
    page = as_user(admin_user).get("/accounts/ways/setup/").text
    assert "JS接口安全域名" in page and "IN_APP_SDKS" in page and "DINGTALK_CORP_ID" in page
    assert all(program.script in page for program in PROGRAMS.values())
    assert KEY_ID not in page and SECRET not in page
