"""Measuring geometries in degrees on the WGS 84 ellipsoid, in the database."""

from django.db.models import FloatField, Func


class OnEllipsoid(Func):
    """A length in metres (`ST_Length`) or an area in square metres (`ST_Area`) of a geometry in degrees."""

    template = "%(function)s((%(expressions)s)::geography, true)"
    output_field = FloatField()
