"""A real client reads the interface over a socket: GDAL's driver for OGC API Features."""

import json
import os
import subprocess
import sys

import pytest
from django.contrib.gis.geos import Point

from river_monitoring.models import MonitoringPoint

CLIENT = """
import json, sys, pyogrio
source = "OAPIF:" + sys.argv[1]
def read(**asked):
    return pyogrio.read_dataframe(source, layer="monitoring_points", **asked)
whole = read(PAGE_SIZE="2")
print(json.dumps({
    "layers": list(pyogrio.list_layers(source)[:, 0]),
    "crs": whole.crs.to_authority(),
    "bounds": list(whole.total_bounds),
    "whole": sorted(whole["code"]),
    "near": sorted(read(bbox=(121.315, 29.8, 121.335, 29.9))["code"]),
    "chosen": sorted(read(where="class = 3")["code"]),
    "kinds": {name: str(kind) for name, kind in whole.dtypes.items()},
}))
"""
"""In a process of its own: the site's own GDAL opens nothing from the network."""


@pytest.mark.django_db(transaction=True)
def test_gdal_lists_reads_pages_and_filters(live_server, world):
    for number in range(5):
        MonitoringPoint.objects.create(
            code=f"P-{number}", name="南塘河", kind="small", area=world.west_town, department=world.water,
            geom=Point(121.32 + number / 100, 29.85, srid=4326), current_class=number, status="listed",
        )  # fmt: skip
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("GDAL", "OGR", "CPL"))}
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, f"{live_server.url}/ogc"],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert "monitoring_points" in found["layers"]
    assert found["crs"] == ["OGC", "CRS84"]
    assert found["bounds"] == pytest.approx([121.32, 29.85, 121.36, 29.85])
    assert found["whole"] == ["P-0", "P-1", "P-2", "P-3", "P-4"]
    assert found["near"] == ["P-0", "P-1"]
    assert found["chosen"] == ["P-3"]
    assert found["kinds"]["class"].startswith(("int", "float"))
