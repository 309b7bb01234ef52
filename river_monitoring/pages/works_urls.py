"""Pages of works: causes and measures of a point, outfalls, many at once."""

from django.urls import path

from river_monitoring.pages import bulk_update as update_views
from river_monitoring.pages import outfalls, works

urlpatterns = [
    path("points/<str:code>/works/", works.works, name="works"),
    path("points/<str:code>/measures/<int:pk>/", works.measure, name="measure"),
    path("update/<slug:name>/", update_views.update, name="update"),
    path("update/<slug:name>/table.xlsx", update_views.download, name="update_xlsx"),
    path("outfalls/", outfalls.outfall_list, name="outfall_list"),
    path("outfalls/new/", outfalls.new_outfall, name="outfall_new"),
    path("outfalls/<str:code>/", outfalls.outfall_page, name="outfall"),
]
