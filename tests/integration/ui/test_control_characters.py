"""NUL and its kin in an address or a form: refused once for all routes, in the words of who asked."""

import pytest


@pytest.mark.parametrize(
    "address", ["/layers/a%00b/", "/search/?q=%00", "/search/?%07=1", "/river/?page=%1b[0m", "/%00"]
)
@pytest.mark.django_db
def test_a_control_character_in_an_address_is_refused(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert "控制字符" in answer.content.decode()


@pytest.mark.django_db
def test_a_program_is_refused_in_json(client):
    answer = client.get("/api/v1/rivers/?search=%00")
    assert (answer.status_code, answer.json()["code"]) == (400, "control-characters")


@pytest.mark.django_db
def test_nul_in_a_field_of_a_form_is_refused(client):
    assert client.post("/i18n/setlang/", {"language": "e\0n"}).status_code == 400


@pytest.mark.django_db
def test_line_ends_tabs_and_chinese_in_a_query_are_text(client):
    assert client.get("/search/", {"q": "南塘河\t二号\r\n点"}).status_code == 200


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"text": NaN}', b"1e400", b'{"a":"\\u0000"}'])
@pytest.mark.django_db
def test_a_body_that_is_no_sound_json_is_refused(as_user, deputy, body):
    answer = as_user(deputy).post("/api/v1/findings/", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
