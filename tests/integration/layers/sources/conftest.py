"""A map service on this machine that the operator has named and GIS staff listed, and sources that read it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.models import User
from layers.importing import jobs
from layers.models import ImportJob, LayerSource
from layers.sources import fetching, services
from tests.data.map_services import running

ADDRESSES = {
    "wfs2": ("wfs", "/wfs2?service=WFS&request=GetCapabilities"),
    "wfs2gml": ("wfs", "/wfs2gml"),
    "wfs11": ("wfs", "/wfs11"),
    "ogc": ("ogcapi", "/ogc/collections"),
    "arcgis": ("arcgis", "/arcgis/rest/services/water/FeatureServer"),
    "old": ("arcgis", "/old/rest/services/water/MapServer/3"),
    "file": ("file", "/files/ponds.geojson"),
}


@pytest.fixture
def service(settings: Any, tmp_path: Any, gis: User) -> Iterator[Any]:
    settings.MEDIA_ROOT = tmp_path / "media"
    with running() as server:
        settings.SOURCE_INNER_ORIGINS = [server.origin]
        services.add_host(gis, host="127.0.0.1")
        yield server


@pytest.fixture
def add(service: Any, world: Any, gis: User) -> Callable[..., LayerSource]:
    """Add a source of one of ADDRESSES by GIS staff, choose its only layer, and read it."""

    def make(name: str, actor: User | None = None, **more: Any) -> LayerSource:
        kind, path = ADDRESSES[name]
        given = {"kind": kind, "url": service.origin + path, "title": "小微水体", **more}
        source = services.add_source(actor or gis, **given)
        if kind != "file":
            fetching.work(source.pk)
            source.refresh_from_db()
            if len(source.choices) == 1:
                services.choose(actor or gis, source.pk, source.choices[0]["name"])
        return read(source)

    return make


def read(source: LayerSource, *, by_clock: bool = False) -> LayerSource:
    """Read it, now if nobody has asked yet, and come back with how it stands."""
    source.refresh_from_db()
    if not source.is_working and source.is_active:
        services.ask_now(source.made_by, source.pk)
    fetching.work(source.pk, by_clock)
    source.refresh_from_db()
    return source


def inspected(source: LayerSource) -> ImportJob:
    """The import that the last reading brought, looked through."""
    assert source.last_job is not None, source.said
    jobs.inspect_upload(source.last_job.pk)
    source.refresh_from_db()
    return ImportJob.objects.get(pk=source.last_job_id)


def loaded(source: LayerSource) -> LayerSource:
    """The same, confirmed by a person and loaded."""
    job = inspected(source)
    jobs.confirm(job, job.options)
    jobs.run_import(job.pk)
    source.refresh_from_db()
    return source
