"""A client that is generated from `/api/schema/` lists everything and writes, over a socket."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.tokens import services as tokens
from projects.models import ProgressReport
from river_monitoring.models import MonitoringPoint, Sample
from tests.integration.ogc.test_clients import make_points, run
from tests.integration.projects.conftest import make_project, project  # noqa: F401 - fixtures

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LISTS = """
import importlib, json, pkgutil, sys
sys.path.insert(0, sys.argv[1])
from supervision_client import AuthenticatedClient, api
client = AuthenticatedClient(base_url=sys.argv[2], token=sys.argv[3])
listed = {}
for group in pkgutil.iter_modules(api.__path__):
    package = importlib.import_module(f"supervision_client.api.{group.name}")
    if f"{group.name}_list" in {module.name for module in pkgutil.iter_modules(package.__path__)}:
        asked = importlib.import_module(f"{package.__name__}.{group.name}_list")
        answer = asked.sync_detailed(client=client)
        rows = getattr(answer.parsed, "features", None)
        rows = getattr(answer.parsed, "results", answer.parsed) if rows is None else rows
        listed[group.name] = [int(answer.status_code), type(rows).__name__, len(rows)]
print(json.dumps(listed))
"""
WRITES = """
import json, sys
from datetime import datetime
sys.path.insert(0, sys.argv[1])
from supervision_client import AuthenticatedClient
from supervision_client.api.projects import projects_reports_create
from supervision_client.api.samples import samples_create
from supervision_client.models import NewReportRequest, SampleRequest, SampleRequestReadings
client = AuthenticatedClient(base_url=sys.argv[2], token=sys.argv[3])
def sample(minute):
    at = datetime.fromisoformat(sys.argv[4]).replace(minute=minute)
    return SampleRequest(point="P-1", phenomenon_time=at, readings=SampleRequestReadings.from_dict({"nh3n": "2.5"}))
one = samples_create.sync_detailed(client=client, body=sample(1))
many = samples_create.sync_detailed(client=client, body=[sample(2), sample(3)])
again = samples_create.sync_detailed(client=client, body=SampleRequest(
    point="NOWHERE", phenomenon_time=one.parsed.phenomenon_time, readings=sample(4).readings))
report = projects_reports_create.sync_detailed(int(sys.argv[5]), client=client, body=NewReportRequest(text="已浇筑"))
print(json.dumps({
    "one": [int(one.status_code), one.parsed.class_, one.parsed.limiting],
    "many": [int(many.status_code), [row.outcome.value for row in many.parsed.rows]],
    "refused": [int(again.status_code), again.parsed.code, [error.field for error in again.parsed.errors]],
    "report": int(report.status_code),
}))
"""


@pytest.fixture
def generated(live_server, tmp_path):
    """The folder of a client generated from the description that the site itself hands out."""
    config = tmp_path / "config.yml"
    config.write_text("package_name_override: supervision_client\npost_hooks: []\n")
    made = tmp_path / "made" / "supervision_client"
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--url", f"{live_server.url}/api/schema/"]
    options = ["--output-path", str(made), "--meta", "none", "--config", str(config), "--fail-on-warning"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    return made.parent


def token_of(actor, department, *scopes):
    until = timezone.localdate() + timedelta(days=30)
    return tokens.issue(actor, department=department, name="系统", scopes=scopes, expires_on=until)[1]


@pytest.mark.interop("openapi-python-client", "/api/v1/", "generated; lists everything, writes samples and reports")
def test_a_generated_client_lists_everything_and_writes(live_server, generated, world, officer, staff, project):  # noqa: F811
    make_points(world)
    listed = run(LISTS, str(generated), live_server.url, token_of(staff, None, "read"))
    assert {status for status, _kind, _rows in listed.values()} == {200}, listed
    assert len(listed) > 20 and {kind for _status, kind, _rows in listed.values()} == {"list"}
    assert listed["monitoring_points"][2] == 5
    at = (timezone.now() - timedelta(hours=2)).isoformat()
    token = token_of(officer, world.water, "samples:write", "projects:write")
    written = run(WRITES, str(generated), live_server.url, token, at, str(project.pk))
    assert written["one"] == [201, 6, ["nh3n"]]
    assert written["refused"][0] == 400 and written["refused"][2] == ["point"], json.dumps(written)
    assert written["report"] == 201 and ProgressReport.objects.count() == 1
    assert written["many"] == [201, ["stored", "stored"]] and Sample.objects.count() == 3
    assert MonitoringPoint.objects.get(code="P-1").current_class == 6
