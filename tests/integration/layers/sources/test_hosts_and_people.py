"""Which hosts may be read, what becomes of a token, and who may do what: with pages and the command."""

import io
import json
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Role, User
from geokit.refusal import BadInput, NotPermitted
from layers.models import Layer, LayerSource, SourceHost
from layers.sources import fetching, services
from layers.sources.allowlist import require_allowed
from ledger.models import AuditEntry
from tests.data.cast import person
from tests.integration.layers.sources.conftest import loaded, read

TOKEN = "tk-7f3e-never-shown"
PAGES = "/layers/import/sources/"


def _repeat(words: Any, status: int, handler: Any, asked: Any) -> None:
    """A service that says in its error what it was asked, with the token."""
    token = handler.headers.get("Authorization") or handler.path
    handler.say(json.dumps(words).replace("{0}", token), status=status)


def new(gis: User, url: str, **more: Any) -> LayerSource:
    return services.add_source(gis, kind="wfs", url=url, title="来源", **more)


@pytest.mark.parametrize(
    "url",
    [
        "https://maps.example.org/wfs", "http://maps.example.org/wfs", "https://maps.example.org:8443/wfs",
        "https://u:p@maps.example.org/wfs", "https://10.0.0.1/wfs", "https://localhost/wfs", "file:///etc/passwd",
        "ftp://maps.example.org/a.zip", "https://maps.example.org\\@evil.example/", "https://[bad/", "wfs", "",
        "https://maps.example.org/wfs?tk=secret", "https://maps.example.org/数据",
    ],
)  # fmt: skip
def test_an_address_must_be_https_at_a_host_on_the_list_and_hold_no_secret(
    service: Any, gis: User, world: Any, url: str
) -> None:
    with pytest.raises(BadInput) as refused:
        new(gis, url)
    assert [error.field for error in refused.value.errors] == ["url"]
    assert not LayerSource.objects.exists()


def test_a_host_is_put_on_the_list_by_gis_staff_and_asked_no_more_once_it_is_off(
    service: Any, gis: User, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotPermitted):
        services.add_host(officer, host="maps.example.org")
    for bad in ("10.0.0.1", "localhost", "a.internal", "https://a.example.org", "a.example.org/x", "*.org", "a b.org"):
        with pytest.raises(BadInput):
            services.add_host(gis, host=bad)
    host = services.add_host(gis, host="Maps.Example.org", note="省厅")
    with pytest.raises(BadInput):
        services.add_host(gis, host="maps.example.org")
    source = new(officer, "https://maps.example.org/wfs")
    services.end_host(gis, host.pk)
    asked: list[Any] = []
    monkeypatch.setattr("layers.sources.client.download", lambda *args, **kwargs: asked.append(args))
    fetching.work(source.pk)
    source.refresh_from_db()
    assert (source.outcome, asked) == ("failed", []) and "名单" in source.said
    kept = SourceHost.objects.get(pk=host.pk)
    assert (kept.added_by, kept.ended_by, kept.ended_at is not None) == (gis, gis, True)
    verbs = AuditEntry.objects.filter(verb__startswith="layer.source-host", object_id=str(host.pk)).order_by("pk")
    assert [entry.verb for entry in verbs] == ["layer.source-host-added", "layer.source-host-ended"]
    services.add_host(gis, host="maps.example.org")  # again, with a row of its own
    assert AuditEntry.objects.get(verb="layer.source-added").detail["url"] == "https://maps.example.org/wfs"


def test_an_inner_address_is_read_where_the_operator_names_it_and_its_host_is_on_the_list_of_the_district(
    service: Any, gis: User, world: Any, settings: Any
) -> None:
    url, host = f"{service.origin}/wfs2", SourceHost.objects.get()
    services.end_host(gis, host.pk)
    with pytest.raises(BadInput, match="名单"):
        new(gis, url)
    again = services.add_host(gis, host="127.0.0.1")
    assert require_allowed(url, world.east_town.pk)
    SourceHost.objects.filter(pk=again.pk).update(area=world.east_town)
    assert require_allowed(url, world.east_town.pk)
    with pytest.raises(BadInput, match="名单"):
        require_allowed(url, None)
    settings.SOURCE_INNER_ORIGINS = []
    for refused in (lambda: services.add_host(gis, host="127.0.0.1"), lambda: require_allowed(url, world.east_town.pk)):
        with pytest.raises(BadInput):
            refused()


def test_a_name_on_the_list_that_means_an_inner_address_is_not_asked(
    service: Any, gis: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.add_host(gis, host="maps.example.org")
    source = new(gis, "https://maps.example.org/wfs")
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **kwargs: [(0, 0, 0, "", ("192.168.1.9", 443))])
    fetching.work(source.pk)
    source.refresh_from_db()
    assert "指向内部网络" in source.said


def test_a_token_goes_to_the_service_as_it_was_said_and_is_never_shown(
    add: Any, service: Any, gis: User, as_user: Any
) -> None:
    first = add("wfs2", secret=TOKEN)
    assert {headers.get("Authorization") for _path, _query, headers in service.seen} == {f"Bearer {TOKEN}"}
    service.seen.clear()
    second = add("arcgis", secret=TOKEN)
    assert {query.get("token") for _path, query, _headers in service.seen} == {TOKEN}
    assert not any("Authorization" in headers for _path, _query, headers in service.seen)
    client = as_user(gis)
    service.answers = {"/": lambda h, q: h.say(f"no {h.path}", "text/plain", 500)}
    for source in (read(first), read(second)):
        assert source.outcome == "failed" and TOKEN not in source.said
        assert TOKEN not in client.get(source.get_absolute_url()).content.decode()
    words = {"detail": "no {0}", "error": {"code": 400, "message": "no {0}"}}
    for source, status in ((first, 500), (second, 200)):
        service.answers = {"/": partial(_repeat, words, status)}
        said = read(source).said
        assert "no" in said and "…" in said and TOKEN not in said
    bad = client.post(f"{PAGES}{first.pk}/secret/", {"secret": TOKEN, "passed_as": "a b"})
    assert bad.status_code == 400 and TOKEN not in bad.content.decode()
    assert TOKEN not in json.dumps([entry.detail for entry in AuditEntry.objects.all()])
    out = io.StringIO()
    call_command("fetch_layer_source", json=True, stdout=out)
    assert TOKEN not in out.getvalue()
    services.end_source(gis, first.pk)
    first.refresh_from_db()
    assert first.secret == ""


def test_the_pages_lead_from_an_address_to_a_layer(add: Any, service: Any, gis: User, as_user: Any) -> None:
    client = as_user(gis)
    assert "还没有数据来源" in client.get(PAGES).content.decode()
    form = {"kind": "wfs", "url": f"{service.origin}/wfs2", "title": "小微水体", "layer": ""}
    refused = client.post(PAGES, form | {"url": "https://evil.example/wfs"})
    assert refused.status_code == 400 and "不在允许的名单里" in refused.content.decode()
    page = client.post(PAGES, form)["Location"]
    source = LayerSource.objects.get()
    assert "排队中" in client.get(page).content.decode()
    assert "HX-Location" not in client.get(f"{page}status/")
    fetching.work(source.pk)
    assert client.get(f"{page}status/")["HX-Location"]
    assert 'value="gw:ponds"' in client.get(page).content.decode()
    assert client.post(f"{page}choose/", {"name": "gw:other"}).status_code == 302
    assert LayerSource.objects.get().type_name == ""
    client.post(f"{page}choose/", {"name": "gw:ponds"})
    fetching.work(source.pk)
    source = loaded(LayerSource.objects.get())
    layer = Layer.objects.get()
    for address in (page, f"/layers/{layer.slug}/", PAGES):
        shown = client.get(address).content.decode()
        assert "已更新图层" in shown and "没有变化" in shown, address
    service.answers = {"/wfs2": lambda h, q: h.say(b"", status=404)}
    read(source)
    for address in (page, f"/layers/{layer.slug}/", "/layers/deliveries/"):
        assert "对方没有这个地址" in client.get(address).content.decode(), address
    told = client.post(f"{page}settings/", {"schedule": "daily", "at_hour": "24"})
    assert told.status_code == 400
    assert client.post(f"{page}settings/", {"schedule": "daily", "at_hour": "2"}).status_code == 302
    assert client.post(f"{page}end/").status_code == 302
    assert "已停用" in client.get(page).content.decode()


def test_somebody_elses_source_is_not_there(
    add: Any, officer: User, other_officer: User, deputy: User, world: Any, as_user: Any, gis: User
) -> None:
    source = add("wfs2", actor=officer)
    page = source.get_absolute_url()
    town_staff = person("east-staff", Role.STAFF, area=world.east_town)
    for stranger in (other_officer, deputy, town_staff):
        client = as_user(stranger)
        for address in (page, f"{page}status/"):
            assert client.get(address).status_code == 404
        for step in ("choose", "fetch", "stop", "settings", "secret", "end"):
            assert client.post(f"{page}{step}/", {"schedule": "daily", "at_hour": 1}).status_code == 404, step
    with pytest.raises(BadInput):
        new(other_officer, source.url, layer=loaded(source).layer.slug)
    assert as_user(other_officer).get("/layers/import/sources/hosts/").status_code == 404
    for keeper in (officer, gis):
        assert as_user(keeper).get(page).status_code == 200


def test_the_command_reads_a_source_and_says_what_came_of_it(add: Any, service: Any, capsys: Any) -> None:
    source = loaded(add("wfs2"))
    call_command("fetch_layer_source", str(source.pk), "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["slug"], said["unchanged_since"]) == (
        "unchanged", source.layer.slug, source.changed_at.isoformat(),
    )  # fmt: skip
    service.answers = {"/wfs2": lambda h, q: h.say(b"", status=401)}
    for asked, code in ((str(source.pk), "source-failed"), ("999999", "source-missing")):
        with pytest.raises(SystemExit) as ended:
            call_command("fetch_layer_source", asked, "--json")
        assert ended.value.code == 2
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code
