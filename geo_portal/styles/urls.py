"""Addresses of the map styles and of the sprite."""

from django.urls import path, re_path

from geo_portal.styles import views as styles

urlpatterns = [
    re_path(r"^styles/sprite(?P<ratio>|@2x)\.(?P<kind>json|png)$", styles.sprite, name="sprite"),
    path("styles/<str:name>.json", styles.style, name="style"),
]
