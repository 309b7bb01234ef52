"""Signing in by DingTalk, WeCom, WeChat, Feishu, 浙政钉 and OpenID Connect, against servers of their protocols."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import CredentialChange, OpenSession, SignInEvent, User
from accounts.people import services as people
from tests.integration.accounts.message_servers import SECRET
from tests.integration.accounts.signin.conftest import CHROME, WECHAT, code_at, outcomes
from tests.integration.accounts.signin.ways import (
    AGENTS,
    KINDS,
    SERVERS,
    bind_out,
    come_back,
    give_code,
    go_out,
    identity,
    round_trip,
)  # fmt: skip

WAYS = pytest.mark.parametrize("way", SERVERS)
UNKNOWN = {"dingtalk": ({"code": "InvalidAuthentication"}, 401), "feishu": ({"code": 99991668, "msg": "no"}, 401)}
LIMITED = {
    "dingtalk": ({"code": "Forbidden.AccessDenied.QpsLimitForApi"}, 403), "feishu": ({"code": 99991400}, 400),
    "weixin_mp": ({"errcode": 45011, "errmsg": "api minute-quota reach limit"},), "wecom": ({"errcode": 45009},),
    "zhezhengding": ({"success": False, "errorCode": "OPF-B001-05-16-0020"},),
}  # fmt: skip
GONE = {
    "wecom": ({"errcode": 60111, "errmsg": "userid not found"},), "weixin_mp": ({"errcode": 40003},),
    "feishu": ({"code": 20021, "msg": "user resigned"},), "dingtalk": ({"code": "userNotExist"}, 400),
}  # fmt: skip
ODD = [
    ([],),
    ("words",),
    (None,),
    ({},),
    ({"data": []},),
    ({"openId": 7},),
    ({"content": 7, "success": True},),
    (7, 200),
]


def is_in(client):
    return "_auth_user_id" in client.session


@WAYS
def test_whose_identity_is_bound_is_let_in_and_the_log_names_the_way(program_of, on_device, deputy, way):
    server, client = program_of(way), on_device(AGENTS.get(way, CHROME))
    identity(deputy, way)
    answer = round_trip(client, server, way)
    assert (answer.status_code, answer["Location"]) == (302, "/work/")
    event = SignInEvent.objects.get(user=deputy, outcome="entered")
    assert (event.way, event.factor, event.network) == (way, "", "198.51.100.0/24")
    assert event.device
    assert OpenSession.objects.get(user=deputy).way == way
    assert client.get("/notices/").status_code == 200


@WAYS
def test_an_unknown_identity_makes_no_account_and_opens_none(program_of, on_device, deputy, way):
    User.objects.filter(pk=deputy.pk).update(email="a@example.org", username="张三é")
    server, client, before = program_of(way), on_device(AGENTS.get(way, CHROME)), User.objects.count()
    answer = round_trip(client, server, way, email="a@example.org")
    assert answer["Location"] == "/accounts/ways/bind/"
    assert not is_in(client)
    assert User.objects.count() == before
    page = client.get("/accounts/ways/bind/").text
    assert "还没有绑定" in page
    assert ("张三é" in page) or way == "wecom"
    assert client.get("/accounts/").status_code == 302


@WAYS
def test_a_code_is_asked_about_only_with_the_state_of_this_session_and_once(program_of, on_device, deputy, way):
    server, agent = program_of(way), AGENTS.get(way, CHROME)
    mine, other = on_device(agent), on_device(agent)
    identity(deputy, way)
    _address, asked = go_out(mine, way)
    for client, query in ((mine, {}), (mine, {"state": "guess"}), (other, {"state": asked["state"]})):
        give_code(server, way, asked)
        assert come_back(client, way, **query)["Location"] == "/accounts/login/"
        assert server.codes, "the code was spent"
        assert not is_in(client)
    assert come_back(mine, way, state=asked["state"])["Location"] == "/work/"
    mine.post("/accounts/logout/")
    give_code(server, way, asked)
    assert come_back(mine, way, state=asked["state"])["Location"] == "/accounts/login/"
    assert not is_in(mine)


@WAYS
def test_the_state_of_one_way_opens_no_other(program_of, on_device, deputy, way):
    other = "feishu" if way != "feishu" else "dingtalk"
    server, client = program_of(way), on_device(AGENTS.get(way, CHROME))
    identity(deputy, way)
    _address, asked = go_out(client, other)
    give_code(server, way, asked)
    assert come_back(client, way, state=asked["state"])["Location"] == "/accounts/login/"
    assert server.codes


@WAYS
def test_a_code_that_was_spent_is_refused_by_the_program_and_by_us(program_of, on_device, deputy, way, caplog):
    program_of(way)
    client = on_device(AGENTS.get(way, CHROME))
    identity(deputy, way)
    _address, asked = go_out(client, way)
    answer = come_back(client, way, state=asked["state"])
    assert answer["Location"] == "/accounts/login/"
    assert "没有确认您的身份" in client.get("/accounts/login/").text
    assert SignInEvent.objects.filter(user=None, outcome="way-failed", way=way).count() == 1
    assert SECRET not in caplog.text
    assert "code-1" not in caplog.text


@pytest.mark.parametrize(
    ("way", "answer"), [(way, said) for table in (UNKNOWN, LIMITED, GONE) for way, said in table.items()]
)
def test_the_published_errors_are_a_sentence_and_no_sign_in(program_of, on_device, deputy, way, answer):
    server, client = program_of(way), on_device(AGENTS.get(way, CHROME))
    identity(deputy, way)
    server.errors.append(answer)
    assert round_trip(client, server, way)["Location"] == "/accounts/login/"
    assert not is_in(client)


@pytest.mark.parametrize("answer", ODD, ids=repr)
@pytest.mark.parametrize("way", ["dingtalk", "feishu", "weixin_mp", "wecom", "zhezhengding"])
def test_an_answer_in_another_shape_is_no_sign_in(program_of, on_device, deputy, way, answer):
    server, client = program_of(way), on_device(AGENTS.get(way, CHROME))
    identity(deputy, way)
    server.errors.append(answer)
    assert round_trip(client, server, way)["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_a_stale_token_of_the_application_is_fetched_anew(program_of, on_device, deputy):
    server, client = program_of("wecom"), on_device()
    identity(deputy, "wecom")
    assert round_trip(client, server, "wecom")["Location"] == "/work/"
    client.post("/accounts/logout/")
    server.tokens = set()
    assert round_trip(client, server, "wecom")["Location"] == "/work/"
    assert server.fetched == 2


@pytest.mark.parametrize(("way", "mark"), [("wecom", "is_outsider"), ("weixin_mp", "is_snapshot")])
def test_outsiders_and_made_up_persons_are_nobody(program_of, on_device, deputy, way, mark):
    server, client = program_of(way), on_device(AGENTS.get(way, CHROME))
    identity(deputy, way)
    assert round_trip(client, server, way, **{mark: True})["Location"] == "/accounts/login/"


def test_a_userid_of_another_corporation_is_somebody_else(program_of, on_device, deputy, offered):
    server, client = program_of("wecom"), on_device()
    identity(deputy, "wecom", uid="another-corp:dd-1")
    assert round_trip(client, server, "wecom")["Location"] == "/accounts/ways/bind/"


def test_both_ways_of_wechat_are_one_identity_by_its_unionid(program_of, on_device, deputy):
    server = program_of("weixin_web")
    identity(deputy, "weixin_web", uid="union:o-u")
    for way, number in (("weixin_web", "web-1"), ("weixin_mp", "mp-1")):
        client = on_device(AGENTS.get(way, CHROME))
        assert round_trip(client, server, way, id=number, union="o-u")["Location"] == "/work/"


def test_she_who_says_no_there_is_back_where_she_was(program_of, on_device):
    program_of("dingtalk")
    client = on_device()
    _address, asked = go_out(client, "dingtalk")
    answer = client.get("/accounts/ways/dingtalk/back/", {"error": "access_denied", "state": asked["state"]})
    assert answer["Location"] == "/accounts/login/"
    assert "您取消了登录" in client.get("/accounts/login/").text


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/river/", "/river/"), ("https://evil.example/", "/work/"), ("//evil.example", "/work/"),
        ("javascript:alert(1)", "/work/"), ("/\\evil.example", "/work/"),
    ],
)  # fmt: skip
def test_she_is_led_on_within_the_site_only(program_of, on_device, deputy, wanted, led):
    server, client = program_of("dingtalk"), on_device()
    identity(deputy, "dingtalk")
    _address, asked = go_out(client, "dingtalk", next=wanted)
    give_code(server, "dingtalk", asked)
    assert come_back(client, "dingtalk", state=asked["state"], next="https://evil.example/")["Location"] == led


@pytest.mark.parametrize("way", ["dingtalk", "weixin_web", "oidc"])
def test_what_the_browser_adds_changes_nothing_of_what_is_asked_there(program_of, on_device, way):
    program_of(way)
    client = on_device()
    added = "auth_params=redirect_uri%3Dhttps%3A%2F%2Fevil.example%26state%3Dmine&scope=all&process=connect"
    answer = client.post(f"/accounts/ways/{way}/?{added}")
    assert "evil.example" not in answer.text
    assert "scope=all" not in answer.text
    assert "https%3A%2F%2Fmap.example.org%2Faccounts%2Fways%2F" in answer.text


def test_nobody_else_can_have_a_browser_start(program_of, deputy, offered):
    program_of("dingtalk")
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/ways/dingtalk/").status_code == 403
    assert client.get("/accounts/ways/dingtalk/").status_code == 405
    client.force_login(deputy, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post("/accounts/ways/dingtalk/add/").status_code == 403
    assert client.get("/accounts/ways/dingtalk/add/").status_code == 405


def test_the_policy_of_content_is_as_tight_on_the_page_that_leads_out(program_of, on_device):
    program_of("dingtalk")
    client = on_device()
    policy = client.post("/accounts/ways/dingtalk/")["Content-Security-Policy"]
    assert policy == client.get("/accounts/login/")["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert "dingtalk" not in policy


def test_buttons_stand_only_for_what_is_set_up_whole(on_device, offered):
    page = on_device().get("/accounts/login/").text
    for way in set(SERVERS) - {"weixin_mp"}:
        assert f'action="/accounts/ways/{way}/"' in page
    offered.SIGN_IN_WAYS = ["dingtalk", "oidc"]
    offered.OIDC = offered.OIDC | {"OIDC_CLIENT_SECRET": ""}
    page = on_device().get("/accounts/login/").text
    assert 'action="/accounts/ways/dingtalk/"' in page
    assert 'action="/accounts/ways/oidc/"' not in page
    assert on_device().post("/accounts/ways/oidc/").status_code == 404
    assert on_device().get("/accounts/ways/oidc/back/?code=x&state=y").status_code == 404
    offered.SIGN_IN_WAYS = []
    assert "/accounts/ways/" not in on_device().get("/accounts/login/").text


@pytest.mark.parametrize(
    ("agent", "way"),
    [
        ("Mozilla/5.0 (iPhone) AliApp(DingTalk/7.0)", "dingtalk"), (WECHAT, "weixin_mp"),
        (f"{WECHAT} wxwork/4.1.20", "wecom"), ("Mozilla/5.0 Lark/7.1", "feishu"),
    ],
)  # fmt: skip
def test_inside_a_program_its_own_way_stands_before_the_password(on_device, offered, agent, way):
    page = on_device(agent).get("/accounts/login/?next=/river/").text
    first = page.index(f'action="/accounts/ways/{way}/"')
    assert first < page.index('action="/accounts/login/"')
    assert page.count('name="next" value="/river/"') >= 2
    assert ('action="/accounts/ways/weixin_web/"' in page) == (way != "weixin_mp")


def test_who_must_have_a_second_factor_adds_it_first(program_of, on_device, staff, set_rule):
    set_rule("signin.factor.staff", True)
    server, client = program_of("dingtalk"), on_device()
    identity(staff, "dingtalk")
    round_trip(client, server, "dingtalk")
    assert client.get("/work/")["Location"] == "/accounts/2fa/"


def test_who_has_one_is_asked_for_it_and_the_log_has_both(program_of, on_device, staff, with_totp):
    with_totp(staff)
    server, client = program_of("dingtalk"), on_device()
    identity(staff, "dingtalk")
    assert round_trip(client, server, "dingtalk")["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)
    assert client.get("/work/").status_code == 302
    client.post("/accounts/2fa/authenticate/", {"code": code_at()})
    event = SignInEvent.objects.get(user=staff, outcome="entered")
    assert (event.way, event.factor) == ("dingtalk", "totp")


def test_idleness_ends_it_as_any_other(program_of, on_device, staff):
    server, client = program_of("dingtalk"), on_device()
    identity(staff, "dingtalk")
    round_trip(client, server, "dingtalk")
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=3)):
        assert client.get("/work/").status_code == 302
    assert outcomes(staff)[-1] == "idle"
    assert SignInEvent.objects.filter(user=staff, outcome="idle", way="dingtalk").exists()


@WAYS
def test_a_closed_account_is_opened_by_nothing(program_of, on_device, deputy, way):
    server, client = program_of(way), on_device(AGENTS.get(way, CHROME))
    identity(deputy, way)
    User.objects.filter(pk=deputy.pk).update(is_active=False)
    assert round_trip(client, server, way)["Location"] == "/accounts/ways/bind/"
    assert not is_in(client)


def test_closing_takes_identities_away_and_opening_brings_none_back(program_of, on_device, staff, deputy):
    server, client = program_of("dingtalk"), on_device()
    identity(deputy, "dingtalk")
    people.close(staff, deputy.pk)
    people.reopen(staff, deputy.pk)
    assert round_trip(client, server, "dingtalk")["Location"] == "/accounts/ways/bind/"
    changes = CredentialChange.objects.filter(user=deputy, what="identity").order_by("pk")
    assert [change.actor_id for change in changes] == [None, staff.pk]


def test_inviting_anew_takes_identities_away(program_of, on_device, staff, deputy):
    server, client = program_of("dingtalk"), on_device()
    identity(deputy, "dingtalk")
    people.invite_again(staff, deputy.pk)
    assert round_trip(client, server, "dingtalk")["Location"] == "/accounts/ways/bind/"


def test_a_start_to_bind_signs_nobody_in(program_of, on_device, enter, deputy, officer):
    """She is signed in, starts to bind, signs out; what comes back belongs to no session any more."""
    server, client = program_of("dingtalk"), on_device()
    identity(officer, "dingtalk")
    enter(client, deputy)
    _address, asked = bind_out(client, "dingtalk")
    client.post("/accounts/logout/")
    give_code(server, "dingtalk", asked)
    assert come_back(client, "dingtalk", state=asked["state"])["Location"] == "/accounts/login/"
    assert not is_in(client)
    assert KINDS.get("dingtalk") is None
