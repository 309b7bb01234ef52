"""What rooms above ours add to a project's page."""

from django.dispatch import Signal

matters_asked = Signal()
"""Sent with `project` and `user`; each receiver answers with a list of
:class:`projects.pages.project_page.LinkedMatter`: what was asked for about the project and may be shown to that
person. No names, no words of citizens."""

ground_asked = Signal()
"""Sent with `box` (a Polygon, EPSG:4326); each receiver answers with lines and areas of water, as GEOS geometries, that
give a drawing of a place its surroundings."""
