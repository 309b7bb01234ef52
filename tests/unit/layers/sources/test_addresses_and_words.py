"""What an address may hold, when a host is asked again, and what is shown of a service's own words."""

from email.message import Message
from typing import Any

import pytest

from geokit.fetching.download import Downloaded
from geokit.refusal import BadInput
from layers.sources import client as source_client
from layers.sources.allowlist import require_no_secret
from layers.sources.client import Client, masked, with_params

SERVICE = "https://maps.example.org/wfs"


@pytest.mark.parametrize(
    "query",
    ["tk=1", "TK=1", "ak=1", "sig=1", "access_token=1", "accessToken=", "X-Amz-Signature=1", "apiKey=1", "authkey=1",
     "userPwd=1", "passwd=1", "%74%6b=1", "a=1;tk=1", "a=1&&tk=1", "client_secret=1"],
)  # fmt: skip
def test_an_address_with_a_secret_in_it_is_refused_however_its_name_is_written(query: str) -> None:
    with pytest.raises(BadInput):
        require_no_secret(f"{SERVICE}?{query}")


@pytest.mark.parametrize("query", ["service=WFS&request=GetCapabilities&map=/maps/tk.map", "f=json&take=5", "task=1"])
def test_an_address_without_a_secret_is_taken(query: str) -> None:
    require_no_secret(f"{SERVICE}?{query}")


def test_a_token_that_a_service_repeats_is_not_shown_not_even_a_part_of_it() -> None:
    token = "a/b+7f3e never"
    client = Client(SERVICE, lambda url: False, token, "tk")
    asked = with_params(SERVICE, {"tk": token})
    for said in (f"no {token}", f"no {asked}", f"no {asked.replace('%2F', '%2f')}", "x" * 190 + token):
        assert "7f3e" not in client.words(said) and "a/b" not in client.words(said)
        assert "…" in client.words(said)
    assert masked("nothing to hide", "") == "nothing to hide"


def test_whether_a_host_may_be_asked_is_looked_at_before_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is taken off the list in the middle of a reading is asked for no further page."""
    asked: list[str] = []
    answers = iter((False, True))

    def allowed(url: str) -> bool:
        found = next(answers, None)
        if found is None:
            raise BadInput("off the list")
        return found

    def download(url: str, sink: Any, bounds: Any, headers: Any, *, inner: bool) -> Downloaded:
        asked.append(f"{url} {inner}")
        sink.write(b"{}")
        return Downloaded(200, Message(), 2)

    monkeypatch.setattr(source_client, "download", download)
    client = Client(SERVICE, allowed)
    client.json(f"{SERVICE}?p=1")
    client.json(f"{SERVICE}?p=2")
    with pytest.raises(BadInput):
        client.json(f"{SERVICE}?p=3")
    assert asked == [f"{SERVICE}?p=1 False", f"{SERVICE}?p=2 True"]
