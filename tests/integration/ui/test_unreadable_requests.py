"""Requests whose address, form or headers cannot be read: refused or answered, whoever sends them, never a fault."""

import encodings

import pytest

pytestmark = pytest.mark.django_db

HALF_A_CHARACTER = "%2B2AA-"
"""U+D800 in UTF-7, which gives it away as text."""


def form_of(fields):
    parts = (
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    return ("".join(parts) + "--B--\r\n").encode()


@pytest.mark.parametrize(
    "address", ["/search/", "/projects/", "/river/points/", "/api/v1/suggestions/", "/ogc/collections"]
)
@pytest.mark.parametrize("charset", ["utf-7", "base64", "rot13", "idna", "undefined", "no-such"])
def test_a_query_is_utf_8_whatever_charset_a_request_names(client, world, address, charset):
    meta = {"CONTENT_TYPE": f"text/plain; charset={charset}"}
    answer = client.generic("GET", f"{address}?q={HALF_A_CHARACTER}%41", **meta)
    assert answer.status_code in (200, 400)


def test_what_a_query_says_is_read_though_its_request_names_a_charset(client, world):
    meta = {"CONTENT_TYPE": "text/plain; charset=gbk"}
    assert "江河湖" in client.generic("GET", "/search/?q=%E6%B1%9F%E6%B2%B3%E6%B9%96", **meta).text


@pytest.mark.parametrize("charset", ["utf-7", "base64", "unicode_escape", "gbk", "no-such"])
@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/password/reset/", "/report/"])
def test_a_form_in_another_encoding_is_refused(client, world, address, charset):
    body = form_of({"login": "+2AA-", "password": "+2AA-", "name": "+2AA-", "text": "+2AA-"})
    answer = client.generic("POST", address, body, f"multipart/form-data; boundary=B; charset={charset}")
    assert answer.status_code == 400
    assert "UTF-8" in answer.text


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii"])
def test_a_form_that_says_what_it_is_is_taken(client, world, charset):
    body = form_of({"name": "nobody"})
    answer = client.generic(
        "POST", "/accounts/password/reset/", body, f"multipart/form-data; boundary=B; charset={charset}"
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("address", ["/", "/search/", "/api/v1/suggestions/", "/tiles/points/1/1/1.mvt"])
def test_a_query_of_too_many_fields_is_refused(client, world, address):
    answer = client.get(f"{address}?" + "&".join(f"a{number}=b" for number in range(30_001)))
    assert answer.status_code == 400


@pytest.mark.parametrize("then", ["http://[bad", "//[", "https://[::1"])
def test_an_address_that_is_none_leads_nowhere(client, world, then):
    assert client.get("/accounts/login/", {"next": then}).status_code == 200
    assert client.post("/accounts/login/", {"login": "a", "password": "b", "next": then}).status_code == 200
    assert client.post("/work/act/", headers={"referer": then}).status_code == 302


def test_headers_of_many_parts_cost_one_look(client, world):
    many = ",".join(["a/b;q=0.1"] * 20_000)
    headers = {
        "accept": many, "accept-language": ",".join(["zh-aaaa"] * 20_000), "if-none-match": ",".join(['"a"'] * 50_000),
        "accept-encoding": ",".join(["gzip;q=x"] * 20_000), "range": "bytes=" + "0-1," * 20_000,
        "cookie": "; ".join(f"a{number}=b" for number in range(20_000)),
        "if-modified-since": "Thu, 01 Jan 99999 00:00:00 GMT",
    }  # fmt: skip
    for address in ("/projects/", "/api/v1/suggestions/", "/tiles/points/1/1/1.mvt", "/accounts/login/"):
        assert client.get(address, headers=headers).status_code < 500, address


def test_names_of_encodings_that_are_none_are_not_kept(client, world):
    """Python keeps each for as long as the process lives."""
    known = len(encodings._cache)
    for number in range(20):
        client.generic("GET", "/healthz", CONTENT_TYPE=f"text/plain; charset=none-{number}")
        client.generic("GET", "/healthz", CONTENT_TYPE=f"text/plain; a*=none-{number}''x")
    assert len(encodings._cache) == known


@pytest.mark.parametrize(
    "said",
    [
        "text/plain; a*=utf-8''%41; a*0*=x'",
        "a/b; c*=base64''%41",
        "a/b; c*=undefined''%41",
        "a/b; c*=none''x",
        ";" * 9_000,
        "a/b; c*=" + "x" * 20_000,
        "\xff",
    ],
)
def test_a_type_of_content_that_is_none_is_none(client, world, said):
    assert client.generic("GET", "/projects/", CONTENT_TYPE=said).status_code == 200


@pytest.mark.parametrize("said", ["a*=none''x", "a*=undefined''%41", "a*=utf-7''%2B2AA-", "a" * 20_000])
def test_programs_may_say_of_types_what_they_like(client, world, said):
    headers = {"accept": f"application/json; {said}"}
    assert client.get("/api/v1/suggestions/", headers=headers).status_code in (200, 406)
    answer = client.generic("POST", "/api/v1/findings/", b"{}", f"application/json; {said}")
    assert 400 <= answer.status_code < 500


def test_names_in_a_form_are_utf_8(client, world):
    file = "name=a; filename*=utf-7''%2B2AA-"
    for name in ("name*=utf-7''%2B2AA-", "name*=none''name", "name*=UTF-8''name", file):
        body = f"--B\r\nContent-Disposition: form-data; {name}\r\n\r\nnobody\r\n--B--\r\n".encode()
        for address in ("/accounts/password/reset/", "/report/"):
            answer = client.generic("POST", address, body, "multipart/form-data; boundary=B")
            assert answer.status_code in (200, 400, 422), (name, address)
