"""Who gets what at every address: one table, held to by asking each address as each person.

A route that is not in the table fails the test, so nobody can add a page without saying who may see it.
302 is "sign in first"; 404 is both "missing" and "not for you".
"""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import LineString, MultiLineString, Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from inspections.models import Patrol
from jobs.lanes import Lane
from jobs.models import Worker
from layers.catalogue import thumbnails
from layers.importing import raster_loading
from layers.importing.import_report import Report
from layers.importing.options import LoadOptions
from layers.importing.vector_loading import load
from layers.models import Layer, OverlayRun
from layers.overlay import runs
from projects.models import Candidacy, Project, Proposal, VoteSession
from river_monitoring.models import MonitoringPoint, Reach, River
from river_monitoring.works.models import Outfall
from stations.models import Deputy, Reception, ServiceArea, Station
from supervision.models import Finding, Suggestion
from tests.data.gis_files import gbk_ponds
from tests.data.tiffs import hills, write_tiff

PEOPLE = ("anonymous", "deputy", "officer", "other_officer", "gis", "staff", "admin")
EVERYBODY = "200 200 200 200 200 200 200"
SIGNED_IN = "302 200 200 200 200 200 200"
EDITORS_ONLY = "302 404 404 404 200 200 200"
EDITORS_BY_GET = "302 404 404 404 405 405 405"
NOTHING_FOR_EDITORS = "302 404 404 404 404 404 404"
INTERNAL = "404 200 200 200 200 200 200"
CONGRESS_STAFF = "302 404 404 404 404 200 200"
NOTHING_FOR_STAFF = "302 404 404 404 404 404 404"
DEPUTIES = "302 200 404 404 404 404 404"
NOBODY_BY_GET = "405 405 405 405 405 405 405"
# The form's address without a format names nothing.
NOBODY_WITHOUT_FORMAT = "404 404 404 404 404 404 404"
# Those who have a part in it learn that it takes a POST; for others there is nothing there.
ACTORS_BY_GET = "302 404 405 405 404 405 405"
# An officer of the lead department, and the congress staff.
LEAD_AND_STAFF = "302 404 200 404 404 200 200"
STAFF_ONLY = "302 404 404 404 404 200 200"
STAFF_BY_GET = "302 404 404 404 404 405 405"
# The finding is a deputy's own, about a point of the officer's department.
CONCERNED = "302 200 200 404 404 200 200"
CONCERNED_API = "404 200 200 404 404 200 200"
WALKER_AND_STAFF = "302 200 404 404 404 200 200"
ADMIN_ONLY = "302 302 302 302 302 302 200"

# route name, how to fill it in, and the answer to GET for each of PEOPLE.
TABLE = [
    ("home", "", EVERYBODY),
    ("map", "", EVERYBODY),
    ("search", "", EVERYBODY),
    ("numbers", "", EVERYBODY),
    ("work", "", SIGNED_IN),
    ("supervision:download", "extension=csv", "302 200 200 200 404 200 200"),
    ("supervision:download", "extension=docx", "302 404 404 404 404 404 404"),
    ("notices:list", "", SIGNED_IN),
    ("notices:open", "pk=0", "302 404 404 404 404 404 404"),
    ("notices:read_all", "", NOBODY_BY_GET),
    ("notices:preferences", "", SIGNED_IN),
    ("notices:robots", "", "302 404 200 200 404 200 200"),
    ("notices:robot_step", "pk=0 step=try", NOBODY_BY_GET),
    ("notices:confirm", "token=guess", "404 404 404 404 404 404 404"),
    ("notices:unsubscribe", "token=guess", "404 404 404 404 404 404 404"),
    ("tokens:list", "", "302 404 200 200 404 404 200"),
    ("tokens:revoke", "pk=0", NOBODY_BY_GET),
    ("numbers_export", "extension=csv", "404 200 200 200 404 200 200"),
    ("people:list", "", STAFF_ONLY),
    ("people:download", "extension=csv", STAFF_ONLY),
    ("people:download", "extension=docx", "302 404 404 404 404 404 404"),
    ("people:invite", "", STAFF_ONLY),
    ("people:sheet", "", STAFF_ONLY),
    ("people:person", "pk=0", "302 404 404 404 404 404 404"),
    ("people:step", "pk=0 step=close", NOBODY_BY_GET),
    ("invitation", "token=guess signature=guess", "404 404 404 404 404 404 404"),
    ("river:list", "", EVERYBODY),
    ("river:statistics", "", EVERYBODY),
    ("river:compare", "", EVERYBODY),
    ("river:lakes", "", EVERYBODY),
    ("river:water_list", "", EVERYBODY),
    ("river:water", "code=R1", EVERYBODY),
    ("river:water", "code=NONE", "404 404 404 404 404 404 404"),
    ("river:follow_river", "code=R1", NOBODY_BY_GET),
    ("river:following", "", "302 200 200 200 404 200 200"),
    ("river:near", "", EVERYBODY),
    ("river:disagreements", "", "302 200 200 200 404 200 200"),
    ("river:signboard", "code=R1-1", EVERYBODY),
    ("river:point_list", "", EVERYBODY),
    ("river:point", "code=P1", EVERYBODY),
    ("river:point_new", "", "302 404 404 404 200 200 200"),
    ("river:transition", "code=P1", ACTORS_BY_GET),
    # The point's own department and the congress staff hand in samples; P1 belongs to the officer's department.
    ("river:follow", "code=P1", "302 405 405 405 404 405 405"),
    ("river:sample_new", "code=P1", "302 404 200 404 404 200 200"),
    ("river:sample_correct", "code=P1 pk=999999", "302 404 404 404 404 404 404"),
    ("river:sample_sheet", "", "302 404 200 200 404 200 200"),
    ("river:sample_review", "", "302 404 200 200 404 200 200"),
    ("river:works", "code=P1", "302 404 200 404 404 200 200"),
    ("river:measure", "code=P1 pk=999999", "302 404 405 405 404 405 405"),
    ("river:update", "name=points", "302 404 200 200 404 200 200"),
    ("river:update", "name=unknown", "302 404 404 404 404 404 404"),
    ("river:update_xlsx", "name=measures", "302 404 200 200 404 200 200"),
    ("river:outfall_list", "", EVERYBODY),
    ("river:outfall", "code=O1", EVERYBODY),
    ("river:outfall_new", "", "302 404 200 200 404 200 200"),
    ("river:evidence", "pk=999999", "404 404 404 404 404 404 404"),
    ("projects:list", "", EVERYBODY),
    ("projects:download", "extension=csv", EVERYBODY),
    ("projects:detail", "code=OPEN", EVERYBODY),
    # A candidate is a working paper: its lead department, the staff and administrators know of it.
    ("projects:detail", "code=CANDIDATE", "404 404 200 404 404 200 200"),
    ("projects:complete_milestone", "code=OPEN", ACTORS_BY_GET),
    ("projects:report_progress", "code=OPEN", LEAD_AND_STAFF),
    ("projects:edit", "code=OPEN", LEAD_AND_STAFF),
    ("projects:goals", "code=OPEN", LEAD_AND_STAFF),
    ("projects:plan", "code=OPEN", LEAD_AND_STAFF),
    ("projects:places", "code=OPEN", LEAD_AND_STAFF),
    ("projects:places_geojson", "code=OPEN", EVERYBODY),
    ("projects:places_geojson", "code=CANDIDATE", "404 404 200 404 404 200 200"),
    ("projects:place_add", "code=OPEN", NOBODY_BY_GET),
    ("projects:place_upload", "code=OPEN", NOBODY_BY_GET),
    ("projects:place_remove", "code=OPEN pk=999999", NOBODY_BY_GET),
    ("projects:stage", "code=OPEN", NOBODY_BY_GET),
    ("projects:recommendation", "code=OPEN", STAFF_ONLY),
    ("projects:lights", "", EVERYBODY),
    ("projects:new_candidate", "", STAFF_ONLY),
    ("projects:photo", "code=OPEN pk=999999", "404 404 404 404 404 404 404"),
    ("projects:votes", "", EVERYBODY),
    ("projects:vote", "pk=VOTE", EVERYBODY),
    ("projects:call_vote", "", STAFF_ONLY),
    ("projects:cast_ballot", "pk=VOTE", "302 405 404 404 404 404 404"),
    ("projects:close_vote", "pk=VOTE", STAFF_BY_GET),
    ("projects:call_runoff", "pk=VOTE", STAFF_BY_GET),
    ("projects:ballots", "pk=VOTE", "404 404 404 404 404 404 404"),  # nothing before the count
    ("projects:vote_result", "pk=VOTE", "404 404 404 404 404 404 404"),
    ("projects:proposals", "", EVERYBODY),
    ("projects:propose", "", EVERYBODY),
    ("projects:proposals_nearby", "", EVERYBODY),
    ("projects:proposal_places", "", EVERYBODY),
    # Handed in by somebody and not yet looked at: for the staff alone. Its number tells its state, not its words.
    ("projects:proposal", "number=2026-0001", "404 404 404 404 404 200 200"),
    ("projects:proposal_sent", "number=2026-0001", EVERYBODY),
    ("projects:proposal_photo", "number=2026-0001", "404 404 404 404 404 404 404"),
    ("projects:review_proposal", "number=2026-0001 verb=publish", STAFF_BY_GET),
    # Deputies and the public rate; officers and the staff do not.
    ("projects:rate", "code=OPEN", "200 200 404 404 404 404 404"),
    ("projects:paper_count", "code=OPEN", STAFF_ONLY),
    ("projects:photo_small", "code=OPEN pk=999999 size=small", "404 404 404 404 404 404 404"),
    # What is or was put to the vote is public, whatever became of it.
    ("projects:detail", "code=BALLOT", EVERYBODY),
    ("projects:open_data", "", EVERYBODY),
    ("projects:feed", "", EVERYBODY),
    ("projects:project_feed", "code=OPEN", EVERYBODY),
    ("projects:project_feed", "code=CANDIDATE", "404 404 404 404 404 404 404"),
    ("projects:follow", "code=OPEN", NOBODY_BY_GET),
    ("projects:follower", "token=guessed", "404 404 404 404 404 404 404"),
    ("projects:feedback", "code=OPEN", EVERYBODY),
    ("projects:feedback", "code=CANDIDATE", "404 404 200 404 404 200 200"),
    ("projects:feedback_receipt", "token=guessed", "404 404 404 404 404 404 404"),
    ("projects:feedback_desk", "", "302 404 404 404 404 200 200"),
    ("projects:moderate_feedback", "pk=999999", "302 404 404 404 404 405 405"),
    ("projects:reply_to_feedback", "pk=999999", "302 404 405 405 404 405 405"),
    ("projects:feedback_photo", "pk=999999", "404 404 404 404 404 404 404"),
    ("projects:feedback_photo_small", "pk=999999 size=small", "404 404 404 404 404 404 404"),
    ("stations:list", "", EVERYBODY),
    ("stations:detail", "code=S1", EVERYBODY),
    ("stations:mine", "", EVERYBODY),
    ("stations:calendar", "", EVERYBODY),
    ("stations:station_calendar", "code=S1", EVERYBODY),
    ("stations:statistics", "", EVERYBODY),
    ("stations:statistics_csv", "", EVERYBODY),
    ("stations:receptions", "", EVERYBODY),
    ("stations:reception", "pk=RECEPTION", EVERYBODY),
    ("stations:reception_calendar", "pk=RECEPTION", EVERYBODY),
    ("stations:book", "pk=RECEPTION", NOBODY_BY_GET),
    ("stations:booking", "token=a-guess", "404 404 404 404 404 404 404"),
    ("stations:reception_step", "pk=RECEPTION step=record", NOBODY_BY_GET),
    ("stations:matter_step", "pk=999999 step=settle", NOBODY_BY_GET),
    # Congress staff run every station; the deputy and the officers here belong to none.
    ("stations:announce", "code=S1", "302 404 404 404 404 200 200"),
    ("stations:edit", "code=S1", "302 404 404 404 404 200 200"),
    ("stations:photo", "code=S1", "404 404 404 404 404 404 404"),
    ("stations:qr", "code=S1", EVERYBODY),
    ("stations:areas", "", EDITORS_ONLY),
    ("stations:areas_upload", "", NOBODY_BY_GET),
    ("stations:areas_mend", "", NOBODY_BY_GET),
    ("stations:areas_close", "", NOBODY_BY_GET),
    ("stations:areas_faults", "", EDITORS_ONLY),
    ("stations:area", "code=S1", EDITORS_ONLY),
    ("stations:area_geojson", "code=S1", EVERYBODY),
    ("stations:deputies", "", EVERYBODY),
    ("stations:deputy", "page_code=d1", EVERYBODY),
    ("stations:deputy_qr", "page_code=d1", EVERYBODY),
    # A deputy who is no deputy of the congress's register has no duty; the staff keep everybody's.
    ("stations:sheet", "kind=stations", "302 404 404 404 404 200 200"),
    ("stations:sheet_out", "kind=deputies suffix=csv", "302 404 404 404 404 200 200"),
    ("stations:sheet_template", "kind=receptions", "302 404 404 404 404 200 200"),
    ("stations:activities", "", "302 200 404 404 404 200 200"),
    ("stations:activity_new", "", "302 404 404 404 404 200 200"),
    ("stations:sign_in", "", "302 200 404 404 404 404 404"),
    ("stations:activity", "pk=999999", "302 404 404 404 404 404 404"),
    ("stations:activity_qr", "pk=999999", "302 404 404 404 404 404 404"),
    ("stations:activity_step", "pk=999999 step=register", NOBODY_BY_GET),
    ("stations:duty", "", "302 404 404 404 404 200 200"),
    ("stations:duty_rule", "", "302 404 404 404 404 200 200"),
    ("stations:duty_register", "year=2026", "302 404 404 404 404 200 200"),
    ("stations:duty_report", "page_code=d1 year=2026", "302 404 404 404 404 200 200"),
    ("stations:duty_report_xlsx", "page_code=d1 year=2026", "302 404 404 404 404 200 200"),
    ("stations:duty_add", "page_code=d1", NOBODY_BY_GET),
    ("stations:duty_step", "pk=999999 step=confirm", NOBODY_BY_GET),
    ("layers:list", "", EVERYBODY),
    ("layers:import", "", EDITORS_ONLY),
    ("layers:import_job", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_status", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_geojson", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_history", "", EDITORS_ONLY),
    ("layers:import_findings", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_findings_geojson", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_findings_csv", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_changes", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_changes_geojson", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_changes_csv", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:import_retry", "pk=999999", NOBODY_BY_GET),
    ("layers:import_confirm", "pk=999999", NOBODY_BY_GET),
    ("layers:import_cancel", "pk=999999", NOBODY_BY_GET),
    ("layers:overlay", "", EDITORS_ONLY),
    ("layers:overlay_run", "pk=RUN", EDITORS_ONLY),
    ("layers:overlay_status", "pk=RUN", EDITORS_ONLY),
    ("layers:overlay_geojson", "pk=RUN", EDITORS_ONLY),
    ("layers:overlay_csv", "pk=RUN", EDITORS_ONLY),
    ("layers:overlay_cancel", "pk=RUN", NOBODY_BY_GET),
    ("layers:overlay_save", "pk=RUN", NOBODY_BY_GET),
    ("layers:import_picture", "pk=999999", NOTHING_FOR_EDITORS),
    ("layers:detail", "slug=open-raster", EVERYBODY),
    ("layers:detail", "slug=inner-raster", INTERNAL),
    ("layers:legend", "slug=inner-raster", INTERNAL),
    ("layers:raster_picture", "slug=open-raster", EVERYBODY),
    ("layers:raster_picture", "slug=inner-raster", INTERNAL),
    ("layers:raster_file", "slug=open-raster", EVERYBODY),
    ("layers:raster_file", "slug=inner-raster", INTERNAL),
    ("layers:raster_style", "slug=open-raster", EDITORS_ONLY),
    ("layers:table", "slug=open-raster", "404 404 404 404 404 404 404"),
    ("layer-value", "slug=open-raster", "400 400 400 400 400 400 400"),
    ("layer-value", "slug=inner-raster", "404 400 400 400 400 400 400"),
    ("raster_list", "", EVERYBODY),
    ("raster_json", "name=open-raster", EVERYBODY),
    ("raster_json", "name=inner-raster", INTERNAL),
    ("raster_tile", "name=inner-raster z=12 x=3428 y=1691", INTERNAL),
    ("raster_tile_webp", "name=inner-raster z=12 x=3428 y=1691", INTERNAL),
    ("layers:detail", "slug=open-layer", EVERYBODY),
    ("layers:detail", "slug=inner-layer", INTERNAL),
    ("layers:table", "slug=open-layer", EVERYBODY),
    ("layers:table", "slug=inner-layer", INTERNAL),
    ("layers:table_csv", "slug=open-layer", EVERYBODY),
    ("layers:table_csv", "slug=inner-layer", INTERNAL),
    ("layers:legend", "slug=open-layer", EVERYBODY),
    ("layers:legend", "slug=inner-layer", INTERNAL),
    ("layers:thumbnail", "slug=open-layer", EVERYBODY),
    ("layers:thumbnail", "slug=inner-layer", INTERNAL),
    ("layers:style", "slug=open-layer", EDITORS_ONLY),
    ("layers:style_restore", "slug=open-layer", NOBODY_BY_GET),
    ("layers:publish", "slug=inner-layer", EDITORS_ONLY),
    ("layers:withdraw", "slug=open-layer", NOBODY_BY_GET),
    ("layer-style", "slug=open-layer", EVERYBODY),
    ("layer-style", "slug=inner-layer", INTERNAL),
    ("layer-legend", "slug=open-layer", EVERYBODY),
    ("layer-legend", "slug=inner-layer", INTERNAL),
    ("layers:feature", "slug=open-layer pk=1", EVERYBODY),
    ("layers:feature", "slug=inner-layer pk=1", INTERNAL),
    ("layers:export", "slug=open-layer extension=csv", EVERYBODY),
    ("layers:export", "slug=inner-layer extension=csv", INTERNAL),
    ("layers:export_form", "slug=open-layer", NOBODY_WITHOUT_FORMAT),
    ("layers:undo", "slug=open-layer", NOBODY_BY_GET),
    ("layers:edit", "slug=open-layer", NOBODY_BY_GET),
    ("layers:row_report", "slug=open-layer number=1", EDITORS_ONLY),
    ("tileset_json", "names=open-layer", EVERYBODY),
    ("tileset_json", "names=inner-layer", INTERNAL),
    ("vector_tile", "names=inner-layer z=9 x=428 y=211", INTERNAL),
    ("layer-detail", "slug=open-layer", EVERYBODY),
    ("layer-detail", "slug=inner-layer", INTERNAL),
    ("layer-features", "slug=inner-layer", INTERNAL),
    ("layer-feature", "slug=inner-layer pk=1", INTERNAL),
    # The patrol is the deputy's own and has ended; nothing found on it was sent to a department.
    ("patrols:list", "", "302 200 200 200 404 200 200"),
    ("patrols:new", "", "302 200 404 404 404 200 200"),
    ("patrols:here", "", "302 302 404 404 404 302 302"),
    ("patrols:coverage", "", EVERYBODY),
    ("patrols:detail", "pk=PATROL", WALKER_AND_STAFF),
    ("patrols:print", "pk=PATROL", WALKER_AND_STAFF),
    ("patrols:track", "pk=PATROL", WALKER_AND_STAFF),
    ("patrols:stop", "pk=PATROL", "405 405 405 405 405 405 405"),
    ("patrols:find", "pk=PATROL", "302 404 404 404 404 404 404"),
    ("patrols:send", "pk=999999", "405 405 405 405 405 405 405"),
    ("patrols:photo", "pk=999999", "302 404 404 404 404 404 404"),
    ("patrols:photo_small", "pk=999999", "302 404 404 404 404 404 404"),
    ("patrol-list", "", "403 200 200 200 200 200 200"),
    ("patrol-detail", "pk=PATROL", "403 200 404 404 404 200 200"),
    ("patrol-track", "pk=PATROL", "403 405 405 405 405 405 405"),
    ("patrol-stop", "pk=PATROL", "403 405 405 405 405 405 405"),
    ("reports:list", "", "302 200 200 200 404 200 200"),
    ("reports:download", "pk=999999 suffix=pdf", "302 404 404 404 404 404 404"),
    ("supervision:report", "", EVERYBODY),
    ("matters:near", "", EVERYBODY),
    ("matters:offline", "", EVERYBODY),
    ("matters:mine", "token=a-guess", NOBODY_WITHOUT_FORMAT),
    ("matters:mine_by_mail", "pk=1 signature=a-guess", NOBODY_WITHOUT_FORMAT),
    ("matters:mine_step", "token=a-guess step=say", NOBODY_BY_GET),
    ("matters:list", "", EVERYBODY),
    # The matter of the table is not published.
    ("matters:matter", "number=2026-00001", NOBODY_WITHOUT_FORMAT),
    ("matters:photo", "pk=999999", NOBODY_WITHOUT_FORMAT),
    ("matters:support", "number=2026-00001", NOBODY_BY_GET),
    ("matters:received", "", CONGRESS_STAFF),
    ("matters:publish", "number=2026-00001", CONGRESS_STAFF),
    ("matters:cover", "pk=999999", NOTHING_FOR_STAFF),
    ("matters:original", "pk=999999", NOTHING_FOR_STAFF),
    ("matters:unadopted", "", DEPUTIES),
    ("matters:adopt", "number=2026-00001", NOBODY_BY_GET),
    ("service_worker", "", EVERYBODY),
    ("supervision:list", "", "302 200 200 200 404 200 200"),
    ("supervision:finding", "pk=FINDING", CONCERNED),
    ("supervision:photo", "pk=999999", "302 404 404 404 404 404 404"),
    ("supervision:photo_small", "pk=999999", "302 404 404 404 404 404 404"),
    ("supervision:rules", "", "302 404 404 404 404 200 200"),
    ("supervision:rule_new", "", "302 404 404 404 404 200 200"),
    ("supervision:rule", "pk=999999", "302 404 404 404 404 404 404"),
    ("supervision:rule_delete", "pk=999999", NOBODY_BY_GET),
    ("supervision:zones", "", "302 404 404 404 404 200 200"),
    ("supervision:clocks", "", "302 404 404 404 404 200 200"),
    ("supervision:clock", "name=reply", NOBODY_BY_GET),
    ("supervision:suggestion", "number=2026-00001", CONCERNED),
    ("supervision:step", "number=2026-00001 verb=reply", NOBODY_BY_GET),
    ("tileset_list", "", EVERYBODY),
    ("tileset_json", "names=monitoring_points", EVERYBODY),
    ("tileset_json", "names=findings", EVERYBODY),
    ("vector_tile", "names=monitoring_points z=9 x=428 y=211", EVERYBODY),
    ("tile_grid", "name=CGCS2000", EVERYBODY),
    ("glyphs", "stack=Noto%20Sans%20SC span=0-255", EVERYBODY),
    ("raster_tile", "name=hillshade z=10 x=857 y=422", EVERYBODY),
    ("sprite", "ratio=@2x kind=png", EVERYBODY),
    ("style", "name=haishu", EVERYBODY),
    ("schema", "", EVERYBODY),
    ("api_docs", "", EVERYBODY),
    ("healthz", "", EVERYBODY),
    ("readyz", "", EVERYBODY),
    ("metrics", "", EVERYBODY),
    ("api-root", "", EVERYBODY),
    ("area-list", "", EVERYBODY),
    ("area-detail", "pk=WEST", EVERYBODY),
    ("department-list", "", EVERYBODY),
    ("department-detail", "pk=WATER", EVERYBODY),
    ("river-list", "", EVERYBODY),
    ("river-detail", "pk=RIVER", EVERYBODY),
    ("river-chiefs", "pk=RIVER", EVERYBODY),
    ("reach-list", "", EVERYBODY),
    ("reach-detail", "pk=REACH", EVERYBODY),
    ("management-range-list", "", EVERYBODY),
    ("management-range-detail", "pk=999999", "404 404 404 404 404 404 404"),
    ("monitoring-point-list", "", EVERYBODY),
    ("monitoring-point-detail", "pk=POINT", EVERYBODY),
    ("monitoring-point-counts", "", EVERYBODY),
    ("monitoring-point-months", "", EVERYBODY),
    ("monitoring-point-trend", "pk=POINT", EVERYBODY),
    ("monitoring-point-upstream", "pk=POINT", EVERYBODY),
    ("monitoring-point-downstream", "pk=POINT", EVERYBODY),
    ("sample-list", "", EVERYBODY),
    ("sample-detail", "pk=999999", "404 404 404 404 404 404 404"),
    ("outfall-list", "", EVERYBODY),
    ("outfall-detail", "pk=999999", "404 404 404 404 404 404 404"),
    ("measure-list", "", EVERYBODY),
    ("measure-detail", "pk=999999", "404 404 404 404 404 404 404"),
    ("project-list", "", EVERYBODY),
    ("project-detail", "pk=PROJECT", EVERYBODY),
    ("station-list", "", EVERYBODY),
    ("station-detail", "pk=STATION", EVERYBODY),
    ("service-area-list", "", EVERYBODY),
    ("service-area-detail", "pk=STATION", EVERYBODY),
    ("deputy-list", "", EVERYBODY),
    ("deputy-detail", "pk=999999", "404 404 404 404 404 404 404"),
    ("reception-list", "", EVERYBODY),
    ("reception-detail", "pk=999999", "404 404 404 404 404 404 404"),
    ("finding-list", "", EVERYBODY),
    ("finding-detail", "pk=FINDING", CONCERNED_API),
    ("suggestion-list", "", EVERYBODY),
    ("suggestion-detail", "number=2026-00001", CONCERNED_API),
    ("suggestion-steps", "number=2026-00001", "403 405 405 405 405 405 405"),
    ("layer-list", "", EVERYBODY),
    ("account_login", "", "200 302 302 302 302 302 302"),
    ("admin:index", "", ADMIN_ONLY),
]
# Other people's routes: the sign-in library's and the administration's, which guard themselves.
FOREIGN = ("account_", "admin:", "set_language")


@pytest.fixture
def loaded_layers(world, tmp_path):
    """One layer for everybody, one for people who are signed in."""
    path = gbk_ponds(tmp_path)
    for slug, visibility in (("open-layer", "public"), ("inner-layer", "internal")):
        load(LoadOptions(path=path, file_name=path.name, slug=slug, title=slug, visibility=visibility), Report())
        thumbnails.draw_missing(Layer.objects.get(slug=slug).pk)


@pytest.fixture
def loaded_rasters(world, tmp_path):
    """The same with rasters."""
    path = write_tiff(tmp_path / "heights.tif", hills(40, 40))
    for slug, visibility in (("open-raster", "public"), ("inner-raster", "internal")):
        options = LoadOptions(path=path, file_name=path.name, slug=slug, title=slug, visibility=visibility)
        raster_loading.load(options, Report())


@pytest.fixture
def answer(loaded_layers):
    """One answer of the overlay tools about the public layer."""
    run = OverlayRun.objects.create(tool="within", parameters={"layer": "open-layer", "zones": "areas:town"})
    runs.compute(run)
    return run


@pytest.fixture
def things(world, loaded_layers, deputy, officer, other_officer, gis, staff, admin_user):
    """One of each thing that a route can be about, by the words that the table uses."""
    place = Point(121.33, 29.85, srid=4326)
    river = River.objects.create(code="R1", name="南塘河")
    reach = Reach.objects.create(
        code="R1-1",
        name="南塘河西镇段",
        river=river,
        area=world.west_town,
        geom=MultiLineString(LineString((121.31, 29.85), (121.34, 29.85)), srid=4326),
    )
    point = MonitoringPoint.objects.create(
        code="P1", name="一号点", kind="small", river=river, area=world.west_town, department=world.water, geom=place
    )
    Outfall.objects.create(
        code="O1", name="排口", kind="other", subkind="rest", area=world.west_town, department=world.water, geom=place
    )
    days = {"starts_on": "2026-01-01", "ends_on": "2026-12-01"}
    common = {"year": 2026, "category": "water", "lead": world.water, "area": world.west_town, "geom": place, **days}
    project = Project.objects.create(code="OPEN", name="公开项目", status="building", **common)
    Project.objects.create(code="CANDIDATE", name="候选项目", status="candidate", **common)
    ballot = Project.objects.create(code="BALLOT", name="落选项目", status="reserve", **common)
    opens = timezone.now() - timedelta(days=9)
    session = VoteSession.objects.create(
        title="票决",
        year=2026,
        area=world.district,
        places=1,
        opens_at=opens,
        closes_at=opens + timedelta(days=1),
    )
    Candidacy.objects.create(session=session, project=ballot, number=1)
    station = Station.objects.create(
        code="S1", name="一号站", kind="town", area=world.west_town, address="一号", opening="每月15日", geom=place
    )
    ServiceArea.objects.create(station=station, geom=world.west_town.geom, source="file")
    Deputy.objects.create(code="D1", page_code="d1", name="陈一", station=station)
    starts = timezone.now() + timedelta(days=5)
    reception = Reception.objects.create(station=station, starts_at=starts, ends_at=starts + timedelta(hours=2))
    finding = Finding.objects.create(
        client_id=uuid4(),
        reporter=deputy,
        category="environment",
        text="水面有油污",
        geom=place,
        area=world.west_town,
        seen_at=timezone.now(),
    )
    Suggestion.objects.create(
        number="2026-00001",
        finding=finding,
        title="水面有油污",
        text="水面有油污",
        category="environment",
        author=deputy,
        department=world.water,
        state="assigned",
        submitted_at=timezone.now(),
        due_on="2027-01-01",
    )
    Proposal.objects.create(
        number="2026-0001",
        year=2027,
        title="社区食堂",
        text="老人多",
        category="elderly",
        area=world.west_town,
        geom=place,
    )
    vote = VoteSession.objects.create(
        title="票决", year=2027, area=world.district, places=1, opens_at=timezone.now(), closes_at=starts
    )
    patrol = Patrol.objects.create(
        client_id=uuid4(), user=deputy, started_at=timezone.now(), ended_at=timezone.now() + timedelta(hours=1)
    )
    named = {
        "VOTE": vote,
        "WEST": world.west_town,
        "WATER": world.water,
        "RIVER": river,
        "REACH": reach,
        "POINT": point,
        "PROJECT": project,
        "STATION": station,
        "RECEPTION": reception,
        "FINDING": finding,
        "PATROL": patrol,
    }
    return {name: str(thing.pk) for name, thing in named.items()}


@pytest.fixture
def clients(as_user, things, deputy, officer, other_officer, gis, staff, admin_user):
    return [as_user(person) for person in (None, deputy, officer, other_officer, gis, staff, admin_user)]


@pytest.fixture
def rarely_needed(request, things, clients):
    """Things that take long to make, for the routes that are about them."""
    arguments = request.node.callspec.params["arguments"]
    if request.node.callspec.params["route"] == "readyz":
        for lane in Lane:
            Worker.objects.create(name=lane, host="here", lane=lane)
    if "raster" in arguments:
        request.getfixturevalue("loaded_rasters")
    if "RUN" in arguments:
        things["RUN"] = str(request.getfixturevalue("answer").pk)


def _arguments(text, things):
    pairs = (word.split("=", 1) for word in text.split())
    return {name: things.get(value, value) for name, value in pairs}


@pytest.mark.parametrize(("route", "arguments", "expected"), TABLE, ids=[f"{row[0]} {row[1]}".strip() for row in TABLE])
def test_each_person_gets_what_the_table_says(clients, things, rarely_needed, route, arguments, expected):
    address = reverse(route, kwargs=_arguments(arguments, things))
    answers = dict(zip(PEOPLE, (client.get(address).status_code for client in clients), strict=True))
    assert answers == dict(zip(PEOPLE, map(int, expected.split()), strict=True)), address


# An empty POST by each of PEOPLE. A form that is not filled in (400, 422) is refused before anybody asks whether
# this very person may take this very step; the rooms' own tests send complete ones.
POSTS = [
    ("projects:follow", "code=OPEN", "400 400 400 400 400 400 400"),
    ("projects:feedback", "code=OPEN", "400 400 400 400 400 400 400"),
    ("river:transition", "code=P1", "302 404 400 400 404 400 400"),
    ("river:follow", "code=P1", "302 302 302 302 404 302 302"),
    ("river:sample_new", "code=P1", "302 404 400 404 404 400 400"),
    ("river:sample_sheet", "", "302 404 400 400 404 400 400"),
    ("river:works", "code=P1", "302 404 400 404 404 400 400"),
    ("river:update", "name=points", "302 404 400 400 404 400 400"),
    ("river:outfall", "code=O1", "403 403 400 403 403 400 400"),
    ("river:outfall_new", "", "302 404 400 400 404 400 400"),
    ("projects:complete_milestone", "code=OPEN", "302 404 400 404 404 400 400"),
    ("projects:report_progress", "code=OPEN", "302 404 400 404 404 400 400"),
    *((f"projects:{name}", "code=OPEN", "302 404 400 404 404 400 400") for name in ("edit", "goals", "plan")),
    ("projects:places", "code=OPEN", "302 404 409 404 404 409 409"),
    ("projects:place_add", "code=OPEN", "302 404 400 404 404 400 400"),
    ("projects:place_upload", "code=OPEN", "302 404 400 404 404 400 400"),
    ("projects:place_remove", "code=OPEN pk=999999", "302 404 409 404 404 409 409"),
    ("projects:stage", "code=OPEN", "302 404 404 404 404 400 400"),
    ("projects:recommendation", "code=OPEN", "302 404 404 404 404 400 400"),
    ("projects:lights", "", "302 404 404 404 404 400 400"),
    ("projects:new_candidate", "", "302 404 404 404 404 400 400"),
    ("projects:propose", "", "400 400 400 400 400 400 400"),
    ("projects:review_proposal", "number=2026-0001 verb=publish", "302 404 404 404 404 400 400"),
    ("projects:rate", "code=OPEN", "400 400 404 404 404 404 404"),
    ("projects:paper_count", "code=OPEN", "302 404 404 404 404 400 400"),
    ("projects:call_vote", "", "302 404 404 404 404 400 400"),
    # The deputy is on no roll, but an empty ballot is refused before that is asked.
    ("projects:cast_ballot", "pk=VOTE", "302 400 404 404 404 404 404"),
    ("projects:close_vote", "pk=VOTE", "302 404 404 404 404 302 302"),
    ("projects:call_runoff", "pk=VOTE", "302 404 404 404 404 400 400"),
    ("stations:announce", "code=S1", "302 404 404 404 404 400 400"),
    ("stations:book", "pk=RECEPTION", "400 400 400 400 400 400 400"),
    ("stations:reception_step", "pk=RECEPTION step=cancel", "302 404 404 404 404 400 400"),
    ("stations:edit", "code=S1", "302 404 404 404 404 400 400"),
    ("stations:area", "code=S1", "302 404 404 404 400 400 400"),
    ("stations:areas_upload", "", "302 404 404 404 400 400 400"),
    ("stations:areas_mend", "", "302 404 404 404 302 302 302"),
    ("stations:areas_close", "", "302 404 404 404 302 302 302"),
    ("stations:sheet", "kind=stations", "302 404 404 404 404 400 400"),
    ("stations:activity_new", "", "302 404 404 404 404 400 400"),
    ("stations:sign_in", "", "302 400 404 404 404 404 404"),
    ("stations:duty_rule", "", "302 404 404 404 404 400 400"),
    ("stations:duty_add", "page_code=d1", "302 404 404 404 404 400 400"),
    ("supervision:report", "", "400 400 400 400 400 400 400"),
    ("matters:received", "", "302 404 404 404 404 422 422"),
    ("matters:publish", "number=2026-00001", "302 404 404 404 404 400 400"),
    ("matters:adopt", "number=2026-00001", "302 302 404 404 404 404 404"),
    ("matters:support", "number=2026-00001", "404 302 302 404 404 302 302"),
    ("matters:mine_step", "token=a-guess step=say", "404 404 404 404 404 404 404"),
    ("supervision:step", "number=2026-00001 verb=reply", "302 400 400 404 404 400 400"),
    ("supervision:rule_new", "", "302 404 404 404 404 400 400"),
    ("supervision:clock", "name=reply", "302 404 404 404 404 400 400"),
    ("layers:import", "", "302 404 404 404 400 400 400"),
    ("layers:undo", "slug=open-layer", "302 404 404 404 302 302 302"),
    ("layers:overlay", "", "302 404 404 404 400 400 400"),
    ("layers:overlay_cancel", "pk=RUN", "302 404 404 404 302 302 302"),
    ("layers:overlay_save", "pk=RUN", "302 404 404 404 400 400 400"),
    ("layers:raster_style", "slug=open-raster", "302 404 404 404 400 400 400"),
    ("layers:edit", "slug=inner-layer", "302 404 404 404 400 400 400"),
    ("finding-list", "", "403 400 403 403 403 400 400"),
    ("suggestion-steps", "number=2026-00001", "403 400 400 404 404 400 400"),
    ("patrol-list", "", "403 400 400 400 400 400 400"),
    ("patrol-track", "pk=PATROL", "403 400 404 404 404 400 400"),
    # Ended already: ending it again changes nothing for her; somebody else's is not theirs to end.
    ("patrol-stop", "pk=PATROL", "403 200 404 404 404 403 403"),
    ("patrols:stop", "pk=PATROL", "302 302 404 404 404 403 403"),
    ("patrols:send", "pk=999999", "302 404 404 404 404 404 404"),
    ("river:follow_river", "code=R1", "302 302 302 302 404 302 302"),
    ("sample-list", "", "403 400 400 400 400 400 400"),
    ("river:point_new", "", "302 404 404 404 400 400 400"),
    ("monitoring-point-list", "", "403 403 403 403 400 400 400"),
]


@pytest.mark.parametrize(("route", "arguments", "expected"), POSTS, ids=[row[0] for row in POSTS])
def test_each_person_may_write_what_the_table_says(clients, things, rarely_needed, route, arguments, expected):
    address = reverse(route, kwargs=_arguments(arguments, things))
    answers = dict(zip(PEOPLE, (client.post(address).status_code for client in clients), strict=True))
    assert answers == dict(zip(PEOPLE, map(int, expected.split()), strict=True)), address


TOKEN = "t" * 32
WHOLE_FORM = b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\nbytes\r\n--x--\r\n'
FORM_TYPE = "multipart/form-data; boundary=x"
CUT_FORM = WHOLE_FORM[:-8]
CUT_BODIES = {
    "fewer bytes than announced": (CUT_FORM, len(WHOLE_FORM)),
    "no closing boundary": (CUT_FORM, len(CUT_FORM)),
}


def _post_cut(client, address, sent, announced):
    """Post part of a form as a browser does, with the token that keeps forged forms out."""
    client.cookies["csrftoken"] = TOKEN
    stream = {"wsgi.input": io.BytesIO(sent), "CONTENT_LENGTH": str(announced)}
    return client.generic("POST", address, sent, FORM_TYPE, headers={"X-CSRFToken": TOKEN}, **stream)


@pytest.fixture
def everything(things, answer, loaded_rasters):
    """The things with those that take long to make."""
    return things | {"RUN": str(answer.pk)}


@pytest.mark.parametrize("cut", CUT_BODIES)
def test_a_body_that_is_not_whole_is_refused_everywhere_and_nothing_is_written(everything, deputy, admin_user, cut):
    for person in (deputy, admin_user):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        for route, arguments in dict.fromkeys((route, arguments) for route, arguments, _ in TABLE):
            address = reverse(route, kwargs=_arguments(arguments, everything))
            with CaptureQueriesContext(connection) as queries:
                status = _post_cut(client, address, *CUT_BODIES[cut]).status_code
            # 403, 404 and 405 are said before the body is asked for.
            assert status in (400, 403, 404, 405), (status, address)
            written = [row["sql"] for row in queries if row["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
            assert [sql for sql in written if "accounts_ratecount" not in sql] == [], address


def test_every_form_that_a_browser_sends_is_among_them(everything, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user, backend="allauth.account.auth_backends.AuthenticationBackend")
    for route, arguments, _ in POSTS:
        if route.endswith(("-list", "-steps", "-track", "-stop")) or route == "matters:mine_step":
            continue  # the API's, and a private link's, have their own checks
        address = reverse(route, kwargs=_arguments(arguments, everything))
        assert _post_cut(client, address, CUT_FORM, len(CUT_FORM)).status_code == 400, address


def _routes(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_route_is_in_the_table():
    ours = {name for name in _routes(get_resolver().url_patterns) if not name.startswith(FOREIGN)}
    assert ours - {row[0] for row in TABLE} == set()


def test_the_table_names_no_route_that_is_gone():
    assert {row[0] for row in TABLE} - set(_routes(get_resolver().url_patterns)) == set()


def test_a_person_who_is_no_longer_active_is_the_public(as_user, things, staff):
    client = as_user(staff)
    staff.is_active = False
    staff.save()
    assert client.get(reverse("projects:detail", kwargs={"code": "CANDIDATE"})).status_code == 404
    assert client.get(reverse("work")).status_code == 302
