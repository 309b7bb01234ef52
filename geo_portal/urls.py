"""Every address of the site on one screen."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import DefaultRouter

from accounts.calendars.views import feed as calendar_feed
from accounts.people.code_views import enter as invitation_code
from accounts.people.views import invitation
from exchange.pages.pushed import exchange
from geo_portal import areas, health
from geo_portal.entrance import crawlers, me
from geo_portal.entrance import views as pages
from geo_portal.map_sheet import views as map_sheet
from geo_portal.map_sheet.code import map_code
from geo_portal.operation import views as operation
from geo_portal.styles.drawing import DRAWING
from geo_portal.tilesets import CATALOGUE
from geo_portal.token_address import token_address
from geo_portal.work import chain_state
from geo_portal.work import views as work
from inspections import api as patrols
from layers.api import views as layers
from ledger.anchors.views import anchors
from library.api import views as library
from ogc.sensorthings.urls import sensorthings_urls
from ogc.urls import ogc_urls
from papers.api import views as papers
from projects.api import views as projects
from publishing.api import views as publishing
from reporting.api import views as indicators
from reporting.pages import numbers
from river_monitoring.api import points as river
from river_monitoring.sensing import SENSING
from search.views import search
from stations.api import views as stations
from supervision.api import views as supervision
from tiles.http.urls import tile_urls
from ui.design.page import design

api = DefaultRouter()
# There is one format. The library's second address of everything, with an ending, never found the links of a row.
api.include_format_suffixes = False
api.register("areas", areas.AreaViewSet, "area")
api.register("departments", areas.DepartmentViewSet, "department")
for room in (river, projects, stations, library, supervision, papers, patrols, publishing, indicators, layers):
    for prefix, viewset, basename in room.ROUTES:
        api.register(prefix, viewset, basename)

urlpatterns = [
    path("", pages.home, name="home"),
    path("map/", pages.map_page, name="map"),
    path("map/code.svg", map_code, name="map_code"),
    path("map/print/", map_sheet.print_page, name="map_print"),
    path("map/sheet.<str:extension>", map_sheet.sheet, name="map_sheet"),
    path("cards/<str:kind>/<str:code>/<str:size>.png", map_sheet.card, name="card"),
    path("posters/<str:kind>/<str:code>.pdf", map_sheet.poster, name="poster"),
    path("me/", me.me, name="me"),
    path("work/", work.work, name="work"),
    path("work/act/", work.act, name="work_act"),
    path("work/views/", work.keep_view, name="work_views"),
    path("work/views/<int:pk>/remove/", work.remove_view, name="work_view_remove"),
    path("work/chain/", chain_state.chain_state, name="chain_state"),
    path("work/operation/", operation.operation, name="operation"),
    path("work/operation/jobs/<int:pk>/retry/", operation.retry, name="retry_job"),
    path("work/audit/", include("geo_portal.audit_trail.urls")),
    path("work/export/", include("geo_portal.leaving.urls")),
    path("search/", search, name="search"),
    path("numbers/", numbers.page, name="numbers"),
    path("numbers/views/", numbers.keep_view, name="numbers_views"),
    path("numbers/views/<int:pk>/remove/", numbers.remove_view, name="numbers_view_remove"),
    path("numbers/export.<str:extension>", numbers.download, name="numbers_export"),
    path("numbers/compare/", numbers.compare, name="numbers_compare"),
    path("numbers/matters/", numbers.matters, name="numbers_matters"),
    path("numbers/matters/export.<str:extension>", numbers.matters_file, name="numbers_matters_export"),
    path("river/", include("river_monitoring.urls")),
    path("projects/", include("projects.urls")),
    path("stations/", include("stations.urls")),
    path("layers/", include("layers.urls")),
    path("library/", include("library.urls")),
    path("reports/", include("reporting.pages.urls")),
    path("boards/", include("reporting.pages.board_urls")),
    path("papers/", include("papers.urls")),
    path("meetings/", include("meetings.urls")),
    path("questions/", include("questions.urls")),
    path("", include("exchange.urls")),
    path("news/", include("publishing.urls")),
    path("cms/", include("publishing.desk_urls")),
    path("patrols/", include("inspections.pages.urls")),
    path("setup/", include("geo_portal.setup.urls")),
    path("rules/", include("accounts.rules.urls")),
    path("notices/", include("accounts.notices.urls")),
    path("work/people/", include("accounts.succession.urls")),
    path("work/people/", include("accounts.people.urls")),
    path("work/members/", include("accounts.congress.urls")),
    path("invitations/", invitation_code, name="invitation_code"),
    path("invitations/<secret:token>/<str:signature>/", invitation, name="invitation"),
    path("work/calendar/", include("accounts.calendars.urls")),
    path("calendar/<secret:token>/", calendar_feed, name="calendar_feed"),
    path("work/tokens/", include("accounts.tokens.urls")),
    path("", include("supervision.pages.public_urls")),
    path("", include("supervision.pages.urls")),
    path("", include("voters.pages.urls")),
    *tile_urls(CATALOGUE),
    *ogc_urls(CATALOGUE, DRAWING),
    *sensorthings_urls(SENSING),
    path("by-token/<secret:token>/<path:rest>", token_address, name="token_address"),
    path("", include("geo_portal.styles.urls")),
    path("api/v1/anchors/", anchors, name="anchors"),
    path("api/v1/exchange/", exchange, name="exchange_inbox"),
    path("api/v1/", include(api.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema", http_method_names=["get"]), name="api_docs"
    ),
    path("design/", design, name="design"),
    path("offline/", pages.offline, name="offline"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("sitemap.xml", crawlers.sitemap, name="sitemap"),
    path("service-worker.js", pages.service_worker, name="service_worker"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("accounts.signin.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

handler400 = "ui.refusals.bad_request"
handler403 = "ui.refusals.forbidden"
handler404 = "geo_portal.old_addresses.not_found"
handler500 = "ui.refusals.server_error"
