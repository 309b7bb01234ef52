"""Pages of works: causes and measures of a point, outfalls, many at once."""

from django.urls import path

from river_monitoring.update import views as update_views
from river_monitoring.works import outfall_views, views

urlpatterns = [
    path("points/<str:code>/works/", views.works, name="works"),
    path("points/<str:code>/measures/<int:pk>/", views.measure, name="measure"),
    path("update/<slug:name>/", update_views.update, name="update"),
    path("update/<slug:name>/table.xlsx", update_views.download, name="update_xlsx"),
    path("outfalls/", outfall_views.outfall_list, name="outfall_list"),
    path("outfalls/new/", outfall_views.new_outfall, name="outfall_new"),
    path("outfalls/<str:code>/", outfall_views.outfall_page, name="outfall"),
]
