"""Pages are packed for who can read that; what is packed already, or goes out piece by piece, is left alone."""

import gzip

import pytest

pytestmark = pytest.mark.django_db
PACKED = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_the_same_in_fewer_bytes(client, world):
    plain = client.get("/river/")
    packed = client.get("/river/", headers=PACKED)
    assert packed["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain
    assert gzip.decompress(packed.content).count(b"<li") == plain.content.count(b"<li")
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 2
    for answer in (plain, packed):
        assert "Accept-Encoding" in answer["Vary"]


def test_what_is_no_page_is_left_to_whoever_packs_it(client, world, as_user, staff):
    table = as_user(staff).get("/findings/export.csv", headers=PACKED)
    for answer in (client.get("/api/v1/monitoring-points/", headers=PACKED), table):
        assert answer.status_code == 200
        assert "Content-Encoding" not in answer
