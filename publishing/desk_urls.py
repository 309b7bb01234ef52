"""Addresses of the editor below /cms/."""

from django.urls import path

from publishing.pages import desk, editing, imports

app_name = "cms"

urlpatterns = [
    path("", desk.page_list, name="list"),
    path("new/", editing.new, name="new"),
    path("imports/", imports.batches, name="batches"),
    path("imports/<int:pk>/", imports.batch, name="batch"),
    path("old-addresses/", imports.old_addresses, name="old_addresses"),
    path("old-addresses/<int:pk>/remove/", imports.remove_address, name="old_address_remove"),
    path("<int:pk>/", desk.desk, name="desk"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/blocks/new/<slug:kind>/", editing.add_block, name="block_new"),
    path("<int:pk>/blocks/<int:index>/", editing.block, name="block"),
    path("<int:pk>/blocks/<int:index>/arrange/", editing.arrange, name="arrange"),
    path("<int:pk>/preview/<int:number>/", desk.preview, name="preview"),
    path("<int:pk>/restore/<int:number>/", editing.restore, name="restore"),
    path("<int:pk>/readers/", desk.readers, name="readers"),
]
