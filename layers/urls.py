from django.urls import path

from layers.pages.catalogue import attribute_table_views, delivery_views, publication_views, views
from layers.pages.exporting import views as export_views
from layers.pages.importing import urls as import_urls
from layers.pages.overlay import urls as overlay_urls
from layers.pages.rasters import views as raster_views
from layers.pages.sources import urls as source_urls
from layers.pages.styling import views as style_views

app_name = "layers"

urlpatterns = [
    path("", views.layer_list, name="list"),
    *(path(f"import/{item.pattern}", item.callback, name=item.name) for item in import_urls.urlpatterns),
    *(path(f"import/{item.pattern}", item.callback, name=item.name) for item in source_urls.urlpatterns),
    *(path(f"overlay/{item.pattern}", item.callback, name=item.name) for item in overlay_urls.urlpatterns),
    path("deliveries/", delivery_views.deliveries, name="deliveries"),
    path("<str:slug>/remind/", delivery_views.remind_department, name="remind"),
    path("<str:slug>/", views.layer_detail, name="detail"),
    path("<str:slug>/raster/style/", raster_views.style_editor, name="raster_style"),
    path("<str:slug>/raster/picture.png", raster_views.whole_picture, name="raster_picture"),
    path("<str:slug>/raster/file.tif", raster_views.raster_file, name="raster_file"),
    path("<str:slug>/thumbnail.webp", views.thumbnail, name="thumbnail"),
    path("<str:slug>/legend/", style_views.legend, name="legend"),
    path("<str:slug>/style/", style_views.style_editor, name="style"),
    path("<str:slug>/style/restore/", style_views.style_restore, name="style_restore"),
    path("<str:slug>/publish/", publication_views.publish_layer, name="publish"),
    path("<str:slug>/withdraw/", publication_views.withdraw_layer, name="withdraw"),
    path("<str:slug>/table/", attribute_table_views.layer_table, name="table"),
    path("<str:slug>/table.csv", attribute_table_views.table_csv, name="table_csv"),
    path("<str:slug>/features/<int:pk>/", attribute_table_views.feature_detail, name="feature"),
    path("<str:slug>/undo/", views.undo, name="undo"),
    path("<str:slug>/edit/", views.edit, name="edit"),
    path("<str:slug>/versions/<int:number>/rows.csv", views.row_report, name="row_report"),
    path("<str:slug>/export/", export_views.export_form, name="export_form"),
    path("<str:slug>/export.<str:extension>", export_views.export, name="export"),
]
