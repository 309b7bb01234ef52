"""OpenID Connect: what is not signed for us, now, by that issuer and for this very start is nobody."""

import jwt
import pytest
from django.utils.http import urlencode

from tests.integration.accounts.identity_servers import ISSUER, SIGNER
from tests.integration.accounts.message_servers import KEY_ID, SECRET
from tests.integration.accounts.signin.ways import come_back, give_code, go_out, identity, round_trip

IN, REFUSED = "/work/", "/accounts/login/"


@pytest.fixture
def oidc(program_of, deputy):
    server = program_of("oidc")
    identity(deputy, "oidc")
    server.claims = {}
    return server


def test_a_token_that_holds_lets_in(oidc, on_device):
    address, asked = go_out(client := on_device(), "oidc")
    assert address.startswith("https://sso.example.org/auth?")
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len(asked["nonce"]) >= 32
    give_code(oidc, "oidc", asked)
    assert come_back(client, "oidc", state=asked["state"], iss=ISSUER)["Location"] == IN


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"iss": f"{ISSUER}/"},
        {"aud": "another-client"}, {"aud": [KEY_ID, "b"], "azp": "b"}, {"exp": 1},
        {"iat": 4102444800, "nbf": 4102444800},
        {"sub": None}, {"sub": 7}, {"exp": "soon"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_claim_that_does_not_fit_is_refused(oidc, on_device, claims):
    oidc.claims = claims
    assert round_trip(on_device(), oidc, "oidc")["Location"] == REFUSED


def test_without_a_nonce_there_is_no_sign_in(oidc, on_device):
    oidc.sign = lambda claims: jwt.encode(
        {name: value for name, value in claims.items() if name != "nonce"}, SIGNER, algorithm="ES256",
        headers={"kid": "1"},
    )  # fmt: skip
    assert round_trip(on_device(), oidc, "oidc")["Location"] == REFUSED


SIGNERS = {
    "none": lambda claims: jwt.encode(claims, None, algorithm="none"),
    "with the secret of the client": lambda claims: jwt.encode(claims, SECRET * 3, algorithm="HS256"),
    "an unknown key": lambda claims: jwt.encode(claims, SIGNER, algorithm="ES256", headers={"kid": "2"}),
    "no token": lambda claims: "words",
    "no text": lambda claims: 7,
    "a changed one": lambda claims: jwt.encode(claims, SIGNER, algorithm="ES256", headers={"kid": "1"})[:-6] + "AAAAAA",
}


@pytest.mark.parametrize("signer", SIGNERS)
def test_a_token_that_the_issuer_has_not_signed_is_refused(oidc, on_device, signer):
    oidc.sign = SIGNERS[signer]
    assert round_trip(on_device(), oidc, "oidc")["Location"] == REFUSED


def test_an_answer_of_another_issuer_is_refused(oidc, on_device):
    client = on_device()
    _address, asked = go_out(client, "oidc")
    give_code(oidc, "oidc", asked)
    assert come_back(client, "oidc", state=asked["state"], iss="https://evil.example")["Location"] == REFUSED
    assert "_auth_user_id" not in client.session


def test_a_server_that_calls_itself_another_is_not_asked_for_anything(oidc, on_device):
    oidc.issuer = "https://evil.example"
    client = on_device()
    assert client.post("/accounts/ways/oidc/")["Location"] == REFUSED
    oidc.issuer, oidc.base = ISSUER, "http://sso.example.org"
    assert client.post("/accounts/ways/oidc/")["Location"] == REFUSED


def test_a_code_of_another_start_has_another_proof(oidc, on_device):
    """Somebody else's code is put into her address: the program holds it to the start it was given out for."""
    mine, other = on_device(), on_device()
    _address, asked = go_out(mine, "oidc")
    _address, theirs = go_out(other, "oidc")
    give_code(oidc, "oidc", theirs)
    assert come_back(mine, "oidc", state=asked["state"])["Location"] == REFUSED


def test_the_same_number_at_another_issuer_is_somebody_else(oidc, on_device, deputy):
    deputy.socialaccount_set.update(uid="https://other.example:dd-1")
    assert round_trip(on_device(), oidc, "oidc")["Location"] == "/accounts/ways/bind/"


@pytest.mark.parametrize("verified", [True, False])
def test_a_mailbox_opens_nothing_whatever_is_said_of_it(oidc, on_device, officer, verified):
    type(officer).objects.filter(pk=officer.pk).update(email="officer@example.org")
    oidc.claims = {"sub": "new", "email": "officer@example.org", "email_verified": verified}
    client = on_device()
    assert round_trip(client, oidc, "oidc")["Location"] == "/accounts/ways/bind/"
    assert "_auth_user_id" not in client.session
    assert officer.username not in client.get("/accounts/ways/bind/").text


def test_what_comes_back_is_not_given_on_by_the_browser(oidc, on_device):
    client = on_device()
    answer = client.get(f"/accounts/ways/oidc/back/?{urlencode({'code': 'c', 'state': 's'})}")
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
