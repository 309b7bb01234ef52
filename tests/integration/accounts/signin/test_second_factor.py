"""The second factor: who must have one, how it is added, shown and missed."""

import json
import re
from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.utils import timezone
from fido2.utils import websafe_encode

from accounts.factors.policy import factor_rules, has_factor
from accounts.identities import services as identities
from accounts.models import Notice, OpenSession, User
from accounts.notices import links
from accounts.people import invitations
from accounts.people import services as people
from accounts.tokens import services as tokens
from geokit.refusal import BadInput, NotPermitted
from tests.data.soft_passkey import SoftPasskey
from tests.integration.accounts.signin.conftest import code_at, outcomes

ENROL = "/accounts/2fa/"


@pytest.fixture
def required(set_rule):
    """The district asks a second factor of the roles that production asks it of."""
    for role in ("admin", "gis", "staff"):
        set_rule(f"signin.factor.{role}", True)


def show(client, code):
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def secret_of(page):
    return re.search(r'id="totp-secret"[^>]*value="([A-Z2-7]+)"', page, re.DOTALL).group(1)


@pytest.fixture
def enrol(django_capture_on_commit_callbacks):
    """Return a function that adds an authenticator app, with what follows once that is written."""

    def add(client):
        secret = secret_of(client.get("/accounts/2fa/totp/activate/").text)
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/accounts/2fa/totp/activate/", {"code": code_at(secret=secret)})
        return secret, answer

    return add


def test_production_asks_it_of_three_roles_and_the_demonstration_of_none():
    asked = {rule.key.rpartition(".")[2] for rule in factor_rules(in_production=True) if rule.default}
    assert asked == {"admin", "gis", "staff", "tokens"}
    assert not any(rule.default for rule in factor_rules(in_production=False))


@pytest.mark.parametrize("address", ["/work/", "/", "/work/people/", "/map/", "/accounts/", "/accounts/email/"])
def test_who_must_have_one_is_led_to_it_from_everywhere(required, on_device, enter, staff, address):
    client = on_device()
    enter(client, staff)
    client.session.save()
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, ENROL)
    assert "须有两步验证" in client.get(ENROL).text


@pytest.mark.parametrize("address", ["/api/v1/suggestions/", "/tiles/", "/api/v1/"])
def test_programs_of_her_session_are_refused_in_json(required, as_user, staff, address):
    answer = as_user(staff).get(address)
    assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-required")


def test_writing_is_refused_as_well(required, as_user, staff):
    answer = as_user(staff).post("/work/people/new/", {"username": "x", "display_name": "x", "role": "deputy"})
    assert (answer.status_code, answer["Location"]) == (302, ENROL)


def test_who_need_not_have_one_is_asked_nothing(required, on_device, enter, deputy):
    client = on_device()
    assert enter(client, deputy)["Location"] == "/work/"
    assert client.get("/notices/").status_code == 200


@pytest.mark.django_db(transaction=True)  # what follows is in the same request
def test_she_adds_an_app_sees_her_codes_once_and_goes_on(required, on_device, enter, staff, enrol):
    client = on_device()
    enter(client, staff)
    _secret, answer = enrol(client)
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    codes = re.findall(
        r"^\d{10}$", re.search(r"<pre[^>]*>(.*?)</pre>", client.get(answer["Location"]).text, re.DOTALL)[1], re.M
    )
    assert len(codes) == 10
    assert codes[0] not in client.get(answer["Location"]).text
    assert client.get("/work/").status_code == 200
    assert outcomes(staff)[-1] == "factor-added"
    assert Notice.objects.filter(recipient=staff, kind="account-factor-added").exists()


def test_the_secret_is_not_readable_in_the_database(on_device, enter, staff, enrol):
    client = on_device()
    enter(client, staff)
    secret, _answer = enrol(client)
    assert secret not in str(list(Authenticator.objects.values()))


def test_adding_one_ends_sessions_that_have_none(on_device, enter, staff, enrol):
    old, new = on_device(), on_device()
    enter(old, staff)
    enter(new, staff)
    enrol(new)
    assert old.get("/notices/").status_code == 302
    assert new.get("/notices/").status_code == 200


def test_sign_in_asks_for_the_code_before_anything_opens(on_device, enter, with_totp, staff):
    with_totp(staff)
    client = on_device()
    assert enter(client, staff)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/notices/").status_code == 302
    assert "entered" not in outcomes(staff)
    assert show(client, code_at()).status_code == 302
    assert client.get("/notices/").status_code == 200
    assert OpenSession.objects.get(user=staff).factor == "totp"


def test_a_wrong_code_is_refused_written_and_told(on_device, enter, with_totp, staff):
    with_totp(staff)
    client = on_device()
    enter(client, staff)
    answer = show(client, "000000" if code_at() != "000000" else "000001")
    assert "没有通过" in answer.text
    assert outcomes(staff) == ["wrong-factor"]
    assert Notice.objects.filter(recipient=staff, kind="account-wrong-factor").count() == 1


def test_a_code_is_used_once_also_by_another_process(on_device, enter, with_totp, staff):
    with_totp(staff)
    code = code_at()
    enter(first := on_device(), staff)
    assert show(first, code).status_code == 302
    cache.clear()  # what one process remembers, another does not
    enter(second := on_device(), staff)
    assert show(second, code).status_code == 200
    assert show(second, code_at(-1)).status_code == 200, "nor an older one that would still be good"
    assert second.get("/notices/").status_code == 302


def test_the_code_that_added_the_app_signs_nobody_in(on_device, enter, staff, enrol):
    enter(client := on_device(), staff)
    secret, _answer = enrol(client)
    enter(other := on_device(), staff)
    assert show(other, code_at(secret=secret)).status_code == 200
    assert other.get("/notices/").status_code == 302


def test_guesses_at_the_code_are_counted_for_the_account_wherever_they_come_from(on_device, enter, with_totp, staff):
    with_totp(staff)
    for turn in range(11):
        cache.clear()
        client = on_device(address=f"203.0.113.{turn}")
        enter(client, staff)
        show(client, "12345")
    cache.clear()
    enter(client := on_device(address="192.0.2.1"), staff)
    show(client, code_at())
    assert client.get("/notices/").status_code == 302
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        enter(client := on_device(), staff)
        show(client, code_at())
        assert client.get("/notices/").status_code == 200


def test_a_recovery_code_opens_once(on_device, enter, staff, enrol):
    enter(client := on_device(), staff)
    enrol(client)
    page = client.get("/accounts/2fa/recovery-codes/").text
    code = re.search(r"\d{10}", re.search(r"<pre.*?</pre>", page, re.DOTALL)[0])[0]
    enter(first := on_device(), staff)
    assert show(first, code).status_code == 302
    assert first.get("/notices/").status_code == 200
    enter(second := on_device(), staff)
    show(second, code)
    assert second.get("/notices/").status_code == 302
    assert "recovery_codes" in OpenSession.objects.filter(user=staff).values_list("factor", flat=True)


def test_a_session_without_it_ends_when_the_rule_begins_and_a_factor_is_there(as_user, staff, with_totp, required):
    client = as_user(staff)
    with_totp(staff)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert client.get("/notices/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_last_one_stays_where_it_is_required(required, on_device, enter, with_totp, staff):
    with_totp(staff)
    enter(client := on_device(), staff)
    show(client, code_at())
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert "须有两步验证" in answer.text
    assert has_factor(staff)


def test_a_secret_of_another_sites_key_is_a_wrong_code_and_no_fault(on_device, enter, with_totp, staff, settings):
    with_totp(staff)
    own = settings.SECRET_KEY
    settings.SECRET_KEY = "another-key-of-another-site-0123456789-0123456789"
    enter(client := on_device(), staff)
    assert show(client, code_at()).status_code == 200
    settings.SECRET_KEY_FALLBACKS = [own]
    assert show(client, code_at()).status_code == 302


def test_who_has_one_shows_it_before_what_matters_and_a_password_is_not_enough(on_device, enter, with_totp, staff):
    with_totp(staff)
    start = timezone.now()
    with time_machine.travel(start):
        enter(client := on_device(), staff)
        show(client, code_at())
    with time_machine.travel(start + timedelta(minutes=6)):
        answer = client.get("/accounts/email/")
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/")
        client.post("/accounts/reauthenticate/", {"password": "a long enough phrase"})
        assert client.get("/accounts/email/").status_code == 302
        client.post("/accounts/2fa/reauthenticate/", {"code": code_at()})
        assert client.get("/accounts/email/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/"],
)
def test_after_five_minutes_the_password_is_asked_again(as_user, staff, address):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = as_user(staff)
        assert client.get(address).status_code == 200
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        assert client.get(address)["Location"].startswith("/accounts/reauthenticate/")


def test_a_token_is_made_after_showing_oneself_anew(as_user, officer):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = as_user(officer)
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        assert client.get("/work/tokens/").status_code == 200
        form = {"name": "平台", "scopes": "read", "expires_on": timezone.localdate() + timedelta(days=9)}
        assert client.post("/work/tokens/", form)["Location"].startswith("/accounts/reauthenticate/")


def test_only_who_has_a_factor_makes_tokens_where_the_rule_says_so(officer, world, set_rule, with_totp):
    set_rule("signin.factor.tokens", True)
    wish = {"department": world.water, "name": "平台", "scopes": ["read"]}
    until = timezone.localdate() + timedelta(days=9)
    with pytest.raises(NotPermitted):
        tokens.issue(officer, **wish, expires_on=until)
    with_totp(officer)
    assert tokens.issue(officer, **wish, expires_on=until)


def of_nested_cbor():
    """An answer for our own origin whose extensions are lists in lists, which its reader works through by recursion."""
    data = sha256(b"127.0.0.1").digest() + b"\x81" + bytes(4) + b"\x81" * 5000
    client = {"type": "webauthn.get", "challenge": "AAAA", "origin": settings.SITE_URL}
    answer = {
        "clientDataJSON": websafe_encode(json.dumps(client).encode()), "authenticatorData": websafe_encode(data),
        "signature": websafe_encode(b"x"), "userHandle": websafe_encode(b"1"),
    }  # fmt: skip
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": answer})


def new_of_nested_cbor():
    client = {"type": "webauthn.create", "challenge": "AAAA", "origin": settings.SITE_URL}
    answer = {
        "clientDataJSON": websafe_encode(json.dumps(client).encode()),
        "attestationObject": websafe_encode(b"\x81" * 5000),
    }
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": answer})


@pytest.mark.parametrize(
    "credential",
    ["", "x", "[]", "{}", "null", '{"response": 1}', '{"response": {"clientDataJSON": "e30"}}', "[" * 200, "[" * 50_000,
     "1" * 5000, "1e999", '"\\ud800"', '{"response": {"clientDataJSON": "%s"}}' % ("W1tb" * 30_000), of_nested_cbor()],
)  # fmt: skip
@pytest.mark.parametrize("address", ["webauthn/login/", "authenticate/"])
def test_what_is_no_passkey_is_refused(on_device, enter, with_totp, staff, credential, address):
    with_totp(staff)
    enter(client := on_device(), staff)
    answer = client.post(f"/accounts/2fa/{address}", {"credential": credential})
    assert answer.status_code in (200, 302)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "credential",
    ["[]", "{}", '{"response": {"clientDataJSON": "e30"}}', "[" * 50_000, "1" * 5000, new_of_nested_cbor()],
)
def test_what_is_no_new_passkey_is_refused(as_user, staff, credential):
    answer = as_user(staff).post("/accounts/2fa/webauthn/add/", {"name": "x", "credential": credential})
    assert answer.status_code == 200
    assert not has_factor(staff)


def test_passkeys_are_asked_for_the_sites_own_name(as_user, staff, settings):
    settings.SITE_HOST, settings.ALLOWED_HOSTS = "map.example.gov.cn", ["*"]
    page = as_user(staff).get("/accounts/2fa/webauthn/add/", headers={"Host": "evil.example.org"}).text
    assert '"id": "map.example.gov.cn"' in page
    assert "evil.example.org" not in re.search(r'id="passkey-options".*?</script>', page, re.DOTALL)[0]


@pytest.mark.parametrize("page", ["edit", "remove"])
def test_somebody_elses_passkey_is_missing(as_user, staff, admin_user, page):
    data = {"name": "电脑", "credential": {}}
    own = Authenticator.objects.create(user=staff, type=Authenticator.Type.WEBAUTHN, data=data)
    for method in ("get", "post"):
        answer = getattr(as_user(admin_user), method)(f"/accounts/2fa/webauthn/keys/{own.pk}/{page}/", {"name": "x"})
        assert answer.status_code == 404
    assert Authenticator.objects.get(pk=own.pk).data["name"] == "电脑"


def test_a_passkey_of_before_opens_nothing_until_the_new_invitation_is_accepted(client, deputy, staff, settings):
    settings.SITE_HOST, settings.SITE_URL = "map.example.org", "https://map.example.org"
    key = SoftPasskey(deputy, settings.SITE_HOST)

    def sign_in():
        asked = client.get("/accounts/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"}).json()
        answer = json.loads(key.answer(asked["request_options"], settings.SITE_URL))
        answer["response"]["userHandle"] = websafe_encode(user_pk_to_url_str(deputy).encode())
        client.post("/accounts/2fa/webauthn/login/", {"credential": json.dumps(answer)})
        entered = "_auth_user_id" in client.session
        client.logout()
        return entered

    assert sign_in()
    people.invite_again(staff, deputy.pk)
    assert not sign_in()
    assert outcomes(deputy)[-1] == "wrong-factor"
    deputy.refresh_from_db()
    link = links.absolute(invitations.unsealed_path(deputy)).removeprefix(settings.SITE_URL)
    client.post(link, {"new_password1": "river-bank-at-noon-7", "new_password2": "river-bank-at-noon-7"})
    assert sign_in()


def test_the_last_passkey_stays_where_a_factor_is_required(required, as_user, staff, settings):
    SoftPasskey(staff, settings.SITE_HOST)
    own, client = Authenticator.objects.get(), as_user(staff)
    answer = client.post(f"/accounts/2fa/webauthn/keys/{own.pk}/remove/", follow=True)
    assert "须有两步验证" in answer.text
    assert has_factor(staff)


@pytest.mark.parametrize("way", ["", "password", "passkey", "identity"])
def test_a_passkey_that_is_the_only_way_in_stays(way, as_user, deputy, settings):
    SoftPasskey(deputy, settings.SITE_HOST)
    own, client = Authenticator.objects.get(), as_user(deputy)
    if way != "password":
        User.objects.filter(pk=deputy.pk).update(password=make_password(None))
        client = as_user(User.objects.get(pk=deputy.pk))
    if way == "passkey":
        SoftPasskey(deputy, settings.SITE_HOST)
    if way == "identity":
        identities.bind(deputy, identities.Identity("dingtalk", "d-1"))
    client.post(f"/accounts/2fa/webauthn/keys/{own.pk}/remove/")
    assert Authenticator.objects.filter(pk=own.pk).exists() is (way == "")


def test_a_key_that_is_a_second_factor_only_is_no_way_in(deputy, settings):
    SoftPasskey(deputy, settings.SITE_HOST)
    own = Authenticator.objects.get()
    own.data["credential"]["clientExtensionResults"] = {"credProps": {"rk": False}}
    own.save()
    identities.bind(deputy, identities.Identity("dingtalk", "d-1"))
    User.objects.filter(pk=deputy.pk).update(password=make_password(None))
    with pytest.raises(BadInput):
        identities.unbind(deputy, identities.of_user(deputy).get().pk)


def test_a_code_in_wide_digits_is_the_same_code(on_device, enter, with_totp, staff):
    with_totp(staff)
    enter(client := on_device(), staff)
    wide = code_at().translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})
    show(client, f"{wide[:3]}　{wide[3:]}")
    assert "_auth_user_id" in client.session
