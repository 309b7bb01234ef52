"""An upload whose workers are killed while it is inspected and while it is loaded: it is there once, with every row."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
import uuid

from tests.drills.site import Site
from tests.drills.writes import Writers

ROWS = 20_000
PATIENCE = 240
PHASES = ("inspecting", "loading")


def killed(site: Site, writers: Writers) -> float:
    """Seconds from the kill until the import has come to rest, the longer of both phases."""
    return max(_killed_in(site, phase) for phase in PHASES)


def _killed_in(site: Site, phase: str) -> float:
    from layers.importing.models import ImportJob
    from layers.storage.models import Layer

    slug = f"drill-{uuid.uuid4().hex[:8]}"
    job = _uploaded(slug)
    _until(job, {"previewed"} | ({phase} if phase == "inspecting" else set()))
    took = _kill_workers(site, job, {"previewed"}) if phase == "inspecting" else 0.0
    _confirm(job, slug)
    if phase == "loading":
        _until(job, {"loading", "done"})
        took = _kill_workers(site, job, {"done"})
    _until(job, {"done"})
    rows = ImportJob.objects.get(pk=job).rows_done
    layers = Layer.objects.filter(slug=slug)
    assert (layers.count(), rows) == (1, ROWS), f"{phase}: {layers.count()} layers, {rows} rows"
    return took


def _kill_workers(site: Site, job: int, at_rest: set[str]) -> float:
    """Workers and the processes of their imports."""
    workers = site.workers()
    for pid in [child for worker in workers for child in site._children(worker, b"")] + workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    _until(job, at_rest)
    return time.monotonic() - began


def _uploaded(slug: str) -> int:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts.models import User
    from layers.importing.uploads import receive_uploads
    from tests.data.cast import make_gis

    gis = User.objects.filter(role="gis").first() or make_gis()
    points = [
        {"type": "Feature", "properties": {"no": number, "name": f"点{number}"},
         "geometry": {"type": "Point", "coordinates": [121.3 + number % 100 / 1000, 29.8 + number / 1_000_000]}}
        for number in range(ROWS)
    ]  # fmt: skip
    content = json.dumps({"type": "FeatureCollection", "features": points}).encode()
    made = receive_uploads([SimpleUploadedFile(f"{slug}.geojson", content)], gis, {"language": "zh-hans"})
    return int(made[0].pk)


def _confirm(job: int, slug: str) -> None:
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(
        User.objects.filter(role="gis")[0], backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    given = {"mode": "create", "slug": slug, "title": slug, "datum": "wgs84", "invalid": "repair"}
    answer = client.post(f"/layers/import/{job}/confirm/", given, headers={"host": "127.0.0.1"})
    assert answer.status_code == 302, f"confirming: {answer.status_code}"


def _until(job: int, states: set[str]) -> None:
    from layers.importing.models import ImportJob

    deadline = time.monotonic() + PATIENCE
    while (state := str(ImportJob.objects.values_list("state", flat=True).get(pk=job))) not in states:
        assert state not in ("failed", "cancelled"), f"the import is {state}"
        if time.monotonic() > deadline:
            raise TimeoutError(f"the import stays {state}")
        time.sleep(0.05)
